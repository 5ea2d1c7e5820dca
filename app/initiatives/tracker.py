"""The public tracker: what the ward does with the ideas, as cards."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import aliased

from app.accounts.models import Unit
from app.campaigns.models import Topic
from app.core import formats
from app.core.clock import today
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import excerpt
from app.initiatives.models import Initiative, Measure, Outcome, Update
from app.initiatives.rules import InitiativeState, is_overdue

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


class PublicFilters(NamedTuple):
    """What the public tracker was asked for; unknown values are ignored."""

    state: str = ""
    unit: str = ""
    topic: str = ""


def tracked(filters: PublicFilters, number: int = 1) -> Page[OutcomeCard]:
    """The public tracker: what the ward is doing, newest news first. Two queries whatever the size."""
    statement = _public().order_by(Initiative.updated_at.desc(), Initiative.id.desc())
    if filters.state in set(InitiativeState):
        statement = statement.where(Initiative.state == InitiativeState(filters.state))
    if filters.unit:
        statement = statement.where(Unit.slug == filters.unit)
    if filters.topic:
        statement = statement.join(Topic, Initiative.topic_id == Topic.id).where(Topic.slug == filters.topic)
    return page(statement, _card, number)


def public_counts() -> dict[str, int]:
    """How many public initiatives stand in each state. One query."""
    rows = db.session.execute(
        sa.select(Initiative.state, sa.func.count())
        .where(Initiative.is_public.is_(True))
        .group_by(Initiative.state)
    )
    return {str(state): count for state, count in rows}


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
