"""When a campaign takes ideas, which phase it is in, and what can still be changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class CampaignState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


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
