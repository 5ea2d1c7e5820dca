"""A sheet as its page and its scripts see it: marks as typed, levels, what is left."""

from __future__ import annotations

from typing import NamedTuple

from app.campaigns.models import Criterion
from app.core import formats
from app.judging.models import ScoreSheet


class LevelLine(NamedTuple):
    points_from: int
    points_to: int
    label: str
    text: str


class CriterionLine(NamedTuple):
    """One criterion with its mark; `points` is what stands in the box, typed or kept."""

    key: str
    name: str
    question: str
    max_points: int
    points: str
    note: str
    levels: list[LevelLine]
    error: str


def lines(sheet: ScoreSheet, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> list[CriterionLine]:
    """The criteria of the sheet's rubric in order, low levels first. `typed` wins over what is kept."""
    marks = {mark.criterion_id: mark for mark in sheet.marks}
    typed, errors = typed or {}, errors or {}
    return [
        CriterionLine(
            key=criterion.key,
            name=criterion.name,
            question=criterion.question,
            max_points=criterion.max_points,
            points=typed.get(
                criterion.key, formats.mark(marks[criterion.id].hundredths) if criterion.id in marks else ""
            ),
            note=marks[criterion.id].note if criterion.id in marks else "",
            levels=[
                LevelLine(level.points_from, level.points_to, level.label, level.text)
                for level in sorted(criterion.levels, key=lambda level: level.points_from)
            ],
            error=errors.get(criterion.key, ""),
        )
        for criterion in criteria_of(sheet)
    ]


def criteria_of(sheet: ScoreSheet) -> list[Criterion]:
    return sheet.entry.round.rubric.criteria


def total(sheet: ScoreSheet) -> int:
    """Hundredths of all marks together, as the judge sees them."""
    return sum(mark.hundredths for mark in sheet.marks)


def left(sheet: ScoreSheet) -> int:
    """How many criteria have no mark yet."""
    return len(criteria_of(sheet)) - len(sheet.marks)
