"""What staff do with a round: its panel, its entries, opening, assigning and locking."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import MEANINGS, db
from app.core.errors import Invalid, Stale, WrongState
from app.core.events import record
from app.core.i18n import _, _l
from app.ideas.models import Author, Idea, Version
from app.ideas.rules import AuthorState, IdeaState
from app.judging.blind import draw_code
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.plan import Plan, plan_of, rules_hash
from app.judging.rules import ROUND_FLOW, RoundAction, SheetState
from app.permissions import Action as A
from app.permissions import Role, require

MEANINGS["uq_panel_members_round_id_judge_id"] = Invalid("judge_id", _l("Giám khảo này đã có trong vòng chấm."))


def add_panel_member(
    actor: User,
    round_: Round,
    judge: User,
    *,
    max_sheets: int | None = None,
    expertise: Sequence[str] = (),
    is_chair: bool = False,
) -> PanelMember:
    """Put a judge on the panel, under a code of its own. A judge of a campaign is never an author in it."""
    require(actor, A.ROUND_MANAGE, round_)
    if not judge.holds(Role.JUDGE):
        raise Invalid("judge_id", _l("Người này chưa có vai trò giám khảo."))
    if is_author_in(judge, round_.campaign_id):
        raise Invalid("judge_id", _l("Người này là tác giả trong cuộc thi nên không chấm được."))
    taken = set(db.session.scalars(sa.select(PanelMember.code).where(PanelMember.round_id == round_.id)))
    free = [f"GK{n}" for n in range(1, len(taken) + 30) if f"GK{n}" not in taken]
    member = PanelMember(
        round_id=round_.id,
        judge_id=judge.id,
        code=secrets.choice(free[:20]),  # drawn: the code must not follow the order of the list
        is_chair=is_chair,
        max_sheets=max_sheets,
        expertise=list(expertise),
    )
    db.session.add(member)
    db.session.flush()
    record("panel.changed", round_, actor, judge_id=judge.id, added=True)
    return member


def remove_panel_member(actor: User, round_: Round, member: PanelMember) -> None:
    """Take a judge off the panel. Sheets already submitted stay; unfinished ones are void and are dealt again."""
    require(actor, A.ROUND_MANAGE, round_)
    for sheet in _sheets_of(round_, member.judge_id):
        if sheet.state in {SheetState.OPEN, SheetState.REOPENED}:
            sheet.state, sheet.reason = SheetState.VOID, _("Giám khảo rời vòng chấm.")
    db.session.delete(member)
    record("panel.changed", round_, actor, judge_id=member.judge_id, added=False)


def confirm_rules(actor: User, member: PanelMember) -> PanelMember:
    """The judge has read the rules and declared what there is to declare."""
    if member.judge_id != actor.id:
        raise WrongState
    member.confirmed_at = member.confirmed_at or now()
    return member


def enter_ideas(actor: User, round_: Round, ideas: Sequence[Idea] | None = None) -> list[Entry]:
    """Put ideas into the round under drawn codes: those given, or every valid idea not in it yet."""
    require(actor, A.ROUND_MANAGE, round_)
    if ideas is None:
        ideas = db.session.scalars(
            sa.select(Idea)
            .where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED)
            .order_by(Idea.id)
        ).all()
    inside = {
        idea_id: code
        for idea_id, code in db.session.execute(
            sa.select(Entry.idea_id, Entry.judging_code).where(Entry.round_id == round_.id)
        )
    }
    taken = set(inside.values())
    new = [idea for idea in ideas if idea.id not in inside]
    versions = {
        idea_id: version_id
        for idea_id, version_id in db.session.execute(
            sa.select(Version.idea_id, Version.id)
            .join(Idea, sa.and_(Version.idea_id == Idea.id, Version.number == Idea.version_number))
            .where(Idea.id.in_([idea.id for idea in new]))
        )
    }
    secrets.SystemRandom().shuffle(new)  # rows in the order of submission would say who came first
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
    db.session.flush()
    return entries


def open_round(actor: User, round_: Round) -> Round:
    """Freeze the rules and let the judges begin. Later changes are impossible: the hash of the rules is an event."""
    require(actor, A.ROUND_MANAGE, round_)
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.OPEN)
    if not has_entries(round_):
        if earlier_round(round_) is not None:
            raise WrongState(_l("Chưa có bài nào vào vòng này. Hãy kết thúc vòng trước để chọn bài đi tiếp."))
        enter_ideas(actor, round_)
    round_.opened_at = now()
    round_.rubric.frozen_at = round_.rubric.frozen_at or now()
    round_.rules_hash = rules_hash(round_)
    record("round.opened", round_, actor, rules_hash=round_.rules_hash)
    return round_


def assign_judges(actor: User, round_: Round, *, seen: str) -> Plan:
    """Store the assignment that was previewed. Raises Stale when the panel, conflicts or entries changed since."""
    require(actor, A.ROUND_MANAGE, round_)
    if round_.state.value not in {"planned", "open"}:
        raise WrongState(_l("Vòng chấm đã khóa, không phân công được nữa."))
    plan = plan_of(round_)
    if plan.fingerprint != seen:
        raise Stale(_("Bài, giám khảo hoặc xung đột vừa thay đổi. Hãy xem lại bản phân công."))
    for judge_id, entry_ids in plan.order.items():
        _deal(judge_id, entry_ids, set(plan.added))
    _mark_as_judged(round_)
    record("judges.assigned", round_, actor, judge_ids=sorted({judge for _entry, judge in plan.added}))
    return plan


def lock_round(actor: User, round_: Round) -> Round:
    """No more marks. Sheets that were not submitted do not count, and the round says how many."""
    require(actor, A.ROUND_MANAGE, round_)
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.LOCK)
    round_.locked_at = now()
    missing = db.session.execute(
        sa.select(sa.func.count())
        .select_from(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == round_.id, ScoreSheet.state.in_([SheetState.OPEN, SheetState.REOPENED])
        )
    ).scalar_one()
    record("round.locked", round_, actor, missing_sheets=missing)
    return round_


def set_votes(actor: User, round_: Round, votes: dict[int, int]) -> None:
    """Write down the community's votes, by entry id, before the round is locked."""
    require(actor, A.ROUND_MANAGE, round_)
    if round_.locked_at is not None:
        raise WrongState(_l("Vòng chấm đã khóa."))
    for entry in db.session.scalars(sa.select(Entry).where(Entry.round_id == round_.id)):
        entry.community_votes = votes.get(entry.id, entry.community_votes)
    record("votes.counted", round_, actor)


def earlier_round(round_: Round) -> Round | None:
    """The round of the same campaign just before this one."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.campaign_id == round_.campaign_id, Round.position < round_.position)
        .order_by(Round.position.desc())
        .limit(1)
    ).first()


def has_entries(round_: Round) -> bool:
    return db.session.execute(sa.select(Entry.id).where(Entry.round_id == round_.id).limit(1)).first() is not None


def is_author_in(person: User, campaign_id: int) -> bool:
    return (
        db.session.execute(
            sa.select(Author.id)
            .join(Idea, Author.idea_id == Idea.id)
            .where(
                Author.user_id == person.id,
                Author.state == AuthorState.ACCEPTED,
                Idea.campaign_id == campaign_id,
                Idea.state.not_in([IdeaState.DRAFT, IdeaState.WITHDRAWN]),
            )
            .limit(1)
        ).first()
        is not None
    )



def _deal(judge_id: int, entry_ids: Sequence[int], added: set[tuple[int, int]]) -> None:
    """New sheets for a judge, after those already held; sheets that exist keep their place."""
    last = db.session.execute(
        sa.select(sa.func.max(ScoreSheet.position))
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            ScoreSheet.judge_id == judge_id,
            Entry.round_id == sa.select(Entry.round_id).where(Entry.id == entry_ids[0]).scalar_subquery(),
        )
    ).scalar_one()
    position = last or 0
    for entry_id in entry_ids:
        if (entry_id, judge_id) not in added:
            continue
        position += 1
        db.session.add(
            ScoreSheet(
                public_id=secrets.token_urlsafe(12),
                entry_id=entry_id,
                judge_id=judge_id,
                position=position,
                assigned_at=now(),
            )
        )
    db.session.flush()


def _mark_as_judged(round_: Round) -> None:
    """From its first sheet on, an idea can no longer be withdrawn or rewritten."""
    with_sheet = sa.select(Entry.idea_id).join(ScoreSheet).where(Entry.round_id == round_.id)
    db.session.execute(
        sa.update(Idea)
        .where(Idea.id.in_(with_sheet), Idea.judging_started_at.is_(None))
        .values(judging_started_at=now())
        .execution_options(synchronize_session=False)
    )


def _sheets_of(round_: Round, judge_id: int) -> Sequence[ScoreSheet]:
    return db.session.scalars(
        sa.select(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.judge_id == judge_id)
    ).all()
