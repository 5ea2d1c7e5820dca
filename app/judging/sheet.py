"""A sheet as its page and its scripts see it: marks as typed, levels, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.campaigns.models import Criterion, Rubric
from app.core import formats
from app.core.i18n import _
from app.judging.models import ScoreSheet
from app.judging.rules import needs_note
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
    informs_only: bool = False  # asked of the judge, outside the total
    note_below: int | None = None
    note_above: int | None = None
    note_asked: bool = False  # the mark that is kept needs a note, and has none


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
            informs_only=criterion.informs_only,
            note_below=criterion.note_below,
            note_above=criterion.note_above,
            note_asked=_note_asked(sheet, criterion, shown[criterion.key]),
        )
        for criterion in sheet.criteria
    ]


def unmarked(rubric: Rubric) -> list[CriterionLine]:
    """The lines of an empty sheet: how judges will see a rubric."""
    return [
        CriterionLine(
            key=criterion.key,
            name=criterion.name,
            question=criterion.question,
            max_points=criterion.max_points,
            points="",
            note="",
            levels=_levels(criterion),
            error="",
            informs_only=criterion.informs_only,
            note_below=criterion.note_below,
            note_above=criterion.note_above,
        )
        for criterion in rubric.criteria
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
    """Hundredths of all marks that count together, as the judge sees them."""
    informing = {criterion.id for criterion in sheet.criteria if criterion.informs_only}
    return sum(points for criterion, points in sheet.points.items() if criterion not in informing)


def left(sheet: ScoreSheet) -> int:
    """How many criteria have no mark yet."""
    return len(sheet.criteria) - len(sheet.points)


def _note_asked(sheet: ScoreSheet, criterion: Criterion, shown: Typed) -> bool:
    given = sheet.points.get(criterion.id)
    if given is None or (shown.note or "").strip():
        return False
    return needs_note(given, criterion.note_below, criterion.note_above)


def _levels(criterion: Criterion) -> list[LevelLine]:
    return [
        LevelLine(level.points_from, level.points_to, level.label, level.text)
        for level in sorted(criterion.levels, key=lambda level: level.points_from)
    ]
