"""A sheet as its page and its scripts see it: marks as typed, levels, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.campaigns.models import Criterion
from app.core import formats
from app.core.i18n import _
from app.judging.models import ScoreSheet
from app.judging.service import Typed


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
    note: str | None  # None: there are no notes here
    levels: list[LevelLine]
    error: str


def lines(
    sheet: ScoreSheet, typed: Mapping[str, Typed] | None = None, errors: Mapping[str, str] | None = None
) -> list[CriterionLine]:
    """The criteria of the sheet's rubric in order, low levels first. `typed` wins over what is kept."""
    kept, errors = kept_on(sheet), errors or {}
    shown = {**kept, **(typed or {})}
    return [
        CriterionLine(
            key=criterion.key,
            name=criterion.name,
            question=criterion.question,
            max_points=criterion.max_points,
            points=shown[criterion.key].points,
            note=shown[criterion.key].note or kept[criterion.key].note or "",
            levels=_levels(criterion),
            error=errors.get(criterion.key, ""),
        )
        for criterion in sheet.criteria
    ]


def anchor_lines(
    criteria: Sequence[Criterion],
    points: Mapping[str, int],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[CriterionLine]:
    """The lines of a calibration sheet: marks only, no notes."""
    return [
        CriterionLine(
            key=criterion.key,
            name=criterion.name,
            question=criterion.question,
            max_points=criterion.max_points,
            points=typed.get(criterion.key, formats.mark(points.get(criterion.key))),
            note=None,
            levels=_levels(criterion),
            error=errors.get(criterion.key, ""),
        )
        for criterion in criteria
    ]


def kept_on(sheet: ScoreSheet) -> dict[str, Typed]:
    """What the server holds, as a judge would have typed it."""
    notes = {mark.criterion_id: mark.note for mark in sheet.marks}
    return {
        criterion.key: Typed(formats.mark(sheet.points.get(criterion.id)), notes.get(criterion.id, ""))
        for criterion in sheet.criteria
    }


def side_by_side(sheet: ScoreSheet, marks: Mapping[str, Typed], comment: str) -> list[tuple[str, str]]:
    """A sheet in words, for the page that shows two of them."""
    said = [
        (
            criterion.name,
            " – ".join(filter(None, (marks[criterion.key].points or "–", marks[criterion.key].note))),
        )
        for criterion in sheet.criteria
        if criterion.key in marks
    ]
    return [*said, (_("Lời nhắn cho tác giả"), comment)]


def total(sheet: ScoreSheet) -> int:
    """Hundredths of all marks together, as the judge sees them."""
    return sum(sheet.points.values())


def left(sheet: ScoreSheet) -> int:
    """How many criteria have no mark yet."""
    return len(sheet.criteria) - len(sheet.points)


def _levels(criterion: Criterion) -> list[LevelLine]:
    return [
        LevelLine(level.points_from, level.points_to, level.label, level.text)
        for level in sorted(criterion.levels, key=lambda level: level.points_from)
    ]
