"""A team's own letter: the levels it reached, and the words that the council let it read."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from app.campaigns.models import Criterion, Level, Round, Rubric
from app.core.db import db
from app.ideas.models import Version
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS
from app.results.models import Publication, Ranking, RankRow
from app.results.queries import award_of


class LetterLine(NamedTuple):
    """One criterion: how many points of how many on average, and the level that is."""

    name: str
    max_points: int
    mean: str
    level: str
    level_text: str
    informs_only: bool = False


class Letter(NamedTuple):
    """What a team learns about itself, from the last round that its idea was in."""

    round_name: str
    judging_code: str  # under it the idea stands in the bundle
    rank: int | None
    interval: tuple[int | None, int | None]
    score: int | None
    sheets: int
    criteria: list[LetterLine]
    comments: list[str]
    prize: str


def letter(publication: Publication, idea_id: int) -> Letter | None:
    """The letter of an idea that was judged, once the campaign's results are out. Five queries."""
    variant = aliased(Rubric)  # of the round's rubric, for the idea's topic
    row = db.session.execute(
        sa.select(RankRow, Round.name, sa.func.coalesce(variant.id, Round.rubric_id), Entry.judging_code)
        .join(Ranking, RankRow.ranking_id == Ranking.id)
        .join(Round, Ranking.round_id == Round.id)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Version, Entry.version_id == Version.id)
        .outerjoin(
            variant, sa.and_(variant.variant_of_id == Round.rubric_id, variant.topic_id == Version.topic_id)
        )
        .where(Round.campaign_id == publication.campaign_id, Entry.idea_id == idea_id)
        .order_by(Round.position.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    line, round_name, rubric_id, judging_code = row
    award = award_of(idea_id)
    return Letter(
        round_name=round_name,
        judging_code=judging_code,
        rank=line.rank,
        interval=(line.interval_from, line.interval_to),
        score=line.score,
        sheets=line.sheets,
        criteria=_criteria(rubric_id, line.criterion_means),
        comments=_comments(idea_id),
        prize=award.prize if award else "",
    )


def _criteria(rubric_id: int, means: dict[str, str]) -> list[LetterLine]:
    criteria = db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.rubric_id == rubric_id)
        .order_by(Criterion.position)
        .options(selectinload(Criterion.levels))
    )
    levels = {criterion: level_of(criterion, means.get(criterion.key)) for criterion in criteria}
    return [
        LetterLine(
            name=criterion.name,
            max_points=criterion.max_points,
            mean=means.get(criterion.key, ""),
            informs_only=criterion.informs_only,
            level=level.label if level else "",
            level_text=level.text if level else "",
        )
        for criterion, level in levels.items()
    ]


def _comments(idea_id: int) -> list[str]:
    """Released words only, in an order that says nothing of the judges."""
    return list(
        db.session.scalars(
            sa.select(ScoreSheet.released_comment)
            .join(Entry, ScoreSheet.entry_id == Entry.id)
            .where(Entry.idea_id == idea_id, ScoreSheet.released_comment != "", ScoreSheet.state == COUNTS)
            .order_by(sa.func.length(ScoreSheet.released_comment), ScoreSheet.released_comment)
        )
    )


def level_of(criterion: Criterion, mean: str | None) -> Level | None:
    """The level that a mean falls into: the highest one that begins at or below it."""
    if not mean:
        return None
    reached = [level for level in criterion.levels if level.points_from <= Decimal(mean)]
    return max(reached, key=lambda level: level.points_from, default=None)
