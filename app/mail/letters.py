"""One mail before it is written down: to whom, the words filled in, links of this site only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from app.accounts.models import RoleGrant, User
from app.accounts.rules import UserState
from app.campaigns.models import Campaign
from app.core.db import db
from app.core.i18n import _
from app.ideas.models import Author
from app.ideas.rules import AuthorState
from app.mail import words
from app.permissions import Role


class Recipient(NamedTuple):
    """A person with an account, or only an address that somebody named."""

    user_id: int | None
    name: str
    address: str


class PreviewMail(NamedTuple):
    """A mail as it will stand in the outbox. `about` tells two mails apart that one event sends to one person."""

    template: str
    to_user_id: int | None
    to_name: str
    to_address: str
    subject: str
    body: str
    holds_link: bool = False
    about: str = ""


def letter(
    template: str,
    to: Recipient,
    values: dict[str, Any],
    *,
    holds_link: bool = False,
    about: str = "",
    campaign: Campaign | None = None,
) -> PreviewMail:
    """The template filled in for one recipient; {ten} is their name."""
    settings = current_app.config["SETTINGS"]
    contact = (campaign.contact_email if campaign else "") or settings.mail_sender
    subject, body = words.render(
        template, {"ten": to.name, **values}, site=settings.base_url, contact=contact
    )
    return PreviewMail(template, to.user_id, to.name, to.address, subject, body, holds_link, about)


def link(path: str) -> str:
    """An address of this site, from BASE_URL alone: nothing a visitor sent decides where a mail leads."""
    return f"{current_app.config['SETTINGS'].base_url.rstrip('/')}{path}"


def life(span: timedelta) -> str:
    """“3 ngày”, “1 giờ”."""
    return _("%(n)d ngày", n=span.days) if span.days else _("%(n)d giờ", n=span.seconds // 3600)


def person(user_id: int | None) -> Recipient | None:
    """Somebody with an account that still receives mail; erased and deactivated ones do not."""
    user = db.session.get(User, user_id) if user_id else None
    if user is None or user.state is UserState.DEACTIVATED or "@" not in user.email:
        return None
    return Recipient(user.id, user.full_name, user.email)


def people(user_ids: Iterable[int]) -> list[Recipient]:
    """`person` of many, in one query."""
    rows = db.session.execute(
        sa.select(User.id, User.full_name, User.email)
        .where(User.id.in_(set(user_ids)), User.state != UserState.DEACTIVATED, User.email.contains("@"))
        .order_by(User.id)
    )
    return [Recipient(*row) for row in rows]


def authors_of(idea_ids: Iterable[int]) -> dict[int, list[Recipient]]:
    """Members who accepted, by idea: at their account's address today. One query whatever the number of ideas."""
    rows = db.session.execute(
        sa.select(Author.idea_id, User.id, User.full_name, User.email)
        .join(User, User.id == Author.user_id)
        .where(
            Author.idea_id.in_(set(idea_ids)),
            Author.state == AuthorState.ACCEPTED,
            User.state != UserState.DEACTIVATED,
            User.email.contains("@"),
        )
        .order_by(Author.idea_id, Author.id)
    )
    found: dict[int, list[Recipient]] = {}
    for idea_id, user_id, name, address in rows:
        found.setdefault(idea_id, []).append(Recipient(user_id, name, address))
    return found


def contacts_of(unit_ids: Iterable[int]) -> dict[int, list[Recipient]]:
    """Contact people of units, by unit."""
    unit = sa.func.coalesce(RoleGrant.unit_id, User.unit_id)
    rows = db.session.execute(
        sa.select(unit, User.id, User.full_name, User.email)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.role == Role.UNIT_CONTACT,
            unit.in_(set(unit_ids)),
            User.state == UserState.ACTIVE,
            User.email.contains("@"),
        )
        .order_by(User.id)
    )
    found: dict[int, list[Recipient]] = {}
    for unit_id, user_id, name, address in rows:
        found.setdefault(unit_id, []).append(Recipient(user_id, name, address))
    return found
