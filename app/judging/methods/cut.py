"""Who goes on to the next round, and who is left for the council to decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.judging.methods.scoring import Points
from app.judging.methods.standing import Standing


@dataclass(frozen=True, slots=True)
class Advance:
    """Ideas that go on by the published rule; `council` share a rank that only a vote can divide."""

    through: tuple[str, ...] = ()
    council: tuple[str, ...] = ()
    discussion: tuple[str, ...] = ()  # "vùng cần thảo luận": the cut lies inside their rank interval


def advance(
    rows: Sequence[Standing], below: Collection[str], *, top: int | None, threshold: Points | None
) -> Advance:
    """Top N, or a threshold, or both, among the ideas that met every criterion's minimum; no rule, nobody."""
    if top is None and threshold is None:
        return Advance()
    least = None if threshold is None else Fraction(threshold)
    fit = [row for row in rows if row.idea not in below and (least is None or Fraction(row.score) >= least)]
    places = len(fit) if top is None else top
    through, council = divide(fit, places)
    line = rows.index(fit[places - 1]) + 1 if 0 < places <= len(fit) else len(fit)
    zone = [r.idea for r in rows if r.idea not in below and r.interval[0] <= line < r.interval[1]]
    return Advance(tuple(through), tuple(council), tuple(zone))


def divide(rows: Sequence[Standing], places: int) -> tuple[list[str], list[str]]:
    """The ideas within the first `places`, and the ideas of one rank that straddle the line after them.

    For prizes as well as for the cut: rows come best first.
    """
    if places <= 0:
        return [], []
    if places >= len(rows) or rows[places - 1].rank != rows[places].rank:
        return [row.idea for row in rows[:places]], []
    tied = rows[places].rank
    return [row.idea for row in rows if row.rank < tied], [row.idea for row in rows if row.rank == tied]
