"""What a mail would carry, without the mail: links by purpose, and the events that lead to it."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app.accounts import links
from app.accounts.rules import LinkPurpose
from app.core.db import db, transaction
from app.core.events import Event

PASSWORD = "thuyền buồm nắng sớm"


def link_to(user_id: int, purpose: LinkPurpose, **data) -> str:
    """The secret of a link that was mailed to this person."""
    with transaction():
        return links.issue(purpose, user_id=user_id, data=data)


def kinds() -> list[str]:
    """Every event so far, in order."""
    return list(db.session.execute(sa.select(Event.kind).order_by(Event.id)).scalars())


def event(kind: str) -> Event:
    """The only event of a kind."""
    return db.session.execute(sa.select(Event).where(Event.kind == kind)).scalar_one()


def without_token(page, *words: str) -> str:
    """The page as it was written, but for the token of its forms and these words."""
    html = re.sub(r'name="csrf_token" value="[^"]+"', "", page.html)
    for word in words:
        html = html.replace(word, "…")
    return html
