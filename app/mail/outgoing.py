"""The outbox of mails: written in the reaction's transaction, each mail once, whatever happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.core.clock import now
from app.core.db import db
from app.core.events import Event
from app.mail.letters import PreviewMail
from app.mail.models import Mail, MailState

Composer = Callable[[Event], Iterable[PreviewMail]]


def mails(compose: Composer) -> Callable[[Event], None]:
    """A reaction that writes what `compose` says of an event."""

    def react(event: Event) -> None:
        for mail in compose(event):
            write(mail, occasion=str(event.id), event_id=event.id)

    return react


def write(mail: PreviewMail, *, occasion: str, event_id: int | None = None) -> bool:
    """Put a mail into the outbox, unless it is there: `occasion` is the event, or what a reminder is about."""
    insert = sqlite.insert(Mail) if db.is_sqlite else postgresql.insert(Mail)
    key = key_of(mail, occasion)
    written = db.session.execute(
        insert.values(
            key=key,
            event_id=event_id,
            template=mail.template,
            user_id=mail.to_user_id,
            to_address=mail.to_address,
            subject=mail.subject,
            body=mail.body,
            holds_link=mail.holds_link,
            message_id=message_id(key),
            state=first_state(),
            created_at=now(),
            due_at=now(),
            tries=0,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=[Mail.key])
        .returning(Mail.id)
    )
    return written.first() is not None


def first_state() -> MailState:
    """Where a mail begins: waiting to be sent, or kept to be read here when there is no mail server."""
    return MailState.WAITING if current_app.config["SETTINGS"].mail_server else MailState.KEPT


def key_of(mail: PreviewMail, occasion: str) -> str:
    """Occasion, template and recipient; an address without an account is named by its hash."""
    who = f"u{mail.to_user_id}" if mail.to_user_id else fingerprint(mail.to_address)
    return ":".join(part for part in (occasion, mail.template, who, mail.about) if part)


def message_id(key: str) -> str:
    """Fixed now, so that a mail that has to be sent again is recognised as the same one."""
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname or "localhost"
    return f"<{fingerprint(key)}@{host}>"


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
