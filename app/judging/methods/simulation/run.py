"""All studies, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from app.judging.methods.simulation import studies
from app.judging.methods.simulation.contest import Shape
from app.judging.methods.simulation.study import Study

SMALL = (Shape(200, 20, 3), Shape(200, 20, 5))
QUICK_SEEDS = 6


def everything(seeds: int) -> Iterator[Study]:
    """The tables of docs/judging.md: about two seconds a seed."""
    yield studies.order_kept(seeds)
    yield studies.intervals_hold(seeds)
    yield studies.judges_compared(seeds)
    yield studies.order_balanced(seeds)
    yield studies.falls_back(seeds)
    yield studies.holes_mended(seeds)
    yield studies.partisans_resisted(seeds)
    yield studies.lost_cases(seeds)


def the_main_ones(seeds: int = QUICK_SEEDS) -> Iterator[Study]:
    """A look in seconds: the promises, on small contests."""
    yield studies.order_kept(seeds, SMALL)
    yield studies.intervals_hold(seeds)
    yield studies.judges_compared(seeds, SMALL)
    yield studies.falls_back(seeds)
