"""What the record keeps of a live final: how the order was drawn, who presented when, what was shown and revealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant
from app.finals.models import LiveFinal


@facts_of(LiveFinal)
def live_finals(ids: Sequence[int]) -> Iterator[Fact]:
    """With its presentations, which every command of the final may move."""
    held = sa.select(LiveFinal).where(LiveFinal.id.in_(ids)).options(selectinload(LiveFinal.presentations))
    for final in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            final.id,
            {
                "round": final.round_id,
                "state": final.state.value,
                "steps": final.steps,
                "minutes": final.minutes,
                "question_minutes": final.question_minutes,
                "number": final.number,
                "seed": final.seed,
                "order_reason": digest(final.order_reason),
                "lots_shown": final.lots_shown,
                "position": final.position,
                "part": final.part.value,
                "elapsed_ms": final.elapsed_ms,
                "ticking_since": instant(final.ticking_since),
                "totals_shown": final.totals_shown,
                "publication": final.publication_id,
                "revealed": final.revealed,
                "planned_at": instant(final.planned_at),
                "plan_reason": digest(final.plan_reason),
                "link_number": final.link_number,
                "presentations": [
                    [
                        one.entry_id,
                        one.position,
                        one.minutes,
                        one.question_minutes,
                        instant(one.started_at),
                        instant(one.ended_at),
                    ]
                    for one in sorted(final.presentations, key=lambda one: one.position)
                ],
            },
        )
