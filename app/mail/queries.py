"""Reads: the outbox of mails, the test mailbox, and reactions that were given up."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.db import db
from app.core.events import Event, Outbox, OutboxState
from app.core.pagination import Page, page
from app.mail.models import Mail, MailState

URL = re.compile(r"https?://[^\s<>\"”]+[^\s<>\"”.,;:!?)]")
MOST_PARKED = 100


class MailRow(NamedTuple):
    id: int
    subject: str
    to_address: str
    template: str
    state: MailState
    created_at: datetime
    sent_at: datetime | None
    tries: int
    last_error: str


class ParkedRow(NamedTuple):
    """An event whose consequences broke too often."""

    id: int
    kind: str
    happened_at: datetime
    tries: int
    last_error: str


class Part(NamedTuple):
    """A stretch of a mail; `path` is set where it leads to a page of this site."""

    text: str
    path: str = ""


_COLUMNS: tuple[Any, ...] = (
    Mail.id,
    Mail.subject,
    Mail.to_address,
    Mail.template,
    Mail.state,
    Mail.created_at,
    Mail.sent_at,
    Mail.tries,
    Mail.last_error,
)


def mails(*, state: MailState | None = None, address: str = "", number: int = 1) -> Page[MailRow]:
    """Newest first; by state, and by any part of the address."""
    statement = sa.select(*_COLUMNS).order_by(Mail.id.desc())
    if state is not None:
        statement = statement.where(Mail.state == state)
    if address.strip():
        statement = statement.where(Mail.to_address.contains(address.strip().lower(), autoescape=True))
    return page(statement, MailRow, number)


def mail_by_id(mail_id: int) -> Mail | None:
    return db.session.get(Mail, mail_id)


def counts() -> dict[MailState, int]:
    """How many mails are in each state. One query."""
    rows = db.session.execute(sa.select(Mail.state, sa.func.count()).group_by(Mail.state))
    return dict(rows.all())


def parked_reactions() -> list[ParkedRow]:
    rows = db.session.execute(
        sa.select(Outbox.id, Event.kind, Event.at, Outbox.tries, Outbox.last_error)
        .join(Event, Event.id == Outbox.event_id)
        .where(Outbox.state == OutboxState.PARKED)
        .order_by(Outbox.id)
        .limit(MOST_PARKED)
    )
    return [ParkedRow(*row) for row in rows]


def outbox_row(outbox_id: int) -> Outbox | None:
    return db.session.get(Outbox, outbox_id)


def is_readable(mail: Mail) -> bool:
    """A link that opens somebody's account is nobody else's to read; kept mails have no other reader's way."""
    return not mail.holds_link or mail.state is MailState.KEPT


def parts(body: str, site: str) -> list[Part]:
    """The text with links of this site apart, as paths of the host it is read on. Other addresses stay text."""
    found, at = [], 0
    base = site.rstrip("/")
    for match in URL.finditer(body):
        if match[0] != base and not match[0].startswith(f"{base}/"):
            continue
        found += [Part(body[at : match.start()]), Part(match[0], match[0].removeprefix(base) or "/")]
        at = match.end()
    return [part for part in [*found, Part(body[at:])] if part.text]
