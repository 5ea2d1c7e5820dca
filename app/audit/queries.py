"""Who did what, when: timelines of one thing, and the audit page over everything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.audit import words
from app.audit.details import Detail, details_of
from app.campaigns.models import Campaign, Round
from app.core import formats
from app.core.clock import at_local, end_of
from app.core.db import db
from app.core.events import Event
from app.core.i18n import _
from app.core.text import fold
from app.ideas.models import Author, Idea
from app.initiatives.models import Initiative, Update
from app.judging.codes import LEFT
from app.moderation.models import Decision

MOST_ENTRIES = 200
PER_PAGE = 50


class TimelineEntry(NamedTuple):
    """One line of a history, in words."""

    at: datetime
    text: Any
    detail: str
    actor: Any
    drawing: str


def timeline(object_type: str, object_id: int, *, public: bool = False) -> list[TimelineEntry]:
    """What happened to a thing, newest first. For everybody: public steps only, without anybody's name."""
    events = db.session.scalars(
        sa.select(Event).where(_about(object_type, object_id)).order_by(Event.id.desc()).limit(MOST_ENTRIES)
    ).all()
    if public:
        events = [event for event in events if words.of(event.kind).public]
    updates = _updates(events)
    reasons = {} if public else _reasons(events)
    names = {} if public else names_of({event.actor_id for event in events if event.actor_id})
    entries = []
    for event in events:
        update = updates.get(event.data.get("update_id", 0))
        if public and update is not None and not update.is_public:
            continue
        entries.append(
            TimelineEntry(
                at=event.at,
                text=words.of(event.kind).text,
                detail=_detail(event, update, reasons),
                actor="" if public else actor_name(event.actor_id, names),
                drawing=words.of(event.kind).drawing,
            )
        )
    return entries


def _about(object_type: str, object_id: int) -> sa.ColumnElement[bool]:
    """Events of the thing itself, and of what belongs to it: an idea's team, and the initiative it became."""
    own = sa.and_(Event.object_type == object_type, Event.object_id == object_id)
    if object_type != Idea.__tablename__:
        return own
    team = sa.select(Author.id).where(Author.idea_id == object_id)
    became = sa.select(Initiative.id).where(Initiative.source_idea_id == object_id)
    return sa.or_(
        own,
        sa.and_(Event.object_type == Author.__tablename__, Event.object_id.in_(team)),
        sa.and_(
            Event.object_type == Initiative.__tablename__,
            Event.kind == "initiative.received",
            Event.object_id.in_(became),
        ),
    )


class _Said(NamedTuple):
    text: str
    is_public: bool


def _updates(events: Sequence[Event]) -> dict[int, _Said]:
    ids = {event.data["update_id"] for event in events if event.data.get("update_id")}
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Update.id, Update.text, Update.is_public).where(Update.id.in_(ids)))
    return {id_: _Said(text, is_public) for id_, text, is_public in rows}


def _reasons(events: Sequence[Event]) -> dict[int, str]:
    ids = {event.data["decision_id"] for event in events if event.data.get("decision_id")}
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Decision.id, Decision.reason).where(Decision.id.in_(ids)))
    return dict(rows.all())


def _detail(event: Event, update: _Said | None, reasons: dict[int, str]) -> str:
    if update is not None:
        return update.text
    reason = reasons.get(event.data.get("decision_id", 0))
    if reason:
        return reason
    if event.kind == "idea.submitted" and event.data.get("version"):
        return _("Phiên bản %(n)s", n=event.data["version"])
    if event.kind == "campaign.deadline_moved":
        before, after = (
            formats.deadline(datetime.fromisoformat(event.data[key])) for key in ("before", "after")
        )
        return _(
            "Từ %(before)s thành %(after)s. %(reason)s",
            before=before,
            after=after,
            reason=event.data["reason"],
        )
    return ""


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Names of many people in one query."""
    if not user_ids:
        return {}
    rows = db.session.execute(sa.select(User.id, User.full_name).where(User.id.in_(user_ids)))
    return dict(rows.all())


def actor_name(actor_id: int | None, names: dict[int, str]) -> Any:
    """Who did it: the system when nobody did, a stand-in for a person whose name was erased."""
    if actor_id is None:
        return words.SYSTEM
    return names.get(actor_id) or words.NOBODY_LEFT


class Filters(NamedTuple):
    """What the audit page was asked for; None and "" ask for everything."""

    kind: str = ""
    person: str = ""  # a number of an account, or part of a name or address
    object_type: str = ""
    object_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    request_id: str = ""


class AuditRow(NamedTuple):
    """One event on the audit page."""

    id: int
    at: datetime
    kind: str
    text: Any
    actor_id: int | None
    actor: Any
    object_type: str
    object_id: int
    thing: Any
    label: str
    data: dict[str, Any]
    details: list[Detail]
    request_id: str


def audit(
    filters: Filters, *, before: int | None = None, limit: int = PER_PAGE
) -> tuple[list[AuditRow], int | None]:
    """Events newest first, and the key to go on from. Paged by key, so that page 1,000 costs as much as page 1."""
    statement = sa.select(Event).where(*_conditions(filters)).order_by(Event.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Event.id < before)
    events = list(db.session.scalars(statement))
    more = len(events) > limit
    events = events[:limit]
    names = names_of({event.actor_id for event in events if event.actor_id})
    labels = labels_of(events)
    rows = [
        AuditRow(
            id=event.id,
            at=event.at,
            kind=event.kind,
            text=words.of(event.kind).text,
            actor_id=event.actor_id,
            actor=actor_name(event.actor_id, names),
            object_type=event.object_type,
            object_id=event.object_id,
            thing=words.thing(event.object_type),
            label=labels.get((event.object_type, event.object_id)) or f"#{event.object_id}",
            data=data,
            details=details_of(data),
            request_id=event.request_id,
        )
        for event, data in ((event, _readable(event)) for event in events)
    ]
    return rows, rows[-1].id if more else None


def _readable(event: Event) -> dict[str, Any]:
    """Its data without what nobody here may know: which code a judge had who left a panel."""
    return {key: value for key, value in event.data.items() if (event.kind, key) != (LEFT, "code")}


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if filters.kind:
        wanted.append(Event.kind == filters.kind)
    if filters.person:
        wanted.append(_by_person(filters.person))
    if filters.object_type:
        wanted.append(Event.object_type == filters.object_type)
    if filters.object_id is not None:
        wanted.append(Event.object_id == filters.object_id)
    if filters.first_day:
        wanted.append(Event.at >= at_local(filters.first_day, time.min))
    if filters.last_day:
        wanted.append(Event.at <= end_of(filters.last_day))
    if filters.request_id:
        wanted.append(Event.request_id == filters.request_id)
    return wanted


def _by_person(text: str) -> sa.ColumnElement[bool]:
    if text.isascii() and text.isdecimal():
        return Event.actor_id == int(text[:9])
    people = sa.select(User.id)
    for word in fold(text).split():
        people = people.where(User.search_text.contains(word, autoescape=True))
    return Event.actor_id.in_(people)


# What a thing is recognised by; the rest go by their number.
_LABELS: dict[str, tuple[Any, Any]] = {
    "ideas": (Idea.id, Idea.code),
    "initiatives": (Initiative.id, Initiative.code),
    "campaigns": (Campaign.id, Campaign.name),
    "rounds": (Round.id, Round.name),
    "users": (User.id, User.full_name),
}


def labels_of(events: Sequence[Event]) -> dict[tuple[str, int], str]:
    """Codes and names of the things, one query a kind of thing."""
    found: dict[tuple[str, int], str] = {}
    for object_type, (key, label) in _LABELS.items():
        ids = {event.object_id for event in events if event.object_type == object_type}
        if ids:
            for id_, words_ in db.session.execute(sa.select(key, label).where(key.in_(ids))):
                found[object_type, id_] = words_ or ""
    return found


def label_of(object_type: str, object_id: int) -> str:
    """The code or name of one thing, its number where it has none."""
    key, label = _LABELS.get(object_type, (None, None))
    found = None if key is None else db.session.scalar(sa.select(label).where(key == object_id))
    return found or f"#{object_id}"


def kinds() -> list[str]:
    """Kinds that have happened, for the filter."""
    return list(db.session.scalars(sa.select(Event.kind).distinct().order_by(Event.kind)))
