"""What a bundle shows of the record: each event about a sheet with what its leaf is taken of; leaves and heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.db import db
from app.core.events import Event, PublishedHead, Seal, payload
from app.core.facts import instant, read
from app.judging.models import Entry, ScoreSheet
from app.results.bundle.contents import Judged, points

SHEET_COLUMNS = (
    "so", "thu_tu", "loai", "vong", "bai", "giam_khao", "trang_thai", "diem", "muoi", "rieng", "la",
)  # fmt: skip


class Sheets(NamedTuple):
    """phan_cong.csv and phieu.csv: the sheets as the tables have them, and every event about them."""

    assigned: list[list[Any]]
    events: list[list[Any]]
    erased: list[str]  # leaves whose payload a law took away


def sheets(rounds: Sequence[Judged], campaign_id: int) -> Sheets:
    keys = {one.round.key for one in rounds}
    events: list[list[Any]] = [list(SHEET_COLUMNS)]
    last: dict[tuple[str, str, str], tuple[str, dict[str, int]]] = {}
    erased: dict[int, tuple[int, str]] = {}  # sheet → line and leaf of its erased event
    numbers: dict[str, int] = {}
    rows = db.session.execute(
        sa.select(Seal.number, Event)
        .join(Event, Event.id == Seal.event_id)
        .where(Event.campaign_id == campaign_id)
        .order_by(Seal.number),
        execution_options={"yield_per": 500},
    )
    for number, event in rows:
        numbers[event.leaf] = number
        if event.kind == "record.erased":
            leaf = event.data.get("leaf", "")
            for table, id_ in event.data.get("touched", []):
                if table == ScoreSheet.__tablename__:
                    erased[id_] = (numbers.get(leaf, 0), leaf)
        if not event.shown or event.shown[0].get("round") not in keys:
            continue
        private = payload(event)["private"]
        for place, shown in enumerate(event.shown):
            last[_key(shown)] = (shown["state"], shown["marks"])
            events.append(_line(number, place, event.kind, shown, event.salt, private, event.leaf))
    assigned: list[list[Any]] = [["vong", "bai", "giam_khao", "trang_thai"]]
    for sheet_id, shown in _held(rounds):
        assigned.append([*_key(shown), shown["state"]])
        if last.get(_key(shown)) != (shown["state"], shown["marks"]):
            number, leaf = erased.get(sheet_id, (0, ""))
            events.append(_line(number, 0, "", shown, "", "", leaf))
    return Sheets(assigned, events, sorted({leaf for _number, leaf in erased.values()}))


def _held(rounds: Sequence[Judged]) -> Iterator[tuple[int, dict[str, Any]]]:
    ids = db.session.scalars(
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id.in_([one.round.id for one in rounds]))
        .order_by(Entry.round_id, Entry.judging_code, ScoreSheet.id)
    ).all()
    for fact in read(ScoreSheet.__tablename__, ids):
        if fact.shown is not None:
            yield fact.id, fact.shown


def _key(shown: dict[str, Any]) -> tuple[str, str, str]:
    return shown["round"], shown["idea"], shown["judge"]


def _line(
    number: int, place: int, kind: str, shown: dict[str, Any], salt: str, private: str, leaf: str
) -> list[Any]:
    return [number, place, kind, *_key(shown), shown["state"], points(shown["marks"]), salt, private, leaf]


def leaves() -> list[str]:
    """la.txt: every leaf there is, in the order of sealing."""
    return list(db.session.scalars(sa.select(Seal.leaf).order_by(Seal.number)))


def heads(origin: str, last: int, erased: Sequence[str]) -> dict[str, Any]:
    """dinh.json: heads that left the building, and the one that this bundle ends with."""
    rows = db.session.scalars(
        sa.select(PublishedHead)
        .where(PublishedHead.number <= last)
        .order_by(PublishedHead.number, PublishedHead.id)
    )
    end = db.session.scalar(sa.select(Seal.head).where(Seal.number == last))
    return {
        "nguon": origin,
        "dinh": [
            {
                "so": head.number,
                "dinh": head.head,
                "vi": head.reason.value,
                "luc": instant(head.published_at),
                "noi": head.where,
            }
            for head in rows
        ],
        "cuoi": {"so": last, "dinh": end},
        "xoa": list(erased),
    }
