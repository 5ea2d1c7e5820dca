"""Judges dealt to ideas as a flow: from the source through ideas and judges to the sink."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from app.judging.methods.problem import Pair

SOURCE, SINK, SPARE = 0, 1, 2  # SPARE passes what judges take above their lower bound
FIRST_IDEA = 3


@dataclass(frozen=True, slots=True)
class Filling:
    """The largest number of pairs that fits, and where it is stuck if that is not all."""

    pairs: frozenset[Pair]
    full: bool  # every demand met, every judge within bounds
    stuck_ideas: tuple[int, ...]  # the minimum cut: these ideas
    stuck_judges: tuple[int, ...]  # … already take all that these judges can carry


def fill(
    demand: Sequence[int], choices: Sequence[Sequence[int]], low: Sequence[int], high: Sequence[int]
) -> Filling:
    """Give each idea `demand` different judges of its `choices`, each judge between `low` and `high` ideas."""
    wanted = sum(demand)
    if any(least > most for least, most in zip(low, high, strict=True)) or sum(low) > wanted:
        return Filling(frozenset(), full=False, stuck_ideas=(), stuck_judges=())
    if wanted == 0:
        return Filling(frozenset(), full=True, stuck_ideas=(), stuck_judges=())
    arcs = _arcs(demand, choices, low, high, wanted - sum(low))
    solution = maximum_flow(arcs, SOURCE, SINK)
    flow = csr_array(solution.flow)
    pairs = _pairs(flow, len(demand))
    if solution.flow_value == wanted:
        return Filling(pairs, full=True, stuck_ideas=(), stuck_judges=())
    first_judge = FIRST_IDEA + len(demand)
    rest = csr_array(arcs - flow)
    rest.data[rest.data < 0] = 0
    rest.eliminate_zeros()
    reached = set(breadth_first_order(rest, SOURCE, return_predecessors=False).tolist())
    return Filling(
        pairs,
        full=False,
        stuck_ideas=tuple(i for i in range(len(demand)) if FIRST_IDEA + i in reached),
        stuck_judges=tuple(j for j in range(len(low)) if first_judge + j in reached),
    )


def most(
    demand: Sequence[int],
    choices: Sequence[Sequence[int]],
    low: Sequence[int],
    high: Sequence[int],
    spare: int,
) -> frozenset[Pair]:
    """As many pairs as fit. All judges together take at most `spare` above `low`: the rest is owed to others."""
    if not any(demand):
        return frozenset()
    solution = maximum_flow(_arcs(demand, choices, low, high, spare), SOURCE, SINK)
    return _pairs(csr_array(solution.flow), len(demand))


def _pairs(flow: csr_array, ideas: int) -> frozenset[Pair]:
    first_judge = FIRST_IDEA + ideas
    middle = flow[FIRST_IDEA:first_judge, first_judge:].tocoo()
    used = middle.data > 0
    return frozenset(zip(middle.row[used].tolist(), middle.col[used].tolist(), strict=True))


def _arcs(
    demand: Sequence[int],
    choices: Sequence[Sequence[int]],
    low: Sequence[int],
    high: Sequence[int],
    spare: int,
) -> csr_array:
    ideas, judges = len(demand), len(low)
    idea_nodes = FIRST_IDEA + np.arange(ideas)
    judge_nodes = FIRST_IDEA + ideas + np.arange(judges)
    widths = np.fromiter((len(row) for row in choices), dtype=np.int64, count=ideas)
    picks = np.fromiter(chain.from_iterable(choices), dtype=np.int64, count=int(widths.sum()))
    least, room_of = np.array(low, dtype=np.int64), np.array(high, dtype=np.int64)
    parts = [
        (np.full(ideas, SOURCE), idea_nodes, np.array(demand, dtype=np.int64)),
        (np.repeat(idea_nodes, widths), judge_nodes[picks], np.ones(len(picks), dtype=np.int64)),
        (judge_nodes, np.full(judges, SINK), least),
        (judge_nodes, np.full(judges, SPARE), room_of - least),
        (np.array([SPARE]), np.array([SINK]), np.array([spare])),
    ]
    tail, head, room = (np.concatenate([part[n] for part in parts]) for n in range(3))
    keep = room > 0
    size = FIRST_IDEA + ideas + judges
    return csr_array((_int32(room[keep]), (_int32(tail[keep]), _int32(head[keep]))), shape=(size, size))


def _int32(numbers: NDArray[np.int64]) -> NDArray[np.int32]:
    return numbers.astype(np.int32)
