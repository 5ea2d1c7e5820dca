"""The first administrator of a new installation."""

from __future__ import annotations

from app.accounts import links, queries
from app.accounts.people.service import invite_staff
from app.accounts.rules import LinkPurpose
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.core.i18n import _l
from app.permissions import Role


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
