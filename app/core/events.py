"""What happened, in order, for ever; and the outbox row that makes the outside world follow.

An event holds ids, never personal data: a person may be erased, the record stands.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, db, moment, pk

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
    """Place of an event in the chain: hash = SHA-256(previous hash ‖ canonical JSON of the event)."""

    __tablename__ = "seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), unique=True)
    hash: Mapped[str] = mapped_column(sa.String(64))
    sealed_at: Mapped[moment]


class HasId(Protocol):
    id: Any


class Actor(Protocol):
    @property
    def id(self) -> Any: ...


def object_type(thing: HasId) -> str:
    """The table's name: what an event calls the thing it is about."""
    return str(type(thing).__table__.name)  # type: ignore[attr-defined]


def record(kind: str, thing: HasId, actor: Actor | None, **data: Any) -> Event:
    """Add the event and its outbox row to the transaction. Called once, last, in a command."""
    db.session.flush()  # a new thing has its id only now
    event = Event(
        at=now(),
        actor_id=actor.id if actor else None,
        kind=kind,
        object_type=object_type(thing),
        object_id=thing.id,
        campaign_id=thing.id if object_type(thing) == "campaigns" else getattr(thing, "campaign_id", None),
        data=data,
        request_id=request_id.get(),
    )
    db.session.add(event)
    db.session.flush()
    db.session.add(Outbox(event_id=event.id, due_at=event.at))
    return event
