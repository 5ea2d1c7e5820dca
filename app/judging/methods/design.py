"""Which judges can be compared: who shares ideas with whom, and how well that separates harsh from lenient."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import lcm

import numpy as np

GOOD, FAIR = 0.7, 0.5


class Advice(StrEnum):
    """What to think of an assignment's efficiency."""

    GOOD = "good"
    WARN = "warn"
    CONFIRM = "confirm"  # the chair is asked before it is used


def components(packs: Iterable[Sequence[int]], judges: int) -> list[int]:
    """For each judge the smallest judge reachable through shared ideas; a pack is the judges of one idea."""
    parent = list(range(judges))

    def root(judge: int) -> int:
        while parent[judge] != judge:
            parent[judge] = parent[parent[judge]]
            judge = parent[judge]
        return judge

    for pack in packs:
        for other in pack[1:]:
            low, high = sorted((root(pack[0]), root(other)))
            parent[high] = low
    return [root(judge) for judge in range(judges)]


def information(packs: Sequence[Sequence[int]], judges: int) -> tuple[list[list[int]], int]:
    """The judges' information matrix C = M − N'K⁻¹N in whole numbers, and the number it was multiplied by."""
    scale = lcm(*{len(pack) for pack in packs if pack})
    matrix = [[0] * judges for _ in range(judges)]
    for pack in packs:
        if not pack:
            continue
        share = scale // len(pack)
        for judge in pack:
            row = matrix[judge]
            row[judge] += scale
            for other in pack:
                row[other] -= share
    return matrix, scale


def efficiency(packs: Sequence[Sequence[int]], judges: int) -> float:
    """How fairly leniency can be estimated: 1 in balanced incomplete blocks, 0 when panels share no idea.

    Source: efficiency factor of an incomplete block design (Kempthorne 1956).
    """
    if judges < 2:
        return 1.0
    if len(set(components(packs, judges))) > 1:
        return 0.0
    matrix, scale = information(packs, judges)
    values = np.linalg.eigvalsh(np.array(matrix, dtype=np.float64) / scale)
    used = values[1:]  # one zero in a connected design: leniency as a whole cannot be told from good ideas
    return min(1.0, float((judges - 1) ** 2 / (used.sum() * (1 / used).sum())))


def advice(value: float) -> Advice:
    if value >= GOOD:
        return Advice.GOOD
    return Advice.WARN if value >= FAIR else Advice.CONFIRM
