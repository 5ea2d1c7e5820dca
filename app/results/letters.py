"""A team's own letter: the levels it reached, and the words that the council let it read."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.campaigns.models import Criterion, Level, Prize, Round, Rubric
from app.core.clock import now
from app.core.db import db
from app.ideas.models import Idea, Version
from app.judging.methods.bands import Band, reaches
from app.judging.methods.scoring import least_sheets
from app.judging.models import Entry, ScoreSheet
from app.judging.queries import takes_part
from app.judging.rules import COUNTS
from app.results.models import Publication, Ranking, RankRow
from app.results.queries import award_of


class LetterLine(NamedTuple):
    """One criterion: how many points of how many on average, the level that is, and the least it had to be."""

    key: str
    name: str
    max_points: int
    mean: str
    level: str
    level_text: str
    minimum: int | None
    short: bool  # below that minimum
    informs_only: bool = False


class LetterBand(NamedTuple):
    """One band of the rules as this idea meets it."""

    name: str
    floor: int
    floors: dict[str, int]  # key of a criterion → least mean
    met: bool


class Letter(NamedTuple):
    """What a team learns about itself, from the last round that its idea was in: all of it from the frozen ranking."""

    round_name: str
    judging_code: str  # under it the idea stands in the bundle
    rank: int | None
    ranked: int  # how many ideas have a rank
    unranked: str  # why it has none
    interval: tuple[int | None, int | None]
    score: int | None
    community: int
    scale: int
    sheets: int
    least_sheets: int
    method: str
    fallback: str
    deviation: int
    working: dict[str, Any]
    tie_break: str  # name of the criterion that decided an equal score
    band: str
    bands: list[LetterBand]  # every band of the rules, and why it was or was not reached; none: no bands
    alike: list[str]  # codes of ideas the sheets cannot tell apart from it
    alike_more: int  # and so many others
    advances: bool
    cut_top: int | None
    pass_mark: int | None
    line: int | None  # score of the last idea that went on
    is_last_round: bool
    prize_places: int  # prizes that follow the ranking
    criteria: list[LetterLine]
    comments: list[str]
    prize: str

    @property
    def off_scale(self) -> bool:
        """Leniency taken out may lift a score above the scale or press it below 0; it is printed as it is."""
        council = (self.score or 0) - self.community
        return self.score is not None and not 0 <= council <= self.scale * 100


def letter(publication: Publication, idea_id: int) -> Letter | None:
    """The letter of an idea that was judged, once the campaign's results are out. Ten queries."""
    variant = aliased(Rubric)  # of the round's rubric, for the idea's topic
    row = db.session.execute(
        sa.select(RankRow, Ranking, Round, sa.func.coalesce(variant.id, Round.rubric_id), Entry.judging_code)
        .join(Ranking, RankRow.ranking_id == Ranking.id)
        .join(Round, Ranking.round_id == Round.id)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Version, Entry.version_id == Version.id)
        .outerjoin(
            variant, sa.and_(variant.variant_of_id == Round.rubric_id, variant.topic_id == Version.topic_id)
        )
        .where(Round.campaign_id == publication.campaign_id, Entry.idea_id == idea_id, spoken_of(publication))
        .order_by(Round.position.desc(), Ranking.number.desc())
        .limit(1)
        .options(joinedload(Round.rubric))
    ).first()
    if row is None:
        return None
    line, ranking, round_, rubric_id, judging_code = row
    award = award_of(idea_id)
    criteria = _criteria(rubric_id, line, ranking)
    ranked, last = _around(ranking)
    nearest = line.alike.get("nearest", [])
    return Letter(
        round_name=round_.name,
        judging_code=judging_code,
        rank=line.rank,
        ranked=ranked,
        unranked=line.unranked,
        interval=(line.interval_from, line.interval_to),
        score=line.score,
        community=line.community or 0,
        scale=round_.rubric.scale,
        sheets=line.sheets,
        least_sheets=ranking.figures.get("least_sheets", least_sheets(round_.sheets_per_idea)),
        method=ranking.method_used,
        fallback=ranking.fallback,
        deviation=round_.deviation,
        working=line.working,
        tie_break=_name_of(rubric_id, line.tie_break) if line.tie_break else "",
        band=line.band,
        bands=_bands(round_.rubric, line),
        alike=list(idea_codes(nearest).values()),
        alike_more=line.alike.get("count", 0) - len(nearest),
        advances=line.advances,
        cut_top=round_.cut_top,
        pass_mark=round_.pass_mark,
        line=last,
        is_last_round=ranking.round_id == publication.round_id,
        prize_places=_places_by_rank(publication.campaign_id),
        criteria=criteria,
        comments=_comments(idea_id),
        prize=award.prize if award else "",
    )


def spoken_of(publication: Publication) -> sa.ColumnElement[bool]:
    """Rankings that a publication speaks of: its own, and those of other rounds as they stood on that day."""
    return sa.or_(
        Ranking.id == publication.ranking_id,
        sa.and_(
            Ranking.round_id != publication.round_id,
            Ranking.computed_at <= (publication.published_at or now()),
        ),
    )


def idea_codes(entry_ids: Collection[int]) -> dict[int, str]:
    """Entry id → code of its idea, best rank first as given. Ideas withdrawn since are left out. One query."""
    if not entry_ids:
        return {}
    found = dict(
        db.session.execute(
            sa.select(Entry.id, Idea.code)
            .join(Idea, Entry.idea_id == Idea.id)
            .where(Entry.id.in_(entry_ids), takes_part())
        ).all()
    )
    return {entry_id: found[entry_id] or "" for entry_id in entry_ids if entry_id in found}


def _around(ranking: Ranking) -> tuple[int, int | None]:
    """How many have a rank, and the score of the last one that went on."""
    ranked, last = db.session.execute(
        sa.select(
            sa.func.count(RankRow.rank), sa.func.min(sa.case((RankRow.advances.is_(True), RankRow.score)))
        ).where(RankRow.ranking_id == ranking.id)
    ).one()
    return ranked, last


def _places_by_rank(campaign_id: int) -> int:
    places = sa.select(sa.func.coalesce(sa.func.sum(Prize.count), 0)).where(
        Prize.campaign_id == campaign_id, Prize.rule == ""
    )
    return int(db.session.execute(places).scalar_one())


def _name_of(rubric_id: int, key: str) -> str:
    name = sa.select(Criterion.name).where(Criterion.rubric_id == rubric_id, Criterion.key == key)
    return db.session.execute(name).scalar_one_or_none() or key


def _criteria(rubric_id: int, line: RankRow, ranking: Ranking) -> list[LetterLine]:
    means = line.criterion_means
    below = ranking.figures.get("below_minimum", {}).get(str(line.entry_id), [])
    criteria = db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.rubric_id == rubric_id)
        .order_by(Criterion.position)
        .options(selectinload(Criterion.levels))
    )
    levels = {criterion: level_of(criterion, means.get(criterion.key)) for criterion in criteria}
    return [
        LetterLine(
            key=criterion.key,
            name=criterion.name,
            max_points=criterion.max_points,
            mean=means.get(criterion.key, ""),
            informs_only=criterion.informs_only,
            level=level.label if level else "",
            level_text=level.text if level else "",
            minimum=criterion.minimum,
            short=criterion.key in below,
        )
        for criterion, level in levels.items()
    ]


def _bands(rubric: Rubric, line: RankRow) -> list[LetterBand]:
    if line.score is None:
        return []
    score = Decimal(line.score).scaleb(-2)
    means = {key: Decimal(mean) for key, mean in line.criterion_means.items()}
    return [
        LetterBand(
            band.name,
            band.floor,
            band.floors,
            reaches(Band(band.name, band.floor, band.floors), score, means),
        )
        for band in rubric.bands
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
