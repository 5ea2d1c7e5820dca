"""The chain over events: whoever changes or removes one later breaks every seal after it.

hash = SHA-256(hash before ‖ canonical JSON of the event). The order is the order of sealing: with concurrent
writers ids become visible out of order, so gaps in ids mean nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, Seal

BEGINNING = "0" * 64
BATCH = 500
LATE_BY = 10_000  # events that may overtake one whose transaction takes long


class Verdict(NamedTuple):
    """How the chain stands. `broken_at` is the first seal that does not hold, with the reason in `why`."""

    sealed: int
    unsealed: int
    head: str
    broken_at: int | None = None
    why: str = ""


def canonical(event: Event) -> bytes:
    """An event as the same bytes on every machine: sorted keys, no spaces, UTC to the microsecond."""
    return json.dumps(
        {
            "id": event.id,
            "at": event.at.isoformat(timespec="microseconds"),
            "actor_id": event.actor_id,
            "kind": event.kind,
            "object_type": event.object_type,
            "object_id": event.object_id,
            "campaign_id": event.campaign_id,
            "data": event.data,
            "request_id": event.request_id,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def hash_after(previous: str, event: Event) -> str:
    return hashlib.sha256(previous.encode() + canonical(event)).hexdigest()


def unsealed() -> sa.ColumnElement[bool]:
    """Looks through all of the record: for the rare questions."""
    return ~sa.exists().where(Seal.event_id == Event.id)


def lately_unsealed() -> sa.ColumnElement[bool]:
    """Costs the same however long the record grows: only events near its end, where late writers appear."""
    newest = sa.select(sa.func.coalesce(sa.func.max(Seal.event_id), 0)).scalar_subquery()
    return sa.and_(Event.id > newest - LATE_BY, unsealed())


def seal_stragglers() -> int:
    """Should a writer ever have come later than that, it is found here, once a day."""
    return seal_events(among=unsealed)


def seal_events(limit: int = 5000, among: Callable[[], sa.ColumnElement[bool]] = lately_unsealed) -> int:
    """Give every event that has none the next seals. Two at once cannot: a seal's number is a primary key."""
    sealed = 0
    while sealed < limit:
        with transaction() as session:
            last = session.execute(sa.select(Seal).order_by(Seal.number.desc()).limit(1)).scalar_one_or_none()
            number, previous = (last.number, last.hash) if last else (0, BEGINNING)
            events = session.scalars(sa.select(Event).where(among()).order_by(Event.id).limit(BATCH)).all()
            for event in events:
                number, previous = number + 1, hash_after(previous, event)
                session.add(Seal(number=number, event_id=event.id, hash=previous, sealed_at=now()))
        sealed += len(events)
        if len(events) < BATCH:
            break
    return sealed


def verify() -> Verdict:
    """Recompute the whole chain and name the first seal that does not hold."""
    previous, number = BEGINNING, 0
    waiting = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(unsealed())) or 0
    rows = db.session.execute(
        sa.select(Seal, Event).outerjoin(Event, Event.id == Seal.event_id).order_by(Seal.number),
        execution_options={"yield_per": BATCH},
    )
    for seal, event in rows:
        why = ""
        if seal.number != number + 1:
            why = "missing seal"
        elif event is None:
            why = "missing event"
        elif seal.hash != hash_after(previous, event):
            why = "changed event"
        if why:
            return Verdict(number, waiting, previous, number + 1, why)
        number, previous = seal.number, seal.hash
    return Verdict(number, waiting, previous)
