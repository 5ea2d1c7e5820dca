"""Time left until a deadline, in the three figures of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Countdown(NamedTuple):
    """Whole days, hours and minutes; zeros once it is over."""

    days: int
    hours: int
    minutes: int

    @classmethod
    def to(cls, deadline: datetime, moment: datetime) -> Countdown:
        minutes = max(0, int((deadline - moment).total_seconds()) // 60)
        return cls(minutes // 1440, minutes % 1440 // 60, minutes % 60)
