"""How lenient or harsh each judge was, told from ideas scored together with others.

Model: points of a sheet = idea + judge + error, judges random with mean 0 (Henderson 1953, method 3, closed form;
Searle, Casella & McCulloch, Variance Components). All of it in exact numbers.
"""

from dataclasses import dataclass
from fractions import Fraction

from app.judging.methods.design import components, information
from app.judging.methods.exact import solve
from app.judging.methods.scoring import half_up
from app.judging.methods.totals import Totals

LAMBDA_PARTS = 10_000  # λ is published with four decimals, and used as published


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a round's sheets say about its judges. Variances are in square points."""

    df: int  # sheets left over for telling error from leniency
    components: int
    error_variance: Fraction | None  # None: no sheet left over
    judge_variance: Fraction | None
    lam: Fraction | None  # λ = error/judge variance; None when judges do not differ
    numerators: tuple[int, ...]  # leniency of each judge in the unit of the totals, over one denominator
    denominator: int
    unit: int

    @property
    def leniency(self) -> tuple[Fraction, ...]:
        """Of each judge, in points: + lenient, − harsh; sums to 0 among judges who share ideas."""
        return tuple(Fraction(number, self.denominator * self.unit) for number in self.numerators)


def estimate(totals: Totals) -> Estimate:
    """Leniency of each judge and the variances it rests on."""
    judges, packs = len(totals.judges), totals.packs
    groups = components(packs, judges)
    parts = len(set(groups))
    df = sum(map(len, packs)) - len(packs) - judges + parts
    none = Estimate(df, parts, None, None, None, (0,) * judges, 1, totals.unit)
    if df < 1:
        return none

    matrix, scale = information(packs, judges)
    excess, within = _deviations(totals, scale)
    # adding 11' inside each component makes C invertible and leaves the answer alone
    joined = [[int(groups[a] == groups[b]) for b in range(judges)] for a in range(judges)]
    free, over = solve(_sum(matrix, joined), excess)
    explained = Fraction(sum(q * b for q, b in zip(excess, free, strict=True)), over * scale)
    error = (within - explained) / df
    spread = Fraction(sum(matrix[j][j] for j in range(judges)), scale)
    judge = max(Fraction(0), (explained - (judges - parts) * error) / spread) if spread else Fraction(0)
    square = totals.unit**2
    if not judge:
        return Estimate(df, parts, error / square, judge, None, none.numerators, 1, totals.unit)

    lam = half_up(error / judge * LAMBDA_PARTS)
    system = [[LAMBDA_PARTS * value for value in row] for row in matrix]
    for j in range(judges):
        system[j][j] += lam * scale
    b, over = solve(_sum(system, joined), [LAMBDA_PARTS * q for q in excess])
    return Estimate(
        df, parts, error / square, judge / square, Fraction(lam, LAMBDA_PARTS), tuple(b), over, totals.unit
    )


def _deviations(totals: Totals, scale: int) -> tuple[list[int], Fraction]:
    """Each judge's sum of (sheet − mean of its idea), times `scale`; and the sum of their squares."""
    excess, within = [0] * len(totals.judges), 0
    for row in totals.sheets:
        share = scale // len(row)
        whole = sum(total for _, total in row)
        for judge, total in row:
            excess[judge] += scale * total - share * whole
            within += scale * total * total
        within -= share * whole * whole
    return excess, Fraction(within, scale)


def _sum(a: list[list[int]], b: list[list[int]]) -> list[list[int]]:
    return [[x + y for x, y in zip(left, right, strict=True)] for left, right in zip(a, b, strict=True)]
