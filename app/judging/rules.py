"""What a round and a score sheet can become."""

from __future__ import annotations

from enum import StrEnum

from app.campaigns.rules import RoundState
from app.core.errors import Invalid, WrongState
from app.core.flow import Flow
from app.core.i18n import _l
from app.permissions import Action as A


class SheetState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    RECUSED = "recused"
    VOID = "void"  # a late conflict or a wrong idea: the sheet stays, it does not count


class ConflictKind(StrEnum):
    DECLARED = "declared"  # by the judge
    DETECTED = "detected"  # same unit, same person
    SET = "set"  # pinned by staff
    RECUSED = "recused"  # the judge handed the idea back
    LIFTED = "lifted"  # by staff: what they had set about the same thing no longer holds


class Exclusion(StrEnum):
    """Why an idea has no rank in a round it is in. Its sheets still tell how harsh its judges are."""

    WITHDRAWN = "withdrawn"  # its authors asked for it
    DISQUALIFIED = "disqualified"  # it breaks the rules of the contest


class SheetAction(StrEnum):
    VOID = "sheet.void"


class RoundAction(StrEnum):
    OPEN = "round.open"
    LOCK = "round.lock"
    CLOSE = "round.close"


S = SheetState

SHEET_FLOW = Flow[SheetState]({
    #  action          may start from             ends in
    A.SHEET_SUBMIT: ({S.OPEN, S.REOPENED},      S.SUBMITTED),
    A.SHEET_TAKE_BACK: ({S.SUBMITTED},          S.OPEN),  # by its judge: edit until lock
    A.SHEET_RECUSE: ({S.OPEN, S.REOPENED},      S.RECUSED),
    A.SHEET_REOPEN: ({S.SUBMITTED},             S.REOPENED),
    SheetAction.VOID: ({S.OPEN, S.REOPENED, S.SUBMITTED}, S.VOID),
})  # fmt: skip

ROUND_FLOW = Flow[RoundState]({
    #  action             may start from              ends in
    RoundAction.OPEN:  ({RoundState.PLANNED},        RoundState.OPEN),
    RoundAction.LOCK:  ({RoundState.OPEN},           RoundState.LOCKED),
    RoundAction.CLOSE: ({RoundState.LOCKED},         RoundState.CLOSED),
})  # fmt: skip

SCORABLE = frozenset({S.OPEN, S.REOPENED})
COUNTS = S.SUBMITTED
HOLDING = frozenset({S.OPEN, S.REOPENED, S.SUBMITTED})  # the judge still has it

REASON_MIN_CHARS, REASON_MAX_CHARS = 10, 500
NOTE_MAX_CHARS = 1000
KEY_MAX_CHARS = 40
COMMENT_MAX_CHARS = 2000


def enough_reason(reason: str) -> str:
    """Raises Invalid unless others could understand why."""
    reason = reason.strip()
    if len(reason) < REASON_MIN_CHARS:
        raise Invalid("reason", _l("Ghi lý do, ít nhất 10 ký tự."))
    return reason[:REASON_MAX_CHARS]


def needs_note(hundredths: int, below: int | None, above: int | None) -> bool:
    """Must a judge say why? Limits are in points; a mark exactly at one needs no note."""
    return (below is not None and hundredths < 100 * below) or (
        above is not None and hundredths > 100 * above
    )


def require_scorable(state: SheetState) -> None:
    """Raises WrongState on a sheet that takes no more marks."""
    if state not in SCORABLE:
        raise WrongState(_l("Phiếu đã nộp. Lấy lại phiếu nếu cần sửa."))


def require_open(state: RoundState) -> None:
    """Raises WrongState unless the round is open."""
    if state is not RoundState.OPEN:
        raise WrongState(_l("Vòng chấm không mở nên không ghi được."))


def require_unlocked(state: RoundState) -> None:
    """Raises WrongState once the round is locked."""
    if state not in {RoundState.PLANNED, RoundState.OPEN}:
        raise WrongState(_l("Vòng chấm đã khóa nên không đổi được nữa."))


def require_not_closed(state: RoundState) -> None:
    """Raises WrongState once ideas went on from the round, or its results were published."""
    if state is RoundState.CLOSED:
        raise WrongState(_l("Vòng chấm đã xong nên không đổi được nữa."))


def short_enough(field: str, text: str, max_chars: int) -> str:
    """The text without spaces around it. Raises Invalid beside its field when it is too long."""
    text = text.strip()
    if len(text) > max_chars:
        raise Invalid(
            field, _l("Rút gọn, nhiều nhất %(max)d ký tự (đang có %(n)d).", max=max_chars, n=len(text))
        )
    return text
