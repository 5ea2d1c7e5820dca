"""What the record keeps of results: rankings with all their rows, publications with their awards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.canonical import canonical
from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant
from app.results.models import Award, Publication, Ranking, RankRow


@facts_of(Ranking)
def rankings(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(Ranking).where(Ranking.id.in_(ids)).options(selectinload(Ranking.rows))
    for ranking in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            ranking.id,
            {
                "round": ranking.round_id,
                "number": ranking.number,
                "method_used": ranking.method_used,
                "fallback": ranking.fallback,
                "figures": ranking.figures,
                "content_hash": ranking.content_hash,
                "computed_at": instant(ranking.computed_at),
                "rows": hashlib.sha256(canonical([_row(row) for row in ranking.rows])).hexdigest(),
            },
        )


@facts_of(Publication)
def publications(ids: Sequence[int]) -> Iterator[Fact]:
    held = (
        sa.select(Publication)
        .where(Publication.id.in_(ids))
        .options(selectinload(Publication.awards).joinedload(Award.prize))
    )
    for publication in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            publication.id,
            {
                "campaign": publication.campaign_id,
                "round": publication.round_id,
                "ranking": publication.ranking_id,
                "state": publication.state.value,
                "proposed_by": publication.proposed_by_id,
                "proposed_at": instant(publication.proposed_at),
                "published_by": publication.published_by_id,
                "published_at": instant(publication.published_at),
                "note": digest(publication.note),
                "awards": [
                    [award.prize_id, award.idea_id, digest(award.reason)]
                    for award in sorted(publication.awards, key=lambda award: award.id)
                ],
                # two names exchanged in the table of prizes would exchange two winners
                "prizes": [
                    list(one) for one in sorted({(a.prize_id, a.prize.name) for a in publication.awards})
                ],
            },
        )


def _row(row: RankRow) -> list[object]:
    """Every column but the keys of the row itself; the band only where there is one, as rankings of before had none."""
    columns = RankRow.__table__.columns
    said = [
        getattr(row, column.name) for column in columns if column.name not in {"id", "ranking_id", "band"}
    ]
    return [*said, {"band": row.band}] if row.band else said
