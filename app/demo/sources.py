"""The demo's files, and days counted from the day of loading."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.core import clock

DATA = Path(__file__).parent / "data"
NIGHT = time(23, 59, 59)


@cache
def read(name: str) -> Any:
    """One file of app/demo/data."""
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), Loader=FastLoader)


FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LoadingDay:
    """The day everything is counted from; it stays put while the script sets the clock back."""

    day: date | None = None


def begin() -> None:
    LoadingDay.day = clock.today()


def day(offset: int) -> date:
    """The Vietnamese day that many days from the day of loading."""
    return (LoadingDay.day or clock.today()) + timedelta(days=offset)


def moment(offset: int, at: str = "09:00") -> datetime:
    """A wall-clock time on that day; "23:59:59" is the last moment that counts."""
    wall = time.fromisoformat(at)
    return clock.end_of(day(offset)) if wall == NIGHT else clock.at_local(day(offset), wall)


def clock_text(value: Any) -> str:
    """YAML reads 09:12 as text and 9:12 as a number of minutes; both mean the same."""
    return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else str(value)


def born(age: int, birthday_days_ago: int) -> date:
    """A birth date for somebody who turned `age` that many days ago."""
    turned = day(-birthday_days_ago)
    year = turned.year - age
    if (turned.month, turned.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
        return date(year, 3, 1)
    return turned.replace(year=year)
