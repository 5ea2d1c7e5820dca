"""When a campaign takes ideas, which phase it is in, and what can still be changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from app.core.errors import Invalid
from app.core.flow import Flow
from app.core.i18n import _l


class CampaignState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class CampaignAction(StrEnum):
    OPEN = "campaign.open"
    CLOSE = "campaign.close"


C = CampaignState

CAMPAIGN_FLOW = Flow[CampaignState]({
    #  action                may start from            ends in
    CampaignAction.OPEN:  ({C.PLANNED, C.CLOSED},     C.OPEN),
    CampaignAction.CLOSE: ({C.OPEN},                  C.CLOSED),
})  # fmt: skip


class QuestionKind(StrEnum):
    RICH = "rich"
    TEXT = "text"


class Method(StrEnum):
    """How sheets become a score (judging.md 4)."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    VALID = "valid"
    ADJUSTED = "adjusted"


class RoundState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


MARKS_DONE = frozenset({RoundState.LOCKED, RoundState.CLOSED})


class PhaseStanding(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


def takes_ideas(state: CampaignState, opens_at: datetime, closes_at: datetime, moment: datetime) -> bool:
    """Ideas are taken from the opening to the last moment of the deadline day, both included."""
    return state is CampaignState.OPEN and opens_at <= moment <= closes_at


def standing(starts_at: datetime, ends_at: datetime, moment: datetime) -> PhaseStanding:
    """Phases derive from their dates; several may be going on at once."""
    if moment > ends_at:
        return PhaseStanding.DONE
    return PhaseStanding.NOW if moment >= starts_at else PhaseStanding.NEXT


def sensible_stretch(opens_on: date, closes_on: date) -> None:
    """Raises Invalid unless there is at least a day to send ideas."""
    if closes_on <= opens_on:
        raise Invalid("closes_on", _l("Hạn nộp phải sau ngày mở nhận ý tưởng."))


def sensible_deadline(opens_at: datetime, closes_at: datetime, moment: datetime) -> None:
    """A deadline never moves before now: nobody is late for what they could not know. Raises Invalid."""
    if closes_at <= moment or closes_at <= opens_at:
        raise Invalid("closes_on", _l("Hạn mới phải từ hôm nay trở đi."))


def sensible_round(starts_on: date, ends_on: date) -> None:
    """Raises Invalid unless it ends on the day it starts, or later."""
    if ends_on < starts_on:
        raise Invalid("ends_on", _l("Hạn chấm phải từ ngày bắt đầu trở đi."))
