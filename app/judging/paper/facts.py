"""What the record keeps of paper: where each sheet stands, and that what was typed is as it was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.canonical import canonical
from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant
from app.judging.paper.models import PaperSheet


@facts_of(PaperSheet)
def paper_sheets(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(PaperSheet).where(PaperSheet.id.in_(ids)).options(selectinload(PaperSheet.typings))
    for paper in db.session.scalars(held.execution_options(populate_existing=True)):
        typed = [[one.typist_id, one.marks, one.comment, one.stands] for one in paper.typings]
        yield Fact(
            paper.id,
            {
                "sheet": paper.sheet_id,
                "state": paper.state.value,
                "scan": paper.scan_id,
                "typed": digest(canonical(typed).decode()),  # marks stay out of what organisers could read
                "note": digest(paper.note),
                "confirmed_at": instant(paper.confirmed_at),
            },
        )
