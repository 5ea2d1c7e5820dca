"""What staff do with a round: its entries, opening, assigning and locking."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import Invalid, Stale, WrongState
from app.core.events import record
from app.core.i18n import _l
from app.ideas.models import Idea, Version
from app.ideas.rules import IdeaState
from app.judging.blind import draw_code
from app.judging.frozen import freeze_rules, require_sound
from app.judging.holding import all_untouched, withdraw
from app.judging.methods import design
from app.judging.models import Entry, ScoreSheet
from app.judging.plan import Plan, plan_of
from app.judging.rules import ROUND_FLOW, SCORABLE, RoundAction, require_open, require_unlocked
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require


def enter_ideas(actor: User, round_: Round, ideas: Sequence[Idea] | None = None) -> list[Entry]:
    """Put ideas into the round under drawn codes: those given, or every valid idea not in it yet."""
    require(actor, A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    if ideas is None:
        if earlier_round(round_) is not None:
            raise WrongState(_l("Bài vào vòng này theo kết quả của vòng trước."))
        ideas = db.session.scalars(
            sa.select(Idea).where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED)
        ).all()
    inside = dict(
        db.session.execute(
            sa.select(Entry.idea_id, Entry.judging_code).where(Entry.round_id == round_.id)
        ).all()
    )
    taken = set(inside.values())
    new = [idea for idea in ideas if idea.id not in inside]
    secrets.SystemRandom().shuffle(new)  # rows in the order of submission would say who came first
    versions = _versions_of(new)
    entries = [
        Entry(
            round_id=round_.id,
            idea_id=idea.id,
            version_id=versions[idea.id],
            judging_code=draw_code(taken),
            entered_at=now(),
        )
        for idea in new
    ]
    db.session.add_all(entries)
    if entries:
        record("ideas.entered", round_, actor, rows=entries)
    return entries


def open_round(actor: User, round_: Round) -> Round:
    """Freeze the rules and let the judges begin; their hash is an event. A later change is a new, public version.

    Raises WrongState with what is wrong with the rules.
    """
    require(actor, A.ROUND_MANAGE, round_)
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.OPEN)
    if not has_entries(round_):
        if earlier_round(round_) is not None:
            raise WrongState(_l("Chưa có bài nào vào vòng này. Hãy kết thúc vòng trước để chọn bài đi tiếp."))
        enter_ideas(actor, round_)
    require_sound(round_)
    round_.opened_at = now()
    for rubric in (round_.rubric, *round_.rubric.variants):
        rubric.frozen_at = rubric.frozen_at or now()
    version = freeze_rules(actor, round_)
    record("round.opened", round_, actor, rows=[version], rules_hash=round_.rules_hash)
    return round_


def assign_judges(
    actor: User,
    round_: Round,
    *,
    seen: str,
    begun: Collection[int] | None = None,
    accept_imbalance: bool = False,
    sure: bool = False,
) -> Plan:
    """Store the assignment that was previewed: take off the untouched sheets that it moves, and deal the new ones.

    Raises Stale when the panel, conflicts, entries or sheets changed since, so that something else would be stored
    than was seen. A sheet that stays may have been begun meanwhile (`begun`: those that had been when the plan was
    shown); one that would move may not. Raises Invalid when it compares judges so badly that somebody has to say
    they are `sure`.
    """
    require(actor, A.ROUND_MANAGE, round_)
    lock_row(
        round_
    )  # who is writing a first mark finishes first: that sheet stays, and the plan is another one
    require_open(round_.state)
    plan = plan_of(round_, accept_imbalance=accept_imbalance, begun=begun)
    if plan.fingerprint != seen or not all_untouched(plan.withdrawn.values()):
        raise Stale(
            _l("Bài, giám khảo, phiếu hoặc quan hệ liên quan vừa thay đổi. Hãy xem lại bản phân công.")
        )
    if not sure and design.advice(plan.result.efficiency) is design.Advice.CONFIRM:
        raise Invalid("sure", _l("Đánh dấu nếu vẫn muốn phân công như vậy."))
    moved = sa.select(Entry.idea_id).where(Entry.id.in_([entry for entry, _judge in plan.withdrawn]))
    require_no_stake(
        actor, round_.campaign_id, set(db.session.scalars(moved))
    )  # dealing draws, moving chooses
    withdraw(actor, plan.withdrawn.values())
    dealt: list[ScoreSheet] = []
    for judge_id, entry_ids in plan.order.items():
        dealt += _deal(round_, judge_id, [entry for entry in entry_ids if (entry, judge_id) in plan.added])
    _mark_as_judged(round_)
    judge_ids = sorted({judge for _entry, judge in plan.added})
    record("judges.assigned", round_, actor, rows=dealt, judge_ids=judge_ids, withdrawn=len(plan.withdrawn))
    return plan


def lock_round(actor: User, round_: Round) -> Round:
    """No more marks. Sheets that were not submitted do not count, and the event says how many."""
    require(actor, A.ROUND_MANAGE, round_)
    require_not_live(round_)
    return stop_marks(actor, round_)


def require_not_live(round_: Round) -> None:
    """Raises WrongState on a round that a live final locks and ranks: its totals must not come out before."""
    if round_.is_live:
        raise WrongState(
            _l("Vòng này có buổi chung khảo: khóa phiếu và mở điểm ở trang điều hành chung khảo.")
        )


def stop_marks(actor: User, round_: Round) -> Round:
    """Lock a round for whoever was asked whether they may: organisers, or the chair of its live final."""
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.LOCK)
    round_.locked_at = now()
    db.session.flush()  # from here on whoever still marks waits for us, and is then refused
    missing = db.session.execute(
        sa.select(sa.func.count())
        .select_from(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.in_(SCORABLE))
    ).scalar_one()
    record("round.locked", round_, actor, missing_sheets=missing)
    return round_


def set_votes(actor: User, round_: Round, votes: Mapping[int, int]) -> None:
    """Write down the community's votes, by entry id, before the round is locked."""
    require(actor, A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    entries = db.session.scalars(
        sa.select(Entry).where(Entry.round_id == round_.id, Entry.id.in_(votes))
    ).all()
    changed = {entry.idea_id for entry in entries if entry.community_votes != votes[entry.id]}
    require_no_stake(actor, round_.campaign_id, changed)
    for entry in entries:
        entry.community_votes = votes[entry.id]
    record("votes.counted", round_, actor, rows=entries)


def earlier_round(round_: Round) -> Round | None:
    """The round of the same campaign just before this one."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.campaign_id == round_.campaign_id, Round.position < round_.position)
        .order_by(Round.position.desc())
        .limit(1)
    ).first()


def has_entries(round_: Round) -> bool:
    return (
        db.session.execute(sa.select(Entry.id).where(Entry.round_id == round_.id).limit(1)).first()
        is not None
    )


def _versions_of(ideas: Sequence[Idea]) -> dict[int, int]:
    """Idea → the version that judges will read: the newest that was sent."""
    newest = (
        sa.select(Version.idea_id, Version.id)
        .join(Idea, sa.and_(Version.idea_id == Idea.id, Version.number == Idea.version_number))
        .where(Idea.id.in_([idea.id for idea in ideas]))
    )
    return dict(db.session.execute(newest).all())


def _deal(round_: Round, judge_id: int, entry_ids: Sequence[int]) -> list[ScoreSheet]:
    """New sheets for a judge, read after those already held; sheets that exist keep their place."""
    last = db.session.execute(
        sa.select(sa.func.max(ScoreSheet.position))
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(ScoreSheet.judge_id == judge_id, Entry.round_id == round_.id)
    ).scalar_one()
    sheets = [
        ScoreSheet(
            public_id=secrets.token_urlsafe(12),
            entry_id=entry_id,
            judge_id=judge_id,
            position=position,
            assigned_at=now(),
        )
        for position, entry_id in enumerate(entry_ids, start=(last or 0) + 1)
    ]
    db.session.add_all(sheets)
    db.session.flush()
    return sheets


def _mark_as_judged(round_: Round) -> None:
    """From its first sheet on, an idea can no longer be withdrawn or rewritten."""
    with_sheet = sa.select(Entry.idea_id).join(ScoreSheet).where(Entry.round_id == round_.id)
    db.session.execute(
        sa.update(Idea)
        .where(Idea.id.in_(with_sheet), Idea.judging_started_at.is_(None))
        .values(judging_started_at=now())
        .execution_options(synchronize_session=False)
    )
