"""Reads: the lists behind the figures, line by line, with what came of each. Three queries whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts import consent_clauses
from app.accounts.models import Unit, User
from app.accounts.rules import Purpose
from app.campaigns.models import Prize, Topic
from app.core.clock import today
from app.core.db import db
from app.core.pagination import PER_PAGE, Page
from app.ideas.models import Author
from app.ideas.rules import AuthorState
from app.initiatives.models import Initiative, Outcome
from app.initiatives.rules import FINISHED, InitiativeKind, InitiativeState
from app.initiatives.words import STATE_WORDS
from app.reports.counts import local_day
from app.reports.figures import DIFFICULTIES, Report
from app.reports.period import Period
from app.reports.queries import followed, percent_then, state_then
from app.results.models import Award


class Row(NamedTuple):
    """One line of the lists: what, who, until when, what came of it."""

    id: int
    code: str
    title: str
    kind: InitiativeKind
    state: InitiativeState
    percent: int
    received_at: datetime
    due_on: date | None
    finished_at: datetime | None
    topic_slug: str | None
    topic_name: str | None
    unit_name: str | None
    source_unit_name: str | None
    responsible: str
    product: str
    prize_name: str | None
    summary: str
    outcome: str | None
    decline_reason: str
    cost_planned_vnd: int | None
    cost_actual_vnd: int | None
    hours_saved_per_month: int | None
    source_idea_id: int | None
    overdue: bool = False
    measures: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # those who agreed that their names go to the Department
    unnamed_authors: int = 0

    @property
    def result(self) -> str:
        """What came of it, in a line or two; for declined work, why not."""
        if self.state is InitiativeState.DECLINED:
            return self.decline_reason
        if self.state is not InitiativeState.COMPLETED:
            return ""
        return ". ".join(part.rstrip(".") for part in (self.outcome or "", *self.measures) if part)

    @property
    def state_words(self) -> str:
        words = str(STATE_WORDS[self.state])
        return f"{words}, quá hạn" if self.overdue else words

    @property
    def finished_on(self) -> date | None:
        return local_day(self.finished_at) if self.state in FINISHED else None

    @property
    def author_line(self) -> str:
        """“Trần Thị Đào và 2 tác giả không nêu tên”."""
        named = ", ".join(self.authors)
        if not self.unnamed_authors:
            return named
        unnamed = f"{self.unnamed_authors} tác giả không nêu tên"
        return f"{named} và {unnamed}" if named else unnamed


def works_page(report: Report, kinds: Collection[InitiativeKind], number: int) -> Page[Row]:
    """One page of the list, newest first."""
    counted = report.now.difficulties.total if set(kinds) == DIFFICULTIES else report.now.work.total
    statement = _rows(report.period, kinds).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    return Page(_filled(report, statement), number, PER_PAGE, counted)


def every_work(report: Report, kinds: Collection[InitiativeKind]) -> list[Row]:
    """The whole list, for documents."""
    return _filled(report, _rows(report.period, kinds))


def _rows(period: Period, kinds: Collection[InitiativeKind]) -> sa.Select[Any]:
    source = aliased(Unit)
    return (
        sa.select(
            Initiative.id,
            Initiative.code,
            Initiative.title,
            Initiative.kind,
            state_then(period),
            percent_then(period),
            Initiative.received_at,
            Initiative.due_on,
            Initiative.finished_at,
            Topic.slug,
            Topic.name,
            Unit.short_name,
            source.short_name,
            Initiative.responsible,
            Initiative.product,
            Prize.name,
            Initiative.summary,
            Outcome.summary,
            Initiative.decline_reason,
            Initiative.cost_planned_vnd,
            Initiative.cost_actual_vnd,
            Outcome.hours_saved_per_month,
            Initiative.source_idea_id,
        )
        .outerjoin(Topic, Initiative.topic_id == Topic.id)
        .outerjoin(Unit, Initiative.lead_unit_id == Unit.id)
        .outerjoin(source, Initiative.source_unit_id == source.id)
        .outerjoin(Outcome, Outcome.initiative_id == Initiative.id)
        .outerjoin(Award, Initiative.award_id == Award.id)
        .outerjoin(Prize, Award.prize_id == Prize.id)
        .where(followed(period), Initiative.kind.in_(kinds))
        .order_by(Initiative.received_at.desc(), Initiative.id.desc())
    )


def _filled(report: Report, statement: sa.Select[Any]) -> list[Row]:
    """The rows with their authors, what was measured, and whether they are late."""
    rows = [Row(*row) for row in db.session.execute(statement)]
    late = {work.code for work in (*report.now.work.overdue, *report.now.difficulties.overdue)}
    authors = _named_authors(report.period)
    filled = []
    for row in rows:
        named, unnamed = authors.get(row.id, ((), 0))
        filled.append(
            row._replace(
                overdue=row.code in late,
                measures=tuple(report.measured.get(row.code, ())),
                authors=named,
                unnamed_authors=unnamed,
            )
        )
    return filled


def _named_authors(period: Period) -> dict[int, tuple[tuple[str, ...], int]]:
    """Initiative → names of those who agreed to be named to the Department, and how many others there are."""
    agreed = consent_clauses.holds(Purpose.SEND_TO_DEPARTMENT, today())
    rows = db.session.execute(
        sa.select(Initiative.id, User.full_name, sa.case((agreed, 1), else_=0))
        .join(Author, Author.idea_id == Initiative.source_idea_id)
        .join(User, Author.user_id == User.id)
        .where(followed(period), Author.state == AuthorState.ACCEPTED)
        .order_by(Initiative.id, Author.is_leader.desc(), Author.id)
    )
    named: dict[int, list[str]] = defaultdict(list)
    unnamed: dict[int, int] = defaultdict(int)
    for initiative_id, name, has_agreed in rows:
        if has_agreed and name:
            named[initiative_id].append(name)
        else:
            unnamed[initiative_id] += 1
    return {key: (tuple(named[key]), unnamed[key]) for key in {*named, *unnamed}}
