"""Who sits on a round's panel, who leads it, who keeps its papers: what permissions of desk and council ask."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.db import db
from app.judging.models import PanelMember, Secretary


class Seats(NamedTuple):
    """The people of a panel, by account."""

    campaign_id: int
    member_ids: Collection[int]
    presider_ids: Collection[int]  # chair and secretaries, those who do not mark among them


def seats_of(round_: Round) -> Seats:
    """One query."""
    panel = sa.select(
        PanelMember.judge_id, sa.or_(PanelMember.is_chair, PanelMember.is_secretary), sa.true()
    ).where(PanelMember.round_id == round_.id)
    beside = sa.select(Secretary.person_id, sa.true(), sa.false()).where(Secretary.round_id == round_.id)
    rows = [tuple(row) for row in db.session.execute(sa.union_all(panel, beside))]
    return Seats(
        round_.campaign_id,
        {person_id for person_id, _presides, marks in rows if marks},
        {person_id for person_id, presides, _marks in rows if presides},
    )
