"""Loads made as even as conflicts allow, and who is held down by them: where no common level exists."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from typing import NamedTuple

from app.judging.methods.problem import Pair, Problem


class Levelled(NamedTuple):
    """Loads that no handing on of sheets makes more even."""

    loads: list[int]
    held_down: list[
        int
    ]  # judges who together can carry no more than they do, among them those with the fewest


def level(problem: Problem, pairs: Collection[Pair]) -> Levelled:
    """Hand sheets on, from judge to judge, from whoever has two more than another who may take them.

    When nothing more moves, loads are as even as they can be. Source: decreasing minimality on integral flows
    (Frank and Murota 2020).
    """
    dealt = _Dealt(problem, pairs)
    while any(dealt.fill_up(judge) for judge in sorted(dealt.open(), key=lambda j: (dealt.loads[j], j))):
        pass
    fewest = min((dealt.loads[judge] for judge in dealt.open()), default=0)
    held_down = {m for judge in dealt.open() if dealt.loads[judge] == fewest for m in dealt.givers(judge)}
    return Levelled(dealt.loads, sorted(held_down))


class _Dealt:
    def __init__(self, problem: Problem, pairs: Collection[Pair]) -> None:
        self.problem = problem
        self.teams: list[set[int]] = [set() for _ in problem.ideas]
        self.loads = [0] * len(problem.judges)
        self.may_read: list[list[int]] = [[] for _ in problem.judges]
        for idea, judge in pairs:
            self.teams[idea].add(judge)
            self.loads[judge] += 1
        for idea, row in enumerate(problem.choices):
            for judge in row:
                self.may_read[judge].append(idea)

    def open(self) -> list[int]:
        """Judges below their own limit."""
        return [j for j, limit in enumerate(self.problem.limits) if self.loads[j] < limit]

    def givers(self, judge: int, until: int | None = None) -> dict[int, Pair | None]:
        """Who could hand a sheet on so that in the end this judge has one more: judge → (idea, next judge).

        Nearest first; the search ends with the first who has `until` sheets or more.
        """
        found: dict[int, Pair | None] = {judge: None}
        waiting = deque([judge])
        while waiting:
            taker = waiting.popleft()
            for idea, giver in self._offers(taker):
                if giver not in found:
                    found[giver] = idea, taker
                    if until is not None and self.loads[giver] >= until:
                        return found
                    waiting.append(giver)
        return found

    def fill_up(self, judge: int) -> bool:
        """One sheet more, from somebody with at least two more than this judge. False: there is nobody."""
        enough = self.loads[judge] + 2
        if max(self.loads) < enough:
            return False  # nearly always: most judges are on the highest level or next to it
        givers = self.givers(judge, until=enough)
        giver = next(reversed(givers))
        if self.loads[giver] < enough:
            return False
        self.loads[giver] -= 1
        self.loads[judge] += 1
        while (step := givers[giver]) is not None:
            idea, taker = step
            self.teams[idea].remove(giver)
            self.teams[idea].add(taker)
            giver = taker
        return True

    def _offers(self, taker: int) -> Iterator[Pair]:
        """(idea, judge who has it) of every sheet that this judge could take over."""
        for idea in self.may_read[taker]:
            if taker not in self.teams[idea]:
                for giver in sorted(self.teams[idea]):
                    if (idea, giver) not in self.problem.locked:
                        yield idea, giver
