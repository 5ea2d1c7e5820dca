"""What becomes of somebody's ideas when consent to the contest is taken back, or the account is deleted."""

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
from app.ideas.retention import discard
from app.ideas.rules import IDEA_FLOW, ON_TEAM, AuthorState, IdeaState
from app.permissions import Action as A

GONE = "Tài khoản đã xóa"  # instead of the name, on staff's pages and in old teams


def take_out(event: Event) -> None:
    """Ideas that this person leads leave the contest; drafts stay theirs, and what is being judged waits for staff."""
    person = db.session.get(User, event.object_id)
    if event.data.get("purpose") != Purpose.CONTEST or person is None:
        return
    if holds_consent(person, Purpose.CONTEST):
        return  # agreed again in the meantime
    _leave_contest(person)


def forget_author(event: Event) -> None:
    """The account is gone: its ideas leave the contest, its drafts go, and no team keeps its name or address."""
    person = db.session.get_one(User, event.object_id)
    _leave_contest(person)
    drafts = _led_by(person, Idea.state == IdeaState.DRAFT, Idea.version_number == 0)
    discard(drafts)
    _leave_drafts(person)
    db.session.execute(
        sa.update(Author)
        .where(Author.user_id == person.id)
        .values(full_name=GONE, email=f"da-xoa-{person.id}")
        .execution_options(synchronize_session=False)
    )


def _leave_contest(person: User) -> None:
    for led in _led_by(person, Idea.state != IdeaState.DRAFT):
        idea = queries.locked(led)
        if idea.judging_started_at is not None or not IDEA_FLOW.can(idea.state, A.IDEA_WITHDRAW):
            continue
        idea.state = IDEA_FLOW.after(idea.state, A.IDEA_WITHDRAW)
        idea.saved_at = now()
        record("idea.withdrawn", idea, person)


def _leave_drafts(person: User) -> None:
    """Out of the teams that have not sent anything yet: they cannot wait for somebody who is gone."""
    unsent = sa.select(Idea.id).where(Idea.version_number == 0)
    seats = sa.select(Author).where(
        Author.user_id == person.id, Author.idea_id.in_(unsent), Author.state.in_(ON_TEAM)
    )
    for author in db.session.scalars(seats):
        author.state, author.answered_at = AuthorState.REMOVED, now()
        record("author.removed", author.idea, person, author_id=author.id)


def _led_by(person: User, *conditions: sa.ColumnElement[bool]) -> list[Idea]:
    led = sa.select(Author.idea_id).where(Author.user_id == person.id, Author.is_leader)
    return list(db.session.scalars(sa.select(Idea).where(Idea.id.in_(led), *conditions).order_by(Idea.id)))
