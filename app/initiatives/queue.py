"""The officers' queue: who sees what of it, in which order, how many stand where."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import Unit
from app.campaigns.models import Topic
from app.core.clock import today
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import fold
from app.initiatives.models import Initiative, supporting_units
from app.initiatives.rules import WORKING, InitiativeKind, InitiativeState, is_overdue
from app.permissions import Person, Role

OVERDUE = "qua-han"


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


def queued(person: Person, filters: QueueFilters, number: int = 1) -> Page[QueueRow]:
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


def unit_choices() -> list[tuple[str, str]]:
    """(slug, short name) of units that lead something."""
    rows = db.session.execute(
        sa.select(Unit.slug, Unit.short_name)
        .where(sa.exists().where(Initiative.lead_unit_id == Unit.id))
        .order_by(Unit.position)
    )
    return [(slug, name) for slug, name in rows]
