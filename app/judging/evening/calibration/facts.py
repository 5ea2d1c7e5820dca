"""What the record keeps of calibration: which ideas were anchors, and every sheet that its judge is done with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.core.canonical import canonical
from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant
from app.judging.models import Anchor, AnchorSheet


@facts_of(Anchor)
def anchors(ids: Sequence[int]) -> Iterator[Fact]:
    for anchor in db.session.scalars(sa.select(Anchor).where(Anchor.id.in_(ids))):
        yield Fact(
            anchor.id,
            {
                "round": anchor.round_id,
                "idea": anchor.idea_id,
                "version": anchor.version_id,
                "code": anchor.code,
            },
        )


@facts_of(AnchorSheet)
def anchor_sheets(ids: Sequence[int]) -> Iterator[Fact]:
    """From its submission on: until then it is the judge's own. Marks as a hash: organisers read what events say."""
    held = sa.select(AnchorSheet).where(AnchorSheet.id.in_(ids), AnchorSheet.submitted_at.is_not(None))
    for sheet in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            sheet.id,
            {
                "anchor": sheet.anchor_id,
                "judge": sheet.judge_id,
                "marks": digest(canonical(sheet.points).decode()),
                "submitted_at": instant(sheet.submitted_at),
            },
        )
