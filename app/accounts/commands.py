"""flask init: the first administrator of a new installation."""

from __future__ import annotations

import click
from flask import current_app

from app.accounts import links, queries
from app.accounts.people.service import invite_staff
from app.accounts.rules import LinkPurpose
from app.core.db import db, transaction
from app.core.errors import Refused, WrongState
from app.core.i18n import _l
from app.permissions import Role


@click.command("init")
@click.option("--email", prompt="Địa chỉ thư của quản trị viên đầu tiên")
@click.option("--name", "full_name", prompt="Họ và tên")
def init(email: str, full_name: str) -> None:
    """Tạo quản trị viên đầu tiên và in liên kết đặt mật khẩu (dùng một lần)."""
    try:
        raw = first_administrator(email, full_name)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    click.echo("Mở liên kết này trong 14 ngày để đặt mật khẩu (dùng một lần):")
    click.echo(f"{current_app.config['SETTINGS'].base_url}/loi-moi/{raw}")


def first_administrator(email: str, full_name: str) -> str:
    """The secret of a link for the first administrator. Raises WrongState where there is one already."""
    with db.scope(), transaction():
        if queries.has_administrator():
            raise WrongState(_l("Đã có quản trị viên. Mời thêm người ở trang Người dùng."))
        user = queries.user_by_email(email)
        if user is None:
            user = invite_staff(None, email=email, full_name=full_name, roles=[Role.ADMINISTRATOR])
        links.void_all(user.id)  # an earlier link that was lost
        return links.issue(LinkPurpose.INVITE_STAFF, user_id=user.id, data={"roles": [Role.ADMINISTRATOR]})
