"""What a paper sheet goes through until it counts as one filled in on a screen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.core.errors import WrongState
from app.core.flow import Flow
from app.core.i18n import _l


class PaperState(StrEnum):
    WAITING = "waiting"  # for the first who types
    TYPED = "typed"  # once; a second person types without seeing it
    DIFFERS = "differs"  # the two look at the paper again
    CHECKED = "checked"  # twice the same; the judge confirms
    CONFIRMED = "confirmed"


class PaperAction(StrEnum):
    TYPE = "paper.typed"
    AGREE = "paper.agreed"
    DIFFER = "paper.differed"
    CONFIRM = "paper.confirmed"
    REFUSE = "paper.refused"


S = PaperState

PAPER_FLOW = Flow[PaperState]({
    #  action               may start from            ends in
    PaperAction.TYPE:    ({S.WAITING},               S.TYPED),
    PaperAction.AGREE:   ({S.TYPED, S.DIFFERS},      S.CHECKED),
    PaperAction.DIFFER:  ({S.TYPED, S.DIFFERS},      S.DIFFERS),
    PaperAction.CONFIRM: ({S.CHECKED},               S.CONFIRMED),
    PaperAction.REFUSE:  ({S.CHECKED},               S.WAITING),
})  # fmt: skip


class Reading(NamedTuple):
    """What one person read on the paper: hundredths by criterion, and the words to the authors."""

    marks: Mapping[str, int]
    comment: str


def differing(one: Reading, other: Reading) -> list[str]:
    """Criteria (and "chung", the comment) that the two read differently; spaces in words do not count."""
    keys = [key for key in one.marks if one.marks[key] != other.marks.get(key)]
    same_words = one.comment.split() == other.comment.split()
    return keys if same_words else [*keys, "chung"]


def require_typist(state: PaperState, typist_id: int, typists: list[int]) -> None:
    """Raises WrongState unless it is this person's turn. `typists`: who has typed what stands, in order."""
    if state is S.TYPED and typist_id in typists:
        raise WrongState(_l("Bạn đã nhập phiếu này lần một. Lần hai phải do người khác nhập."))
    if state is S.DIFFERS and typist_id not in typists:
        raise WrongState(_l("Hai người đã nhập phiếu này đang xem lại. Chờ họ sửa xong."))
    if state in {S.CHECKED, S.CONFIRMED}:
        raise WrongState(_l("Phiếu này đã nhập đủ hai lần và khớp nhau."))
