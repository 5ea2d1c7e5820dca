"""Which judge must not mark which entry: declared, detected, set by staff, handed back, or taken off."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts.models import Guardianship, User
from app.campaigns.models import Campaign, Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _l
from app.ideas.models import Author, Idea
from app.ideas.rules import AuthorState
from app.judging.models import Conflict, Entry, PanelMember, ScoreSheet, Secretary
from app.judging.rules import HOLDING, REASON_MAX_CHARS, ConflictKind, SheetState, enough_reason
from app.judging.stakes import conflicts_in, ideas_about, in_force, require_no_stake
from app.permissions import Action as A
from app.permissions import require


def declare_conflict(
    actor: User,
    judge: User,
    campaign: Campaign,
    *,
    reason: str,
    idea: Idea | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
) -> Conflict:
    """Say that a judge must not mark something: the judge for themselves, staff for anyone.

    Sheets of open rounds that it touches are taken off the judge at once, and count for nothing.
    """
    if actor.id == judge.id:
        require(actor, A.CONFLICT_DECLARE)
        kind = ConflictKind.DECLARED
    else:
        require(actor, A.ROUND_MANAGE, campaign)
        kind = ConflictKind.SET
        touched = ideas_about(
            campaign.id, idea_id=idea.id if idea else None, person_id=person_id, unit_id=unit_id
        )
        require_no_stake(actor, campaign.id, touched)
    if idea is None and person_id is None and unit_id is None:
        raise Invalid("about", _l("Chọn người, đơn vị hoặc bài có liên quan."))
    conflict = Conflict(
        judge_id=judge.id,
        campaign_id=campaign.id,
        kind=kind,
        idea_id=idea.id if idea else None,
        person_id=person_id,
        unit_id=unit_id,
        reason=reason,
        made_by_id=actor.id,
        made_at=now(),
    )
    db.session.add(conflict)
    db.session.flush()
    _take_off(actor, judge, campaign, reason)
    record("conflict.declared", conflict, actor)
    return conflict


def lift_conflict(actor: User, campaign: Campaign, conflict: Conflict, *, reason: str) -> Conflict:
    """Say that what staff set no longer holds. A row of its own: who set what, and why, stays on record.

    What a judge declared or handed back is not for staff to lift. Sheets that were void stay void.
    """
    require(actor, A.ROUND_MANAGE, campaign)
    touched = ideas_about(
        campaign.id, idea_id=conflict.idea_id, person_id=conflict.person_id, unit_id=conflict.unit_id
    )
    require_no_stake(actor, campaign.id, touched)
    # of two who lift at once, the second sees what the first has done
    db.session.execute(sa.select(Conflict.id).where(Conflict.id == conflict.id).with_for_update())
    if conflict not in set_and_held(conflicts_in(campaign.id)):
        raise WrongState(_l("Chỉ gỡ được quan hệ do Ban Tổ chức ghi và đang có hiệu lực."))
    lifted = Conflict(
        judge_id=conflict.judge_id,
        campaign_id=conflict.campaign_id,
        kind=ConflictKind.LIFTED,
        idea_id=conflict.idea_id,
        person_id=conflict.person_id,
        unit_id=conflict.unit_id,
        reason=enough_reason(reason),
        made_by_id=actor.id,
        made_at=now(),
    )
    db.session.add(lifted)
    db.session.flush()
    record("conflict.lifted", lifted, actor, set_id=conflict.id)
    return lifted


def set_and_held(said: Iterable[Conflict]) -> list[Conflict]:
    """What staff may lift."""
    return [conflict for conflict in in_force(said) if conflict.kind is ConflictKind.SET]


def block_recused(actor: User, entry: Entry, reason: str) -> Conflict:
    """A judge who handed an idea back never gets it again. The caller's event names the new row."""
    conflict = Conflict(
        judge_id=actor.id,
        campaign_id=entry.round.campaign_id,
        kind=ConflictKind.RECUSED,
        idea_id=entry.idea_id,
        reason=reason,
        made_by_id=actor.id,
        made_at=now(),
    )
    db.session.add(conflict)
    db.session.flush()
    return conflict


def _take_off(actor: User, judge: User, campaign: Campaign, reason: str) -> None:
    """A conflict that comes late: sheets already dealt are void, submitted or not."""
    open_rounds = sa.select(Round).where(Round.campaign_id == campaign.id, Round.state == RoundState.OPEN)
    for round_ in db.session.scalars(open_rounds).all():
        entries = [entry for entry, judge_id in forbidden_pairs(round_) if judge_id == judge.id]
        held = sa.select(ScoreSheet).where(
            ScoreSheet.judge_id == judge.id, ScoreSheet.entry_id.in_(entries), ScoreSheet.state.in_(HOLDING)
        )
        for sheet in db.session.scalars(held).all():
            sheet.state, sheet.reason = SheetState.VOID, reason[:REASON_MAX_CHARS]
            record("sheet.voided", sheet, actor)


def forbidden_pairs(round_: Round, *, with_secretaries: bool = False) -> dict[tuple[int, int], ConflictKind]:
    """(entry id, judge id) → why, for every pair of the round that must never meet. Five queries.

    With secretaries: those who mark nothing too, who must not see the figures of such an idea either.
    """
    at_the_table = sa.select(PanelMember.judge_id).where(PanelMember.round_id == round_.id)
    beside = sa.select(Secretary.person_id).where(
        Secretary.round_id == round_.id, sa.literal(with_secretaries)
    )
    judges = dict(
        db.session.execute(
            sa.select(User.id, User.unit_id).where(sa.or_(User.id.in_(at_the_table), User.id.in_(beside)))
        ).all()
    )
    entries = dict(
        db.session.execute(sa.select(Entry.id, Entry.idea_id).where(Entry.round_id == round_.id)).all()
    )
    people: dict[int, set[int]] = {}
    units: dict[int, set[int]] = {}
    for idea_id, user_id, unit_id, guardian_id in db.session.execute(
        sa.select(Author.idea_id, User.id, User.unit_id, Guardianship.guardian_user_id)
        .join(User, Author.user_id == User.id)
        .outerjoin(Guardianship, Guardianship.child_id == User.id)
        .where(Author.idea_id.in_(entries.values()), Author.state == AuthorState.ACCEPTED)
    ):
        people.setdefault(idea_id, set()).update({user_id, guardian_id or user_id})
        if unit_id:
            units.setdefault(idea_id, set()).add(unit_id)
    declared = [
        conflict for conflict in in_force(conflicts_in(round_.campaign_id)) if conflict.judge_id in judges
    ]
    pairs = dict.fromkeys(_taken_off(round_), ConflictKind.RECUSED)
    for entry_id, idea_id in entries.items():
        authors, their_units = people.get(idea_id, set()), units.get(idea_id, set())
        for judge_id, unit_id in judges.items():
            if judge_id in authors or unit_id in their_units:
                pairs[entry_id, judge_id] = ConflictKind.DETECTED
        for conflict in declared:
            if (
                conflict.idea_id == idea_id
                or conflict.person_id in authors
                or conflict.unit_id in their_units
            ):
                pairs[entry_id, conflict.judge_id] = conflict.kind
    return pairs


def _taken_off(round_: Round) -> list[tuple[int, int]]:
    """Pairs whose sheet was handed back or voided: there is one sheet for a judge and an idea, ever."""
    rows = db.session.execute(
        sa.select(ScoreSheet.entry_id, ScoreSheet.judge_id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.not_in(HOLDING))
    )
    return [(entry_id, judge_id) for entry_id, judge_id in rows]
