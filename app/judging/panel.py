"""Who judges a round: joining the panel, leaving it, and what a judge confirms before the first sheet."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _, _l
from app.judging.codes import seat
from app.judging.holding import unwritten, withdraw
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import SCORABLE, SheetState, require_unlocked
from app.judging.secretary.queries import secretary_of
from app.judging.stakes import require_no_stake, takes_part_in
from app.permissions import Action as A
from app.permissions import Role, can, require


def add_panel_member(
    actor: User,
    round_: Round,
    judge: User,
    *,
    max_sheets: int | None = None,
    expertise: Sequence[str] = (),
    is_chair: bool = False,
    is_secretary: bool = False,
) -> PanelMember:
    """Put a judge on the panel, under a code of its own.

    Authors of the campaign never judge in it; nor does anyone who can read who wrote what.
    """
    require(actor, A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    if not judge.holds(Role.JUDGE, campaign_id=round_.campaign_id):
        raise Invalid("judge_id", _l("Người này chưa có vai trò giám khảo."))
    if takes_part_in(judge, round_.campaign_id):
        raise Invalid("judge_id", _l("Người này là tác giả trong cuộc thi nên không chấm được."))
    if secretary_of(round_, judge) is not None:
        raise Invalid(
            "judge_id", _l("Người này đang là Thư ký không chấm của vòng. Gỡ ở trang Thư ký trước.")
        )
    if round_.blind and can(judge, A.QUEUE_READ):
        raise Invalid("judge_id", _l("Người này xem được tên tác giả nên không chấm được."))
    member = PanelMember(
        round_id=round_.id,
        judge_id=judge.id,
        is_chair=is_chair,
        is_secretary=is_secretary,
        max_sheets=max_sheets,
        expertise=list(expertise),
        **seat(round_, judge),
    )
    db.session.add(member)
    db.session.flush()
    record("panel.changed", round_, actor, rows=[member], judge_id=judge.id, added=True)
    return member


def remove_panel_member(actor: User, round_: Round, member: PanelMember) -> None:
    """Take a judge off the panel. Submitted sheets stay; begun ones are void; untouched ones go.

    Whatever the ideas then lack is dealt by the next assignment.
    """
    require(actor, A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    lock_row(round_)  # whoever is marking finishes first, so that what they write is seen here
    held = (
        sa.select(Entry.idea_id)
        .join(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.judge_id == member.judge_id)
    )
    require_no_stake(actor, round_.campaign_id, set(db.session.scalars(held)))
    rows = db.session.execute(
        sa.select(ScoreSheet, unwritten())
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == round_.id,
            ScoreSheet.judge_id == member.judge_id,
            ScoreSheet.state.in_(SCORABLE),
        )
    ).all()
    withdraw(actor, [sheet.id for sheet, is_unwritten in rows if is_unwritten])
    begun = [sheet for sheet, is_unwritten in rows if not is_unwritten]
    for sheet in begun:
        sheet.state, sheet.reason = SheetState.VOID, _("Giám khảo rời vòng chấm.")
    record(
        "panel.changed",
        round_,
        actor,
        rows=begun,
        gone=[member],
        judge_id=member.judge_id,
        code=member.code,
        added=False,
    )
    db.session.delete(member)


def set_load(
    actor: User, member: PanelMember, *, max_sheets: int | None, expertise: Sequence[str]
) -> PanelMember:
    """How many sheets a judge takes at most, and which topics they know; the next assignment follows it.

    Sheets that were begun stay with the judge, whatever the limit.
    """
    require(actor, A.ROUND_MANAGE, member)
    require_unlocked(member.round.state)
    member.max_sheets, member.expertise = max_sheets, list(expertise)
    record("panel.load_set", member, actor, judge_id=member.judge_id, max_sheets=max_sheets)
    return member


def appoint(actor: User, member: PanelMember, *, is_chair: bool, is_secretary: bool) -> PanelMember:
    """Say who leads the panel and who writes its minutes; also after the lock, when a chair falls ill."""
    require(actor, A.ROUND_MANAGE, member)
    if member.round.state is RoundState.CLOSED:
        raise WrongState(_l("Vòng chấm đã xong nên không đổi được nữa."))
    member.is_chair, member.is_secretary = is_chair, is_secretary
    record(
        "panel.appointed",
        member.round,
        actor,
        rows=[member],
        member_id=member.id,
        judge_id=member.judge_id,
        is_chair=is_chair,
        is_secretary=is_secretary,
    )
    return member


def confirm_rules(actor: User, member: PanelMember) -> PanelMember:
    """The judge has read the rules and declared what there is to declare."""
    require(actor, A.SHEET_READ, member)
    if member.confirmed_at is None:
        member.confirmed_at = now()
        record("panel.confirmed", member, actor)
    return member
