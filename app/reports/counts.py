"""What is read from the database to be counted: ideas and authors in groups, initiatives one by one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from app.core.clock import local
from app.initiatives.rules import InitiativeKind, InitiativeState, is_overdue
from app.reports.period import Period

S = InitiativeState


class Standing(StrEnum):
    """Where a received idea stood at the end of the period."""

    VALID = "valid"
    INVALID = "invalid"
    REVIEWING = "reviewing"
    WITHDRAWN = "withdrawn"


class AgeGroup(StrEnum):
    UNDER_16 = "under_16"
    UNDER_18 = "under_18"
    UNDER_26 = "under_26"
    OLDER = "older"
    UNKNOWN = "unknown"


class Timing(StrEnum):
    """How a piece of work stood to its due date."""

    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"
    RUNNING_IN_TIME = "running_in_time"
    OVERDUE = "overdue"
    NO_DUE_DATE = "no_due_date"
    PAUSED = "paused"
    DROPPED = "dropped"  # declined, or merged into another


class IdeaCount(NamedTuple):
    """So many ideas of one topic, from one unit, that stood alike."""

    topic_slug: str | None
    topic_name: str | None
    unit_name: str | None
    standing: Standing
    ideas: int


class AuthorCount(NamedTuple):
    """So many different authors of one unit and one age."""

    unit_name: str | None
    age: AgeGroup
    people: int


class Work(NamedTuple):
    """One initiative of the period, as it stood at its end."""

    code: str
    title: str
    kind: InitiativeKind
    state: InitiativeState
    received_on: date
    due_on: date | None
    finished_on: date | None
    from_contest: bool
    topic_slug: str | None
    topic_name: str | None
    unit_name: str | None
    trial_from: date | None
    trial_to: date | None
    hours_saved_per_month: int | None
    cost_actual_vnd: int | None

    def timing(self, day: date) -> Timing:
        """Its standing to the due date on that day, the last one that counts."""
        if self.state is S.COMPLETED:
            if self.due_on is None or self.finished_on is None:
                return Timing.NO_DUE_DATE
            return Timing.DONE_IN_TIME if self.finished_on <= self.due_on else Timing.DONE_LATE
        if self.state in {S.DECLINED, S.MERGED}:
            return Timing.DROPPED
        if self.state is S.PAUSED:
            return Timing.PAUSED
        if self.due_on is None:
            return Timing.NO_DUE_DATE
        return Timing.OVERDUE if is_overdue(self.state, self.due_on, day) else Timing.RUNNING_IN_TIME

    def tried_out_in(self, period: Period) -> bool:
        """Whether it was on trial on some day of the period."""
        if self.trial_from is None or self.trial_from > period.last:
            return False
        if self.trial_to is not None:
            return self.trial_to >= period.first
        return self.state is S.TRIAL or self.trial_from >= period.first


def local_day(moment: datetime | None) -> date | None:
    """The Vietnamese day of a moment."""
    return local(moment).date() if moment else None
