"""Reads of the organisers: rounds, panels, entries. Progress is counted, never a mark."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Unit, User
from app.campaigns.models import Campaign, Round
from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import name_key
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging.models import Conflict, Entry, Mark, PanelMember, ScoreSheet, Secretary
from app.judging.rules import COUNTS, HOLDING, ConflictKind, Exclusion, SheetState

Shown = sa.ColumnElement[bool]  # which entries the reader may follow
ALL: Shown = sa.true()


class RoundRow(NamedTuple):
    id: int
    name: str
    campaign_name: str
    state: RoundState
    starts_at: datetime
    ends_at: datetime
    entries: int
    sheets: int
    submitted: int


class JudgeProgress(NamedTuple):
    """How far a judge is: counts, never marks."""

    judge_id: int
    member_id: int
    full_name: str
    unit_name: str | None
    code: str
    is_chair: bool
    is_secretary: bool
    max_sheets: int | None
    confirmed: bool
    sheets: int
    submitted: int
    started: int


class EntryRow(NamedTuple):
    """An entry as organisers follow it: who it is they know, marks they do not see."""

    entry_id: int
    idea_code: str
    title: str
    judging_code: str
    excluded_as: Exclusion | None
    community_votes: int
    sheets: int
    submitted: int


class ConflictRow(NamedTuple):
    id: int
    judge: str
    kind: ConflictKind
    reason: str
    idea_code: str | None
    person: str | None
    unit: str | None


class JudgeSheetRow(NamedTuple):
    """A sheet of one judge: where it stands, without a mark."""

    public_id: str
    version: int
    idea_code: str
    title: str
    judging_code: str
    state: SheetState
    submitted_at: datetime | None
    reason: str


def rounds() -> list[RoundRow]:
    """Every round with its progress, newest campaign first. One query."""
    entries = sa.select(sa.func.count()).where(Entry.round_id == Round.id).scalar_subquery()
    held = (
        sa.select(sa.func.count())
        .select_from(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == Round.id)
    )
    rows = db.session.execute(
        sa.select(
            Round.id,
            Round.name,
            Campaign.name,
            Round.state,
            Round.starts_at,
            Round.ends_at,
            entries,
            held.where(ScoreSheet.state.in_(HOLDING)).scalar_subquery(),
            held.where(ScoreSheet.state == COUNTS).scalar_subquery(),
        )
        .join(Campaign, Round.campaign_id == Campaign.id)
        .order_by(Campaign.opens_at.desc(), Round.position)
    )
    return [RoundRow(*row) for row in rows]


def panel_of(round_: Round, shown: Shown = ALL) -> list[JudgeProgress]:
    """The panel with each judge's progress on the entries that are `shown`, the chair first. One query."""

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .select_from(ScoreSheet)
            .join(Entry, ScoreSheet.entry_id == Entry.id)
            .where(
                Entry.round_id == round_.id, ScoreSheet.judge_id == PanelMember.judge_id, shown, *conditions
            )
            .scalar_subquery()
        )

    started = sa.exists().where(Mark.sheet_id == ScoreSheet.id)
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            PanelMember.judge_id,
            PanelMember.id,
            User.full_name,
            Unit.short_name,
            PanelMember.code,
            PanelMember.is_chair,
            PanelMember.is_secretary,
            PanelMember.max_sheets,
            PanelMember.confirmed_at.is_not(None),
            count(ScoreSheet.state.in_(HOLDING)),
            count(ScoreSheet.state == COUNTS),
            count(ScoreSheet.state.in_(HOLDING), ScoreSheet.state != COUNTS, started),
        )
        .join(User, PanelMember.judge_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(PanelMember.round_id == round_.id)
    )
    return sorted(
        (JudgeProgress(*row) for row in rows), key=lambda row: (not row.is_chair, name_key(row.full_name))
    )


def entries_of(round_: Round, number: int = 1, shown: Shown = ALL) -> Page[EntryRow]:
    """Entries with how many sheets each has, by code. Two queries."""
    return page(
        sa.select(
            Entry.id,
            Idea.code,
            Idea.title,
            Entry.judging_code,
            Entry.excluded_as,
            Entry.community_votes,
            sa.func.count(ScoreSheet.id).filter(ScoreSheet.state.in_(HOLDING)),
            sa.func.count(ScoreSheet.id).filter(ScoreSheet.state == COUNTS),
        )
        .join(Idea, Entry.idea_id == Idea.id)
        .outerjoin(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, shown)
        .group_by(Entry.id, Idea.id)
        .order_by(Idea.code),
        EntryRow,
        number,
        per_page=50,
    )


def entry_of(round_: Round, entry_id: int, shown: Shown = ALL) -> Entry | None:
    """One idea of a round, with the round and the idea. One query."""
    return db.session.scalars(
        sa.select(Entry)
        .where(Entry.id == entry_id, Entry.round_id == round_.id, shown)
        .options(joinedload(Entry.round), joinedload(Entry.idea))
    ).first()


def sheets_of(round_: Round, judge_id: int, number: int = 1, shown: Shown = ALL) -> Page[JudgeSheetRow]:
    """One judge's sheets in the judge's own order. Two queries."""
    return page(
        sa.select(
            ScoreSheet.public_id,
            ScoreSheet.version,
            Idea.code,
            Idea.title,
            Entry.judging_code,
            ScoreSheet.state,
            ScoreSheet.submitted_at,
            ScoreSheet.reason,
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(Entry.round_id == round_.id, ScoreSheet.judge_id == judge_id, shown)
        .order_by(ScoreSheet.position),
        JudgeSheetRow,
        number,
        per_page=50,
    )


def waiting_ideas(round_: Round) -> int:
    """Valid ideas of the campaign that are not in this round yet."""
    inside = sa.exists().where(Entry.round_id == round_.id, Entry.idea_id == Idea.id)
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(Idea)
        .where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED, ~inside)
    ).scalar_one()


def conflicts_of(round_: Round, kept: Collection[int] = ()) -> list[ConflictRow]:
    """Conflicts of the round's judges and secretaries, declared, set, lifted or handed back. One query.

    Not about ideas that are `kept` from the reader.
    """
    panel = sa.select(PanelMember.judge_id).where(PanelMember.round_id == round_.id)
    beside = sa.select(Secretary.person_id).where(Secretary.round_id == round_.id)
    judge, person = aliased(User), aliased(User)
    rows = db.session.execute(
        sa.select(
            Conflict.id,
            judge.full_name,
            Conflict.kind,
            Conflict.reason,
            Idea.code,
            person.full_name,
            Unit.short_name,
        )
        .join(judge, Conflict.judge_id == judge.id)
        .outerjoin(Idea, Conflict.idea_id == Idea.id)
        .outerjoin(person, Conflict.person_id == person.id)
        .outerjoin(Unit, Conflict.unit_id == Unit.id)
        .where(
            sa.or_(Conflict.campaign_id.is_(None), Conflict.campaign_id == round_.campaign_id),
            sa.or_(Conflict.judge_id.in_(panel), Conflict.judge_id.in_(beside)),
            sa.or_(Conflict.idea_id.is_(None), Conflict.idea_id.not_in(kept)),
        )
        .order_by(Conflict.id)
    )
    return sorted((ConflictRow(*row) for row in rows), key=lambda row: name_key(row.judge))


def idea_choices(round_: Round, kept: Collection[int] = ()) -> list[tuple[str, str]]:
    """(code, code and title) of the ideas that are or may come into the round, without those `kept`."""
    rows = db.session.execute(
        sa.select(Idea.code, Idea.title)
        .where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED)
        .where(Idea.id.not_in(kept))
        .order_by(Idea.code)
    )
    return [(code or "", f"{code} – {title}"[:90]) for code, title in rows]
