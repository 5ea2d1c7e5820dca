"""What the record keeps of the council: its session, its conclusions, and what stood on a sheet before it was amended.

Of a vote only the count, once it is closed: while it runs nothing may say whose vote moved which number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant, published_as
from app.results.council.models import CaseEntry, Council, CouncilCase, SheetRevision


@facts_of(Council)
def councils(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(Council).where(Council.id.in_(ids)).options(selectinload(Council.attendances))
    for council in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            council.id,
            {
                "round": council.round_id,
                "state": council.state.value,
                "opened_by": council.opened_by_id,
                "opened_at": instant(council.opened_at),
                "closed_by": council.closed_by_id,
                "closed_at": instant(council.closed_at),
                "present": sorted(council.present_ids),
            },
        )


@facts_of(CouncilCase)
def council_cases(ids: Sequence[int]) -> Iterator[Fact]:
    """From its settling on: until then the council is at it. The count of a vote is part of the bundle."""
    held = (
        sa.select(CouncilCase)
        .where(CouncilCase.id.in_(ids))
        .options(
            selectinload(CouncilCase.entries).joinedload(CaseEntry.entry, innerjoin=True),
            selectinload(CouncilCase.voters),
            joinedload(CouncilCase.council, innerjoin=True).joinedload(Council.round, innerjoin=True),
        )
    )
    for case in db.session.scalars(held.execution_options(populate_existing=True)):
        if case.is_settled:
            yield Fact(
                case.id,
                {
                    "council": case.council_id,
                    "kind": case.kind.value,
                    "prize": case.prize_id,
                    "places": case.places,
                    "decision": digest(case.decision),
                    "reason": digest(case.reason),
                    "note": digest(case.note),
                    "decided_at": instant(case.decided_at),
                    "vote_closed_at": instant(case.vote_closed_at),
                    "voters": len(case.voters),
                    "entries": [
                        [line.entry_id, line.votes, line.outcome.value if line.outcome else ""]
                        for line in sorted(case.entries, key=lambda line: line.entry_id)
                    ],
                },
                shown=_ballot(case) if case.kind.is_tie else None,
            )


@facts_of(SheetRevision)
def sheet_revisions(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(SheetRevision).where(SheetRevision.id.in_(ids))
    for revision in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            revision.id,
            {
                "sheet": revision.sheet_id,
                "council": revision.council_id,
                "marks": dict(revision.marks),
                "reason": digest(revision.reason),
                "made_at": instant(revision.made_at),
            },
        )


def _ballot(case: CouncilCase) -> dict[str, Any]:
    """What was counted, by judging code; where the count would give single votes away, the outcome alone."""
    counted = {line.entry.judging_code: line.votes for line in case.entries}
    value = {
        "kind": case.kind.value,
        "places": case.places or 0,
        "voters": len(case.voters),
        "votes": counted if case.shows_count else None,
        "outcome": {line.entry.judging_code: str(line.outcome) for line in case.entries},
    }
    return published_as("ballot", case.council.round.key, str(case.position), value)
