"""Working days of a Vietnamese office: Monday to Friday, without public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5


@cache
def _holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays()


def working_days_after(day: date, number: int) -> date:
    """The last day of a promise of so many working days; the day it was made does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day
