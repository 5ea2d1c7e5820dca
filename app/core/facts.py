"""What a row of record says, as plain values: kept in the event of every change, compared with the table later.

A feature registers its tables once:

    @facts_of(Conflict)
    def conflicts(ids: Sequence[int]) -> Iterator[Fact]: …

and names in each command the rows that it changed: `record(kind, thing, actor, rows=…, gone=…)`. A row that only lives
inside another one, such as a mark on a sheet, is part of that one's facts. What is left out, and why, stands in
tests/audit/test_on_record.py, which knows every table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.canonical import canonical
from app.core.db import Base, db

AT_ONCE = 2000


class Fact(NamedTuple):
    """A row on record. `shown` is the part of it that may be published, None when nothing may."""

    id: int
    values: dict[str, Any]
    shown: dict[str, Any] | None = None


class Facts(NamedTuple):
    """[table, id, values] of every row, values None for one that is about to go; and what of them may be published."""

    rows: list[list[Any]]
    shown: list[dict[str, Any]]


Reader = Callable[[Sequence[int]], Iterable[Fact]]

READERS: dict[str, Reader] = {}
MODELS: dict[str, type[Base]] = {}


def facts_of(model: type[Base]) -> Callable[[Reader], Reader]:
    """Registers the reader of a table. It leaves out rows that are not on record yet, such as drafts."""

    def registered(reader: Reader) -> Reader:
        READERS[model.__tablename__] = reader
        MODELS[model.__tablename__] = model
        return reader

    return registered


def facts_about(rows: Iterable[Any], gone: Iterable[Any]) -> Facts:
    """What the tables say now of these rows. Those in `gone` must still be there: they are deleted afterwards."""
    going = dict.fromkeys(_key(row) for row in gone)
    wanted: dict[str, dict[int, None]] = {}
    for table, id_ in [*(_key(row) for row in rows), *going]:
        if table in READERS:
            wanted.setdefault(table, {})[id_] = None
    found = Facts([], [])
    for table, ids in wanted.items():
        for fact in read(table, list(ids)):
            is_going = (table, fact.id) in going
            found.rows.append([table, fact.id, None if is_going else fact.values])
            if fact.shown is not None:
                found.shown.append({**fact.shown, "state": "gone"} if is_going else fact.shown)
    found.shown.sort(key=canonical)  # in the order of ids it would say in which order a panel was listed
    return found


def read(table: str, ids: Sequence[int]) -> Iterator[Fact]:
    """The rows of a table on record among these, by id."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        yield from sorted(READERS[table](some), key=lambda fact: fact.id)


def read_all(table: str) -> Iterator[Fact]:
    """Every row of a table that is on record."""
    model: Any = MODELS[table]
    yield from read(table, list(db.session.scalars(sa.select(model.id).order_by(model.id))))


def published_as(what: str, round_key: str, id_: str, value: Any) -> dict[str, Any]:
    """The part of a row that a bundle shows beside the sheets: one value, under a name that its round knows it by."""
    return {"round": round_key, "what": what, "id": id_, "value": value}


def instant(moment: datetime | None) -> str | None:
    """A moment in UTC to the microsecond: the same text before and after it was stored."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest(text: str) -> str:
    """Words a person typed stay out of the record; their hash tells whether they were changed."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _key(row: Any) -> tuple[str, int]:
    return str(type(row).__table__.name), int(row.id)
