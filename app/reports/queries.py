"""Reads: the figures of a period, and the rows behind them. A set number of queries, whatever the size.

A period that is over is told as it stood on its last day: decisions, steps and publications made later do not change
it. Today's are only an initiative's due date and the day it was finished: one opened again has none.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts.models import Unit, User
from app.campaigns.models import Campaign, Phase, Topic
from app.campaigns.rules import CampaignState
from app.core.clock import local, now, today
from app.core.db import db
from app.core.events import Event
from app.ideas.models import Author, Idea, Version
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.models import Initiative, Measure, Outcome, Update
from app.initiatives.rules import InitiativeState
from app.initiatives.tracker import figure_of
from app.moderation.models import Decision
from app.moderation.rules import Outcome as Decided
from app.reports.counts import AgeGroup, AuthorCount, IdeaCount, Standing, Work, local_day
from app.reports.figures import (
    DIFFICULTIES,
    WORKS,
    Contest,
    Difficulties,
    Figures,
    IdeaFigures,
    Report,
    WorkFigures,
)
from app.reports.period import Period
from app.results.models import Award, Publication

YOUNGER_THAN = {AgeGroup.UNDER_16: 16, AgeGroup.UNDER_18: 18, AgeGroup.UNDER_26: 26}


def report(period: Period) -> Report:
    """A period's figures beside those of the one before."""
    return Report(
        now=figures(period),
        before=figures(period.previous()),
        contests=contests(period),
        measured=measured(period),
    )


def figures(period: Period) -> Figures:
    works = _works(period)
    day = min(period.last, today())
    return Figures(
        period=period,
        day=day,
        ideas=IdeaFigures(_ideas(period), _authors(period)),
        awards=_awards(period),
        work=WorkFigures(period, day, [work for work in works if work.kind in WORKS]),
        difficulties=Difficulties(period, day, [work for work in works if work.kind in DIFFICULTIES]),
    )


def contest_days() -> Period | None:
    """From the opening of the newest youth contest to the end of its last phase."""
    row = db.session.execute(
        sa.select(Campaign.opens_at, Campaign.closes_at, sa.func.max(Phase.ends_at))
        .outerjoin(Phase, Phase.campaign_id == Campaign.id)
        .where(Campaign.kind == "youth", Campaign.state != CampaignState.PLANNED)
        .group_by(Campaign.id)
        .order_by(Campaign.opens_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    opens_at, closes_at, ends_at = row
    return Period(local(opens_at).date(), local(max(closes_at, ends_at or closes_at)).date())


def contests(period: Period) -> list[Contest]:
    """Contests that took ideas on some day of the period."""
    rows = db.session.execute(
        sa.select(Campaign.name, Campaign.opens_at, Campaign.closes_at)
        .where(
            Campaign.state != CampaignState.PLANNED,
            Campaign.opens_at < period.ends_at,
            Campaign.closes_at >= period.starts_at,
        )
        .order_by(Campaign.opens_at, Campaign.id)
    )
    return [Contest(name, local(opens).date(), local(closes).date()) for name, opens, closes in rows]


def _within(column: Any, period: Period) -> sa.ColumnElement[bool]:
    return sa.and_(column >= period.starts_at, column < period.ends_at)


def _first_sent(period: Period) -> sa.ColumnElement[bool]:
    """Ideas whose first version came in during the period; sending again does not move them to another."""
    return sa.exists().where(
        Version.idea_id == Idea.id, Version.number == 1, _within(Version.received_at, period)
    )


def _ideas(period: Period) -> list[IdeaCount]:
    standing = _standing(period.ends_at)
    rows = db.session.execute(
        sa.select(Topic.slug, Topic.name, Unit.short_name, standing, sa.func.count())
        .select_from(Idea)
        .outerjoin(Topic, Idea.topic_id == Topic.id)
        .join(User, Idea.created_by_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(_first_sent(period))
        .group_by(Topic.slug, Topic.name, Unit.short_name, sa.literal_column("standing"))
    )
    return [IdeaCount(slug, name, unit, Standing(stood), count) for slug, name, unit, stood, count in rows]


def _standing(until: datetime) -> sa.Label[str]:
    """Where an idea stood at that moment: as it stands if that is still to come, else by its last decision."""
    stood: list[tuple[sa.ColumnElement[bool], Standing]]
    if until >= now():
        stood = [
            (Idea.state == IdeaState.WITHDRAWN, Standing.WITHDRAWN),
            (Idea.state == IdeaState.APPROVED, Standing.VALID),
            (Idea.state == IdeaState.REJECTED, Standing.INVALID),
        ]
    else:
        decided = (
            sa.select(Decision.outcome)
            .where(Decision.idea_id == Idea.id, Decision.made_at < until)
            .order_by(Decision.made_at.desc(), Decision.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        withdrawn = sa.exists().where(
            Event.object_type == "ideas",
            Event.object_id == Idea.id,
            Event.kind == "idea.withdrawn",
            Event.at < until,
        )
        stood = [
            (withdrawn, Standing.WITHDRAWN),
            (decided == Decided.APPROVED, Standing.VALID),
            (decided == Decided.REJECTED, Standing.INVALID),
        ]
    cases: list[tuple[Any, Any]] = [
        (condition, sa.literal_column(f"'{standing}'")) for condition, standing in stood
    ]
    return sa.case(*cases, else_=sa.literal_column(f"'{Standing.REVIEWING}'")).label("standing")


def _authors(period: Period) -> list[AuthorCount]:
    """Different people who joined a team of these ideas, by unit and age on the last day that counts."""
    day = min(period.last, today())
    born = {age: _birthday(day, years) for age, years in YOUNGER_THAN.items()}
    age = sa.case(
        (User.birth_date.is_(None), sa.literal_column(f"'{AgeGroup.UNKNOWN}'")),
        *((User.birth_date > latest, sa.literal_column(f"'{group}'")) for group, latest in born.items()),
        else_=sa.literal_column(f"'{AgeGroup.OLDER}'"),
    ).label("age")
    rows = db.session.execute(
        sa.select(Unit.short_name, age, sa.func.count(sa.distinct(User.id)))
        .select_from(Author)
        .join(Idea, Author.idea_id == Idea.id)
        .join(User, Author.user_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(_first_sent(period), Author.state == AuthorState.ACCEPTED)
        .group_by(Unit.short_name, sa.literal_column("age"))
    )
    return [AuthorCount(unit, AgeGroup(group), count) for unit, group, count in rows]


def _birthday(day: date, years: int) -> date:
    """Whoever was born later is younger than that on this day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)


def _awards(period: Period) -> int:
    """Prizes of results published in the period, as they stood at its end: a correction replaces what it corrects."""
    later = aliased(Publication)
    replaced = sa.exists().where(
        later.campaign_id == Publication.campaign_id,
        later.published_at > Publication.published_at,
        later.published_at < period.ends_at,
    )
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(Award)
        .join(Publication, Award.publication_id == Publication.id)
        .where(_within(Publication.published_at, period), ~replaced)
    ).scalar_one()


def followed(period: Period) -> sa.ColumnElement[bool]:
    """Initiatives that came in before the end of the period and were not finished before its beginning."""
    return sa.and_(
        Initiative.received_at < period.ends_at,
        sa.or_(Initiative.finished_at.is_(None), Initiative.finished_at >= period.starts_at),
    )


def state_then(period: Period) -> sa.ColumnElement[Any]:
    """Where an initiative stood when the period ended."""
    return _then(period, Initiative.state, Update.state, InitiativeState.RECEIVED)


def percent_then(period: Period) -> sa.ColumnElement[Any]:
    return _then(period, Initiative.percent, Update.percent, 0)


def _then(period: Period, standing: Any, stepped: Any, unstepped: Any) -> sa.ColumnElement[Any]:
    """What it is now if the end is still to come; else by its last dated step until then."""
    if period.ends_at >= now():
        return standing
    last = (
        sa.select(stepped)
        .where(Update.initiative_id == Initiative.id, Update.at < period.ends_at)
        .order_by(Update.at.desc(), Update.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    without_steps = sa.case(
        (Initiative.finished_at < period.ends_at, standing), else_=sa.literal(unstepped, standing.type)
    )
    return sa.func.coalesce(last, without_steps, type_=standing.type)


def _works(period: Period) -> list[Work]:
    rows = db.session.execute(
        sa.select(
            Initiative.code,
            Initiative.title,
            Initiative.kind,
            state_then(period),
            Initiative.received_at,
            Initiative.due_on,
            Initiative.finished_at,
            Initiative.source_idea_id.is_not(None),
            Topic.slug,
            Topic.name,
            Unit.short_name,
            Initiative.trial_from,
            Initiative.trial_to,
            Outcome.hours_saved_per_month,
            Initiative.cost_actual_vnd,
        )
        .outerjoin(Topic, Initiative.topic_id == Topic.id)
        .outerjoin(Unit, Initiative.lead_unit_id == Unit.id)
        .outerjoin(Outcome, Outcome.initiative_id == Initiative.id)
        .where(followed(period))
        .order_by(Initiative.received_at, Initiative.id)
    )
    return [
        Work(code, title, kind, state, local(received).date(), due, local_day(finished), *rest)
        for code, title, kind, state, received, due, finished, *rest in rows
    ]


def measured(period: Period) -> dict[str, list[str]]:
    """Code → what was measured, of work completed in the period."""
    rows = db.session.execute(
        sa.select(Initiative.code, Measure)
        .join(Outcome, Outcome.initiative_id == Initiative.id)
        .join(Measure, Measure.outcome_id == Outcome.id)
        .where(Initiative.state == InitiativeState.COMPLETED, _within(Initiative.finished_at, period))
        .order_by(Initiative.finished_at, Initiative.id, Measure.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for code, measure in rows:
        if figure := figure_of(measure):
            found[code].append(f"{measure.name}: {figure}")
    return dict(found)
