"""Reads of the comments that chair and secretary may release."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.pagination import Page, page
from app.ideas.models import Version
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS


class CommentRow(NamedTuple):
    sheet_id: int
    judging_code: str
    title: str
    comment: str
    released: str


def comments_of(round_: Round, number: int = 1, *, kept: Collection[int] = ()) -> Page[CommentRow]:
    """Comments without the judges, and without those on the entries that are `kept` from the reader. Two queries."""
    return page(
        sa.select(
            ScoreSheet.id,
            Entry.judging_code,
            Version.title,
            ScoreSheet.comment,
            ScoreSheet.released_comment,
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Version, Entry.version_id == Version.id)
        .where(Entry.round_id == round_.id, ScoreSheet.comment != "", ScoreSheet.state == COUNTS)
        .where(Entry.id.not_in(kept))
        .order_by(Entry.judging_code, sa.func.length(ScoreSheet.comment), ScoreSheet.id),
        CommentRow,
        number,
    )
