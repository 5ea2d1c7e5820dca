"""How a score came about, sheet by sheet, in figures that a team can add up on paper.

Leniency has endless decimals. So many of them are printed, two or more, that the printed figures alone lead to the
printed score.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from app.campaigns.rules import Method
from app.judging.methods.ranking import RankingResult
from app.judging.methods.scoring import LeftOut, Points, half_up, hundredths, left_out

PLACES = (2, 3, 4, 6, 8)
MEAN_PLACES = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One sheet that counts. Figures are text with a point; `corrected` is what the mean is taken of."""

    judge: str
    total: str
    leniency: str | None  # None: nothing was taken out of any sheet
    corrected: str
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """The way from the sheets of one idea to the council's figure."""

    lines: tuple[Line, ...]
    mean: str  # of the lines that count, cut off after four decimals: it rounds as the whole number does
    endless: bool  # more decimals follow
    adds_up: bool  # the printed lines alone lead to the printed score


def workings(result: RankingResult, deviation: Points) -> dict[str, Working]:
    """Of every idea with a sheet, ranked or not. An idea without a rank has its sheets and no mean."""
    council = {row.idea: int(row.council * 100) for row in result.rows}
    exact = result.estimate.leniency if result.method_used is Method.ADJUSTED else None
    # once a judge, not once a sheet: these fractions have thousands of digits
    printed = {places: exact and [_rounded(value, places) for value in exact] for places in PLACES}
    judges, unit = result.totals.judges, result.totals.unit
    limit = Fraction(deviation) * unit
    found: dict[str, Working] = {}
    for idea, row in zip(result.totals.ideas, result.totals.sheets, strict=True):
        score = council.get(idea)
        totals = [total for _, total in row]
        out = left_out(result.method_used, totals, limit) if score is not None else {}

        sheets = partial(_figures, row, out, judges, unit, printed)
        found[idea] = _that_adds_up(sheets, score) or _cut_short(sheets, row, exact, out, unit)
    return found


Figures = tuple[str, Fraction, Fraction | None, LeftOut | None]  # judge, total, leniency, why not counted


def _figures(
    row: Sequence[tuple[int, int]],
    out: Mapping[int, LeftOut],
    judges: Sequence[str],
    unit: int,
    printed: Mapping[int, Sequence[Fraction] | None],
    places: int,
) -> list[Figures]:
    """The sheets of one idea with so many decimals."""
    lenient = printed[places]
    return [
        (
            judges[judge],
            _rounded(Fraction(total, unit), places),
            lenient[judge] if lenient else None,
            out.get(place),
        )
        for place, (judge, total) in enumerate(row)
    ]


def _that_adds_up(sheets: Callable[[int], list[Figures]], score: int | None) -> Working | None:
    """With as few decimals as lead to the printed score."""
    if score is None:
        return Working(_lines(sheets(PLACES[0]), PLACES[0]), "", endless=False, adds_up=True)
    for places in PLACES:
        figures = sheets(places)
        heard = [total - (lenient or 0) for _, total, lenient, out in figures if out is None]
        mean = sum(heard, Fraction(0)) / len(heard)
        if hundredths(mean) == score:
            return _with_mean(figures, places, mean, adds_up=True)
    return None


def _cut_short(
    sheets: Callable[[int], list[Figures]],
    row: Sequence[tuple[int, int]],
    exact: Sequence[Fraction] | None,
    out: Collection[int],
    unit: int,
) -> Working:
    """A mean that lies on the edge of a rounding: only all decimals lead to it."""
    heard = [
        Fraction(total, unit) - (exact[judge] if exact else 0)
        for place, (judge, total) in enumerate(row)
        if place not in out
    ]
    return _with_mean(sheets(PLACES[-1]), PLACES[-1], sum(heard, Fraction(0)) / len(heard), adds_up=False)


def _rounded(value: Fraction, places: int) -> Fraction:
    """Half up to so many decimals."""
    return Fraction(half_up(value * 10**places), 10**places)


def _with_mean(sheets: list[Figures], places: int, mean: Fraction, *, adds_up: bool) -> Working:
    shift: int = 10**MEAN_PLACES
    cut = mean * shift // 1  # downwards, so that one more rounding ends where one rounding does
    return Working(
        _lines(sheets, places),
        text(Fraction(cut, shift), MEAN_PLACES),
        endless=cut != mean * shift,
        adds_up=adds_up,
    )


def _lines(sheets: list[Figures], places: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            judge,
            text(total, places),
            None if lenient is None else text(lenient, places),
            text(total - (lenient or 0), places),
            out,
        )
        for judge, total, lenient, out in sheets
    )


def text(value: Fraction, places: int) -> str:
    """With two decimals, and more where they say something: 72.00, 4.103. `value` has no more than `places`."""
    whole = int(value * 10**places)
    sign, digits = "-" if whole < 0 else "", str(abs(whole)).rjust(places + 1, "0")
    head, tail = digits[:-places], digits[-places:]
    return f"{sign}{head}.{tail.rstrip('0').ljust(2, '0')}"
