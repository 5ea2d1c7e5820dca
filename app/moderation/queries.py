"""Reads: the queue, one idea as a moderator sees it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import RoleGrant, Unit, User
from app.accounts.rules import needs_guardian
from app.campaigns.models import Campaign, Topic
from app.core.calendar import working_days_after
from app.core.clock import local, now, today
from app.core.db import db
from app.core.pagination import Page, page
from app.core.richtext import to_text
from app.core.text import fold
from app.ideas.models import Author, Idea, Version
from app.ideas.rules import AuthorState, IdeaState
from app.moderation.models import Claim, Decision, SavedPhrase
from app.moderation.rules import COMMON_REASONS, Flag, Outcome, flags
from app.permissions import Person, Role

# The tabs of the queue, in the order of work.
STATES = (
    IdeaState.SUBMITTED,
    IdeaState.RETURNED,
    IdeaState.APPROVED,
    IdeaState.REJECTED,
    IdeaState.WITHDRAWN,
)


class QueueRow(NamedTuple):
    id: int
    code: str
    title: str
    topic_slug: str
    topic_name: str
    campaign_name: str
    moderation_days: int
    version_number: int
    submitted_at: datetime
    state: IdeaState
    reader: str | None

    @property
    def promised(self) -> date:
        return promised_by(self.submitted_at, self.moderation_days)

    @property
    def is_late(self) -> bool:
        return self.state is IdeaState.SUBMITTED and today() > self.promised


class Waiting(NamedTuple):
    """How many ideas stand where, and since when the oldest waits."""

    counts: dict[IdeaState, int]
    oldest: datetime | None


class TeamRow(NamedTuple):
    full_name: str
    share_percent: int
    is_leader: bool
    unit_name: str | None
    is_child: bool  # under 16: the guardian has agreed, or the idea could not have been sent


class DecisionRow(NamedTuple):
    outcome: Outcome
    reason: str
    made_at: datetime
    moderator: str
    version_number: int


def promised_by(submitted_at: datetime, moderation_days: int) -> date:
    """The day by which the authors were promised an answer."""
    return working_days_after(local(submitted_at).date(), moderation_days)


def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """The same answer as can(person, IDEA_MODERATE, idea): a grant for one campaign shows that campaign's ideas."""
    return sa.exists().where(
        RoleGrant.user_id == person.id,
        RoleGrant.role.in_((Role.MODERATOR, Role.ADMINISTRATOR)),
        sa.or_(RoleGrant.campaign_id.is_(None), RoleGrant.campaign_id == Idea.campaign_id),
    )


def waiting(person: Person) -> Waiting:
    """One query for the tabs, with the oldest of those that wait."""
    rows = db.session.execute(
        sa.select(Idea.state, sa.func.count(), sa.func.min(Idea.submitted_at))
        .where(Idea.state.in_(STATES), Idea.code.is_not(None), visible_to(person))
        .group_by(Idea.state)
    ).all()
    counts = {state: count for state, count, _oldest in rows}
    oldest = next((oldest for state, _count, oldest in rows if state is IdeaState.SUBMITTED), None)
    return Waiting(counts, oldest)


def queue(
    person: Person, state: IdeaState, *, text: str = "", topic: str = "", number: int = 1
) -> Page[QueueRow]:
    """Ideas in one state; those that wait oldest first, the others newest first. Two queries whatever the size."""
    order = Idea.submitted_at if state is IdeaState.SUBMITTED else Idea.submitted_at.desc()
    statement = (
        sa.select(
            Idea.id,
            Idea.code,
            Idea.title,
            Topic.slug,
            Topic.name,
            Campaign.name,
            Campaign.moderation_days,
            Idea.version_number,
            Idea.submitted_at,
            Idea.state,
            User.full_name,
        )
        .join(Topic, Idea.topic_id == Topic.id)
        .join(Campaign, Idea.campaign_id == Campaign.id)
        .outerjoin(Claim, sa.and_(Claim.idea_id == Idea.id, Claim.until > now()))
        .outerjoin(User, Claim.moderator_id == User.id)
        .where(Idea.state == state, Idea.code.is_not(None), visible_to(person))
        .order_by(order, Idea.id)
    )
    for word in fold(text).split()[:8]:
        statement = statement.where(
            sa.or_(
                Idea.search_text.contains(word, autoescape=True),
                sa.func.lower(Idea.code).contains(word, autoescape=True),
            )
        )
    if topic:
        statement = statement.where(Topic.slug == topic)
    return page(statement, QueueRow, number)


def flags_in(idea_ids: Collection[int]) -> dict[int, list[Flag]]:
    """What to look at twice in each of these ideas. Two queries whatever the size."""
    versions = db.session.scalars(
        sa.select(Version)
        .join(Idea, sa.and_(Version.idea_id == Idea.id, Version.number == Idea.version_number))
        .where(Idea.id.in_(idea_ids))
    ).all()
    teams = _teams(idea_ids)
    return {version.idea_id: flags_of(version, teams.get(version.idea_id, [])) for version in versions}


def by_code(code: str) -> Idea | None:
    """One idea with its campaign, topic and team."""
    return db.session.scalars(
        sa.select(Idea)
        .where(Idea.code == code)
        .options(selectinload(Idea.campaign), selectinload(Idea.topic), selectinload(Idea.authors))
    ).first()


def version_of(idea: Idea) -> Version:
    """The frozen text that is to be decided on."""
    return db.session.scalars(
        sa.select(Version).where(Version.idea_id == idea.id, Version.number == idea.version_number)
    ).one()


def team_of(idea: Idea) -> list[TeamRow]:
    return _teams([idea.id]).get(idea.id, [])


def _teams(idea_ids: Collection[int]) -> dict[int, list[TeamRow]]:
    rows = db.session.execute(
        sa.select(
            Author.idea_id,
            Author.full_name,
            Author.share_percent,
            Author.is_leader,
            Unit.name,
            User.birth_date,
        )
        .outerjoin(User, Author.user_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(Author.idea_id.in_(idea_ids), Author.state == AuthorState.ACCEPTED)
        .order_by(Author.is_leader.desc(), Author.id)
    )
    found: dict[int, list[TeamRow]] = {}
    for idea_id, full_name, share_percent, is_leader, unit_name, born in rows:
        member = TeamRow(full_name, share_percent, is_leader, unit_name, needs_guardian(born, today()))
        found.setdefault(idea_id, []).append(member)
    return found


def decisions_of(idea: Idea) -> list[DecisionRow]:
    rows = db.session.execute(
        sa.select(
            Decision.outcome, Decision.reason, Decision.made_at, User.full_name, Decision.version_number
        )
        .join(User, Decision.moderator_id == User.id)
        .where(Decision.idea_id == idea.id)
        .order_by(Decision.id.desc())
    )
    return [DecisionRow(*row) for row in rows]


def last_decision(idea: Idea) -> DecisionRow | None:
    return next(iter(decisions_of(idea)), None)


def reader_of(idea: Idea, *, other_than: int | None) -> str | None:
    """The colleague who is reading this idea right now."""
    return db.session.scalars(
        sa.select(User.full_name)
        .join(Claim, Claim.moderator_id == User.id)
        .where(Claim.idea_id == idea.id, Claim.until > now(), Claim.moderator_id != other_than)
    ).first()


def flags_of(version: Version, team: list[TeamRow]) -> list[Flag]:
    """What to look at twice in this version."""
    texts = [version.title, version.summary, *(to_text(section["html"]) for section in version.sections)]
    names = [name for member in team for name in (member.full_name, member.unit_name or "")]
    return flags("\n".join(texts), names)


def phrases(outcome: Outcome) -> list[str]:
    """Reasons to pick from: the common ones, then what moderators kept."""
    kept = db.session.scalars(
        sa.select(SavedPhrase.text).where(SavedPhrase.outcome == outcome).order_by(SavedPhrase.id).limit(30)
    )
    return [*COMMON_REASONS.get(outcome, ()), *kept]


class PhraseRow(NamedTuple):
    """A kept reason in the list of moderators."""

    id: int
    outcome: Outcome
    text: str


def kept_phrases(number: int = 1) -> Page[PhraseRow]:
    """What moderators kept, by outcome, oldest first as it is offered. The common reasons are not among them."""
    statement = sa.select(SavedPhrase.id, SavedPhrase.outcome, SavedPhrase.text).order_by(
        SavedPhrase.outcome, SavedPhrase.id
    )
    return page(statement, PhraseRow, number)


def phrase_by_id(phrase_id: int) -> SavedPhrase | None:
    return db.session.get(SavedPhrase, phrase_id)


def next_waiting(person: Person, after: Idea) -> str | None:
    """The code of the oldest idea that still waits, for “decide and go on”."""
    return db.session.scalars(
        sa.select(Idea.code)
        .where(Idea.state == IdeaState.SUBMITTED, Idea.id != after.id, visible_to(person))
        .order_by(Idea.submitted_at, Idea.id)
        .limit(1)
    ).first()
