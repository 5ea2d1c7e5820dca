"""The chain over events: whoever changes or removes one later breaks every seal after it.

head = SHA-256(01 ‖ head before ‖ leaf of the event). The order is the order of sealing: with concurrent writers ids
become visible out of order, so gaps in ids mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.canonical import leaf_hash, next_head
from app.core.chain import BEGINNING
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, Seal, payload

SEALED_WITHIN = timedelta(
    seconds=30
)  # what receipts and /kiem-chung promise; the health check holds us to it
BATCH = 500
LATE_BY = 10_000  # events that may overtake one whose transaction takes long

READ = (
    Event.id,
    Event.at,
    Event.actor_id,
    Event.kind,
    Event.object_type,
    Event.object_id,
    Event.campaign_id,
    Event.data,
    Event.request_id,
    Event.facts,
    Event.shown,
    Event.salt,
    Event.private_salt,
    Event.leaf,
)


class Verdict(NamedTuple):
    """How the chain stands. `broken_at` is the first seal that does not hold, with the reason in `why`."""

    sealed: int
    unsealed: int
    head: str
    broken_at: int | None = None
    why: str = ""


class Link(NamedTuple):
    """One seal as it was checked; `event` is None when it is gone, `why` is empty when the seal holds."""

    number: int
    head: str
    event: Any
    why: str
    broken_at: int  # the number to name: of a seal that is missing, the first one missing


def is_erased(event: Any) -> bool:
    """By law: the leaf stands, what it was taken of is gone. Only an event that says so makes it right."""
    return not event.salt and not event.private_salt


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
            number, previous = (last.number, last.head) if last else (0, BEGINNING)
            events = session.execute(
                sa.select(Event.id, Event.leaf).where(among()).order_by(Event.id).limit(BATCH)
            ).all()
            for event_id, leaf in events:
                number, previous = number + 1, next_head(previous, leaf)
                session.add(Seal(number=number, event_id=event_id, leaf=leaf, head=previous, sealed_at=now()))
        sealed += len(events)
        if len(events) < BATCH:
            break
    return sealed


def links() -> Iterator[Link]:
    """Every seal in order, checked against the one before it and against its event."""
    head, number = BEGINNING, 0
    rows = db.session.execute(
        sa.select(Seal.number, Seal.leaf.label("sealed_leaf"), Seal.head, *READ)
        .outerjoin(Event, Event.id == Seal.event_id)
        .order_by(Seal.number),
        execution_options={"yield_per": BATCH},
    )
    for row in rows:
        given, sealed_leaf, sealed_head, event_id = row[:4]
        event = None if event_id is None else row
        why = ""
        if given != number + 1:
            why = "missing seal"
        elif event is None:
            why = "missing event"
        elif event.leaf != sealed_leaf or not (is_erased(event) or holds(event)):
            why = "changed event"
        elif sealed_head != next_head(head, sealed_leaf):
            why = "changed seal"
        at = number + 1 if why == "missing seal" else given
        # go on from what stands, so that one break is one finding
        head, number = sealed_head, given
        yield Link(given, sealed_head, event, why, at)


def holds(event: Any) -> bool:
    """Does the event still match its leaf?"""
    try:
        return leaf_hash(event.salt, payload(event)) == event.leaf
    except (TypeError, ValueError):
        return False  # somebody put in what no event can hold


def waiting() -> int:
    """How many events have no seal yet."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(unsealed())) or 0


def verify() -> Verdict:
    """Recompute the whole chain and name the first seal that does not hold."""
    last = Link(0, BEGINNING, None, "", 0)
    for link in links():
        if link.why:
            return Verdict(last.number, waiting(), last.head, link.broken_at, link.why)
        last = link
    return Verdict(last.number, waiting(), last.head)
