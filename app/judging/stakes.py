"""Who has a stake in which idea. Nobody acts on their own matter, or sees how it stands before everybody does.

The one rule for whoever is not on the panel: organisers, leaders, administrators. Judges have it in conflicts.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts.models import Guardianship, User
from app.campaigns.models import Round
from app.core.db import db
from app.core.errors import WrongState
from app.core.i18n import _l
from app.ideas.models import Author, Idea
from app.ideas.rules import AuthorState, IdeaState
from app.judging.models import Conflict, Entry, ScoreSheet
from app.judging.rules import HOLDING, ConflictKind
from app.permissions import Person


def conflicts_in(campaign_id: int) -> list[Conflict]:
    """Whatever was ever said about judges in a campaign, in order. One query."""
    return list(
        db.session.scalars(
            sa.select(Conflict)
            .where(sa.or_(Conflict.campaign_id.is_(None), Conflict.campaign_id == campaign_id))
            .order_by(Conflict.id)
        )
    )


def in_force(said: Iterable[Conflict]) -> list[Conflict]:
    """What holds of it: lifting takes back what staff set before about the same thing, and nothing else."""
    held: list[Conflict] = []
    for conflict in said:
        if conflict.kind is ConflictKind.LIFTED:
            held = [c for c in held if c.kind is not ConflictKind.SET or c.about != conflict.about]
        else:
            held.append(conflict)
    return held


def stakes_of(person: Person, campaign_id: int) -> set[int]:
    """Ideas of a campaign by themselves, their unit or their child, or declared. Two queries.

    Only members who accepted count: who is merely invited could be made to have a stake by anybody.
    """
    said = [one for one in in_force(conflicts_in(campaign_id)) if one.judge_id == person.id]
    own = aliased(User)
    child = User.id.in_(sa.select(Guardianship.child_id).where(Guardianship.guardian_user_id == person.id))
    return _ideas(
        campaign_id,
        {one.idea_id for one in said},
        _of_person({person.id, *(one.person_id for one in said)}),
        _of_unit({one.unit_id for one in said}),
        User.unit_id.in_(sa.select(own.unit_id).where(own.id == person.id)),
        child,
        maker_id=person.id,
    )


def ideas_about(
    campaign_id: int, *, idea_id: int | None, person_id: int | None, unit_id: int | None
) -> set[int]:
    """The ideas that a conflict about these speaks of. One query."""
    return _ideas(campaign_id, {idea_id}, _of_person({person_id}), _of_unit({unit_id}))


def _of_person(ids: Collection[int | None]) -> sa.ColumnElement[bool]:
    return User.id.in_([one for one in ids if one is not None])


def _of_unit(ids: Collection[int | None]) -> sa.ColumnElement[bool]:
    return User.unit_id.in_([one for one in ids if one is not None])


def _ideas(
    campaign_id: int, ids: Collection[int | None], *members: sa.ColumnElement[bool], maker_id: int = 0
) -> set[int]:
    """Ideas with these ids, or with one of these among those who made them."""
    team = (
        sa.exists()
        .where(Author.idea_id == Idea.id, Author.state == AuthorState.ACCEPTED)
        .where(Author.user_id == User.id, sa.or_(*members))
    )
    named = Idea.id.in_([one for one in ids if one is not None])
    found = sa.select(Idea.id).where(
        Idea.campaign_id == campaign_id, sa.or_(named, Idea.created_by_id == maker_id, team)
    )
    return set(db.session.scalars(found))


def takes_part_in(person: Person, campaign_id: int) -> bool:
    """Is somebody an author in the campaign? One query."""
    found = db.session.execute(
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
    return found is not None


def has_stake(person: Person, campaign_id: int, idea_ids: Collection[int]) -> bool:
    """A relation to one of these ideas; or an idea of their own in the same campaign, which any other competes with."""
    if not idea_ids:
        return False
    return bool(stakes_of(person, campaign_id) & set(idea_ids)) or takes_part_in(person, campaign_id)


def require_no_stake(person: Person, campaign_id: int, idea_ids: Collection[int]) -> None:
    """Raises WrongState for whoever has a stake in what is about to be decided."""
    if has_stake(person, campaign_id, idea_ids):
        raise WrongState(
            _l(
                "Bạn dự thi hoặc có quan hệ liên quan với bài này nên không làm việc này được. Nhờ người khác."
            )
        )


def has_stake_in_round(person: Person, round_: Round) -> bool:
    """Does the ranking of a round concern them? Two queries, or three."""
    inside = sa.select(Entry.idea_id).where(Entry.round_id == round_.id)
    return bool(stakes_of(person, round_.campaign_id) & set(db.session.scalars(inside)))


def open_to(person: Person, round_: Round, stakes: Collection[int] | None = None) -> sa.ColumnElement[bool]:
    """Entries that somebody may follow, as a condition on Entry: neither theirs nor handed back by them, nor voided.

    `stakes`: of the round's campaign, where they are known already. Two queries otherwise.
    """
    if stakes is None:
        stakes = stakes_of(person, round_.campaign_id)
    taken_off = sa.select(ScoreSheet.entry_id).where(
        ScoreSheet.judge_id == person.id, ScoreSheet.state.not_in(HOLDING)
    )
    return sa.and_(Entry.idea_id.not_in(stakes), Entry.id.not_in(taken_off))


def kept_from(person: Person, round_: Round) -> set[int]:
    """Entries of a round on which somebody decides nothing, and of which they see no figure. Three queries."""
    kept = sa.select(Entry.id).where(Entry.round_id == round_.id, sa.not_(open_to(person, round_)))
    return set(db.session.scalars(kept))
