"""How long the largest round takes: 10,000 ideas, 60 judges, 5 sheets each."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from random import Random

from app.campaigns.rules import Method
from app.judging.methods.assignment import AssignmentInput, assign
from app.judging.methods.preview import preview
from app.judging.methods.ranking import rank
from app.judging.methods.simulation.contest import Shape, held, panels
from app.judging.methods.simulation.study import Study

LARGEST = Shape(10_000, 60, 5, harshness=8)
TOPICS = ("xanh", "so", "hoc", "que", "cang")
MEMORY_MB = 1000


def speeds(shape: Shape = LARGEST) -> Study:
    """Seconds of processor time against what judging.md 11 allows, and the most memory this process ever held."""
    study = Study(
        f"Speed at {shape.ideas} ideas × {shape.judges} judges, {shape.k} sheets",
        ("step", "seconds", "allowed"),
    )
    contest = held(shape, 1, panels(shape, 1))
    totals, given = contest.totals, contest.ranking_input(method=Method.ADJUSTED)
    for name, work, allowed in (
        ("assignment with topics and conflicts", lambda: assign(_dealt(shape)), 60),
        ("exact ranking", lambda: rank(given), 5),
        ("preview", lambda: preview(totals, adjusted=True), 1),
    ):
        seconds = _timed(work)
        study.add(name, f"{seconds:.2f}", str(allowed), holds=seconds < allowed)
    most = _most_memory_mb()
    study.add("most memory, MB", f"{most:.0f}", str(MEMORY_MB), holds=most < MEMORY_MB)
    return study


def _dealt(shape: Shape) -> AssignmentInput:
    """Every idea has a topic, a third of the judges know each, and one pair in fifty is in conflict."""
    random = Random(1)  # noqa: S311 - the same round each time
    ideas = [f"{number:06}" for number in range(shape.ideas)]
    judges = [f"{number:03}" for number in range(shape.judges)]
    return AssignmentInput(
        ideas=ideas,
        judges=judges,
        k=shape.k,
        topic={idea: random.choice(TOPICS) for idea in ideas},
        expertise={judge: random.sample(TOPICS, 2) for judge in judges},
        conflicts={(idea, random.choice(judges)) for idea in ideas},
        seed=1,
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _most_memory_mb() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024
