"""Stirring an assignment without changing its quality, so that every judge can be compared with every other."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from random import Random

from app.judging.methods.bridges import bridges
from app.judging.methods.design import components
from app.judging.methods.problem import KEPT, NO_EXPERT, Pair, Problem

PASSES = 5
TRIES = 3_000_000  # swaps looked at to join two groups: all of them in a round of 500 ideas, seconds in any

Way = tuple[int, tuple[int, int]]  # what a change loses, and the change


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
        return self._worth(i, a, b) + self._worth(h, b, a)

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
            slots = list(range(len(self.pairs)))
            random.shuffle(slots)
            group_of = {judge: number for number, group in enumerate(groups) for judge in group}
            swap = self._bridge(group_of, slots)
            hand = self._hand_over(group_of, slots) if swap is None or swap[0] > 0 else None
            if hand is not None and (swap is None or hand[0] < swap[0]):
                self.give(*hand[1])
            elif swap is not None:
                self.swap(*swap[1])
            else:
                return groups

    def give(self, slot: int, judge: int) -> None:
        """Let another judge take a pair over."""
        idea, before = self.pairs[slot]
        self.teams[idea].remove(before)
        self.teams[idea].add(judge)
        self.pairs[slot] = (idea, judge)

    def groups(self) -> list[list[int]]:
        """Judges with a sheet, by who can be compared with whom, the largest group first."""
        labels = components([sorted(team) for team in self.teams], len(self.problem.judges))
        members: dict[int, list[int]] = {}
        for judge in sorted({judge for _, judge in self.pairs}):
            members.setdefault(labels[judge], []).append(judge)
        return sorted(members.values(), key=lambda group: (-len(group), group))

    def _bridge(self, group_of: Mapping[int, int], slots: Sequence[int]) -> Way | None:
        """The cheapest swap that joins two groups.

        One of its pairs must lie on a circle of the graph, or the swap would cut where it ties.
        """
        circles = self._on_circles()
        ways = (
            (self.cost(first, second), (first, second))
            for first, second in islice(product([slot for slot in slots if slot in circles], slots), TRIES)
            if group_of[self.pairs[first][1]] != group_of[self.pairs[second][1]]
            and self.may_swap(first, second)
        )
        return _cheapest(ways)

    def _hand_over(self, group_of: Mapping[int, int], slots: Sequence[int]) -> Way | None:
        """The cheapest pair on a circle that a judge of another group, with one sheet less, may take over.

        The two change loads, so that all loads together stay as they were.
        """
        loads = Counter(judge for _, judge in self.pairs)
        circles = self._on_circles()
        ways = (
            (self._worth(idea, judge, other), (slot, other))
            for slot in slots
            for idea, judge in [self.pairs[slot]]
            if slot in circles and (idea, judge) not in self.problem.locked
            for other in group_of
            if group_of[other] != group_of[judge]
            and loads[other] + 1 == loads[judge] <= self.problem.limits[other]
            and (idea, other) not in self.problem.blocked
        )
        return _cheapest(ways)

    def _worth(self, idea: int, leaves: int, comes: int) -> int:
        keep = self.problem.keep
        kept = ((idea, leaves) in keep) - ((idea, comes) in keep)
        return NO_EXPERT * self._loss(idea, leaves, comes) + KEPT * kept

    def _on_circles(self) -> set[int]:
        """Pairs on a circle of the graph of ideas and judges: taking one away disconnects nobody."""
        judges = len(self.problem.judges)
        links: list[list[tuple[int, int]]] = [[] for _ in range(judges + len(self.teams))]
        for slot, (idea, judge) in enumerate(self.pairs):
            links[judge].append((judges + idea, slot))
            links[judges + idea].append((judge, slot))
        return set(range(len(self.pairs))) - bridges(links)

    def _loss(self, idea: int, leaves: int, comes: int) -> int:
        experts = self.problem.experts[idea]
        if not experts or (leaves in experts) == (comes in experts):
            return 0
        others = any(judge in experts for judge in self.teams[idea] if judge != leaves)
        if others:
            return 0
        return 1 if leaves in experts else -1


def _cheapest(ways: Iterable[Way]) -> Way | None:
    """The first of the ways that cost least; one that costs nothing ends the search."""
    best: Way | None = None
    for way in ways:
        if best is None or way[0] < best[0]:
            best = way
        if best[0] <= 0:
            break
    return best
