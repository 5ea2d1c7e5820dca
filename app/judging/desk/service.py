"""What the chair does while judging runs: a word to judges whose sheets wait."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import local, now, today
from app.core.db import db
from app.core.errors import WrongState
from app.core.events import record
from app.core.i18n import _l
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import SCORABLE, require_open
from app.judging.seats import seats_of
from app.permissions import Action as A
from app.permissions import require


def remind_judges(actor: User, round_: Round, *, member_id: int | None = None) -> list[int]:
    """Write to every judge whose sheets wait, or to one of them; at most once a day each. Returns their ids.

    Raises WrongState when there is nobody left to write to today.
    """
    require(actor, A.JUDGE_REMIND, seats_of(round_))
    require_open(round_.state)
    waiting = (
        sa.exists()
        .where(ScoreSheet.judge_id == PanelMember.judge_id, ScoreSheet.state.in_(SCORABLE))
        .where(ScoreSheet.entry_id == Entry.id, Entry.round_id == round_.id)
    )
    lagging = (
        sa.select(PanelMember)
        .where(PanelMember.round_id == round_.id, waiting)
        .order_by(PanelMember.id)
        .with_for_update()  # two who press at once: the second finds it done
    )
    if member_id is not None:
        lagging = lagging.where(PanelMember.id == member_id)
    members = [member for member in db.session.scalars(lagging) if not reminded_today(member)]
    if not members:
        raise WrongState(_l("Hôm nay đã nhắc rồi, hoặc không còn phiếu nào chờ."))
    for member in members:
        member.reminded_at = now()
    judge_ids = [member.judge_id for member in members]
    record(
        "judges.reminded",
        round_,
        actor,
        judge_ids=judge_ids,
        member_ids=[member.id for member in members],
        reminded_at=now().isoformat(),
    )
    return judge_ids


def reminded_today(member: PanelMember) -> bool:
    return member.reminded_at is not None and local(member.reminded_at).date() == today()
