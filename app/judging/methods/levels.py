"""How many sheets each judge carries: all the same, give or take one, and never above a judge's own limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """Every judge takes `low` to `high` sheets; a smaller limit, or more sheets already given, goes before."""

    low: int
    high: int
    reached: tuple[
        int, ...
    ] = ()  # where conflicts hold some down: what each judge can carry in the evenest loads

    def bounds(self, limits: Sequence[int], held: Sequence[int]) -> tuple[list[int], list[int]]:
        """For each judge the fewest and the most sheets."""
        reached = self.reached or limits
        low = [
            max(have, min(limit, self.low, most))
            for limit, have, most in zip(limits, held, reached, strict=True)
        ]
        high = [max(have, min(limit, self.high)) for limit, have in zip(limits, held, strict=True)]
        return low, high


def common(sheets: int, limits: Sequence[int], held: Sequence[int]) -> Levels:
    """The lowest level at which all sheets find a place; limits must allow it."""
    high = _least(
        lambda level: sum(Levels(0, level).bounds(limits, held)[1]) >= sheets, max(limits, default=0)
    )
    return Levels(max(0, high - 1), high)


def nearest(possible: Callable[[Levels], bool], most: int) -> Levels:
    """The most even loads that conflicts allow: first nobody above what must be, then nobody below."""
    high = _least(lambda level: possible(Levels(0, level)), most)
    low = high - _least(lambda gap: possible(Levels(high - gap, high)), high)
    return Levels(low, high)


def _least(holds: Callable[[int], bool], most: int) -> int:
    """The smallest number from 0 to `most` from which on it holds."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
