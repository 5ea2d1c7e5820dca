"""Reads: the queue, the public tracker, what became of an idea."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Unit, User
from app.campaigns.models import Topic
from app.core import formats
from app.core.clock import today
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import excerpt, fold
from app.ideas.models import Idea
from app.initiatives.models import Initiative, Measure, Outcome, Update, supporting_units
from app.initiatives.rules import WORKING, InitiativeKind, InitiativeState, is_overdue
from app.initiatives.words import STATE_WORDS
from app.permissions import Person, Role
from app.results.models import Award

CARD_WORDS = 40


class OutcomeCard(NamedTuple):
    """An initiative as the public sees it in a list."""

    code: str
    title: str
    url: str
    state: InitiativeState
    overdue: bool
    figure: str
    text: str
    unit_name: str
    reason: str


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


def public_outcomes(limit: int = 3) -> list[OutcomeCard]:
    """Past winners with the most to tell: completed first, then on trial, then declined with the reason."""
    telling = sa.case(
        (Initiative.state == InitiativeState.COMPLETED, 0),
        (Initiative.state == InitiativeState.TRIAL, 1),
        (Initiative.state == InitiativeState.DECLINED, 2),
        else_=3,
    )
    statement = _public().where(Initiative.source_idea_id.is_not(None)).order_by(telling, Initiative.id)
    return [_card(*row) for row in db.session.execute(statement.limit(limit))]


def _public() -> sa.Select[*tuple[Any, ...]]:
    """Every public initiative with its lead unit, the last public word, what came of it and its first figure.

    Nothing of the idea's own text but its title: whether its authors show it is not asked here.
    """
    any_update, any_measure = aliased(Update), aliased(Measure)
    last_word = (
        sa.select(sa.func.max(any_update.id))
        .where(any_update.initiative_id == Initiative.id, any_update.is_public.is_(True))
        .scalar_subquery()
    )
    first_measure = (
        sa.select(sa.func.min(any_measure.id)).where(any_measure.outcome_id == Outcome.id).scalar_subquery()
    )
    return (
        sa.select(
            Initiative.code,
            Initiative.title,
            Initiative.state,
            Initiative.due_on,
            Initiative.decline_reason,
            Unit.short_name,
            Update.at,
            Update.text,
            Outcome.summary,
            Measure.before,
            Measure.after,
            Measure.unit,
        )
        .outerjoin(Unit, Initiative.lead_unit_id == Unit.id)
        .outerjoin(Update, Update.id == last_word)
        .outerjoin(
            Outcome,
            sa.and_(Outcome.initiative_id == Initiative.id, Initiative.state == InitiativeState.COMPLETED),
        )
        .outerjoin(Measure, Measure.id == first_measure)
        .where(Initiative.is_public.is_(True))
    )


def _card(
    code: str,
    title: str,
    state: InitiativeState,
    due_on: date | None,
    reason: str,
    unit_name: str | None,
    said_at: datetime | None,
    said: str | None,
    summary: str | None,
    before: Decimal | None,
    after: Decimal | None,
    measure_unit: str | None,
) -> OutcomeCard:
    is_declined = state is InitiativeState.DECLINED
    news = f"{formats.day(said_at)[:5]}: {said}" if said and not is_declined else ""
    return OutcomeCard(
        code=code,
        title=title,
        url=url_for("initiatives.public", code=code),
        state=state,
        overdue=is_overdue(state, due_on, today()),
        figure=figure(before, after, measure_unit or ""),
        text=excerpt(summary or news, CARD_WORDS),
        unit_name=unit_name or "",
        reason=excerpt(reason, CARD_WORDS) if is_declined else "",
    )


def figure_of(measure: Measure | None) -> str:
    return figure(measure.before, measure.after, measure.unit) if measure else ""


def figure(before: Decimal | None, after: Decimal | None, unit: str) -> str:
    """“68 → 23 phút”, or “312 kg” when it began at nothing."""
    if after is None:
        return ""
    now_is = f"{formats.decimal_text(after)} {unit}".strip()
    return f"{formats.decimal_text(before)} → {now_is}" if before else now_is


class QueueRow(NamedTuple):
    """One line of the officers' queue: rõ người, rõ việc, rõ thời hạn, rõ sản phẩm, rõ trách nhiệm."""

    code: str
    title: str
    kind: InitiativeKind
    state: InitiativeState
    percent: int
    due_on: date | None
    received_at: datetime
    updated_at: datetime
    product: str
    responsible: str
    topic_slug: str | None
    topic_name: str | None
    unit_name: str | None

    @property
    def overdue(self) -> bool:
        return is_overdue(self.state, self.due_on, today())

    @property
    def days_late(self) -> int:
        return (today() - self.due_on).days if self.overdue and self.due_on else 0


class QueueFilters(NamedTuple):
    """What the queue was asked for; unknown values are ignored."""

    state: str = ""
    unit: str = ""
    topic: str = ""
    kind: str = ""
    text: str = ""


OVERDUE = "qua-han"


def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """The same answer as can(person, TRACKER_READ, initiative): a unit's contact sees what the unit works on."""
    if any(person.holds(role) for role in (Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR)):
        return sa.true()
    units = list(person.unit_ids(Role.UNIT_CONTACT))
    supports = sa.exists().where(
        supporting_units.c.initiative_id == Initiative.id, supporting_units.c.unit_id.in_(units)
    )
    return sa.or_(Initiative.lead_unit_id.in_(units), Initiative.source_unit_id.in_(units), supports)


def late() -> sa.ColumnElement[bool]:
    """is_overdue, as a where clause."""
    return sa.and_(Initiative.due_on < today(), Initiative.state.in_(WORKING))


def queue(person: Person, filters: QueueFilters, number: int = 1) -> Page[QueueRow]:
    """Late ones first, then those nobody has yet, then by due date; what is finished comes last. Two queries."""
    statement = (
        sa.select(
            Initiative.code,
            Initiative.title,
            Initiative.kind,
            Initiative.state,
            Initiative.percent,
            Initiative.due_on,
            Initiative.received_at,
            Initiative.updated_at,
            Initiative.product,
            Initiative.responsible,
            Topic.slug,
            Topic.name,
            Unit.short_name,
        )
        .outerjoin(Topic, Initiative.topic_id == Topic.id)
        .outerjoin(Unit, Initiative.lead_unit_id == Unit.id)
        .where(visible_to(person))
        .order_by(
            sa.case((late(), 0), (Initiative.state == InitiativeState.RECEIVED, 1), else_=2),
            Initiative.finished_at.is_not(None),
            Initiative.due_on.is_(None),
            Initiative.due_on,
            Initiative.id.desc(),
        )
    )
    if filters.state == OVERDUE:
        statement = statement.where(late())
    elif filters.state in set(InitiativeState):
        statement = statement.where(Initiative.state == InitiativeState(filters.state))
    if filters.kind in set(InitiativeKind):
        statement = statement.where(Initiative.kind == InitiativeKind(filters.kind))
    if filters.topic:
        statement = statement.where(Topic.slug == filters.topic)
    if filters.unit:
        statement = statement.where(Unit.slug == filters.unit)
    for word in fold(filters.text).split()[:8]:
        statement = statement.where(
            sa.or_(
                Initiative.search_text.contains(word, autoescape=True),
                sa.func.lower(Initiative.code).contains(word, autoescape=True),
            )
        )
    return page(statement, QueueRow, number)


def counts(person: Person) -> dict[str, int]:
    """How many stand in each state, and how many are late. Two queries."""
    rows = db.session.execute(
        sa.select(Initiative.state, sa.func.count()).where(visible_to(person)).group_by(Initiative.state)
    )
    found = {str(state): count for state, count in rows}
    found[OVERDUE] = db.session.execute(
        sa.select(sa.func.count()).select_from(Initiative).where(visible_to(person), late())
    ).scalar_one()
    return found


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


def unit_choices() -> list[tuple[str, str]]:
    """(slug, short name) of units that lead something."""
    rows = db.session.execute(
        sa.select(Unit.slug, Unit.short_name)
        .where(sa.exists().where(Initiative.lead_unit_id == Unit.id))
        .order_by(Unit.position)
    )
    return [(slug, name) for slug, name in rows]


class PublicFilters(NamedTuple):
    """What the public tracker was asked for; unknown values are ignored."""

    state: str = ""
    unit: str = ""
    topic: str = ""


def tracker(filters: PublicFilters, number: int = 1) -> Page[OutcomeCard]:
    """The public tracker: what the ward is doing, newest news first. Two queries whatever the size."""
    statement = _public().order_by(Initiative.updated_at.desc(), Initiative.id.desc())
    if filters.state in set(InitiativeState):
        statement = statement.where(Initiative.state == InitiativeState(filters.state))
    if filters.unit:
        statement = statement.where(Unit.slug == filters.unit)
    if filters.topic:
        statement = statement.join(Topic, Initiative.topic_id == Topic.id).where(Topic.slug == filters.topic)
    return page(statement, _card, number)


def topic_choices() -> list[tuple[int, str]]:
    """(id, name) of every topic."""
    rows = db.session.execute(sa.select(Topic.id, Topic.name).order_by(Topic.position))
    return [(topic_id, name) for topic_id, name in rows]


def public_counts() -> dict[str, int]:
    """How many public initiatives stand in each state. One query."""
    rows = db.session.execute(
        sa.select(Initiative.state, sa.func.count())
        .where(Initiative.is_public.is_(True))
        .group_by(Initiative.state)
    )
    return {str(state): count for state, count in rows}
