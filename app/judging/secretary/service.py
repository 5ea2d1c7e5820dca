"""Appointing whoever keeps the papers of a council, and relieving them."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _l
from app.judging import panel
from app.judging.models import PanelMember, Secretary
from app.judging.stakes import takes_part_in
from app.permissions import Action as A
from app.permissions import granted, require


def appoint_secretary(actor: User, round_: Round, person: User | None) -> Secretary | PanelMember:
    """A judge of the panel, or somebody of the staff: who marks nothing never votes.

    Also after the lock, when a secretary falls ill. Authors of the campaign are no secretaries in it.
    """
    require(actor, A.ROUND_MANAGE, round_)
    _not_closed(round_)
    if person is None:
        raise Invalid("person_id", _l("Chọn người làm Thư ký."))
    member = db.session.scalars(
        sa.select(PanelMember).where(PanelMember.round_id == round_.id, PanelMember.judge_id == person.id)
    ).first()
    if member is not None:
        return panel.appoint(actor, member, is_chair=member.is_chair, is_secretary=True)
    if not granted(person, A.SECRETARY_SERVE, round_):
        raise Invalid("person_id", _l("Thư ký là giám khảo của vòng, người kiểm duyệt hoặc cán bộ phường."))
    if takes_part_in(person, round_.campaign_id):
        raise Invalid("person_id", _l("Người này là tác giả trong cuộc thi nên không làm Thư ký được."))
    secretary = Secretary(
        round_id=round_.id, person_id=person.id, appointed_by_id=actor.id, appointed_at=now()
    )
    db.session.add(secretary)
    db.session.flush()
    record("secretary.appointed", round_, actor, rows=[secretary], person_id=person.id)
    return secretary


def relieve_secretary(actor: User, round_: Round, secretary: Secretary) -> None:
    """From now on they read and write nothing of this council; what they wrote stays."""
    require(actor, A.ROUND_MANAGE, round_)
    _not_closed(round_)
    record("secretary.relieved", round_, actor, gone=[secretary], person_id=secretary.person_id)
    db.session.delete(secretary)


def _not_closed(round_: Round) -> None:
    if round_.state is RoundState.CLOSED:
        raise WrongState(_l("Vòng chấm đã xong nên không đổi được nữa."))
