"""The assignment that costs least, as a linear programme; its optimum is whole, because it is a network."""

from collections.abc import Collection, Sequence

import numpy as np
from scipy.sparse import csr_array

from app.judging.methods.problem import KEPT, NO_EXPERT, Pair, Problem


def cheapest(problem: Problem, low: Sequence[int], high: Sequence[int]) -> frozenset[Pair] | None:
    """Fewest ideas without an expert, most pairs kept: minimise 10 · ideas − 3 · pairs. None: no assignment.

    Locked pairs are part of the answer; `low` and `high` are all sheets of a judge.
    """
    # 40 MB in every process, and rarely asked for: only when flows alone cannot decide
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    pairs = [(i, j) for i, row in enumerate(problem.choices) for j in row]
    lacking = problem.without_expert([])
    count, ideas, judges = len(pairs), len(problem.ideas), len(problem.judges)
    idea, judge = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    expert = [number for number, (i, j) in enumerate(pairs) if j in problem.experts[i]]
    alone = {i: number for number, i in enumerate(lacking)}  # one variable each: "has no expert"

    rows = [
        *zip(idea.tolist(), range(count), strict=True),
        *((ideas + j, number) for number, j in enumerate(judge.tolist())),
        *((ideas + judges + alone[pairs[number][0]], number) for number in expert),
        *((ideas + judges + place, count + place) for place in alone.values()),
    ]
    row, column = (np.array(side) for side in zip(*rows, strict=True))
    shape = (ideas + judges + len(lacking), count + len(lacking))
    matrix = csr_array((np.ones(len(rows)), (row, column)), shape=shape)
    floor = np.concatenate([np.full(ideas, problem.k), low, np.ones(len(lacking))])
    ceiling = np.concatenate([np.full(ideas, problem.k), high, np.full(len(lacking), np.inf)])
    cost = np.concatenate(
        [[-KEPT if pair in problem.keep else 0 for pair in pairs], np.full(len(lacking), NO_EXPERT)]
    )
    fixed = _fixed(pairs, problem.locked, len(lacking))
    answer = milp(cost, constraints=LinearConstraint(matrix, floor, ceiling), bounds=Bounds(fixed, 1))
    if answer.x is None:
        return None
    return frozenset(pair for pair, used in zip(pairs, answer.x, strict=False) if used > 0.5)


def _fixed(pairs: Sequence[Pair], locked: Collection[Pair], extra: int) -> list[int]:
    return [int(pair in locked) for pair in pairs] + [0] * extra
