"""What happened, in order, for ever; and the outbox row that makes the outside world follow.

An event holds ids, never personal data: a person may be erased, the record stands. Its leaf is what the chain of
seals holds of it: SHA-256 over an open part, which may be published, and a hash of everything else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.canonical import canonical, leaf_hash, private_hash
from app.core.clock import now
from app.core.db import Base, db, moment, pk
from app.core.facts import facts_about, instant

request_id: ContextVar[str] = ContextVar("request_id", default="")


class Event(Base):
    """One thing that a person or the system did. Appended, never changed, never removed."""

    __tablename__ = "events"
    __table_args__ = (sa.Index("ix_events_object", "object_type", "object_id", "id"),)

    id: Mapped[pk]
    at: Mapped[moment] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(64), index=True)
    object_type: Mapped[str] = mapped_column(sa.String(32))
    object_id: Mapped[int]
    campaign_id: Mapped[int | None] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str] = mapped_column(sa.String(32), default="")
    facts: Mapped[list[Any]] = mapped_column(default=list)  # [table, id, values] of every row it changed
    shown: Mapped[list[Any]] = mapped_column(default=list)  # what of those rows may be published
    salt: Mapped[str] = mapped_column(sa.String(64), default="")  # "": erased by law, only the leaf stands
    private_salt: Mapped[str] = mapped_column(sa.String(64), default="")
    leaf: Mapped[str] = mapped_column(sa.String(64), default="")


class OutboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"  # tried too often; an administrator looks and restarts it


class Outbox(Base):
    """What must follow an event outside the database. Written in the event's own transaction."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_due", "state", "due_at"),)

    id: Mapped[pk]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), unique=True)
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.WAITING)
    due_at: Mapped[moment]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(300), default="")
    done_at: Mapped[datetime | None]


class Seal(Base):
    """Place of an event in the chain: head = SHA-256(01 ‖ head before ‖ leaf). Stands when an event is erased."""

    __tablename__ = "seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), unique=True)
    leaf: Mapped[str] = mapped_column(sa.String(64))
    head: Mapped[str] = mapped_column(sa.String(64))
    sealed_at: Mapped[moment]


class HeadReason(StrEnum):
    """Why a head left the building."""

    HOURLY = "hourly"
    OPENED = "opened"
    LOCKED = "locked"
    PUBLISHED = "published"


class PublishedHead(Base):
    """A head of the chain that others hold a copy of: whoever rewrites what lies before it is found out."""

    __tablename__ = "published_heads"

    id: Mapped[pk]
    number: Mapped[int] = mapped_column(index=True)  # of the last seal it covers
    head: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[HeadReason]
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"), unique=True)
    published_at: Mapped[moment] = mapped_column(index=True)
    where: Mapped[str] = mapped_column(sa.String(100))  # the page, and the mails that carried it

    @property
    def short(self) -> str:
        """As it is printed on paper."""
        return self.head[:16]


class HasId(Protocol):
    id: Any


class Actor(Protocol):
    @property
    def id(self) -> Any: ...


def object_type(thing: HasId) -> str:
    """The table's name: what an event calls the thing it is about."""
    return str(type(thing).__table__.name)  # type: ignore[attr-defined]


MOST_ROWS = 500  # that one event speaks of
MORE_ROWS = "record.rows"  # further rows of the event that follows


class Sealable(Protocol):
    """An event, or a row with its columns."""

    at: Any
    actor_id: Any
    kind: Any
    object_type: Any
    object_id: Any
    campaign_id: Any
    data: Any
    request_id: Any
    facts: Any
    shown: Any
    private_salt: Any


def private_part(event: Sealable) -> dict[str, Any]:
    """Who, when, about what: never published."""
    return {
        "at": instant(event.at),
        "actor": event.actor_id,
        "object": [event.object_type, event.object_id],
        "campaign": event.campaign_id,
        "data": event.data,
        "request": event.request_id,
        "facts": event.facts,
    }


def payload(event: Sealable) -> dict[str, Any]:
    """What the leaf is taken of. It can be published without the private part, and still match."""
    private = private_hash(event.private_salt, private_part(event))
    return {"kind": event.kind, "shown": event.shown, "private": private}


def record(
    kind: str,
    thing: HasId,
    actor: Actor | None,
    *,
    rows: Iterable[HasId] = (),
    gone: Iterable[HasId] = (),
    **data: Any,
) -> Event:
    """Add the event and its outbox row to the transaction. Called once, last, in a command.

    What the tables say of `thing` and of `rows`, the other rows that the command changed, goes into the event.
    `gone`: rows that the caller deletes right after this call.
    """
    changed = list(rows)
    db.session.flush()  # a new thing has its id only now, and readers see what was changed
    if len(changed) > MOST_ROWS:
        secrets.SystemRandom().shuffle(changed)  # which rows go together must not say whose they are
    while len(changed) > MOST_ROWS:  # ten thousand ideas dealt at once are not one row of a table
        _write(MORE_ROWS, thing, actor, changed[:MOST_ROWS], (), {"of": kind})
        changed = changed[MOST_ROWS:]
    return _write(kind, thing, actor, changed, gone, data)


def _write(
    kind: str,
    thing: HasId,
    actor: Actor | None,
    rows: Iterable[HasId],
    gone: Iterable[HasId],
    data: dict[str, Any],
) -> Event:
    found = facts_about([thing, *rows], gone)
    event = Event(
        at=now(),
        actor_id=actor.id if actor else None,
        kind=kind,
        object_type=object_type(thing),
        object_id=thing.id,
        campaign_id=thing.id if object_type(thing) == "campaigns" else getattr(thing, "campaign_id", None),
        data=json.loads(json.dumps(data)),  # as it will be read again: the leaf is of that
        request_id=request_id.get(),
        facts=found.rows,
        shown=found.shown,
        salt=secrets.token_hex(32),
        private_salt=secrets.token_hex(32),
    )
    canonical([event.data, event.facts, event.shown])  # refuses what another machine might write otherwise
    event.leaf = leaf_hash(event.salt, payload(event))
    db.session.add(event)
    db.session.flush()
    db.session.add(Outbox(event_id=event.id, due_at=event.at))
    return event
