"""How the marks on one sheet become points.

Marks are whole hundredths, sums are exact, and one rounding, half up to two decimals, gives the figure that is
printed and that ranks: anyone can check it on paper.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TypeAlias

from app.campaigns.rules import Method

Points: TypeAlias = int | Decimal | Fraction

ROBUST_FROM = 5  # sheets: with fewer, dropping one throws away more than a partisan judge could do
DEVIATION = 20  # points: "điểm không hợp lệ" in the form of university councils

_MARK = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric. A mean below `minimum` keeps an idea from moving on."""

    id: str
    max_points: Points
    minimum: Points | None = None
    weight: Points | None = None  # None: the points themselves are the weight
    inform_only: bool = False  # asked of the judge, outside sums, minimums and tie-breaks


@dataclass(frozen=True)
class Rubric:
    """The criteria of a round and the scale its totals are brought to."""

    criteria: tuple[Criterion, ...]
    scale: Points = 100

    @cached_property
    def scored(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.inform_only)

    @cached_property
    def factors(self) -> tuple[dict[str, int], int]:
        """What one hundredth of a mark adds to the total, in 1/unit points; and the unit."""
        weights = {c.id: Fraction(c.max_points if c.weight is None else c.weight) for c in self.scored}
        share = Fraction(self.scale) / (100 * sum(weights.values()))
        exact = {c.id: share * weights[c.id] / Fraction(c.max_points) for c in self.scored}
        unit = lcm(*(factor.denominator for factor in exact.values()))
        return {name: int(factor * unit) for name, factor in exact.items()}, unit


def sheet_total(rubric: Rubric, marks: Mapping[str, int]) -> Fraction:
    """The points of one sheet on the rubric's scale, exactly; marks are in hundredths."""
    factors, unit = rubric.factors
    return Fraction(sum(factor * marks[name] for name, factor in factors.items()), unit)


def parse_mark(text: str, max_points: Points) -> int:
    """A mark as a judge types it, "7,5" or "7.5", in hundredths.

    Raises ValueError; its message tells the judge what to type.
    """
    most = points_text(max_points)
    typed = text.strip()
    if not typed:
        raise ValueError(f"Hãy nhập điểm từ 0 đến {most}.")
    if typed[0] in "-−" and _MARK.fullmatch(typed[1:]):
        raise ValueError(f"Điểm không được âm. Hãy nhập từ 0 đến {most}.")
    parts = _MARK.fullmatch(typed)
    if parts is None:
        raise ValueError(f"“{typed[:20]}” không phải là điểm. Hãy nhập một số từ 0 đến {most}, ví dụ 7,5.")
    whole, decimals = parts[1].lstrip("0") or "0", parts[2] or ""
    if len(decimals) > 2:
        raise ValueError("Điểm có nhiều nhất 2 chữ số sau dấu phẩy. Hãy làm tròn, ví dụ 7,25.")
    # a number too long to read is too large whatever it says
    if len(whole) > 9 or (mark := int(whole + decimals.ljust(2, "0"))) > Fraction(max_points) * 100:
        raise ValueError(f"Điểm cao nhất của tiêu chí này là {most}. Hãy nhập từ 0 đến {most}.")
    return mark


def points_text(points: Points) -> str:
    """Points as a Vietnamese page writes them: 30, 7,5."""
    number = to_decimal(hundredths(Fraction(points))).normalize()
    return f"{number:f}".replace(".", ",")


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def hundredths(value: Fraction) -> int:
    """The one rounding of a score: half up, to whole hundredths (59.995 → 6000)."""
    return (200 * value.numerator + value.denominator) // (2 * value.denominator)


def to_decimal(number: int) -> Decimal:
    """Hundredths as the printed figure with two decimals (6000 → 60.00)."""
    return Decimal(number).scaleb(-2)


class LeftOut(StrEnum):
    """Why a robust mean leaves a sheet out."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    FAR = "far"  # more than the published number of points from the first mean


def left_out(method: Method, totals: Sequence[int], deviation: Fraction) -> dict[int, LeftOut]:
    """Places of the sheets that an idea's mean is not taken of; `deviation` is in the unit of the totals."""
    count = len(totals)
    if count < ROBUST_FROM:
        return {}
    if method is Method.TRIMMED:
        by_total = sorted(range(count), key=lambda place: totals[place])
        return {by_total[0]: LeftOut.LOWEST, by_total[-1]: LeftOut.HIGHEST}
    if method is Method.VALID:
        first = sum(totals)
        # one pass, strictly more: a judge exactly at the limit is heard
        far = [place for place in range(count) if abs(count * totals[place] - first) > count * deviation]
        return dict.fromkeys(far, LeftOut.FAR) if len(far) < count else {}
    return {}


def kept(method: Method, totals: Sequence[int], deviation: Fraction) -> Sequence[int]:
    """The totals of one idea that its mean is taken of; `deviation` is in the same unit as they are."""
    out = left_out(method, totals, deviation)
    return [total for place, total in enumerate(totals) if place not in out]


def community_part(points: Points, votes: int, most: int) -> int:
    """What the public's votes add, in hundredths: a share of `points`, half up to one decimal."""
    if most == 0:
        return 0
    return 10 * half_up(Fraction(points) * 10 * votes / most)


def least_sheets(k: int) -> int:
    """With how many of `k` sheets an idea may be ranked: two thirds of them."""
    return -(-2 * k // 3)
