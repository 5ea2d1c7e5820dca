"""Does the whole record hold: the chain, the heads that left the building, and the tables against their events?

Without the last of these a changed mark would pass: the chain only says that events were not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.audit import sealing
from app.audit.sealing import READ, Link
from app.core import facts
from app.core.chain import BEGINNING
from app.core.db import db
from app.core.events import Event, PublishedHead

HEAD_PUBLISHED = "head.published"
ADOPTED = "record.adopted"
ERASED = "record.erased"  # names the leaf of the event whose payload a law took away


class Finding(NamedTuple):
    """One thing that does not hold. `seal` is the number of the event it goes against, None for one not sealed yet."""

    what: str  # chain, head, table
    why: str
    seal: int | None = None
    kind: str = ""
    table: str = ""
    row: int | None = None
    field: str = ""
    said: Any = None  # by the event
    found: Any = None  # in the table


class Head(NamedTuple):
    """A head somebody kept a copy of: whole, or its first characters."""

    number: int
    head: str
    source: str


class Verification(NamedTuple):
    """How all of it stands."""

    sealed: int
    waiting: int
    head: str
    heads: int  # how many published heads were compared
    rows: int  # how many rows on record were compared
    erased: int  # events whose payload a law took away
    adopted: int  # rows that were there before the record, and taken in later
    findings: list[Finding]


class _Said(NamedTuple):
    """What the last event about a row says of it; values None: the row is gone."""

    values: dict[str, Any] | None
    place: int  # of the event, among all
    seal: int | None
    kind: str


class _Erased(NamedTuple):
    place: int
    seal: int | None


class _Record:
    """Everything that the events say, gathered in their order."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, int], _Said] = {}
        self.erased: dict[str, _Erased] = {}  # by leaf: events without a payload
        self.excused: set[str] = set()  # leaves that an event of erasure names
        self.unknown: set[tuple[str, int]] = (
            set()
        )  # rows whose last event was erased: nothing to compare with
        self.copies: list[Head] = []  # heads that the chain itself says were published
        self.adopted = 0
        self.findings: list[Finding] = []
        self._place = 0

    def add(self, event: Any, seal: int | None) -> None:
        self._place += 1
        if sealing.is_erased(event):
            self.erased[event.leaf] = _Erased(self._place, seal)
            return
        if event.kind == ERASED:
            self._excuse(event.data)
        if event.kind == ADOPTED:
            self.adopted += len(event.facts)
        if event.kind == HEAD_PUBLISHED:
            self.copies.append(Head(event.data.get("number", 0), event.data.get("head", ""), ""))
        for table, id_, values in event.facts:
            self.said[table, id_] = _Said(values, self._place, seal, event.kind)
            self.unknown.discard((table, id_))

    def _excuse(self, data: dict[str, Any]) -> None:
        """Rows that the erased event was the last to speak of are left alone; older words on them no longer hold."""
        gone = self.erased.get(data.get("leaf", ""))
        if gone is None:
            return
        self.excused.add(data["leaf"])
        for table, id_ in data.get("touched", []):
            said = self.said.get((table, id_))
            if said is None or said.place < gone.place:
                self.said.pop((table, id_), None)
                self.unknown.add((table, id_))


def verify(copies: Iterable[Head] = ()) -> Verification:
    """Everything, from one moment's snapshot of the database. `copies`: heads that somebody kept outside."""
    db.session.rollback()
    if not db.is_sqlite:  # on SQLite a read transaction is a snapshot by itself
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        return _verify(copies)
    finally:
        db.session.rollback()


def _verify(copies: Iterable[Head]) -> Verification:
    record, last = _Record(), Link(0, BEGINNING, None, "", 0)
    copies = [*published(), *copies]
    at = {0: BEGINNING}
    for last in sealing.links():
        if last.why:
            record.findings.append(
                Finding("chain", last.why, last.broken_at, getattr(last.event, "kind", ""))
            )
        at[last.number] = last.head
        if last.event is not None:
            record.add(last.event, last.number)
    waiting = db.session.execute(sa.select(*READ).where(sealing.unsealed()).order_by(Event.id)).all()
    for event in waiting:
        if not (sealing.is_erased(event) or sealing.holds(event)):
            record.findings.append(Finding("chain", "changed event", None, event.kind))
        record.add(event, None)
    record.findings += [
        Finding("chain", "erased without a reason", one.seal)
        for leaf, one in record.erased.items()
        if leaf not in record.excused
    ]  # fmt: skip
    copies = list(dict.fromkeys([*copies, *record.copies]))
    record.findings += _heads(copies, at, last.number)
    rows = _tables(record)
    return Verification(
        last.number,
        len(waiting),
        last.head,
        len(copies),
        rows,
        len(record.erased),
        record.adopted,
        record.findings,
    )


def published() -> list[Head]:
    rows = db.session.execute(
        sa.select(PublishedHead.number, PublishedHead.head).order_by(PublishedHead.number)
    )
    return [Head(number, head, "") for number, head in rows]


def _heads(copies: Iterable[Head], at: dict[int, str], last: int) -> Iterator[Finding]:
    for copy in copies:
        if copy.number not in at:
            why = "tail cut" if copy.number > last else "no seal for head"
            yield Finding("head", why, copy.number, said=copy.head, found=last, table=copy.source)
        elif not at[copy.number].startswith(copy.head):
            yield Finding(
                "head", "other head", copy.number, said=copy.head, found=at[copy.number], table=copy.source
            )


def _tables(record: _Record) -> int:
    """Compare both ways: rows with what the events said of them, then what they said of rows that are not there."""
    compared = 0
    left = dict(record.said)
    for table in sorted(facts.READERS):
        for fact in facts.read_all(table):
            compared += 1
            said = left.pop((table, fact.id), None)
            if (table, fact.id) in record.unknown:
                continue
            if said is None:
                record.findings.append(Finding("table", "row without event", table=table, row=fact.id))
            elif said.values is None:
                record.findings.append(Finding("table", "row back", said.seal, said.kind, table, fact.id))
            elif said.values != fact.values:
                record.findings += _differences(table, fact, said)
    for (table, id_), said in left.items():
        if said.values is not None and table in facts.READERS:
            record.findings.append(Finding("table", "row gone", said.seal, said.kind, table, id_))
    return compared


def _differences(table: str, fact: facts.Fact, said: _Said) -> Iterator[Finding]:
    """Field by field; of a column younger than the event nothing was said (`flask audit adopt` takes it in)."""
    assert said.values is not None
    for name in sorted(said.values):
        before, now = said.values.get(name), fact.values.get(name)
        if before == now:
            continue
        if isinstance(before, dict) and isinstance(now, dict):
            for part in sorted(before.keys() | now.keys()):
                if before.get(part) != now.get(part):
                    where = f"{name}.{part}"
                    yield Finding(
                        "table", "other value", said.seal, said.kind, table, fact.id, where,
                        before.get(part), now.get(part),
                    )  # fmt: skip
        else:
            yield Finding("table", "other value", said.seal, said.kind, table, fact.id, name, before, now)
