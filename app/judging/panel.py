"""Who judges a round: joining the panel, leaving it, and what a judge confirms before the first sheet."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _, _l
from app.judging.codes import seat
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet
from app.judging.paper.models import PaperSheet
from app.judging.rules import SCORABLE, SheetState, require_unlocked
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
    """Take a judge off the panel. Submitted sheets stay; begun ones are void; untouched ones are dealt again."""
    require(actor, A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    held = (
        sa.select(Entry.idea_id)
        .join(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.judge_id == member.judge_id)
    )
    require_no_stake(actor, round_.campaign_id, set(db.session.scalars(held)))
    marked = sa.or_(
        sa.exists().where(Mark.sheet_id == ScoreSheet.id),
        sa.exists().where(PaperSheet.sheet_id == ScoreSheet.id),  # typed from paper, or its scan attached
    )
    rows = db.session.execute(
        sa.select(ScoreSheet, marked)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == round_.id,
            ScoreSheet.judge_id == member.judge_id,
            ScoreSheet.state.in_(SCORABLE),
        )
    ).all()
    begun = [sheet for sheet, has_marks in rows if has_marks or sheet.comment or sheet.touched_at]
    untouched = [sheet for sheet, has_marks in rows if not (has_marks or sheet.comment or sheet.touched_at)]
    for sheet in begun:
        sheet.state, sheet.reason = SheetState.VOID, _("Giám khảo rời vòng chấm.")
    record(
        "panel.changed",
        round_,
        actor,
        rows=begun,
        gone=[*untouched, member],
        judge_id=member.judge_id,
        code=member.code,
        added=False,
    )
    for row in (*untouched, member):
        db.session.delete(row)


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
