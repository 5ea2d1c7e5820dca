"""What becomes of somebody's ideas when consent to the contest is taken back, by them or by their guardian."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.consents import holds_consent
from app.accounts.models import User
from app.accounts.rules import Purpose
from app.core.clock import now
from app.core.db import db
from app.core.events import Event, record
from app.ideas import queries
from app.ideas.models import Author, Idea
from app.ideas.rules import IDEA_FLOW, IdeaState
from app.permissions import Action as A


def take_out(event: Event) -> None:
    """Ideas that this person leads leave the contest; drafts stay theirs, and what is being judged waits for staff."""
    person = db.session.get(User, event.object_id)
    if event.data.get("purpose") != Purpose.CONTEST or person is None:
        return
    if holds_consent(person, Purpose.CONTEST):
        return  # agreed again in the meantime
    for led in _led_by(person):
        idea = queries.locked(led)
        if idea.judging_started_at is not None or not IDEA_FLOW.can(idea.state, A.IDEA_WITHDRAW):
            continue
        idea.state = IDEA_FLOW.after(idea.state, A.IDEA_WITHDRAW)
        idea.saved_at = now()
        record("idea.withdrawn", idea, person)


def _led_by(person: User) -> list[Idea]:
    led = sa.select(Author.idea_id).where(Author.user_id == person.id, Author.is_leader)
    return list(
        db.session.scalars(
            sa.select(Idea).where(Idea.id.in_(led), Idea.state != IdeaState.DRAFT).order_by(Idea.id)
        )
    )
