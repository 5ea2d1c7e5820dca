"""Which judge must not mark which entry: declared, detected, set by staff, or handed back."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Campaign, Round
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid
from app.core.events import record
from app.core.i18n import _l
from app.ideas.models import Author, Idea
from app.ideas.rules import AuthorState
from app.judging.models import Conflict, Entry, PanelMember
from app.judging.rules import ConflictKind
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
    """Say that a judge must not mark something: the judge for themselves, staff for anyone."""
    if actor.id == judge.id:
        require(actor, A.CONFLICT_DECLARE)
        kind = ConflictKind.DECLARED
    else:
        require(actor, A.ROUND_MANAGE, campaign)
        kind = ConflictKind.SET
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
    record("conflict.declared", conflict, actor)
    return conflict


def block_recused(actor: User, entry: Entry, reason: str) -> None:
    """A judge who handed an idea back never gets it again."""
    db.session.add(
        Conflict(
            judge_id=actor.id,
            campaign_id=entry.round.campaign_id,
            kind=ConflictKind.RECUSED,
            idea_id=entry.idea_id,
            reason=reason,
            made_by_id=actor.id,
            made_at=now(),
        )
    )


def forbidden_pairs(round_: Round) -> dict[tuple[int, int], ConflictKind]:
    """(entry id, judge id) → why, for every pair of the round that must never meet. Four queries."""
    judges = {
        row.judge_id: row.unit_id
        for row in db.session.execute(
            sa.select(PanelMember.judge_id, User.unit_id)
            .join(User, PanelMember.judge_id == User.id)
            .where(PanelMember.round_id == round_.id)
        )
    }
    entries = dict(
        db.session.execute(sa.select(Entry.id, Entry.idea_id).where(Entry.round_id == round_.id)).tuples().all()
    )
    people: dict[int, set[int]] = {}
    units: dict[int, set[int]] = {}
    for idea_id, user_id, unit_id in db.session.execute(
        sa.select(Author.idea_id, User.id, User.unit_id)
        .join(User, Author.user_id == User.id)
        .where(Author.idea_id.in_(entries.values()), Author.state == AuthorState.ACCEPTED)
    ):
        people.setdefault(idea_id, set()).add(user_id)
        if unit_id:
            units.setdefault(idea_id, set()).add(unit_id)
    declared = db.session.scalars(
        sa.select(Conflict).where(
            Conflict.judge_id.in_(judges),
            sa.or_(Conflict.campaign_id.is_(None), Conflict.campaign_id == round_.campaign_id),
        )
    ).all()
    pairs: dict[tuple[int, int], ConflictKind] = {}
    for entry_id, idea_id in entries.items():
        for judge_id, unit_id in judges.items():
            if judge_id in people.get(idea_id, ()) or (unit_id and unit_id in units.get(idea_id, ())):
                pairs[entry_id, judge_id] = ConflictKind.DETECTED
        for conflict in declared:
            about = (
                conflict.idea_id == idea_id
                or conflict.person_id in people.get(idea_id, ())
                or conflict.unit_id in units.get(idea_id, ())
            )
            if about:
                pairs[entry_id, conflict.judge_id] = conflict.kind
    return pairs
