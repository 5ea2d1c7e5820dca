"""What a round and a score sheet can become."""

from __future__ import annotations

from enum import StrEnum

from app.campaigns.rules import RoundState
from app.core.flow import Flow
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


class RoundAction(StrEnum):
    OPEN = "round.open"
    LOCK = "round.lock"
    CLOSE = "round.close"


S = SheetState

SHEET_FLOW = Flow[SheetState]({
    #  action          may start from             ends in
    A.SHEET_SUBMIT: ({S.OPEN, S.REOPENED},      S.SUBMITTED),
    A.SHEET_RECUSE: ({S.OPEN, S.REOPENED},      S.RECUSED),
    A.SHEET_REOPEN: ({S.SUBMITTED},             S.REOPENED),
})  # fmt: skip

ROUND_FLOW = Flow[RoundState]({
    #  action             may start from              ends in
    RoundAction.OPEN:  ({RoundState.PLANNED},        RoundState.OPEN),
    RoundAction.LOCK:  ({RoundState.OPEN},           RoundState.LOCKED),
    RoundAction.CLOSE: ({RoundState.LOCKED},         RoundState.CLOSED),
})  # fmt: skip

SCORABLE = frozenset({S.OPEN, S.REOPENED})
COUNTS = S.SUBMITTED
