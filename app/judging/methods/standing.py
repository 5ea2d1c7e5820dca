"""One line of a ranking, and the order of the lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an idea stands and on what: all figures as printed."""

    rank: int
    idea: str
    score: Decimal  # the council's figure and the community part
    council: Decimal
    community: Decimal
    criteria: Mapping[str, Decimal]  # means of the judges present
    interval: tuple[int, int]  # ranks it may truly have, about 9 times in 10
    tie_break_used: str | None  # the criterion that had to separate it from an equal score
    sheets: int
    low: Decimal  # lowest and highest total of its sheets
    high: Decimal
    informs: Mapping[str, Decimal] = field(
        default_factory=dict
    )  # means of what only informs: shown, never used
    band: str = ""  # "Xếp loại", where the rules have any


@dataclass(frozen=True, slots=True)
class Place:
    """A rank, and the tie-break that was needed for it."""

    idea: str
    rank: int
    tie_break_used: str | None


def order(keys: Mapping[str, Sequence[int]], tie_break: Sequence[str]) -> list[Place]:
    """Ideas best first; a key is the printed score, then the tie-break means. Equal keys share a rank (1, 2, 2, 4)."""
    ideas: dict[tuple[int, ...], list[str]] = {}
    for idea in sorted(keys):
        ideas.setdefault(tuple(keys[idea]), []).append(idea)
    best_first = sorted(ideas, reverse=True)
    depth = dict.fromkeys(best_first, 0)
    for above, below in pairwise(best_first):
        differs = _first_difference(above, below)
        depth[above], depth[below] = max(depth[above], differs), max(depth[below], differs)
    places: list[Place] = []
    for key in best_first:
        rank = len(places) + 1
        used = tie_break[depth[key] - 1] if depth[key] else None
        places += [Place(idea, rank, used) for idea in ideas[key]]
    return places


def _first_difference(above: Sequence[int], below: Sequence[int]) -> int:
    """0: the score itself differs; n: the n-th tie-break decided."""
    return next(n for n, (a, b) in enumerate(zip(above, below, strict=True)) if a != b)
