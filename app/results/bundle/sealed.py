"""What a bundle shows of the record: each event about a sheet with what its leaf is taken of; leaves and heads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.db import db
from app.core.events import Event, PublishedHead, Seal, payload
from app.core.facts import instant, read
from app.judging.models import Entry, ScoreSheet
from app.results.bundle.contents import Judged, points
from app.results.models import Publication

SHEET_COLUMNS = (
    "so", "thu_tu", "loai", "vong", "bai", "giam_khao", "trang_thai", "diem", "muoi", "rieng", "la",
)  # fmt: skip
OTHER_COLUMNS = ("so", "thu_tu", "loai", "hien", "muoi", "rieng", "la")


class Sheets(NamedTuple):
    """The sheets as the tables have them, every event about them, and every event about what else is published."""

    assigned: list[list[Any]]
    events: list[list[Any]]
    others: list[list[Any]]
    erased: list[str]  # leaves whose payload a law took away


def last_seal(publication: Publication) -> int:
    """Where the bundle ends: at the head that left with the publication, whatever was done since.

    So a bundle made late, or anew after an appeal, is still the one of this publication.
    """
    left = db.session.scalar(
        sa.select(PublishedHead.number)
        .join(Event, Event.id == PublishedHead.event_id)
        .where(
            Event.kind == "results.published",
            Event.object_type == Publication.__tablename__,
            Event.object_id == publication.id,
        )
    )
    return left or db.session.scalar(sa.select(sa.func.max(Seal.number))) or 0


def sheets(rounds: Sequence[Judged], campaign_id: int, last: int) -> Sheets:
    """Up to the seal `last`, in the order of sealing; a sheet that the law took an event of has a line for it."""
    keys = {one.round.key for one in rounds}
    found = Sheets([["vong", "bai", "giam_khao", "trang_thai"]], [], [], [])
    known: dict[tuple[str, str, str], dict[str, Any]] = {}  # what the events say of each sheet
    later: set[tuple[str, str, str]] = set()  # sheets that were changed after the end of this bundle
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
        leaf = event.data.get("leaf", "") if event.kind == "record.erased" else ""
        if 0 < numbers.get(leaf, 0) <= last:
            found.erased.append(leaf)
            erased.update(dict.fromkeys(_sheets_among(event.data["touched"]), (numbers[leaf], leaf)))
        if not any(shown["round"] in keys for shown in event.shown):
            continue
        if number > last:
            later.update(_key(shown) for shown in event.shown if _is_sheet(shown))
            continue
        private = payload(event)["private"]
        for place, shown in enumerate(event.shown):
            proof = (event.salt, private, event.leaf)
            if _is_sheet(shown):
                known[_key(shown)] = shown
                found.events.append(_line(number, place, event.kind, shown, *proof))
            else:
                found.others.append([number, place, event.kind, _compact(shown), *proof])
    for sheet_id, held in _held(rounds):
        key = _key(held)
        said = known.get(key)
        if key in later and said is None:
            continue  # it was dealt after the end of this bundle
        shown = said if said is not None and key in later else held
        found.assigned.append([*key, shown["state"]])
        if said != shown or sheet_id in erased:
            number, leaf = erased.get(sheet_id, (0, ""))
            found.events.append(_line(number, 0, "", shown, "", "", leaf))
    found.events.sort(key=lambda line: (line[0], line[1]))
    return found


def _sheets_among(touched: Sequence[Sequence[Any]]) -> list[int]:
    return [id_ for table, id_ in touched if table == ScoreSheet.__tablename__]


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


def _is_sheet(shown: dict[str, Any]) -> bool:
    return "judge" in shown


def _key(shown: dict[str, Any]) -> tuple[str, str, str]:
    return shown["round"], shown["idea"], shown["judge"]


def _line(
    number: int, place: int, kind: str, shown: dict[str, Any], salt: str, private: str, leaf: str
) -> list[Any]:
    return [number, place, kind, *_key(shown), shown["state"], points(shown["marks"]), salt, private, leaf]


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaves(last: int) -> list[str]:
    """la.txt: every leaf up to the end of this bundle, in the order of sealing."""
    return list(db.session.scalars(sa.select(Seal.leaf).where(Seal.number <= last).order_by(Seal.number)))


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
