"""How locked score sheets become a ranking: exact, repeatable, with what is uncertain about it said aloud."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.campaigns.rules import Method
from app.judging.methods.bands import Band, band_of
from app.judging.methods.cut import Advance, advance
from app.judging.methods.means import below_minimum, means_of
from app.judging.methods.scoring import (
    DEVIATION,
    Points,
    Rubric,
    community_part,
    half_up,
    hundredths,
    kept,
    sheet_total,
    to_decimal,
)
from app.judging.methods.severity import LAMBDA_PARTS, Estimate, estimate
from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet, SheetStatus
from app.judging.methods.standing import Place, Standing, order
from app.judging.methods.totals import Totals
from app.judging.methods.uncertainty import Precision

MIN_DF = 30  # below it, taking out leniency costs more than it gives


class Fallback(StrEnum):
    """Why the plain mean was taken although leniency was to be taken out."""

    DISCONNECTED = "disconnected"
    TOO_LITTLE_DATA = "too_little_data"
    NO_DIFFERENCE = "no_difference"


class Unranked(StrEnum):
    """Why an idea has no rank."""

    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    NO_SHEET = "no_sheet"
    TOO_FEW_SHEETS = "too_few_sheets"


@dataclass(frozen=True, slots=True)
class RankingInput:
    """A round: its rules as published, its ideas and its sheets."""

    rubric: Rubric
    ideas: Sequence[Candidate]
    sheets: Sequence[Sheet]
    method: Method = Method.MEAN
    tie_break: Sequence[str] = ()  # criteria, first to last
    min_sheets: int = 1
    min_df: int = MIN_DF
    deviation: Points = DEVIATION
    community: Mapping[str, int] = field(default_factory=dict)  # votes
    community_points: Points = 0
    top: int | None = None
    threshold: Points | None = None
    bands: Sequence[Band] = ()  # first to last


@dataclass(frozen=True, slots=True)
class RankingResult:
    """A ranking as it is published, and what it rests on."""

    method_used: Method
    fallback: Fallback | None
    rows: tuple[Standing, ...]  # best first
    unranked: Mapping[str, Unranked]
    below_minimum: Mapping[str, tuple[str, ...]]  # ranked ideas and the criteria they fell short of
    severity: Mapping[str, Decimal]  # leniency taken out of each judge's sheets: + lenient, − harsh
    lam: Decimal | None  # λ, four decimals; None when nothing was taken out
    reliability: float | None  # of the published score, 0 to 1
    advance: Advance
    totals: Totals
    estimate: Estimate
    precision: Precision | None = field(repr=False, compare=False)  # of the rows, in their order

    @property
    def leniency(self) -> dict[str, Decimal]:
        """Each judge's leniency as the sheets tell it, whether or not it was taken out."""
        return _printed(self.totals, self.estimate)


def rank(given: RankingInput) -> RankingResult:
    """Rank the ideas of a round. Raises ValueError on two sheets of a judge on an idea, or an unknown idea."""
    counted = [sheet for sheet in given.sheets if sheet.status is SheetStatus.SUBMITTED]
    rubrics = {candidate.id: candidate.rubric or given.rubric for candidate in given.ideas}
    totals = totals_of(counted, rubrics)
    found = estimate(totals)
    used, fallback = _method(given, found)
    unranked = _unranked(given, totals)
    council = _council_scores(given, totals, found, used, unranked)
    figures = _Figures(council, _community(given), *means_of(rubrics, counted, council))
    places = order(figures.keys(given.tie_break), given.tie_break)
    ranked = [place.idea for place in places]
    precision = Precision.of(totals, found, ranked, adjusted=used is Method.ADJUSTED)
    rows = _standings(places, figures, totals, precision)
    below = below_minimum(rubrics, rows)
    rows = tuple(replace(row, band=_band(given.bands, row, below)) for row in rows)
    return RankingResult(
        method_used=used,
        fallback=fallback,
        rows=rows,
        unranked=unranked,
        below_minimum=below,
        severity=_printed(totals, found if used is Method.ADJUSTED else None),
        lam=_four_decimals(found.lam) if used is Method.ADJUSTED else None,
        reliability=precision.reliability(_floats(council[idea] for idea in ranked)) if precision else None,
        advance=advance(rows, below, top=given.top, threshold=given.threshold),
        totals=totals,
        estimate=found,
        precision=precision,
    )


class _Figures(NamedTuple):
    """What is printed of each ranked idea, in hundredths."""

    council: Mapping[str, int]
    votes: Mapping[str, int]  # the community's part, of every idea in the contest
    means: Mapping[str, Mapping[str, int]]
    informs: Mapping[str, Mapping[str, int]]

    def score(self, idea: str) -> int:
        return self.council[idea] + self.votes[idea]

    def keys(self, tie_break: Sequence[str]) -> dict[str, list[int]]:
        """By what each idea is ranked: the printed score, then the means that decide ties."""
        return {
            idea: [self.score(idea), *(self.means[idea].get(name, 0) for name in tie_break)]
            for idea in self.council
        }


def _standings(
    places: Sequence[Place], figures: _Figures, totals: Totals, precision: Precision | None
) -> tuple[Standing, ...]:
    """The lines of the ranking, best first. Without a precision any rank may be the true one."""
    scores = _floats(figures.score(place.idea) for place in places)
    spans = precision.intervals(scores) if precision else [(1, len(places))] * len(places)
    held = dict(zip(totals.ideas, totals.sheets, strict=True))
    return tuple(
        Standing(
            rank=place.rank,
            idea=place.idea,
            score=to_decimal(figures.score(place.idea)),
            council=to_decimal(figures.council[place.idea]),
            community=to_decimal(figures.votes[place.idea]),
            criteria=_decimals(figures.means[place.idea]),
            informs=_decimals(figures.informs.get(place.idea, {})),
            interval=span,
            tie_break_used=place.tie_break_used,
            sheets=len(held[place.idea]),
            low=totals.points(min(total for _, total in held[place.idea])),
            high=totals.points(max(total for _, total in held[place.idea])),
        )
        for place, span in zip(places, spans, strict=True)
    )


def _band(bands: Sequence[Band], row: Standing, below: Collection[str]) -> str:
    """Whoever falls short of a criterion's minimum is in none, whatever the score."""
    return "" if row.idea in below else band_of(bands, row.score, row.criteria)


def _decimals(means: Mapping[str, int]) -> dict[str, Decimal]:
    return {name: to_decimal(mean) for name, mean in means.items()}


def totals_of(counted: Sequence[Sheet], rubrics: Mapping[str, Rubric]) -> Totals:
    """The totals of sheets that count, each on the rubric of its idea."""
    for sheet in counted:
        if sheet.idea not in rubrics:
            raise ValueError(f"Không có ý tưởng {sheet.idea}")
    return Totals.of(
        (sheet.idea, sheet.judge, sheet_total(rubrics[sheet.idea], sheet.marks)) for sheet in counted
    )


def _method(given: RankingInput, found: Estimate) -> tuple[Method, Fallback | None]:
    """Leniency is taken out only where it can be told: all judges connected, enough sheets, a difference."""
    if given.method is not Method.ADJUSTED:
        return given.method, None
    if found.components > 1:
        return Method.MEAN, Fallback.DISCONNECTED
    if found.error_variance is None or found.df < given.min_df:
        return Method.MEAN, Fallback.TOO_LITTLE_DATA
    if found.lam is None:
        return Method.MEAN, Fallback.NO_DIFFERENCE
    return Method.ADJUSTED, None


def _unranked(given: RankingInput, totals: Totals) -> dict[str, Unranked]:
    sheets = {idea: len(row) for idea, row in zip(totals.ideas, totals.sheets, strict=True)}
    reasons = ((c.id, _without_rank(c, sheets.get(c.id, 0), given.min_sheets)) for c in given.ideas)
    return {idea: reason for idea, reason in reasons if reason is not None}


def _without_rank(candidate: Candidate, sheets: int, least: int) -> Unranked | None:
    if candidate.status is not IdeaStatus.ACTIVE:
        return Unranked(candidate.status.value)
    if sheets == 0:
        return Unranked.NO_SHEET
    return Unranked.TOO_FEW_SHEETS if sheets < least else None


def _council_scores(
    given: RankingInput, totals: Totals, found: Estimate, used: Method, unranked: Collection[str]
) -> dict[str, int]:
    """The council's printed figure for each ranked idea, in hundredths."""
    deviation = Fraction(given.deviation) * totals.unit
    scores: dict[str, int] = {}
    for idea, row in zip(totals.ideas, totals.sheets, strict=True):
        if idea in unranked:
            continue
        if used is Method.ADJUSTED:
            corrected = sum(found.denominator * total - found.numerators[judge] for judge, total in row)
            scores[idea] = _divided(corrected, found.denominator * len(row) * totals.unit)
        else:
            heard = kept(used, [total for _, total in row], deviation)
            scores[idea] = _divided(sum(heard), len(heard) * totals.unit)
    return scores


def _divided(points: int, over: int) -> int:
    """Half up to hundredths, without reducing a fraction of thousands of digits."""
    return (200 * points + over) // (2 * over)


def _community(given: RankingInput) -> dict[str, int]:
    """The community part of every idea; only ideas still in the contest say what the most votes are."""
    active = [c.id for c in given.ideas if c.status is IdeaStatus.ACTIVE]
    most = max((given.community.get(idea, 0) for idea in active), default=0)
    return {
        idea: community_part(given.community_points, given.community.get(idea, 0), most) for idea in active
    }


def _printed(totals: Totals, found: Estimate | None) -> dict[str, Decimal]:
    leniency = found.leniency if found else [Fraction(0)] * len(totals.judges)
    return {
        judge: to_decimal(hundredths(value)) for judge, value in zip(totals.judges, leniency, strict=True)
    }


def _four_decimals(lam: Fraction | None) -> Decimal | None:
    return None if lam is None else Decimal(half_up(lam * LAMBDA_PARTS)).scaleb(-4)


def _floats(scores: Iterable[int]) -> NDArray[np.float64]:
    return np.array(list(scores), dtype=np.float64) / 100
