"""Reads of the desk: progress judge × idea, counted; ideas under the codes that judges see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import Unit, User
from app.campaigns.models import Round
from app.core.db import db
from app.core.pagination import Page, page
from app.ideas.models import Idea, Version
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet
from app.judging.queries import takes_part
from app.judging.rules import COUNTS, HOLDING, SheetState

Shown = sa.ColumnElement[bool]  # which entries the reader may follow
JUDGES_PER_PAGE = 12  # each with all sheets: bounds the page


class DeskRow(NamedTuple):
    """One judge of the panel."""

    judge_id: int
    member_id: int
    full_name: str
    unit_name: str | None
    code: str
    is_chair: bool
    is_secretary: bool
    confirmed_at: datetime | None
    reminded_at: datetime | None


class Cell(NamedTuple):
    """Where one judge is with one idea."""

    judging_code: str
    state: SheetState
    begun: bool
    submitted_at: datetime | None

    @property
    def look(self) -> str:
        """done, part, none or back: what the square shows."""
        if self.state not in HOLDING:
            return "back"
        if self.state is COUNTS:
            return "done"
        return "part" if self.begun else "none"


class ShortRow(NamedTuple):
    """An idea that still waits for sheets."""

    judging_code: str
    title: str
    held: int
    submitted: int


class Progress(NamedTuple):
    """Of the whole round, in sheets and in judges."""

    sheets: int
    submitted: int
    judges: int
    finished: int


def progress(round_: Round, shown: Shown) -> Progress:
    """Two queries."""
    held = dict.fromkeys(
        db.session.scalars(sa.select(PanelMember.judge_id).where(PanelMember.round_id == round_.id)), (0, 0)
    )
    rows = db.session.execute(
        sa.select(
            ScoreSheet.judge_id,
            sa.func.count(),
            sa.func.count(ScoreSheet.id).filter(ScoreSheet.state == COUNTS),
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.in_(HOLDING), takes_part(), shown)
        .group_by(ScoreSheet.judge_id)
    )
    held.update({judge_id: (sheets, submitted) for judge_id, sheets, submitted in rows})
    return Progress(
        sheets=sum(sheets for sheets, _ in held.values()),
        submitted=sum(submitted for _, submitted in held.values()),
        judges=len(held),
        finished=sum(0 < sheets == submitted for sheets, submitted in held.values()),
    )


def judges_of(round_: Round, number: int = 1) -> Page[DeskRow]:
    """The panel, the chair first. Two queries."""
    return page(
        sa.select(
            PanelMember.judge_id,
            PanelMember.id,
            User.full_name,
            Unit.short_name,
            PanelMember.code,
            PanelMember.is_chair,
            PanelMember.is_secretary,
            PanelMember.confirmed_at,
            PanelMember.reminded_at,
        )
        .join(User, PanelMember.judge_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(PanelMember.round_id == round_.id)
        .order_by(PanelMember.is_chair.desc(), PanelMember.id),
        DeskRow,
        number,
        per_page=JUDGES_PER_PAGE,
    )


def cells_of(round_: Round, judge_ids: Collection[int], shown: Shown) -> dict[int, list[Cell]]:
    """Every sheet of these judges on entries that are `shown`, in their reading order. One query."""
    begun = sa.exists().where(Mark.sheet_id == ScoreSheet.id)
    rows = db.session.execute(
        sa.select(ScoreSheet.judge_id, Entry.judging_code, ScoreSheet.state, begun, ScoreSheet.submitted_at)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(Entry.round_id == round_.id, ScoreSheet.judge_id.in_(judge_ids), takes_part(), shown)
        .order_by(ScoreSheet.judge_id, ScoreSheet.position)
    )
    found: dict[int, list[Cell]] = {judge_id: [] for judge_id in judge_ids}
    for judge_id, judging_code, state, has_marks, submitted_at in rows:
        found[judge_id].append(Cell(judging_code, state, has_marks, submitted_at))
    return found


def short_of_sheets(round_: Round, shown: Shown, number: int = 1) -> Page[ShortRow]:
    """Ideas with fewer submitted sheets than the round promised, the barest first. Two queries."""
    submitted = sa.func.count(ScoreSheet.id).filter(ScoreSheet.state == COUNTS)
    return page(
        sa.select(
            Entry.judging_code,
            Version.title,
            sa.func.count(ScoreSheet.id).filter(ScoreSheet.state.in_(HOLDING)),
            submitted,
        )
        .join(Version, Entry.version_id == Version.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .outerjoin(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, takes_part(), shown)
        .group_by(Entry.id, Version.id)
        .having(submitted < round_.sheets_per_idea)
        .order_by(submitted, Entry.judging_code),
        ShortRow,
        number,
    )
