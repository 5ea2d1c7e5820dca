"""What a live final can become, how lots are drawn, and how long somebody may still speak."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.core.errors import Invalid, WrongState
from app.core.flow import Flow
from app.core.i18n import _l


class FinalState(StrEnum):
    PLANNED = "planned"
    DRAWING = "drawing"
    RUNNING = "running"
    SCORING_CLOSED = "scoring_closed"
    TOTALS_OPEN = "totals_open"
    REVEALING = "revealing"
    FINISHED = "finished"
    CANCELLED = "cancelled"  # before it began: the round is judged without a stage


class Part(StrEnum):
    """What the timer counts down."""

    TALK = "talk"
    QUESTIONS = "questions"


class FinalAction(StrEnum):
    PLAN = "final.plan"  # once more, after it was cancelled
    REPLAN = "final.replan"
    CANCEL = "final.cancel"
    OPEN_DRAW = "final.open_draw"
    DRAW_LOTS = "final.draw_lots"
    SHOW_LOT = "final.show_lot"
    SET_ORDER = "final.set_order"
    BEGIN = "final.begin"
    PRESENT = "final.present"  # to the next presentation or back; the timer
    CLOSE_SCORING = "final.close_scoring"
    OPEN_TOTALS = "final.open_totals"
    SHOW_TOTALS = "final.show_totals"
    BEGIN_REVEAL = "final.begin_reveal"
    REVEAL = "final.reveal"
    FINISH = "final.finish"


S, F = FinalState, FinalAction

FINAL_FLOW = Flow[FinalState]({
    #  action            may start from                      ends in
    F.PLAN:          ({S.CANCELLED},                       S.PLANNED),
    F.REPLAN:        ({S.PLANNED, S.DRAWING},              S.PLANNED),
    F.CANCEL:        ({S.PLANNED, S.DRAWING},              S.CANCELLED),
    F.OPEN_DRAW:     ({S.PLANNED},                         S.DRAWING),
    F.DRAW_LOTS:     ({S.DRAWING},                         S.DRAWING),
    F.SHOW_LOT:      ({S.DRAWING},                         S.DRAWING),
    F.SET_ORDER:     ({S.PLANNED, S.DRAWING},              S.DRAWING),
    F.BEGIN:         ({S.DRAWING},                         S.RUNNING),
    F.PRESENT:       ({S.RUNNING},                         S.RUNNING),
    F.CLOSE_SCORING: ({S.RUNNING},                         S.SCORING_CLOSED),
    F.OPEN_TOTALS:   ({S.SCORING_CLOSED},                  S.TOTALS_OPEN),
    F.SHOW_TOTALS:   ({S.TOTALS_OPEN},                     S.TOTALS_OPEN),
    F.BEGIN_REVEAL:  ({S.TOTALS_OPEN, S.REVEALING},        S.REVEALING),
    F.REVEAL:        ({S.REVEALING},                       S.REVEALING),
    F.FINISH:        ({S.REVEALING},                       S.FINISHED),
})  # fmt: skip

TOTALS_HIDDEN = frozenset({S.PLANNED, S.DRAWING, S.RUNNING, S.SCORING_CLOSED})

MINUTES_MIN, MINUTES_MAX = 1, 60
NUMBER_MAX_DIGITS = 12
SOON_SECONDS = 60  # from here on the timer says that time is nearly up


class Draw(NamedTuple):
    """An order of presentations and the seed that it follows from."""

    seed: str  # 64 hex digits
    order: list[str]  # judging codes


def draw(round_id: int, codes: Collection[str], number: str) -> Draw:
    """The public draw of lots (judging.md 7): whoever knows the round, its codes and the number finds the same order.

    seed = SHA-256("round/code,code,…/number"), codes in alphabetical order; the lot of a code is
    SHA-256("seed/code"); the smallest lot speaks first.
    """
    seed = _sha256(f"{round_id}/{','.join(sorted(codes))}/{number}")
    return Draw(seed, sorted(codes, key=lambda code: (lot(seed, code), code)))


def lot(seed: str, code: str) -> str:
    """The lot of one code, 64 hex digits."""
    return _sha256(f"{seed}/{code}")


def number_read_aloud(text: str) -> str:
    """The digits alone. Raises Invalid on anything that cannot be read aloud as one number."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= NUMBER_MAX_DIGITS):
        raise Invalid("number", _l("Ghi một số, chỉ gồm chữ số, nhiều nhất 12 chữ số."))
    return digits


def every_code_once(codes: Sequence[str], wanted: Collection[str]) -> list[str]:
    """The codes as typed. Raises Invalid unless each one stands there exactly once."""
    typed = [code.strip().upper() for code in codes if code.strip()]
    if sorted(typed) != sorted(wanted):
        raise Invalid("order", _l("Ghi mỗi mã chấm đúng một lần, đủ mọi bài."))
    return typed


def sensible_minutes(field: str, minutes: int) -> int:
    """Raises Invalid outside of 1 to 60; questions may have 0."""
    least = 0 if field == "question_minutes" else MINUTES_MIN
    if not least <= minutes <= MINUTES_MAX:
        raise Invalid(field, _l("Ghi số phút từ %(least)d đến %(most)d.", least=least, most=MINUTES_MAX))
    return minutes


def left_ms(minutes: int, elapsed_ms: int, ticking_since: datetime | None, moment: datetime) -> int:
    """Milliseconds until time is up; below 0 when somebody speaks longer."""
    return minutes * 60_000 - elapsed_ms - ticked_ms(ticking_since, moment)


def ticked_ms(ticking_since: datetime | None, moment: datetime) -> int:
    """Milliseconds since the timer was started last; 0 while it stands."""
    if ticking_since is None:
        return 0
    passed = moment - ticking_since
    return max(0, passed.days * 86_400_000 + passed.seconds * 1000 + passed.microseconds // 1000)


def require_hidden(state: FinalState) -> None:
    """Raises WrongState once totals are open: from then on whose sheets count is decided."""
    if state not in TOTALS_HIDDEN:
        raise WrongState(_l("Tổng điểm đã mở nên không bỏ phiếu nào được nữa."))


def require_all_over(position: int, presentations: int) -> None:
    """Raises WrongState while somebody is still to present."""
    if presentations == 0 or position <= presentations:
        raise WrongState(_l("Còn bài chưa trình bày. Khóa phiếu sau bài cuối cùng."))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
