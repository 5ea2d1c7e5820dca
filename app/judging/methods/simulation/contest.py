"""A contest whose truth is known: ideas of true worth, judges of true leniency, sheets as they would come in.

judging.md 11: worth ~ N(70, 8), leniency ~ N(0, harshness), error ~ N(0, noise), points whole and within 0 to 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.judging.methods.assignment import AssignmentInput, assign
from app.judging.methods.ranking import RankingInput
from app.judging.methods.scoring import Criterion, Rubric
from app.judging.methods.sheets import Candidate, Sheet
from app.judging.methods.totals import Totals

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Random = np.random.Generator

WORTH_MEAN, WORTH_SPREAD = 70.0, 8.0
RUBRIC = Rubric((Criterion("diem", 100),))


@dataclass(frozen=True)
class Shape:
    """How large a contest is, and how much its judges differ; spreads in points."""

    ideas: int
    judges: int
    k: int
    noise: float = 6.0
    harshness: float = 0.0

    def __str__(self) -> str:
        return f"{self.ideas} × {self.judges}, {self.k}, {self.noise:g}"


@dataclass(frozen=True, eq=False)
class Contest:
    """The sheets of a contest, beside the truth that no real contest knows. Three columns: idea, judge, points."""

    worth: Floats
    leniency: Floats
    idea: Whole
    judge: Whole
    points: Whole

    @property
    def ideas(self) -> int:
        return len(self.worth)

    @property
    def judges(self) -> int:
        return len(self.leniency)

    @cached_property
    def totals(self) -> Totals:
        """As the methods take them; names sort as numbers do."""
        return Totals.of(
            (f"{i:06}", f"{j:06}", Fraction(int(p)))
            for i, j, p in zip(self.idea, self.judge, self.points, strict=True)
        )

    def ranking_input(self, **rules: object) -> RankingInput:
        """As a round hands it to the ranking: one criterion, marks in hundredths."""
        sheets = [
            Sheet(f"{i:06}", f"{j:06}", {"diem": int(p) * 100})
            for i, j, p in zip(self.idea, self.judge, self.points, strict=True)
        ]
        ideas = [Candidate(f"{number:06}") for number in range(self.ideas)]
        return replace(RankingInput(RUBRIC, ideas, sheets), **rules)  # type: ignore[arg-type]


def panels(shape: Shape, seed: int) -> tuple[Whole, Whole]:
    """Who scores what, by the assignment that real rounds use: places of ideas and of judges."""
    if shape.k >= shape.judges:
        grid = np.indices((shape.ideas, shape.judges)).reshape(2, -1)
        return grid[0], grid[1]
    ideas = [f"{number:06}" for number in range(shape.ideas)]
    judges = [f"{number:06}" for number in range(shape.judges)]
    pairs = assign(AssignmentInput(ideas=ideas, judges=judges, k=shape.k, seed=seed)).pairs
    return np.array([int(i) for i, _ in pairs]), np.array([int(j) for _, j in pairs])


def held(shape: Shape, seed: int, dealt: tuple[Whole, Whole] | None = None) -> Contest:
    """One contest; the same seed gives the same worths and the same errors whatever the harshness is."""
    random = np.random.default_rng(seed)
    idea, judge = dealt or panels(shape, seed)
    worth = random.normal(WORTH_MEAN, WORTH_SPREAD, shape.ideas)
    leniency = random.normal(0.0, 1.0, shape.judges) * shape.harshness
    error = random.normal(0.0, 1.0, len(idea)) * shape.noise
    return marked(worth, leniency, idea, judge, error)


def marked(worth: Floats, leniency: Floats, idea: Whole, judge: Whole, error: Floats) -> Contest:
    """Sheets from their parts; points are whole and stay on the scale, as judges' do."""
    points = np.clip(np.rint(worth[idea] + leniency[judge] + error), 0, 100).astype(np.int64)
    return Contest(worth, leniency, idea, judge, points)


def average(run: Callable[[int], float], seeds: int) -> float:
    """Mean over contests 1 to `seeds`."""
    return float(np.mean([run(seed) for seed in range(1, seeds + 1)]))
