"""Who sits on a round's panel and who leads it: what the permissions of the desk and the council ask."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.db import db
from app.judging.models import PanelMember


class Seats(NamedTuple):
    """The people of a panel, by account."""

    campaign_id: int
    member_ids: Collection[int]
    presider_ids: Collection[int]  # chair and secretary


def seats_of(round_: Round) -> Seats:
    """One query."""
    rows = db.session.execute(
        sa.select(PanelMember.judge_id, PanelMember.is_chair, PanelMember.is_secretary).where(
            PanelMember.round_id == round_.id
        )
    ).all()
    return Seats(
        round_.campaign_id,
        {row.judge_id for row in rows},
        {row.judge_id for row in rows if row.is_chair or row.is_secretary},
    )
