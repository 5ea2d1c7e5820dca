"""The stretch of days a report is about, and the one before it to compare with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from app.core import formats
from app.core.clock import at_local
from app.core.errors import Invalid
from app.core.i18n import _l

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)  # outside of these a year is a slip of the finger
MONTHS_OF_A_QUARTER, MONTHS_OF_A_HALF, MONTHS_OF_A_YEAR = 3, 6, 12
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Period:
    """Whole Vietnamese days, the first and the last included."""

    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        return at_local(self.first, time.min)

    @property
    def ends_at(self) -> datetime:
        """The first moment that no longer counts."""
        return at_local(self.last + timedelta(days=1), time.min)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int:
        """How many whole months it is made of; 0 when it begins or ends inside of one."""
        if self.first.day != 1 or (self.last + timedelta(days=1)).day != 1:
            return 0
        return (self.last.year - self.first.year) * MONTHS_OF_A_YEAR + self.last.month - self.first.month + 1

    @property
    def name(self) -> str:
        """As a title ends: “quý IV năm 2026”, or its two days."""
        of_month, year = self.first.month - 1, self.first.year
        if self.months == 1:
            return f"tháng {self.first.month} năm {year}"
        if self.months == MONTHS_OF_A_QUARTER and of_month % MONTHS_OF_A_QUARTER == 0:
            return f"quý {_ROMAN[of_month // MONTHS_OF_A_QUARTER]} năm {year}"
        if self.months == MONTHS_OF_A_HALF and of_month % MONTHS_OF_A_HALF == 0:
            return f"6 tháng {'cuối' if of_month else 'đầu'} năm {year}"
        if self.months == MONTHS_OF_A_YEAR and of_month == 0:
            return f"năm {year}"
        return f"từ ngày {formats.day(self.first)} đến ngày {formats.day(self.last)}"

    @property
    def in_words(self) -> str:
        """As the body of a paper says it (Nghị định 30/2020/NĐ-CP)."""
        return f"từ {formats.document_day(self.first)} đến {formats.document_day(self.last)}"

    def previous(self) -> Period:
        """Just as long, right before: as many months if it is whole months, else as many days."""
        last = self.first - timedelta(days=1)
        if self.months:
            return Period(_months_before(self.first, self.months), last)
        return Period(last - timedelta(days=self.days - 1), last)


def _months_before(first: date, months: int) -> date:
    """The first day of the month so many months before one that begins on `first`."""
    number = first.year * MONTHS_OF_A_YEAR + first.month - 1 - months
    return date(number // MONTHS_OF_A_YEAR, number % MONTHS_OF_A_YEAR + 1, 1)


def _months_around(day: date, months: int) -> Period:
    """The month, quarter, half or year that holds this day."""
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _months_before(first, -months) - timedelta(days=1))


def month(day: date) -> Period:
    return _months_around(day, 1)


def quarter(day: date) -> Period:
    return _months_around(day, MONTHS_OF_A_QUARTER)


def half_year(day: date) -> Period:
    return _months_around(day, MONTHS_OF_A_HALF)


def year(day: date) -> Period:
    return _months_around(day, MONTHS_OF_A_YEAR)


class Preset(NamedTuple):
    """A period that one press chooses."""

    label: Any
    period: Period


PRESETS: tuple[tuple[Any, Callable[[date], Period]], ...] = (
    (_l("Tháng này"), month),
    (_l("Quý này"), quarter),
    (_l("6 tháng"), half_year),
    (_l("Năm nay"), year),
)


def presets(today: date, campaign: Period | None) -> list[Preset]:
    """The usual periods around today, then the contest's own days if there is one."""
    usual = [Preset(label, around(today)) for label, around in PRESETS]
    return [*usual, Preset(_l("Cuộc thi"), campaign)] if campaign else usual


def read(first: str, last: str, today: date) -> Period:
    """The period typed as two days; this quarter if nothing was. Raises Invalid beside `tu` or `den`."""
    if not first.strip() and not last.strip():
        return quarter(today)
    period = Period(_read_day(first, "tu"), _read_day(last, "den"))
    if period.last < period.first:
        raise Invalid("den", _l("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."))
    return period


def _read_day(text: str, field: str) -> date:
    found = _DAY.fullmatch(text.strip())
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid(field, _l("Viết ngày, tháng, năm bằng số, ví dụ 01/10/2026."))
    if not EARLIEST <= day <= LATEST:
        raise Invalid(field, _l("Xem lại năm."))
    return day
