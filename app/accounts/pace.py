"""How often strangers may try at the door, and answers that take the same time whoever is asked about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask.typing import ResponseReturnValue
from limits import parse

from app.core.clock import now
from app.core.errors import TooMany
from app.core.forms import Form
from app.core.i18n import _
from app.core.limits import limiter
from app.core.logs import log

F = TypeVar("F", bound=Form)

EVEN_SECONDS = 0.15  # longer than a written answer takes, shorter than anybody notices


def seconds_to_wait(rule: str, key: str) -> int:
    """Counts one try ("10/hour") for this key; 0, or in how many seconds the next one is taken."""
    if not limiter.enabled:
        return 0
    limit = parse(rule)
    if limiter.limiter.hit(limit, key):
        return 0
    return max(1, int(limiter.limiter.get_window_stats(limit, key).reset_time - now().timestamp()))


def told_to_wait(form: F, seconds: int, page: Callable[[F], str], why: Any) -> ResponseReturnValue:
    """The same page with status 429, the reason on top and everything typed still there."""
    log.info("security", what="limit")
    form.form_errors.append(_waiting(seconds, why))
    return page(form), 429, {"Retry-After": str(seconds)}


def refuse_if_too_often(rule: str, key: str, why: Any) -> None:
    """For buttons without anything typed. Raises TooMany."""
    seconds = seconds_to_wait(rule, key)
    if seconds:
        log.info("security", what="limit")
        raise TooMany(_waiting(seconds, why), seconds)


def _waiting(seconds: int, why: Any) -> str:
    return _("%(why)s Chờ %(n)d phút rồi bấm lại, phần đã viết vẫn còn.", why=why, n=-(-seconds // 60))


@contextmanager
def even(seconds: float = EVEN_SECONDS) -> Iterator[None]:
    """The block takes at least this long, so that its time does not tell whether an account exists."""
    began = time.perf_counter()
    try:
        yield
    finally:
        time.sleep(max(0.0, seconds - (time.perf_counter() - began)))
