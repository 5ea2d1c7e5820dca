"""One initiative, its history, what became of an idea; the units that forms offer."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Unit, User
from app.campaigns.models import Topic
from app.core import formats
from app.core.clock import today
from app.core.db import db
from app.ideas.models import Idea
from app.initiatives.models import Initiative, Outcome, Update
from app.initiatives.rules import InitiativeState, is_overdue
from app.initiatives.words import STATE_WORDS
from app.permissions import Person, Role
from app.results.models import Award


class OfIdea(NamedTuple):
    code: str
    state: InitiativeState
    overdue: bool
    is_public: bool


def of_idea(idea_id: int) -> OfIdea | None:
    """The initiative that an idea became."""
    row = db.session.execute(
        sa.select(Initiative.code, Initiative.state, Initiative.due_on, Initiative.is_public).where(
            Initiative.source_idea_id == idea_id
        )
    ).first()
    return (
        OfIdea(row.code, row.state, is_overdue(row.state, row.due_on, today()), row.is_public)
        if row
        else None
    )


def of_winners(publication_id: int) -> dict[str, OfIdea]:
    """Idea code → what it became, for the winners of a publication. One query."""
    rows = db.session.execute(
        sa.select(Idea.code, Initiative.code, Initiative.state, Initiative.due_on, Initiative.is_public)
        .join(Idea, Initiative.source_idea_id == Idea.id)
        .join(Award, sa.and_(Award.idea_id == Idea.id, Award.publication_id == publication_id))
    )
    return {
        idea_code: OfIdea(code, state, is_overdue(state, due_on, today()), is_public)
        for idea_code, code, state, due_on, is_public in rows
        if idea_code is not None
    }


def by_code(code: str) -> Initiative | None:
    """One initiative with all its page shows."""
    return db.session.scalars(
        sa.select(Initiative)
        .where(Initiative.code == code)
        .options(
            joinedload(Initiative.lead_unit),
            joinedload(Initiative.source_unit),
            joinedload(Initiative.topic),
            joinedload(Initiative.source_idea),
            joinedload(Initiative.award).joinedload(Award.prize),
            joinedload(Initiative.outcome).selectinload(Outcome.measures),
            selectinload(Initiative.support_units),
        )
    ).first()


class UpdateRow(NamedTuple):
    id: int
    at: datetime
    state: InitiativeState
    percent: int
    text: str
    is_public: bool
    author: str
    files: list[tuple[str, str, str, int]]  # public id, name, kind, size in bytes


def updates_of(initiative: Initiative, *, only_public: bool = False) -> list[UpdateRow]:
    """Every dated word, newest first, with its files. Two queries."""
    statement = (
        sa.select(Update, User.full_name)
        .join(User, Update.author_id == User.id)
        .where(Update.initiative_id == initiative.id)
        .order_by(Update.at.desc(), Update.id.desc())
        .options(selectinload(Update.files))
    )
    if only_public:
        statement = statement.where(Update.is_public.is_(True))
    return [
        UpdateRow(
            row.id,
            row.at,
            row.state,
            row.percent,
            row.text,
            row.is_public,
            name,
            [(file.public_id, file.original_name, file.kind, file.size_bytes) for file in row.files],
        )
        for row, name in db.session.execute(statement)
    ]


def last_words(initiative: Initiative) -> list[tuple[str, str]]:
    """Who said what last, as the conflict page shows it."""
    return [
        (f"{STATE_WORDS[row.state]}, {row.author}, {formats.moment(row.at)}", row.text)
        for row in updates_of(initiative)[:1]
    ]


def by_once_key(once_key: str) -> Initiative | None:
    """What a form has already entered."""
    return db.session.scalars(sa.select(Initiative).where(Initiative.once_key == once_key)).first()


def units_of(person: Person) -> list[tuple[int, str]]:
    """Units in whose name this person may send something in: their own, or any for an officer."""
    statement = sa.select(Unit.id, Unit.name).order_by(Unit.position, Unit.id)
    if not person.holds(Role.OFFICER):
        statement = statement.where(Unit.id.in_(person.unit_ids(Role.UNIT_CONTACT)))
    return [(unit_id, name) for unit_id, name in db.session.execute(statement)]


def units_for_work() -> list[tuple[int, str]]:
    """Units that may lead or help, in the order of the ward's chart."""
    rows = db.session.execute(
        sa.select(Unit.id, Unit.name).where(Unit.receives_initiatives.is_(True)).order_by(Unit.position)
    )
    return [(unit_id, name) for unit_id, name in rows]


def topic_choices() -> list[tuple[int, str]]:
    """(id, name) of every topic."""
    rows = db.session.execute(sa.select(Topic.id, Topic.name).order_by(Topic.position))
    return [(topic_id, name) for topic_id, name in rows]
