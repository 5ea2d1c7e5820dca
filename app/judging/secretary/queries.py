"""Reads of secretaries: of a round, and the rounds of a person."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.db import db
from app.ideas.consent import GONE
from app.judging.models import PanelMember, Secretary


class SecretaryRow(NamedTuple):
    """A secretary as a page names them."""

    name: str
    secretary_id: int | None  # of somebody who does not mark
    member_id: int | None  # of a judge of the panel


def secretary_of(round_: Round, person: User) -> Secretary | None:
    """Their duty in a round they mark nothing in."""
    return db.session.scalars(
        sa.select(Secretary).where(Secretary.round_id == round_.id, Secretary.person_id == person.id)
    ).first()


def by_id(round_: Round, secretary_id: int) -> Secretary | None:
    return db.session.scalars(
        sa.select(Secretary)
        .where(Secretary.round_id == round_.id, Secretary.id == secretary_id)
        .options(joinedload(Secretary.person))
    ).first()


def beside_the_panel(round_id: int) -> list[tuple[int, str]]:
    """(account, name) of the secretaries who do not mark. One query."""
    rows = db.session.execute(
        sa.select(User.id, User.full_name)
        .join(Secretary, Secretary.person_id == User.id)
        .where(Secretary.round_id == round_id)
        .order_by(Secretary.id)
    )
    return [(person_id, name or GONE) for person_id, name in rows]


def secretaries_of(round_: Round) -> list[SecretaryRow]:
    """All of a round, judges of the panel first. Two queries."""
    judges = db.session.execute(
        sa.select(User.full_name, PanelMember.id)
        .join(PanelMember, PanelMember.judge_id == User.id)
        .where(PanelMember.round_id == round_.id, PanelMember.is_secretary.is_(True))
        .order_by(PanelMember.id)
    )
    beside = db.session.execute(
        sa.select(User.full_name, Secretary.id)
        .join(Secretary, Secretary.person_id == User.id)
        .where(Secretary.round_id == round_.id)
        .order_by(Secretary.id)
    )
    return [
        *(SecretaryRow(name or GONE, None, member_id) for name, member_id in judges),
        *(SecretaryRow(name or GONE, secretary_id, None) for name, secretary_id in beside),
    ]
