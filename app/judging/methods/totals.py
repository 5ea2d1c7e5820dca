"""The counted sheets of a round as whole numbers, in one order whatever order they came in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Self

from app.judging.methods.scoring import hundredths, to_decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Sheets by idea and judge; the points of a sheet are total/unit."""

    unit: int
    ideas: tuple[str, ...]
    judges: tuple[str, ...]
    sheets: tuple[tuple[tuple[int, int], ...], ...]  # for each idea: (judge's place, total), by judge

    @classmethod
    def of(cls, points: Iterable[tuple[str, str, Fraction]]) -> Self:
        """From (idea, judge, points). Raises ValueError on a second sheet of a judge on an idea."""
        rows = list(points)
        unit = lcm(*{value.denominator for _, _, value in rows})
        ideas = sorted({idea for idea, _, _ in rows})
        judges = sorted({judge for _, judge, _ in rows})
        place = {judge: number for number, judge in enumerate(judges)}
        found: dict[str, dict[int, int]] = {idea: {} for idea in ideas}
        for idea, judge, value in rows:
            if place[judge] in found[idea]:
                raise ValueError(f"Hai phiếu của {judge} cho {idea}")
            found[idea][place[judge]] = value.numerator * (unit // value.denominator)
        return cls(
            unit, tuple(ideas), tuple(judges), tuple(tuple(sorted(found[idea].items())) for idea in ideas)
        )

    def points(self, total: int) -> Decimal:
        """A total as printed."""
        return self.points_of(Fraction(total))

    def points_of(self, total: Fraction) -> Decimal:
        """The same of a part of totals, such as their mean."""
        return to_decimal(hundredths(total / self.unit))

    @property
    def packs(self) -> list[list[int]]:
        """For each idea the judges who scored it."""
        return [[judge for judge, _ in row] for row in self.sheets]
