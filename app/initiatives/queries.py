"""Reads: the queue, the public tracker, what became of an idea."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Unit, User
from app.campaigns.models import Topic
from app.core import formats
from app.core.clock import today
from app.core.db import db
from app.core.i18n import _
from app.core.pagination import PER_PAGE, Page, page
from app.core.text import fold
from app.ideas.models import Idea
from app.initiatives.models import Initiative, Measure, Outcome, Update, supporting_units
from app.initiatives.rules import WORKING, InitiativeKind, InitiativeState, is_overdue
from app.permissions import Person, Role
from app.results.models import Award


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
    return OfIdea(row.code, row.state, is_overdue(row.state, row.due_on, today()), row.is_public) if row else None


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
    }


def public_outcomes(limit: int = 3) -> list[OutcomeCard]:
    """Past winners with the most to tell: completed first, then on trial, then declined with the reason."""
    telling = sa.case(
        (Initiative.state == InitiativeState.COMPLETED, 0),
        (Initiative.state == InitiativeState.TRIAL, 1),
        (Initiative.state == InitiativeState.DECLINED, 2),
        else_=3,
    )
    return _cards(
        _public().where(Initiative.source_idea_id.is_not(None)).order_by(telling, Initiative.id).limit(limit)
    )


def _public() -> sa.Select[tuple[Initiative, str, str]]:
    """Every public initiative with its lead unit, what came of it and its first figure."""
    any_measure = aliased(Measure)
    first = (
        sa.select(sa.func.min(any_measure.id))
        .where(any_measure.outcome_id == Outcome.id)
        .correlate(Outcome)
        .scalar_subquery()
    )
    return (
        sa.select(Initiative, Unit.short_name, Outcome.summary, Measure)
        .outerjoin(Unit, Initiative.lead_unit_id == Unit.id)
        .outerjoin(Outcome, Outcome.initiative_id == Initiative.id)
        .outerjoin(Measure, Measure.id == first)
        .where(Initiative.is_public.is_(True))
    )  # type: ignore[return-value]


def _cards(statement: sa.Select[tuple[Initiative, str, str]]) -> list[OutcomeCard]:
    return [
        OutcomeCard(
            code=initiative.code,
            title=initiative.title,
            url=url_for("initiatives.public", code=initiative.code),
            state=initiative.state,
            overdue=is_overdue(initiative.state, initiative.due_on, today()),
            figure=figure_of(measure),
            text=summary or initiative.summary,
            unit_name=unit_name or "",
            reason=initiative.decline_reason,
        )
        for initiative, unit_name, summary, measure in db.session.execute(statement)  # type: ignore[misc]
    ]


def figure_of(measure: Measure | None) -> str:
    """“68 → 23 phút”, or “312 kg” when it began at nothing."""
    if measure is None or measure.after is None:
        return ""
    after = f"{formats.decimal_text(measure.after)} {measure.unit}".strip()
    return f"{formats.decimal_text(measure.before)} → {after}" if measure.before else after


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
    """The queue: late ones first, then by due date; what is finished comes last. Two queries whatever the size."""
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


def tracker(state: str = "", topic: str = "", number: int = 1) -> Page[OutcomeCard]:
    """The public tracker: what the ward is doing, newest news first."""
    statement = _public().order_by(Initiative.updated_at.desc(), Initiative.id.desc())
    if state in set(InitiativeState):
        statement = statement.where(Initiative.state == InitiativeState(state))
    if topic:
        statement = statement.join(Topic, Initiative.topic_id == Topic.id).where(Topic.slug == topic)
    total = db.session.execute(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    number = max(1, number)
    return Page(_cards(statement.limit(PER_PAGE).offset((number - 1) * PER_PAGE)), number, PER_PAGE, total)


def topic_choices() -> list[tuple[int, str]]:
    """(id, name) of every topic."""
    return [(topic_id, name) for topic_id, name in db.session.execute(sa.select(Topic.id, Topic.name).order_by(Topic.position))]


def public_figures() -> list[dict[str, object]]:
    """The four tiles of the public tracker. One query."""
    rows = db.session.execute(
        sa.select(Initiative.state, sa.func.count()).where(Initiative.is_public.is_(True)).group_by(Initiative.state)
    )
    by_state = dict(rows.tuples().all())
    working = sum(by_state.get(state, 0) for state in (InitiativeState.ASSIGNED, InitiativeState.IN_PROGRESS))
    return [
        {"value": sum(by_state.values()), "label": _("việc đã nhận")},
        {"value": working, "label": _("đang thực hiện")},
        {"value": by_state.get(InitiativeState.TRIAL, 0), "label": _("đang áp dụng thử")},
        {"value": by_state.get(InitiativeState.COMPLETED, 0), "label": _("đã hoàn thành"), "tone": "ok"},
    ]
