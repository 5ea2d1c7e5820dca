"""What an initiative can become, and when it is late."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from app.core.errors import Invalid, WrongState
from app.core.flow import Flow
from app.core.i18n import _l
from app.ideas.rules import IdeaState


class InitiativeState(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    TRIAL = "trial"
    PAUSED = "paused"
    COMPLETED = "completed"
    DECLINED = "declined"
    MERGED = "merged"


class InitiativeKind(StrEnum):
    """What the directive asks units to send: section 4."""

    PROPOSAL = "de_xuat"
    INITIATIVE = "sang_kien"
    DIFFICULTY = "kho_khan"
    OBSTACLE = "vuong_mac"


class Step(StrEnum):
    """One step of the queue."""

    ASSIGN = "initiative.assign"
    START = "initiative.start"
    TRIAL = "initiative.trial"
    END_TRIAL = "initiative.end_trial"
    PAUSE = "initiative.pause"
    RESUME = "initiative.resume"
    COMPLETE = "initiative.complete"
    DECLINE = "initiative.decline"
    MERGE = "initiative.merge"
    REOPEN = "initiative.reopen"


S = InitiativeState
WORKING = frozenset({S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.TRIAL})

INITIATIVE_FLOW = Flow[InitiativeState]({
    #  step            may start from                                 ends in
    Step.ASSIGN:    ({S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS},       S.ASSIGNED),
    Step.START:     ({S.ASSIGNED, S.IN_PROGRESS, S.TRIAL},          S.IN_PROGRESS),  # see after_report
    Step.TRIAL:     ({S.ASSIGNED, S.IN_PROGRESS, S.TRIAL},          S.TRIAL),
    Step.END_TRIAL: ({S.TRIAL},                                     S.IN_PROGRESS),
    Step.PAUSE:     ({S.ASSIGNED, S.IN_PROGRESS, S.TRIAL},          S.PAUSED),
    Step.RESUME:    ({S.PAUSED},                                    S.IN_PROGRESS),
    Step.COMPLETE:  ({S.IN_PROGRESS, S.TRIAL},                      S.COMPLETED),
    Step.DECLINE:   ({S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.TRIAL, S.PAUSED}, S.DECLINED),
    Step.MERGE:     ({S.RECEIVED, S.ASSIGNED},                      S.MERGED),
    Step.REOPEN:    ({S.COMPLETED, S.DECLINED, S.MERGED},           S.RECEIVED),
})  # fmt: skip
FINISHED = frozenset({S.COMPLETED, S.DECLINED, S.MERGED})


def after_report(state: InitiativeState) -> InitiativeState:
    """A word on progress starts the work; while it is being tried out, the trial goes on. Raises WrongState."""
    return state if state is S.TRIAL else INITIATIVE_FLOW.after(state, Step.START)


def is_overdue(state: InitiativeState, due_on: date | None, today: date) -> bool:
    """Computed, never stored: work still to be done past the end of its day."""
    return due_on is not None and state in WORKING and today > due_on


TEXT_MIN_CHARS = 10


def enough_to_tell(text: str, field: str) -> str:
    """Words that an author or a citizen can do something with. Raises Invalid beside `field`."""
    text = text.strip()
    if len(text) < TEXT_MIN_CHARS:
        raise Invalid(field, _l("Viết rõ hơn một chút, ít nhất 10 ký tự."))
    return text


def sensible_due_date(due_on: date, today: date) -> date:
    """A day that is still to come. Raises Invalid."""
    if due_on < today:
        raise Invalid("due_on", _l("Thời hạn phải từ hôm nay trở đi."))
    return due_on


def may_forward(state: IdeaState) -> None:
    """Only an idea found valid goes to the queue. Raises WrongState."""
    if state is not IdeaState.APPROVED:
        raise WrongState(_l("Chỉ chuyển được ý tưởng đã được xác nhận hợp lệ."))
