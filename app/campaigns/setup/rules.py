"""What may still be changed of the rules of a round, and until when."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from app.campaigns.setup.planned import RubricPlan
from app.core.errors import Invalid, WrongState
from app.core.i18n import _l

REASON_MIN_CHARS, REASON_MAX_CHARS = 20, 500


class Stage(StrEnum):
    """How far a round has come, as far as its rules are concerned."""

    PLANNED = "planned"
    OPEN = "open"  # no mark has been given
    MARKED = "marked"
    LOCKED = "locked"


class Part(StrEnum):
    """A part of the rules of a round."""

    CRITERIA = "criteria"  # which there are, their maxima, minimums and what counts
    WORDING = "wording"  # names, questions, sentences of levels
    METHOD = "method"  # and its deviation
    TIE_BREAK = "tie_break"
    CUT = "cut"
    BANDS = "bands"
    SHEETS = "sheets"
    DATES = "dates"
    BLINDNESS = "blindness"
    AWARDS = "awards"


BEFORE = frozenset({Stage.PLANNED})
UNMARKED = BEFORE | {Stage.OPEN}
UNLOCKED = UNMARKED | {Stage.MARKED}  # after the lock somebody could choose the winner by it

CHANGEABLE: dict[Part, frozenset[Stage]] = {
    # part            while the round is (from its opening on as a new version, with a public reason)
    Part.CRITERIA: UNMARKED,  # marks are given by them
    Part.WORDING: UNLOCKED,
    Part.METHOD: UNLOCKED,
    Part.TIE_BREAK: UNLOCKED,
    Part.CUT: UNLOCKED,
    Part.BANDS: UNLOCKED,
    Part.SHEETS: UNLOCKED,
    Part.DATES: UNLOCKED,
    Part.BLINDNESS: BEFORE,  # a promise to authors and judges
    Part.AWARDS: UNLOCKED,
}

WHY_NOT: dict[Part, Any] = {
    Part.CRITERIA: _l(
        "Đã có phiếu được chấm nên tiêu chí và điểm tối đa không đổi được nữa; chỉ sửa được lời."
    ),
    Part.BLINDNESS: _l("Vòng đã mở nên không đổi được việc chấm giấu tên."),
}
LOCKED = _l("Vòng chấm đã khóa nên thể lệ chấm không đổi được nữa.")


def changed_parts(before: RubricPlan, after: RubricPlan) -> set[Part]:
    """Which parts of the rules differ between two states of one rubric; a minimum belongs to the cut."""

    def told(plan: RubricPlan, *columns: str) -> list[tuple[Any, ...]]:
        return [(c.key, *(getattr(c, column) for column in columns)) for c in plan.criteria]

    parts: set[Part] = set()
    weighed = ("max_points", "informs_only", "note_below", "note_above")
    if (before.scale, told(before, *weighed)) != (after.scale, told(after, *weighed)):
        parts.add(Part.CRITERIA)
    if told(before, "minimum") != told(after, "minimum"):
        parts.add(Part.CUT)
    if before.bands != after.bands:
        parts.add(Part.BANDS)
    worded = ("name", "question", "levels")
    if (before.name, told(before, *worded)) != (after.name, told(after, *worded)):
        parts.add(Part.WORDING)
    return parts


def require_changeable(parts: Collection[Part], stage: Stage) -> None:
    """Raises WrongState when a part may no longer be changed."""
    for part in Part:
        if part in parts and stage not in CHANGEABLE[part]:
            raise WrongState(LOCKED if stage is Stage.LOCKED else WHY_NOT.get(part, LOCKED))


def public_reason(reason: str) -> str:
    """Raises Invalid unless people outside could understand why the rules were changed."""
    reason = reason.strip()
    if len(reason) < REASON_MIN_CHARS:
        raise Invalid("reason", _l("Ghi lý do để mọi người hiểu, ít nhất 20 ký tự."))
    return reason[:REASON_MAX_CHARS]
