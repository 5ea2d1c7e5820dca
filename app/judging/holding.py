"""Sheets that judges hold in a round: which of them are still free to go to somebody else, and taking those away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.db import db
from app.core.events import Event, record
from app.judging.models import Entry, Mark, ScoreSheet
from app.judging.paper.models import PaperSheet
from app.judging.rules import HOLDING, SheetState

WITHDRAWN = "sheet.withdrawn"


class Held(NamedTuple):
    sheet_id: int
    entry_id: int
    judge_id: int
    untouched: bool


class Gone(NamedTuple):
    """A sheet that was taken off its judge before anything stood on it."""

    judge_id: int
    entry: Entry


def unwritten() -> sa.ColumnElement[bool]:
    """An open sheet without a mark, a note or a comment, on the screen as on paper, now or earlier."""
    return sa.and_(
        ScoreSheet.state == SheetState.OPEN,
        ScoreSheet.touched_at.is_(None),
        ScoreSheet.comment == "",
        ~sa.exists().where(Mark.sheet_id == ScoreSheet.id),
        ~sa.exists().where(
            PaperSheet.sheet_id == ScoreSheet.id
        ),  # its scan is attached, or somebody typed it
    )


def untouched() -> sa.ColumnElement[bool]:
    """As unwritten, and its judge has not put it off either: whoever did that has read the idea."""
    return sa.and_(unwritten(), ScoreSheet.version == 1)


def held_in(round_: Round) -> list[Held]:
    """Every sheet of the round that a judge still has. One query."""
    rows = db.session.execute(
        sa.select(ScoreSheet.id, ScoreSheet.entry_id, ScoreSheet.judge_id, untouched())
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.in_(HOLDING))
        .order_by(ScoreSheet.id)
    )
    return [Held(*row) for row in rows]


def all_untouched(sheet_ids: Collection[int]) -> bool:
    """Does nothing stand on any of these sheets, as of now? One query."""
    free = sa.select(sa.func.count()).where(ScoreSheet.id.in_(sheet_ids), untouched())
    return not sheet_ids or db.session.execute(free).scalar_one() == len(sheet_ids)


def withdraw(actor: User, sheet_ids: Iterable[int]) -> None:
    """Take sheets off their judges, for the caller who knows that nothing stands on them.

    The rows go, so that the same judge may get the idea again; the events say whose they were, and under which
    address, so that a page that is still open somewhere can be told (`gone`).
    """
    sheets = sa.select(ScoreSheet).where(ScoreSheet.id.in_(list(sheet_ids))).order_by(ScoreSheet.id)
    for sheet in db.session.scalars(sheets.options(joinedload(ScoreSheet.entry).joinedload(Entry.round))):
        record(
            WITHDRAWN,
            sheet,
            actor,
            gone=[sheet],
            public_id=sheet.public_id,
            entry_id=sheet.entry_id,
            judge_id=sheet.judge_id,
        )
        db.session.delete(sheet)
    db.session.flush()


def gone(public_id: str) -> Gone | None:
    """What became of a sheet that is not there any more; None if it never was."""
    told = db.session.scalars(
        sa.select(Event.data)
        .where(Event.kind == WITHDRAWN, Event.data["public_id"].as_string() == public_id)
        .limit(1)
    ).first()
    entry = db.session.get(Entry, told["entry_id"]) if told else None
    return Gone(told["judge_id"], entry) if told and entry else None
