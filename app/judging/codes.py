"""Codes of judges: drawn for a round, never given to another, and bound to the name by a commitment."""

from __future__ import annotations

import secrets
from collections.abc import Collection

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.canonical import commitment
from app.core.db import db
from app.core.events import Event
from app.judging.models import PanelMember

LEFT = "panel.changed"  # its data name the judge who left, and the code
UNKNOWN = "GK?"


def seat(round_: Round, judge: User) -> dict[str, str]:
    """Code, salt and commitment of a new member of the panel. Who comes back gets the code of before."""
    code = former_codes({round_.id}).get((round_.id, judge.id)) or _draw(round_)
    salt = secrets.token_hex(32)
    bound = commitment(salt, public_name(round_), code, judge.full_name)
    return {"code": code, "salt": salt, "commitment": bound}


def public_name(round_: Round) -> str:
    """A round as everybody can name it: the address of its campaign, and its key."""
    return f"{round_.campaign.slug}/{round_.key}"


def former_codes(round_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """(round, judge) → code, of judges who left a panel; their submitted sheets still count."""
    if not round_ids:
        return {}
    rows = db.session.execute(
        sa.select(Event.object_id, Event.data)
        .where(Event.object_type == Round.__tablename__, Event.object_id.in_(round_ids), Event.kind == LEFT)
        .order_by(Event.id)
    )
    return {(round_id, data["judge_id"]): data["code"] for round_id, data in rows if data.get("code")}


def codes_of(round_: Round) -> dict[int, str]:
    """Judge → code, of everybody who ever sat on the panel of a round. Two queries."""
    return {judge: code for (_round, judge), code in codes_in({round_.id}).items()}


class Codes(dict[tuple[int, int], str]):
    """(round, judge) → code. A judge of whose seat nothing is on record has one that says so."""

    def __missing__(self, key: tuple[int, int]) -> str:
        return UNKNOWN


def codes_in(round_ids: Collection[int]) -> Codes:
    """The codes of everybody who ever sat on the panels of these rounds. Two queries."""
    rows = db.session.execute(
        sa.select(PanelMember.round_id, PanelMember.judge_id, PanelMember.code).where(
            PanelMember.round_id.in_(round_ids)
        )
    )
    here = {(round_id, judge_id): code for round_id, judge_id, code in rows}
    return Codes({**former_codes(round_ids), **here})


def in_order(code: str) -> tuple[int, str]:
    """GK2 before GK10: the key to sort codes by."""
    return len(code), code


def _draw(round_: Round) -> str:
    """GK and a number, drawn: the code must not follow the order in which the panel was listed."""
    taken = set(codes_of(round_).values())
    free = [f"GK{n}" for n in range(1, len(taken) + 21) if f"GK{n}" not in taken]
    return secrets.choice(free)
