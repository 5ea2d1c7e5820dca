"""How often strangers may try at the door, and answers that take the same time whoever is asked about."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse

from app.core.clock import now
from app.core.limits import limiter

EVEN_SECONDS = 0.15  # longer than a written answer takes, shorter than anybody notices


def seconds_to_wait(rule: str, key: str) -> int:
    """Counts one try ("10/hour") for this key; 0, or in how many seconds the next one is taken."""
    if not limiter.enabled:
        return 0
    limit = parse(rule)
    if limiter.limiter.hit(limit, key):
        return 0
    return max(1, int(limiter.limiter.get_window_stats(limit, key).reset_time - now().timestamp()))


@contextmanager
def even(seconds: float = EVEN_SECONDS) -> Iterator[None]:
    """The block takes at least this long, so that its time does not tell whether an account exists."""
    began = time.perf_counter()
    try:
        yield
    finally:
        time.sleep(max(0.0, seconds - (time.perf_counter() - began)))
