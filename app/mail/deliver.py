"""Sending what waits in the outbox: a mail is leased before it is sent, and marked after.

SMTP cannot promise "never twice". A mail whose sending nobody saw the end of becomes uncertain and waits for staff.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import flask_mail
import sqlalchemy as sa
from flask import Flask, current_app

from app.core.clock import now
from app.core.db import db, transaction
from app.core.faults import fault
from app.core.leases import next_try, take, wait_before
from app.core.logs import log
from app.mail.models import Mail, MailState

LEASE = timedelta(minutes=2)
TIMEOUT_SECONDS = 20
LONGEST_ABSENCE = timedelta(minutes=15)
SENDER_NAME = "Ý tưởng sáng tạo trẻ Đông Hải"

# Where the server has said no before it took the mail; anything else in the middle of sending is uncertain.
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
    flask_mail.BadHeaderError,
)


class Connection(flask_mail.Connection):
    """Flask-Mail's connection, with a time limit, and TLS that checks whom it talks to."""

    def configure_host(self) -> smtplib.SMTP:
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_SECONDS)
        if self.mail.use_tls:
            host.starttls(context=ssl.create_default_context())
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config.update(
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_USERNAME=settings.mail_username,
        MAIL_PASSWORD=settings.mail_password,
        MAIL_DEFAULT_SENDER=settings.mail_sender,
        MAIL_SUPPRESS_SEND=False,
    )
    flask_mail.Mail(app)


def send_due(limit: int, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Send up to `limit` mails, over one connection as long as it holds. Returns how many were handled."""
    mark_uncertain()
    if not current_app.config["SETTINGS"].mail_server:
        return 0
    sent = 0
    line = Line()
    try:
        while sent < limit and not is_stopping():
            mail = claim()
            if mail is None:
                break
            sent += 1
            if not send(mail, line):
                break  # the server is away: the others need not find out one by one
    finally:
        line.hang_up()
    return sent


def claim() -> Mail | None:
    """The next mail that is due, now this worker's to send. One at a time: a crash leaves one uncertain, not many."""
    due = sa.and_(Mail.state == MailState.WAITING, Mail.due_at <= now())
    keys = take(Mail, due, limit=1, lease=LEASE, state=MailState.SENDING, tries=Mail.tries + 1)
    return db.session.get(Mail, keys[0], populate_existing=True) if keys else None


class Line:
    """A connection to the mail server, opened when first needed and again after a fault."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    def open(self) -> Connection:
        if self.connection is None:
            fresh = Connection(current_app.extensions["mail"])
            fresh.__enter__()  # the connection outlives one mail: hang_up() leaves it
            self.connection = fresh
        return self.connection

    def hang_up(self) -> None:
        with suppress(smtplib.SMTPException, OSError):  # the server may have hung up first
            if self.connection is not None and self.connection.host is not None:
                self.connection.host.quit()
        self.connection = None


def send(mail: Mail, line: Line) -> bool:
    """Send one leased mail and write down how it went. False when the server could not be reached at all."""
    try:
        connection = line.open()
    except (smtplib.SMTPException, OSError) as error:
        # not the mail's fault, and it has not left: it waits as long as the server is away
        again = now() + min(wait_before(mail.tries), LONGEST_ABSENCE)
        settle(mail, MailState.WAITING, due_at=again, last_error=name_of(error))
        return False
    fault("mail.send.before")
    try:
        connection.send(message_of(mail))
    except REFUSALS as error:
        line.hang_up()
        put_off(mail, error, for_good=is_final(error))
    except (smtplib.SMTPException, OSError) as error:
        line.hang_up()
        settle(mail, MailState.UNCERTAIN, last_error=name_of(error))
    else:
        fault("mail.send.after")
        settle(mail, MailState.SENT, sent_at=now(), last_error="", **emptied(mail))
    return True


def message_of(mail: Mail) -> flask_mail.Message:
    settings = current_app.config["SETTINGS"]
    message = flask_mail.Message(
        subject=mail.subject,
        recipients=[mail.to_address],
        body=mail.body,
        sender=(SENDER_NAME, settings.mail_sender),
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = mail.message_id
    return message


def emptied(mail: Mail) -> dict[str, Any]:
    """A link that opens an account is kept nowhere once its mail has left."""
    return {"body": ""} if mail.holds_link else {}


def is_final(error: Exception) -> bool:
    """The server refused this very mail or address for good (5xx): trying again changes nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return bool(codes) and all(code >= 500 for code in codes)
    if isinstance(error, flask_mail.BadHeaderError):
        return True
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def name_of(error: Exception) -> str:
    """What went wrong, without the server's words: those often repeat the address."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((code for code, _words in error.recipients.values()), None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def put_off(mail: Mail, error: Exception, *, for_good: bool = False) -> None:
    again = None if for_good else next_try(mail.tries)
    if again is None:
        settle(mail, MailState.PARKED, last_error=name_of(error))
    else:
        settle(mail, MailState.WAITING, due_at=again, last_error=name_of(error))


def settle(mail: Mail, state: MailState, **changes: Any) -> None:
    """Write the outcome, unless the lease ran out meanwhile and somebody decided otherwise."""
    with transaction() as session:
        session.execute(
            sa.update(Mail)
            .where(
                Mail.id == mail.id, Mail.state == MailState.SENDING, Mail.leased_until == mail.leased_until
            )
            .values(state=state, leased_until=None, **changes)
            .execution_options(synchronize_session=False)
        )
    log.info("mail", mail=mail.id, template=mail.template, state=str(state), tries=mail.tries)


def mark_uncertain() -> int:
    """Mails whose sender died in the middle: left or not, nobody knows."""
    lost = sa.and_(Mail.state == MailState.SENDING, Mail.leased_until < now())
    if not db.session.execute(sa.select(Mail.id).where(lost).limit(1)).first():
        db.session.rollback()
        return 0
    with transaction() as session:
        found = session.execute(
            sa.update(Mail)
            .where(lost)
            .values(state=MailState.UNCERTAIN, leased_until=None, last_error="lease ran out")
            .execution_options(synchronize_session=False)
        )
    return int(found.rowcount)  # type: ignore[attr-defined]
