"""Rows that workers share out: each is taken by one worker, for a while, and comes free again if it dies."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import Base, db, transaction

MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=6)


def take(
    table: type[Base], free: sa.ColumnElement[bool], *, limit: int, lease: timedelta, **changes: Any
) -> Sequence[Any]:
    """Keys of up to `limit` free rows, now leased to whoever asked. One short transaction of its own.

    PostgreSQL skips rows that another worker is just taking; SQLite lets one writer in at a time.
    """
    key = sa.inspect(table).primary_key[0]
    wanted = sa.select(key).where(free).order_by(key).limit(limit)
    if not db.is_sqlite:
        wanted = wanted.with_for_update(skip_locked=True)
    if not db.session.execute(sa.select(key).where(free).limit(1)).first():
        db.session.rollback()  # an idle worker holds neither a snapshot nor SQLite's one write lock
        return []
    with transaction() as session:
        keys = session.execute(wanted).scalars().all()
        if keys:
            values = {"leased_until": now() + lease, **changes}
            session.execute(
                sa.update(table).where(key.in_(keys)).values(values),
                execution_options={"synchronize_session": False},
            )
    return keys


def wait_before(tries: int) -> timedelta:
    """How long until the next try: doubling, never beyond a few hours, jittered so that many do not come at once."""
    wait = min(FIRST_WAIT * 2 ** max(0, tries - 1), LONGEST_WAIT)
    jitter = random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, keeps no secret
    return timedelta(seconds=wait.total_seconds() * jitter)


def next_try(tries: int) -> datetime | None:
    """When to try again after this many tries; None when it has been tried often enough."""
    return None if tries >= MOST_TRIES else now() + wait_before(tries)
