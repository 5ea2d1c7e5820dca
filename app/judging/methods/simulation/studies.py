"""What is measured: each function plays many contests and fills one table of judging.md 4, 7, 8 and 11."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from app.campaigns.rules import Method
from app.judging.methods.design import GOOD, efficiency
from app.judging.methods.ranking import Fallback, rank
from app.judging.methods.reading_order import reading_order
from app.judging.methods.simulation import estimators as by
from app.judging.methods.simulation.contest import (
    Contest,
    Floats,
    Shape,
    Whole,
    average,
    held,
    marked,
    panels,
)
from app.judging.methods.simulation.study import Study

SCREENING = Shape(200, 20, 3)
HARSHNESS = (0.0, 3.0, 8.0, 15.0)
SHAPES = (
    Shape(30, 6, 3),
    Shape(30, 6, 5),
    SCREENING,
    Shape(200, 20, 3, noise=10),
    Shape(200, 20, 5),
    Shape(1000, 60, 3),
    Shape(1000, 60, 5),
)
COVERAGE = (0.88, 0.96)


def gain_promised(shape: Shape) -> float | None:
    """How much the adjusted score must order better than the mean; None where nothing is promised."""
    if not shape.harshness:
        return -0.005
    if shape.noise > 6 or shape.judges < 20:
        return None
    if shape.harshness >= 15:
        return 0.18
    if shape.harshness >= 8:
        return 0.08 if shape.k <= 3 else 0.07
    return None


def contests_of(shape: Shape, seeds: int) -> int:
    """How many contests a row needs so that luck moves its mean as little as in a row of large ones."""
    return seeds * max(1, SCREENING.ideas // shape.ideas)


def order_kept(seeds: int, shapes: Sequence[Shape] = SHAPES) -> Study:
    """Kendall's tau to the truth, by size and harshness."""
    study = Study(
        "Kendall's tau to the true worth",
        ("ideas × judges, k, noise", "harshness", "mean", "adjusted", "z-score", "least squares"),
    )
    methods = (by.mean, by.adjusted, by.z_score, by.least_squares)
    for shape in shapes:
        dealt = {seed: panels(shape, seed) for seed in range(1, contests_of(shape, seeds) + 1)}
        for harshness in HARSHNESS:
            sized = replace(shape, harshness=harshness)
            contests = [held(sized, seed, dealt[seed]) for seed in dealt]
            taus = [float(np.mean([by.agreement(c, method(c)) for c in contests])) for method in methods]
            least = gain_promised(sized)
            study.add(
                shape, f"{harshness:g}", *taus, holds=None if least is None else taus[1] - taus[0] >= least
            )
    return study


def intervals_hold(seeds: int, shape: Shape = SCREENING) -> Study:
    """How often the true rank lies in the printed interval: by the very ranking that is published."""
    study = Study(
        "True rank inside its interval", ("method", "harshness", "all ideas", "leading ten", "width")
    )
    for method in (Method.ADJUSTED, Method.MEAN):
        for harshness in HARSHNESS:
            sized = replace(shape, harshness=harshness)
            played = [
                _inside(contest, method) for contest in (held(sized, seed) for seed in range(1, seeds + 1))
            ]
            every, leading, width = (float(np.mean(column)) for column in zip(*played, strict=True))
            holds = COVERAGE[0] <= every <= COVERAGE[1]
            study.add(method.value, f"{harshness:g}", every, leading, f"{width:.0f}", holds=holds)
    return study


def _inside(contest: Contest, method: Method) -> tuple[float, float, float]:
    true_rank = {f"{idea:06}": rank for rank, idea in enumerate(np.argsort(-contest.worth).tolist(), start=1)}
    rows = rank(contest.ranking_input(method=method)).rows
    inside = [row.interval[0] <= true_rank[row.idea] <= row.interval[1] for row in rows]
    widths = [row.interval[1] - row.interval[0] + 1 for row in rows]
    return float(np.mean(inside)), float(np.mean(inside[:10])), float(np.mean(widths))


def judges_compared(seeds: int, shapes: Sequence[Shape] = SHAPES) -> Study:
    """Design efficiency of the assignments: can harsh judges be told from weak ideas?"""
    study = Study("Design efficiency of the assignment", ("ideas × judges, k, noise", "mean", "lowest"))
    for shape in dict.fromkeys(replace(shape, noise=6.0) for shape in shapes):
        values = [_efficiency(shape, panels(shape, seed)) for seed in range(1, seeds + 1)]
        study.add(shape, float(np.mean(values)), min(values), holds=min(values) >= GOOD)
    return study


def _efficiency(shape: Shape, dealt: tuple[Whole, Whole]) -> float:
    packs: list[list[int]] = [[] for _ in range(shape.ideas)]
    for idea, judge in zip(*dealt, strict=True):
        packs[idea].append(int(judge))
    return efficiency(packs, shape.judges)


def order_balanced(seeds: int, shape: Shape = SCREENING, drift: float = 10.0) -> Study:
    """Later ideas score higher: how evenly an idea's places are spread, and what a drift of marks costs then."""
    study = Study(
        f"Reading order, with marks that rise by {drift:g} points over the evening",
        ("order", "spread of an idea's mean place", "tau"),
    )
    spreads: dict[str, float] = {}
    for name, places in (("same for all", _same), ("random", _random), ("balanced", _balanced)):
        played = [_evening(shape, seed, places, drift) for seed in range(1, seeds + 1)]
        spreads[name], tau = (float(np.mean(column)) for column in zip(*played, strict=True))
        study.add(name, spreads[name], tau)
    still = average(lambda seed: _evening(shape, seed, _balanced, 0.0)[1], seeds)
    study.add(
        "balanced, no drift", spreads["balanced"], still, holds=spreads["balanced"] < spreads["random"] / 2
    )
    return study


Places = Callable[[Whole, Whole, int], Floats]


def _evening(shape: Shape, seed: int, places: Places, drift: float) -> tuple[float, float]:
    """Spread of the ideas' mean relative places, and tau of the adjusted score."""
    idea, judge = panels(shape, seed)
    place = places(idea, judge, seed)
    random = np.random.default_rng(seed)
    worth = random.normal(70.0, 8.0, shape.ideas)
    leniency = random.normal(0.0, 3.0, shape.judges)
    error = random.normal(0.0, shape.noise, len(idea)) + drift * (place - 0.5)
    contest = marked(worth, leniency, idea, judge, error)
    means = np.bincount(idea, place, minlength=shape.ideas) / np.bincount(idea, minlength=shape.ideas)
    return float(means.std()), by.agreement(contest, by.adjusted(contest))


def _same(idea: Whole, judge: Whole, seed: int) -> Floats:
    return _placed(idea, judge, {int(j): np.sort(idea[judge == j]).tolist() for j in set(judge.tolist())})


def _random(idea: Whole, judge: Whole, seed: int) -> Floats:
    random = np.random.default_rng(seed + 1)
    return _placed(
        idea, judge, {j: random.permutation(idea[judge == j]).tolist() for j in sorted(set(judge.tolist()))}
    )


def _balanced(idea: Whole, judge: Whole, seed: int) -> Floats:
    packs = {f"{j:06}": [f"{i:06}" for i in idea[judge == j].tolist()] for j in set(judge.tolist())}
    read = reading_order(packs, seed)
    return _placed(idea, judge, {int(j): [int(i) for i in order] for j, order in read.items()})


def _placed(idea: Whole, judge: Whole, orders: dict[int, list[int]]) -> Floats:
    """The relative place, 0 to 1, of each sheet in its judge's order."""
    place = {(i, j): (n + 0.5) / len(order) for j, order in orders.items() for n, i in enumerate(order)}
    return np.array([place[i, j] for i, j in zip(idea.tolist(), judge.tolist(), strict=True)])


def falls_back(seeds: int) -> Study:
    """Rounds in which leniency cannot be told say so and take the mean."""
    study = Study("Fallback to the mean", ("round", "said", "mean", "adjusted all the same"))
    few = Shape(30, 60, 3, harshness=3)
    apart = Shape(60, 10, 3, harshness=8)
    for name, shape, dealt, said in (
        ("too few sheets: 30 × 60, 3", few, panels, Fallback.TOO_LITTLE_DATA),
        ("two groups without a common idea: 60 × 10, 3", apart, _two_groups, Fallback.DISCONNECTED),
    ):
        contests = [held(shape, seed, dealt(shape, seed)) for seed in range(1, seeds + 1)]
        answers = {rank(c.ranking_input(method=Method.ADJUSTED)).fallback for c in contests}
        taus = [
            float(np.mean([by.agreement(c, method(c)) for c in contests]))
            for method in (by.mean, by.adjusted)
        ]
        told = ", ".join(sorted(str(answer) for answer in answers))
        study.add(name, told, *taus, holds=answers == {said})
    return study


def _two_groups(shape: Shape, seed: int) -> tuple[Whole, Whole]:
    half = replace(shape, ideas=shape.ideas // 2, judges=shape.judges // 2)
    idea, judge = panels(half, seed)
    return (
        np.concatenate([idea, idea + half.ideas]),
        np.concatenate([judge, judge + half.judges]),
    )


def holes_mended(seeds: int) -> Study:
    """A final in which 14 of 70 sheets are missing for conflicts: whoever missed the lenient judge would suffer."""
    study = Study("A final of 10 ideas and 7 judges", ("missing sheets", "mean", "adjusted"))
    shape = Shape(10, 7, 7, noise=6, harshness=8)
    for missing in (14, 0):
        played = [_with_holes(shape, seed, missing) for seed in range(1, 5 * seeds + 1)]
        taus = [
            float(np.mean([by.agreement(c, method(c)) for c in played])) for method in (by.mean, by.adjusted)
        ]
        study.add(f"{missing} of 70", *taus, holds=taus[1] >= taus[0] - 0.005)
    return study


def _with_holes(shape: Shape, seed: int, missing: int) -> Contest:
    """Each idea loses 0 to 3 sheets, so that everybody keeps at least four."""
    random = np.random.default_rng(10_000 + seed)
    idea, judge = panels(shape, seed)
    gone: set[int] = set()
    lost = np.zeros(shape.ideas, dtype=int)
    for sheet in random.permutation(len(idea)).tolist():
        if len(gone) < missing and lost[idea[sheet]] < 3:
            gone.add(sheet)
            lost[idea[sheet]] += 1
    left = np.array([sheet for sheet in range(len(idea)) if sheet not in gone])
    return held(shape, seed, (idea[left], judge[left]))


def partisans_resisted(seeds: int) -> Study:
    """A final in which one judge lifts a friend and sinks the two best: what the robust means are for."""
    study = Study(
        "The truly best idea wins a final of 10, 7 judges, harshness 4",
        ("panel", "mean", "trimmed", "valid 20"),
    )
    methods = (by.mean, by.trimmed, by.valid)
    for name, push in (
        ("all honest", 0.0),
        ("one judge pushes by 25", 25.0),
        ("one judge pushes by 40", 40.0),
    ):
        contests = [_final(seed, push) for seed in range(1, 25 * seeds + 1)]
        study.add(
            name, *(float(np.mean([by.finds_the_best(c, method(c)) for c in contests])) for method in methods)
        )
    return study


def _final(seed: int, push: float) -> Contest:
    shape = Shape(10, 7, 7)
    random = np.random.default_rng(seed)
    idea, judge = panels(shape, seed)
    worth = random.normal(70.0, 8.0, shape.ideas)
    leniency = random.normal(0.0, 4.0, shape.judges)
    error = random.normal(0.0, shape.noise, len(idea))
    best_first = np.argsort(-worth)
    friend = random.choice(best_first[2:])
    error[(judge == 0) & (idea == friend)] += push
    error[(judge == 0) & np.isin(idea, best_first[:2])] -= push
    return marked(worth, leniency, idea, judge, error)


def lost_cases(seeds: int) -> Study:
    """Where the adjusted score is not the better one: one small panel, errors with heavy tails, one who rolls dice."""
    study = Study(
        "Lost case: 30 × 6, k = 5, no severity, heavy tails, one random judge",
        ("mean", "adjusted", "trimmed"),
    )
    contests = [_rogue(seed) for seed in range(1, seeds + 1)]
    study.add(
        *(
            float(np.mean([by.agreement(c, method(c)) for c in contests]))
            for method in (by.mean, by.adjusted, by.trimmed)
        )
    )
    return study


def _rogue(seed: int) -> Contest:
    shape = Shape(30, 6, 5)
    random = np.random.default_rng(seed)
    idea, judge = panels(shape, seed)
    worth = random.normal(70.0, 8.0, shape.ideas)
    error = random.standard_t(3, len(idea)) * shape.noise
    dice = judge == 0
    error[dice] = random.uniform(40, 100, int(dice.sum())) - worth[idea[dice]]
    return marked(worth, np.zeros(shape.judges), idea, judge, error)
