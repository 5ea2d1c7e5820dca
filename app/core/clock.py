"""The one clock. Stored and compared in UTC; entered and shown in Asia/Ho_Chi_Minh (UTC+7, no summer time)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
END_OF_DAY = time(23, 59, 59, 999000)

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)
_received_at: ContextVar[datetime | None] = ContextVar("received_at", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def received_at() -> datetime:
    """When the server received the request being answered; outside a request, now. Deadlines are judged by it."""
    return _received_at.get() or now()


def today() -> date:
    """The Vietnamese day."""
    return now().astimezone(VIETNAM).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Vietnamese wall clock."""
    return moment.astimezone(VIETNAM)


def at_local(day: date, at: time) -> datetime:
    """A Vietnamese day and wall-clock time, as a UTC moment."""
    return datetime.combine(day, at, tzinfo=VIETNAM).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last moment that still counts as this Vietnamese day: 23:59:59.999."""
    return at_local(day, END_OF_DAY)


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside the block it is `moment`: for tests, and for the demo campaign that replays its own past."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


@contextmanager
def receiving(moment: datetime | None = None) -> Iterator[None]:
    """Marks when a request came in, before anything is parsed."""
    token = _received_at.set(moment or now())
    try:
        yield
    finally:
        _received_at.reset(token)
