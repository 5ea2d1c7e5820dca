"""What the record keeps of an appeal: that it came in time, what was answered, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant
from app.results.appeals.models import Appeal


@facts_of(Appeal)
def appeals(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(Appeal).where(Appeal.id.in_(ids))
    for appeal in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            appeal.id,
            {
                "code": appeal.code,
                "publication": appeal.publication_id,
                "idea": appeal.idea_id,
                "state": appeal.state.value,
                "reason": digest(appeal.reason),
                "filed_by": appeal.filed_by_id,
                "filed_at": instant(appeal.filed_at),
                "taken_by": appeal.taken_by_id,
                "taken_at": instant(appeal.taken_at),
                "due_on": appeal.due_on.isoformat(),
                "answer": digest(appeal.answer),
                "answered_by": appeal.answered_by_id,
                "answered_at": instant(appeal.answered_at),
            },
        )
