"""Reads: where the paper sheets of a round stand, and what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import name_key
from app.ideas.models import Idea, Version
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.paper.models import PaperSheet, Typing
from app.judging.paper.rules import PaperState
from app.judging.queries import takes_part
from app.judging.rules import SCORABLE, SheetState

Shown = sa.ColumnElement[bool]  # which entries the reader may follow
ALL: Shown = sa.true()


class PaperRow(NamedTuple):
    """One sheet as staff follow it; never a mark."""

    public_id: str
    judging_code: str
    judge: str  # by name: who handles paper never learns the codes
    sheet_state: SheetState
    state: PaperState | None  # None: nothing came on paper yet
    has_scan: bool
    typings: int
    last_typed_at: datetime | None


class Printed(NamedTuple):
    """One page to print: for whom, code and title of the idea, nothing of the author or of any mark."""

    public_id: str
    judging_code: str
    title: str
    judge: str
    position: int
    topic_id: int  # its rubric may be the topic's own


def sheets_of(
    round_: Round, state: PaperState | None = None, number: int = 1, shown: Shown = ALL
) -> Page[PaperRow]:
    """Sheets that may still come on paper, or did, by judge and reading order. Two queries."""
    typed = sa.select(sa.func.count()).where(Typing.paper_id == PaperSheet.id, Typing.stands.is_(True))
    last = sa.select(sa.func.max(Typing.typed_at)).where(Typing.paper_id == PaperSheet.id)
    statement = (
        sa.select(
            ScoreSheet.public_id,
            Entry.judging_code,
            User.full_name,
            ScoreSheet.state,
            PaperSheet.state,
            PaperSheet.scan_id.is_not(None),
            typed.scalar_subquery(),
            last.scalar_subquery(),
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(User, ScoreSheet.judge_id == User.id)
        .outerjoin(PaperSheet, PaperSheet.sheet_id == ScoreSheet.id)
        .where(
            Entry.round_id == round_.id,
            sa.or_(PaperSheet.id.is_not(None), ScoreSheet.state.in_(SCORABLE)),
            shown,
        )
        .order_by(ScoreSheet.judge_id, ScoreSheet.position)
    )
    if state is not None:
        statement = statement.where(PaperSheet.state == state)
    return page(statement, PaperRow, number, per_page=50)


def counts(round_: Round, shown: Shown = ALL) -> dict[PaperState, int]:
    """How many paper sheets stand where."""
    rows = db.session.execute(
        sa.select(PaperSheet.state, sa.func.count())
        .join(ScoreSheet, PaperSheet.sheet_id == ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, shown)
        .group_by(PaperSheet.state)
    )
    return dict(rows.all())


def printed(round_: Round, judge_id: int | None = None, shown: Shown = ALL) -> Sequence[Printed]:
    """Sheets that still take marks, of one judge or of all."""
    statement = (
        sa.select(
            ScoreSheet.public_id,
            Entry.judging_code,
            Version.title,
            User.full_name,
            ScoreSheet.position,
            Version.topic_id,
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Version, Entry.version_id == Version.id)
        .join(User, ScoreSheet.judge_id == User.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.in_(SCORABLE), takes_part(), shown)
        .order_by(ScoreSheet.judge_id, ScoreSheet.position)
    )
    if judge_id is not None:
        statement = statement.where(ScoreSheet.judge_id == judge_id)
    return [Printed(*row) for row in db.session.execute(statement)]


def panel_names(round_: Round) -> list[tuple[int, str]]:
    """(judge id, name) of the panel, for choosing whose sheets to print."""
    rows = db.session.execute(
        sa.select(PanelMember.judge_id, User.full_name)
        .join(User, PanelMember.judge_id == User.id)
        .where(PanelMember.round_id == round_.id)
    )
    return sorted(((judge_id, name) for judge_id, name in rows), key=lambda row: name_key(row[1]))


def paper_of(sheet: ScoreSheet) -> PaperSheet | None:
    """The paper of a sheet with everything typed from it."""
    return db.session.scalars(
        sa.select(PaperSheet)
        .where(PaperSheet.sheet_id == sheet.id)
        .options(selectinload(PaperSheet.typings).joinedload(Typing.typist), joinedload(PaperSheet.scan))
    ).one_or_none()


def waiting_for(judge_id: int, round_id: int) -> list[tuple[str, str]]:
    """(public id, judging code) of the paper sheets that a judge has to confirm."""
    entry = aliased(Entry)
    rows = db.session.execute(
        sa.select(ScoreSheet.public_id, entry.judging_code)
        .join(PaperSheet, PaperSheet.sheet_id == ScoreSheet.id)
        .join(entry, ScoreSheet.entry_id == entry.id)
        .where(
            ScoreSheet.judge_id == judge_id,
            entry.round_id == round_id,
            PaperSheet.state == PaperState.CHECKED,
            ScoreSheet.state.in_(SCORABLE),
        )
        .order_by(ScoreSheet.position)
    )
    return [(public_id, code) for public_id, code in rows]


def scan_reader(file_id: int) -> PaperSheet | None:
    """The paper sheet that a stored file is the scan of."""
    return db.session.scalars(sa.select(PaperSheet).where(PaperSheet.scan_id == file_id)).one_or_none()
