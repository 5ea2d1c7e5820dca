"""How moments, days, numbers and money are written: one function each, used as filters in every template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.clock import local, now
from app.core.i18n import _, _l

WEEKDAYS = (
    _l("Thứ Hai"),
    _l("Thứ Ba"),
    _l("Thứ Tư"),
    _l("Thứ Năm"),
    _l("Thứ Sáu"),
    _l("Thứ Bảy"),
    _l("Chủ nhật"),
)


def day(value: datetime | date | None) -> str:
    """06/12/2026, in Vietnamese time."""
    if value is None:
        return ""
    return (local(value) if isinstance(value, datetime) else value).strftime("%d/%m/%Y")


def moment(value: datetime | None) -> str:
    """20:41 06/12/2026"""
    return local(value).strftime("%H:%M %d/%m/%Y") if value else ""


def clock_time(value: datetime | None) -> str:
    """20:41"""
    return local(value).strftime("%H:%M") if value else ""


def deadline(value: datetime | None) -> str:
    """23:59 Chủ nhật, 06/12/2026"""
    if value is None:
        return ""
    at = local(value)
    return f"{at:%H:%M} {WEEKDAYS[at.weekday()]}, {at:%d/%m/%Y}"


def document_day(value: date) -> str:
    """ngày 05 tháng 02 năm 2026: zero before days under 10 and months 1 and 2 (Nghị định 30/2020/NĐ-CP)."""
    month = f"{value.month:02d}" if value.month <= 2 else f"{value.month}"
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def period(starts: datetime | date, ends: datetime | date) -> str:
    """26/10 – 06/12/2026"""
    first, last = day(starts), day(ends)
    if first == last:
        return last
    return f"{first[:5]} – {last}" if first[6:] == last[6:] else f"{first} – {last}"


def iso(value: datetime) -> str:
    """For <time datetime> and scripts."""
    return local(value).isoformat(timespec="seconds")


def whole(value: int | None) -> str:
    """1.234"""
    return "" if value is None else f"{value:,}".replace(",", ".")


def decimal_text(value: Decimal | float | str | None) -> str:
    """1.234,5: without zeros nobody asked for."""
    if value is None:
        return ""
    number = Decimal(str(value)).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    text = f"{number:,.{places}f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def score(hundredths: int | None) -> str:
    """Points kept as whole hundredths: 8825 → 88,25."""
    if hundredths is None:
        return ""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100},{abs(hundredths) % 100:02d}"


def mark(hundredths: int | None) -> str:
    """A mark as a judge types it: 2450 → 24,5; 2400 → 24."""
    return score(hundredths).rstrip("0").rstrip(",") if hundredths is not None else ""


def money(value: int | None) -> str:
    """5.000.000 đồng"""
    return f"{whole(value)} đồng" if value is not None else ""


def size(value: int) -> str:
    """1,2 MB"""
    if value < 1024 * 1024:
        return f"{max(1, value // 1024)} KB"
    return decimal_text(round(Decimal(value) / (1024 * 1024), 1)) + " MB"


def ago(value: datetime | None) -> str:
    """How long since, in whole days or hours."""
    if value is None:
        return ""
    seconds = int((now() - value).total_seconds())
    if seconds < 3600:
        return str(_("%(n)d phút trước", n=max(1, seconds // 60)))
    if seconds < 86400:
        return str(_("%(n)d giờ trước", n=seconds // 3600))
    return str(_("%(n)d ngày trước", n=seconds // 86400))


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "clock_time": clock_time,
    "deadline": deadline,
    "document_day": document_day,
    "iso": iso,
    "whole": whole,
    "decimal": decimal_text,
    "score": score,
    "mark": mark,
    "money": money,
    "size": size,
    "ago": ago,
}
