"""How the organisers' pages of a round begin: which round, and whose seat in it."""

from __future__ import annotations

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.db import db
from app.core.web import or_404
from app.judging import queries as judging
from app.judging.models import PanelMember
from app.permissions import Action as A
from app.permissions import require


def staff_round(round_id: int) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.ROUND_READ, round_)
    return round_


def seat_in(round_: Round, member_id: int) -> PanelMember:
    """A member of this round's panel; one of another round's is not there."""
    member: PanelMember = or_404(db.session.get(PanelMember, member_id))
    return or_404(member if member.round_id == round_.id else None)
