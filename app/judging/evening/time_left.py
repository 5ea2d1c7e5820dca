"""The hours of a judge's evening: how much of the round's time is left, in words."""

from __future__ import annotations

from datetime import datetime

from app.core.clock import now
from app.core.i18n import _


def time_left(ends_at: datetime) -> str:
    """“còn 3 ngày”, “còn 2 giờ 15 phút”, “còn 40 phút”; whole units, never more than is left."""
    minutes = max(0, int((ends_at - now()).total_seconds()) // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return _("còn %(n)d ngày", n=days)
    if hours:
        return _("còn %(hours)d giờ %(minutes)d phút", hours=hours, minutes=minutes % 60)
    return _("còn %(n)d phút", n=minutes) if minutes else _("đã hết giờ")
