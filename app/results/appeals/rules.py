"""What an appeal can become, until when it can be filed, and by when it is answered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from app.core import clock
from app.core.calendar import working_days_after
from app.core.errors import Invalid
from app.core.flow import Flow
from app.core.i18n import _l

REASON_MIN_CHARS, REASON_MAX_CHARS = 30, 4000
ANSWER_MIN_CHARS, ANSWER_MAX_CHARS = 30, 4000
ANSWER_DAYS = 7  # working days, as the rules promise


class AppealState(StrEnum):
    RECEIVED = "received"
    TAKEN_UP = "taken_up"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # by its author


class AppealAction(StrEnum):
    TAKE_UP = "appeal.take_up"
    UPHOLD = "appeal.uphold"
    REJECT = "appeal.reject"
    WITHDRAW = "appeal.withdraw"


S = AppealState

APPEAL_FLOW = Flow[AppealState]({
    #  action                  may start from                 ends in
    AppealAction.TAKE_UP:  ({S.RECEIVED},                   S.TAKEN_UP),
    AppealAction.UPHOLD:   ({S.TAKEN_UP},                   S.UPHELD),
    AppealAction.REJECT:   ({S.TAKEN_UP},                   S.REJECTED),
    AppealAction.WITHDRAW: ({S.RECEIVED, S.TAKEN_UP},       S.WITHDRAWN),
})  # fmt: skip

WAITING = (S.RECEIVED, S.TAKEN_UP)
ANSWERED = (S.UPHELD, S.REJECTED)


def appeals_until(published_at: datetime, days: int) -> datetime:
    """The last moment of the last working day on which an appeal is taken."""
    return clock.end_of(working_days_after(clock.local(published_at).date(), days))


def answer_due(filed_at: datetime) -> date:
    """The working day by which the author has an answer."""
    return working_days_after(clock.local(filed_at).date(), ANSWER_DAYS)


def in_time(published_at: datetime, days: int, moment: datetime) -> None:
    """Raises Invalid once the days are over."""
    if moment > appeals_until(published_at, days):
        raise Invalid("reason", _l("Đã hết hạn khiếu nại kết quả này."))


def enough_to_look_into(reason: str) -> str:
    """Raises Invalid unless somebody could look into it."""
    return _between("reason", reason, REASON_MIN_CHARS, REASON_MAX_CHARS)


def enough_of_an_answer(answer: str) -> str:
    """Raises Invalid unless the author can understand why, and what follows."""
    return _between("answer", answer, ANSWER_MIN_CHARS, ANSWER_MAX_CHARS)


def _between(field: str, text: str, least: int, most: int) -> str:
    text = text.strip()
    if len(text) < least:
        raise Invalid(
            field, _l("Viết rõ hơn, ít nhất %(least)d ký tự (đang có %(n)d).", least=least, n=len(text))
        )
    if len(text) > most:
        raise Invalid(field, _l("Rút gọn, nhiều nhất %(max)d ký tự (đang có %(n)d).", max=most, n=len(text)))
    return text
