"""What an administrator types: flask db upgrade, flask init, flask demo load, flask doctor."""

from __future__ import annotations

import click
from flask import Flask, current_app

from app.accounts.commands import first_administrator
from app.audit.commands import audit
from app.campaigns import standard
from app.core import migrate
from app.core.db import db, transaction
from app.core.errors import Refused
from app.judging.commands import judging
from app.operations.commands import doctor


def init_app(app: Flask) -> None:
    app.cli.add_command(database)
    app.cli.add_command(init)
    app.cli.add_command(demo)
    app.cli.add_command(doctor)
    app.cli.add_command(audit)
    app.cli.add_command(judging)


@click.command("init")
@click.option("--email", prompt="Địa chỉ thư của quản trị viên đầu tiên")
@click.option("--name", "full_name", prompt="Họ và tên")
def init(email: str, full_name: str) -> None:
    """Nạp đơn vị, lĩnh vực chuẩn; tạo quản trị viên đầu tiên và in liên kết đặt mật khẩu (dùng một lần)."""
    with db.scope():
        if standard.is_empty():
            with transaction():
                standard.load_topics(standard.load_units(with_demo=False))
    try:
        raw = first_administrator(email, full_name)
    except Refused as refused:
        raise click.ClickException(str(refused.message)) from refused
    click.echo("Mở liên kết này trong 14 ngày để đặt mật khẩu (dùng một lần):")
    click.echo(f"{current_app.config['SETTINGS'].base_url}/loi-moi/{raw}")


@click.group("db")
def database() -> None:
    """Bảng dữ liệu: nâng và hạ phiên bản."""


@database.command("upgrade")
def upgrade() -> None:
    migrate.upgrade(current_app.config["SETTINGS"].database_url)


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    migrate.downgrade(current_app.config["SETTINGS"].database_url, revision)


@click.group("demo")
def demo() -> None:
    """Dữ liệu minh họa."""


@demo.command("load")
def load() -> None:
    """Nạp dữ liệu minh họa vào cơ sở dữ liệu trống."""
    from app.demo.load import load_if_empty  # noqa: PLC0415 - the demo needs every feature

    load_if_empty()
