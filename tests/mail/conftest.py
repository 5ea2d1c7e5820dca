"""What every test of mails needs: something happened, the worker had its turn, here is the outbox."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import worker
from app.core.db import db, transaction
from app.core.events import record
from app.mail.models import Mail


@pytest.fixture
def mails_after(app):
    """Called with what happened ("idea.returned", idea, moderator, decision_id=1): the mails that follow, in order."""

    def after(kind, thing, actor=None, **data):
        with transaction():
            event = record(kind, thing, actor, **data)
        worker.react(100)
        db.session.rollback()
        return db.session.scalars(sa.select(Mail).where(Mail.event_id == event.id).order_by(Mail.id)).all()

    return after
