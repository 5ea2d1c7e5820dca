"""Mails are no record: after a while, or when a person is erased, only that one was sent stays."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Guardianship
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.mail.models import Mail, MailState

KEPT_FOR = timedelta(days=180)
AT_ONCE = 1000
UNSENT = (MailState.WAITING, MailState.UNCERTAIN, MailState.PARKED)


def forget_person(event: Event) -> None:
    """What was written to somebody who has been erased, and to the guardian they named."""
    guardianship = sa.select(Guardianship.id).where(Guardianship.child_id == event.object_id)
    to_guardian = sa.select(Event.id).where(
        Event.object_type == Guardianship.__tablename__, Event.object_id.in_(guardianship)
    )
    _empty(sa.or_(Mail.user_id == event.object_id, Mail.event_id.in_(to_guardian)))


def forget_old_mails() -> int:
    """What has been read long ago. Returns how many."""
    old = (
        sa.select(Mail.id)
        .where(Mail.created_at < now() - KEPT_FOR, Mail.to_address != "", Mail.state != MailState.SENDING)
        .order_by(Mail.id)
        .limit(AT_ONCE)
    )
    with transaction():
        return _empty(Mail.id.in_(old))


def _empty(which: sa.ColumnElement[bool]) -> int:
    """Nothing of the person is left; what had not been sent yet will not be."""
    unsent = sa.case((Mail.state.in_(UNSENT), MailState.KEPT), else_=Mail.state)
    found = db.session.execute(
        sa.update(Mail)
        .where(which)
        .values(to_address="", subject="", body="", state=unsent)
        .execution_options(synchronize_session=False)
    )
    return int(found.rowcount)  # type: ignore[attr-defined]
