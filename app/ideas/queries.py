"""Reads: one idea with all that belongs to it, a person's ideas, and ideas that are alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.accounts.models import User
from app.campaigns.models import Campaign, Topic
from app.core.db import db
from app.core.pagination import Page, page
from app.core.stored_files import StoredFile
from app.core.text import fold
from app.ideas.models import Attachment, Author, Idea, Version
from app.ideas.rules import SENT, AuthorState, IdeaState
from app.ideas.similarity import most_alike

# A person's list: what waits for them first, then what is under way, then what is over.
ORDER_OF_NEED = {
    IdeaState.RETURNED: 0,
    IdeaState.DRAFT: 1,
    IdeaState.SUBMITTED: 2,
    IdeaState.APPROVED: 3,
    IdeaState.REJECTED: 4,
    IdeaState.WITHDRAWN: 5,
}


class MineRow(NamedTuple):
    """One idea in its author's list."""

    id: int
    public_id: str
    code: str | None
    title: str
    state: IdeaState
    topic_slug: str | None
    topic_name: str | None
    campaign_slug: str
    campaign_name: str
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    moderation_days: int
    saved_at: datetime
    submitted_at: datetime | None
    version_number: int
    return_due_at: datetime | None
    judging_started_at: datetime | None
    has_pending: bool
    is_leader: bool


class InvitationRow(NamedTuple):
    """A team that waits for this person's answer."""

    public_id: str
    title: str
    campaign_name: str
    closes_at: datetime
    leader_name: str
    share_percent: int
    is_member: bool  # already in the team; the share was changed


class SimilarRow(NamedTuple):
    """An idea that says much the same."""

    id: int
    code: str | None
    title: str
    summary: str
    state: IdeaState
    campaign_name: str
    percent: int


def by_code(code: str) -> Idea | None:
    """A sent idea, with its team."""
    return _one(Idea.code == code)


def by_public_id(public_id: str) -> Idea | None:
    """Any idea, with its team: enough to ask who may."""
    return _one(Idea.public_id == public_id)


def by_id(idea_id: int) -> Idea | None:
    return _one(Idea.id == idea_id)


def by_once_key(once_key: str) -> Idea | None:
    """The draft that a form has already made."""
    return _one(Idea.once_key == once_key)


def whole(idea: Idea) -> Idea:
    """The same idea read anew with all that its pages show and its rules ask: a fixed number of queries."""
    return db.session.scalars(_whole(idea).execution_options(populate_existing=True)).unique().one()


def locked(idea: Idea) -> Idea:
    """`whole`, and nobody else changes it until the command ends."""
    statement = _whole(idea).with_for_update(of=Idea).execution_options(populate_existing=True)
    return db.session.scalars(statement).unique().one()


def hold(idea: Idea) -> None:
    """Until the command ends nobody else sends, joins or leaves this idea."""
    db.session.execute(sa.select(Idea.id).where(Idea.id == idea.id).with_for_update())


def lock_people(user_ids: Collection[int]) -> None:
    """Hold these accounts until the command ends, always in the same order."""
    db.session.execute(sa.select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update())


def _one(which: sa.ColumnElement[bool]) -> Idea | None:
    return db.session.scalars(sa.select(Idea).where(which).options(selectinload(Idea.authors))).one_or_none()


def _whole(idea: Idea) -> sa.Select[Idea]:
    return sa.select(Idea).where(Idea.id == idea.id).options(*_parts())


def _parts() -> list[ORMOption]:
    campaign = joinedload(Idea.campaign, innerjoin=True)
    member = selectinload(Idea.authors).joinedload(Author.user)
    return [
        joinedload(Idea.topic),
        campaign.selectinload(Campaign.questions),
        campaign.selectinload(Campaign.topics),
        member.selectinload(User.consents),
        member.joinedload(User.guardianship),
        member.selectinload(User.grants),
        selectinload(Idea.answers),
        selectinload(Idea.attachments).joinedload(Attachment.file, innerjoin=True),
    ]


def versions_of(idea: Idea) -> list[Version]:
    """What was sent, newest first."""
    return list(
        db.session.scalars(
            sa.select(Version)
            .where(Version.idea_id == idea.id)
            .order_by(Version.number.desc())
            .options(joinedload(Version.topic, innerjoin=True))
        )
    )


def readable(sections: list[dict[str, str]]) -> list[dict[str, str]]:
    """The parts of a frozen version as pages read them (macros/idea_text.html)."""
    return [{"slug": part["key"], "label": part["label"], "text": part["html"]} for part in sections]


def last_version(idea: Idea) -> Version | None:
    return db.session.scalars(
        sa.select(Version).where(Version.idea_id == idea.id).order_by(Version.number.desc()).limit(1)
    ).one_or_none()


def version_by_key(once_key: str) -> Version | None:
    """What a form has already sent."""
    return db.session.scalars(sa.select(Version).where(Version.once_key == once_key)).one_or_none()


def mine(person: User, number: int = 1, per_page: int = 10) -> Page[MineRow]:
    """Ideas that this person began or is in the team of, what needs them first. Two queries."""
    own = sa.or_(
        Idea.created_by_id == person.id,
        Idea.id.in_(
            sa.select(Author.idea_id).where(Author.user_id == person.id, Author.state == AuthorState.ACCEPTED)
        ),
    )
    leads = (
        sa.select(Author.id)
        .where(Author.idea_id == Idea.id, Author.user_id == person.id, Author.is_leader)
        .exists()
    )
    statement = (
        sa.select(
            Idea.id,
            Idea.public_id,
            Idea.code,
            Idea.title,
            Idea.state,
            Topic.slug,
            Topic.name,
            Campaign.slug,
            Campaign.name,
            Campaign.opens_at,
            Campaign.closes_at,
            Campaign.published_at,
            Campaign.moderation_days,
            Idea.saved_at,
            Idea.submitted_at,
            Idea.version_number,
            Idea.return_due_at,
            Idea.judging_started_at,
            Idea.pending.is_not(None),
            leads,
        )
        .join(Idea.campaign)
        .outerjoin(Idea.topic)
        .where(own)
        # a draft that was put away is nobody's news
        .where(sa.or_(Idea.state != IdeaState.WITHDRAWN, Idea.code.is_not(None)))
        .order_by(sa.case(ORDER_OF_NEED, value=Idea.state), Idea.saved_at.desc(), Idea.id.desc())
    )
    return page(statement, MineRow, number, per_page)


def invitations(person: User) -> list[InvitationRow]:
    """Teams that wait for this person's yes or no, oldest first."""
    leader = sa.orm.aliased(Author)
    rows = db.session.execute(
        sa.select(
            Idea.public_id,
            Idea.title,
            Campaign.name,
            Campaign.closes_at,
            sa.func.coalesce(leader.full_name, ""),
            Author.share_percent,
            Author.state == AuthorState.ACCEPTED,
        )
        .join(Author.idea)
        .join(Idea.campaign)
        .outerjoin(leader, sa.and_(leader.idea_id == Idea.id, leader.is_leader))
        .where(_waits_for(person), Idea.state.not_in((IdeaState.WITHDRAWN, IdeaState.REJECTED)))
        .order_by(Author.invited_at, Author.id)
        .limit(20)
    )
    return [InvitationRow(*row) for row in rows]


def invitation_of(idea: Idea, person: User) -> Author | None:
    """What this team asks this person, if anything."""
    return db.session.scalars(
        sa.select(Author).where(Author.idea_id == idea.id, _waits_for(person)).order_by(Author.id).limit(1)
    ).one_or_none()


def author_by_id(author_id: int) -> Author | None:
    return db.session.get(Author, author_id)


def _waits_for(person: User) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Author.email == person.email, Author.state == AuthorState.INVITED),
        sa.and_(
            Author.user_id == person.id,
            Author.state == AuthorState.ACCEPTED,
            Author.share_agreed.is_(False),
        ),
    )


def ideas_sent(campaign_id: int, user_ids: Collection[int], *, but: int) -> dict[int, int]:
    """How many other ideas of this campaign each person has sent, alone or in a team."""
    rows = db.session.execute(
        sa.select(Author.user_id, sa.func.count(sa.distinct(Author.idea_id)))
        .join(Author.idea)
        .where(
            Idea.campaign_id == campaign_id,
            Idea.state.in_(SENT),
            Idea.id != but,
            Author.user_id.in_(user_ids),
            Author.state == AuthorState.ACCEPTED,
        )
        .group_by(Author.user_id)
    )
    return {user_id: count for user_id, count in rows if user_id is not None}


def similar(idea: Idea, limit: int = 5, *, states: Collection[IdeaState] = SENT) -> list[SimilarRow]:
    """Ideas of all campaigns that say most nearly the same in title and summary. One query."""
    rows = db.session.execute(
        sa.select(Idea.id, Idea.code, Idea.title, Idea.summary, Idea.state, Campaign.name, Idea.search_text)
        .join(Idea.campaign)
        .where(Idea.state.in_(states), Idea.id != idea.id)
    ).all()
    found = most_alike(fold(f"{idea.title} {idea.summary}"), [row.search_text for row in rows], limit)
    return [SimilarRow(*rows[place][:-1], percent=percent) for place, percent in found]


def idea_of_file(file: StoredFile) -> Idea | None:
    """The idea that a file was added to, with its team."""
    return db.session.scalars(
        sa.select(Idea)
        .join(Attachment, Attachment.idea_id == Idea.id)
        .where(Attachment.file_id == file.id)
        .options(selectinload(Idea.authors))
    ).one_or_none()
