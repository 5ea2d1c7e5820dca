"""Stirring an assignment without changing its quality, so that every judge can be compared with every other."""

from collections.abc import Iterable
from itertools import islice, product
from random import Random

from app.judging.methods.design import components
from app.judging.methods.problem import KEPT, NO_EXPERT, Pair, Problem

PASSES = 5
TRIES = 3_000_000  # swaps looked at to join two groups: all of them in a round of 500 ideas, seconds in any


class Draft:
    """An assignment while it is being made: each swap keeps every load, every demand and every conflict."""

    def __init__(self, problem: Problem, pairs: Iterable[Pair]) -> None:
        self.problem = problem
        self.pairs = sorted(pairs)
        self.teams: list[set[int]] = [set() for _ in problem.ideas]
        for idea, judge in self.pairs:
            self.teams[idea].add(judge)

    def may_swap(self, first: int, second: int) -> bool:
        """Whether the judges of two pairs may change places."""
        (i, a), (h, b) = self.pairs[first], self.pairs[second]
        return (
            i != h
            and a != b
            and b not in self.teams[i]
            and a not in self.teams[h]
            and (i, b) not in self.problem.blocked
            and (h, a) not in self.problem.blocked
            and (i, a) not in self.problem.locked
            and (h, b) not in self.problem.locked
        )

    def cost(self, first: int, second: int) -> int:
        """What a swap would lose, in the currency of the optimum: ideas left without an expert, pairs not kept."""
        (i, a), (h, b) = self.pairs[first], self.pairs[second]
        keep = self.problem.keep
        experts = self._loss(i, a, b) + self._loss(h, b, a)
        kept = ((i, a) in keep) + ((h, b) in keep) - ((i, b) in keep) - ((h, a) in keep)
        return NO_EXPERT * experts + KEPT * kept

    def swap(self, first: int, second: int) -> None:
        (i, a), (h, b) = self.pairs[first], self.pairs[second]
        self.teams[i].remove(a)
        self.teams[i].add(b)
        self.teams[h].remove(b)
        self.teams[h].add(a)
        self.pairs[first], self.pairs[second] = (i, b), (h, a)

    def mix(self, random: Random) -> None:
        """Random swaps that cost nothing."""
        count = len(self.pairs)
        for first in range(count * PASSES):
            one, other = first % count, int(random.random() * count)
            if self.may_swap(one, other) and self.cost(one, other) <= 0:
                self.swap(one, other)

    def join(self, random: Random) -> list[list[int]]:
        """Connect groups of judges that share no idea, by the swaps that cost least; what stays apart is returned."""
        while True:
            groups = self.groups()
            if len(groups) < 2:
                return groups
            best = self._bridge(groups, random)
            if best is None:
                return groups
            self.swap(*best)

    def groups(self) -> list[list[int]]:
        """Judges with a sheet, by who can be compared with whom, the largest group first."""
        labels = components([sorted(team) for team in self.teams], len(self.problem.judges))
        members: dict[int, list[int]] = {}
        for judge in sorted({judge for _, judge in self.pairs}):
            members.setdefault(labels[judge], []).append(judge)
        return sorted(members.values(), key=lambda group: (-len(group), group))

    def _bridge(self, groups: list[list[int]], random: Random) -> tuple[int, int] | None:
        """The cheapest swap that joins two groups.

        One of its pairs must lie on a circle of the graph, or the swap would cut where it ties.
        """
        group_of = {judge: number for number, group in enumerate(groups) for judge in group}
        slots = list(range(len(self.pairs)))
        random.shuffle(slots)
        circles = self._on_circles(slots)
        ways = (
            (self.cost(first, second), (first, second))
            for first, second in islice(product([slot for slot in slots if slot in circles], slots), TRIES)
            if group_of[self.pairs[first][1]] != group_of[self.pairs[second][1]]
            and self.may_swap(first, second)
        )
        best: tuple[int, tuple[int, int]] | None = None
        for way in ways:
            if best is None or way[0] < best[0]:
                best = way
            if best[0] <= 0:
                break
        return best[1] if best else None

    def _on_circles(self, slots: list[int]) -> set[int]:
        """Pairs outside a spanning forest: taking one away disconnects nobody."""
        judges = len(self.problem.judges)
        parent = list(range(judges + len(self.teams)))

        def root(node: int) -> int:
            while parent[node] != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        spare: set[int] = set()
        for slot in slots:
            idea, judge = self.pairs[slot]
            one, other = root(judges + idea), root(judge)
            if one == other:
                spare.add(slot)
            else:
                parent[one] = other
        return spare

    def _loss(self, idea: int, leaves: int, comes: int) -> int:
        experts = self.problem.experts[idea]
        if not experts or (leaves in experts) == (comes in experts):
            return 0
        others = any(judge in experts for judge in self.teams[idea] if judge != leaves)
        if others:
            return 0
        return 1 if leaves in experts else -1
