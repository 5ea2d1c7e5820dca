"""What a judge can hold against us: the leaf of a submitted sheet, and what is needed to find it in the bundle."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core import formats
from app.core.canonical import commitment
from app.core.db import db
from app.core.events import Event, Seal, payload, private_part
from app.judging.codes import public_name
from app.judging.models import PanelMember, ScoreSheet
from app.judging.rules import COUNTS

MOST_EVENTS = 100


class Receipt(NamedTuple):
    """Of one submitted sheet, as it counts now."""

    event: Event
    sealed: int | None  # its line among the leaves; None for the first moments
    head: str
    member: PanelMember | None  # None: the judge has left the panel
    sheet: ScoreSheet

    @property
    def short(self) -> str:
        return self.event.leaf[:16]

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Names of criteria and the marks that the leaf holds."""
        held = self.event.shown[0]["marks"]
        return [(one.name, formats.mark(held.get(one.key))) for one in self.sheet.criteria]

    @property
    def code(self) -> str:
        return str(self.event.shown[0]["judge"])

    def as_dict(self) -> dict[str, Any]:
        """What kiem_chung.py --bien-nhan reads; and the private part, by which the judge can prove the time."""
        event = self.event
        return {
            "loai": event.kind,
            "hien": event.shown,
            "muoi": event.salt,
            "rieng": payload(event)["private"],
            "la": event.leaf,
            "dong": self.sealed,
            "dau": self.head,
            "giam_khao": self._seat(),
            "phan_rieng": {"muoi": event.private_salt, "noi_dung": private_part(event)},
        }

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def _seat(self) -> dict[str, str]:
        if self.member is None or not self.member.salt:
            return {}
        return {
            "vong": public_name(self.sheet.entry.round),
            "ma": self.member.code,
            "ten": self.member.judge.full_name,
            "muoi": self.member.salt,
            "cam_ket": self.member.commitment,
        }

    @property
    def is_bound(self) -> bool:
        """Does the commitment still open to the judge's name? Not after the name was changed."""
        seat = self._seat()
        return bool(seat) and seat["cam_ket"] == commitment(
            seat["muoi"], seat["vong"], seat["ma"], seat["ten"]
        )


def receipt_of(sheet: ScoreSheet) -> Receipt | None:
    """None for a sheet that does not count, or one of before the record. Three queries."""
    if sheet.state is not COUNTS:
        return None
    event = _event_of(sheet)
    if event is None:
        return None
    seal = db.session.scalars(sa.select(Seal).where(Seal.event_id == event.id)).first()
    member = db.session.scalars(
        sa.select(PanelMember).where(
            PanelMember.round_id == sheet.entry.round_id, PanelMember.judge_id == sheet.judge_id
        )
    ).first()
    return Receipt(event, seal.number if seal else None, seal.head if seal else "", member, sheet)


def _event_of(sheet: ScoreSheet) -> Event | None:
    """The event that gave the sheet the marks it has: later ones about the same marks are none of the judge's."""
    events = db.session.scalars(
        sa.select(Event)
        .where(Event.object_type == ScoreSheet.__tablename__, Event.object_id == sheet.id)
        .order_by(Event.id.desc())
        .limit(MOST_EVENTS)
    )
    found = None
    for event in events:
        if not event.shown or event.shown[0]["state"] != COUNTS.value:
            break
        if found is not None and event.shown[0]["marks"] != found.shown[0]["marks"]:
            break
        found = event
    return found
