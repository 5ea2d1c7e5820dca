"""The public reads. What a reader may see of an idea is decided here, before anything is matched or counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import aliased

from app.accounts import consent_clauses
from app.accounts.models import User
from app.accounts.rules import Purpose
from app.campaigns.models import Campaign, Round, Topic, campaign_topics
from app.core import formats
from app.core.clock import today
from app.core.db import db
from app.core.i18n import _
from app.core.pagination import Page, page
from app.core.text import fold, name_key
from app.ideas.models import Author, Idea, Version
from app.ideas.queries import readable
from app.ideas.rules import PUBLIC, AuthorState


class Filters(NamedTuple):
    """What the list was asked for; each value comes from a list of ours or is ignored."""

    text: str = ""
    topic: str = ""
    year: str = ""


class IdeaCard(NamedTuple):
    code: str
    title: str
    summary: str
    topic_slug: str
    topic_name: str
    author_line: str
    state: str
    date: str
    url: str


class TopicCount(NamedTuple):
    slug: str
    name: str
    description: str
    ideas: int


class PublicIdea(NamedTuple):
    """An idea's page as the public may see it."""

    id: int
    code: str
    title: str
    summary: str
    topic_slug: str
    topic_name: str
    campaign_slug: str
    campaign_name: str
    submitted_at: datetime
    authors: list[str]
    sections: list[dict[str, str]]
    is_named: bool


# Taking back the consent to the contest takes a member off the public pages too.
TO_BE_SHOWN = (Purpose.CONTEST, Purpose.PUBLIC_NAME)


def shown() -> sa.ColumnElement[bool]:
    """Every member who takes part agreed to be shown with the idea (under 16: their guardian too).

    Without it the public sees the code and the title, and nothing else.
    """
    member = aliased(Author)
    return ~(
        sa.exists().where(
            member.idea_id == Idea.id,
            member.state == AuthorState.ACCEPTED,
            member.user_id == User.id,
            ~sa.and_(*(consent_clauses.holds(purpose, today()) for purpose in TO_BE_SHOWN)),
        )
    )


def visible() -> sa.ColumnElement[bool]:
    """What exists for the public: ideas found valid."""
    return Idea.state.in_(PUBLIC)


def named() -> sa.ColumnElement[bool]:
    """Authors are named once the results are out; at once where no round is judged blind (Campaign.hides_names)."""
    blind_round = sa.exists().where(Round.campaign_id == Campaign.id, Round.blind.is_(True))
    return sa.or_(Idea.named_at.is_not(None), sa.and_(Campaign.blind.is_(False), ~blind_round))


def ideas(filters: Filters, number: int = 1) -> Page[IdeaCard]:
    """The public list, newest first. Three queries whatever the size."""
    return _cards(_filtered(filters), number, per_page=18)


def newest(campaign: Campaign, limit: int = 6) -> list[IdeaCard]:
    """The newest valid ideas of a campaign."""
    return _cards(_list().where(Idea.campaign_id == campaign.id), 1, per_page=limit).items


def counts_by_topic(campaign: Campaign) -> list[TopicCount]:
    """Every topic of the campaign with its number of valid ideas."""
    counted = sa.func.count(Idea.id)
    rows = db.session.execute(
        sa.select(Topic.slug, Topic.name, Topic.description, counted)
        .join(campaign_topics, campaign_topics.c.topic_id == Topic.id)
        .outerjoin(Idea, sa.and_(Idea.topic_id == Topic.id, Idea.campaign_id == campaign.id, visible()))
        .where(campaign_topics.c.campaign_id == campaign.id)
        .group_by(Topic.id)
        .order_by(Topic.position)
    )
    return [TopicCount(*row) for row in rows]


def topics() -> list[tuple[str, str]]:
    """(slug, name) of every topic, for filters."""
    return [
        (slug, name)
        for slug, name in db.session.execute(sa.select(Topic.slug, Topic.name).order_by(Topic.position))
    ]


def years() -> list[tuple[str, str]]:
    """The years of the campaigns, newest first, for filters."""
    found = db.session.scalars(sa.select(Campaign.year).distinct().order_by(Campaign.year.desc()))
    return [(str(year), str(year)) for year in found]


def idea(code: str) -> PublicIdea | None:
    """One idea's page. Two queries; the long text only where the authors agreed and the results are out."""
    row = db.session.execute(
        sa.select(
            Idea.id,
            Idea.code,
            Idea.title,
            Idea.summary,
            Topic.slug,
            Topic.name,
            Campaign.slug,
            Campaign.name,
            Idea.submitted_at,
            Version.sections,
            shown().label("is_shown"),
            named().label("is_named"),
        )
        .join(Topic, Idea.topic_id == Topic.id)
        .join(Campaign, Idea.campaign_id == Campaign.id)
        .join(Version, sa.and_(Version.idea_id == Idea.id, Version.number == Idea.version_number))
        .where(Idea.code == code, visible())
    ).first()
    if row is None:
        return None
    authors = names([row.id]).get(row.id, []) if row.is_shown and row.is_named else []
    return PublicIdea(
        id=row.id,
        code=row.code,
        title=row.title,
        summary=row.summary if row.is_shown else "",
        topic_slug=row[4],
        topic_name=row[5],
        campaign_slug=row[6],
        campaign_name=row[7],
        submitted_at=row.submitted_at,
        authors=authors,
        sections=readable(row.sections) if row.is_shown and row.is_named else [],
        is_named=row.is_named,
    )


class _Row(NamedTuple):
    """An idea of the list, with what may be shown of it."""

    id: int
    code: str
    title: str
    summary: str
    topic_slug: str
    topic_name: str
    state: str
    submitted_at: datetime
    is_shown: bool
    is_named: bool


def _list() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Idea.id,
            Idea.code,
            Idea.title,
            Idea.summary,
            Topic.slug,
            Topic.name,
            Idea.state,
            Idea.submitted_at,
            shown().label("is_shown"),
            named().label("is_named"),
        )
        .join(Topic, Idea.topic_id == Topic.id)
        .join(Campaign, Idea.campaign_id == Campaign.id)
        .where(visible())
        .order_by(Idea.submitted_at.desc(), Idea.id.desc())
    )


def _filtered(filters: Filters) -> sa.Select[*tuple[Any, ...]]:
    statement = _list()
    for word in fold(filters.text).split()[:8]:
        # a hidden summary takes no part in the search, or a guess could be confirmed by it
        statement = statement.where(
            sa.or_(
                Idea.search_title.contains(word, autoescape=True),
                sa.and_(shown(), Idea.search_text.contains(word, autoescape=True)),
                sa.func.lower(Idea.code).contains(word, autoescape=True),
            )
        )
    if filters.topic:
        statement = statement.where(Topic.slug == filters.topic)
    if filters.year:
        statement = statement.where(Campaign.year == int(filters.year))
    return statement


def _cards(statement: sa.Select[*tuple[Any, ...]], number: int, per_page: int) -> Page[IdeaCard]:
    found = page(statement, _Row, number, per_page)
    authors = names([row.id for row in found.items if row.is_shown and row.is_named])
    cards = [_card(row, authors.get(row.id, [])) for row in found.items]
    return Page(cards, found.number, found.per_page, found.total)


def _card(row: _Row, authors: list[str]) -> IdeaCard:
    return IdeaCard(
        code=row.code,
        title=row.title,
        summary=row.summary if row.is_shown else "",
        topic_slug=row.topic_slug,
        topic_name=row.topic_name,
        author_line=", ".join(authors) if row.is_named else _("Đang chấm ẩn danh"),
        state=row.state,
        date=formats.day(row.submitted_at),
        url=url_for("gallery.idea", code=row.code),
    )


def names(idea_ids: list[int]) -> dict[int, list[str]]:
    """Names of the members of these ideas, leader first, then by given name. One query."""
    if not idea_ids:
        return {}
    rows = db.session.execute(
        sa.select(Author.idea_id, User.full_name, Author.is_leader)
        .join(User, Author.user_id == User.id)
        .where(Author.idea_id.in_(idea_ids), Author.state == AuthorState.ACCEPTED)
    )
    found: dict[int, list[str]] = {}
    for idea_id, name, _leads in sorted(rows, key=lambda row: (not row[2], name_key(row[1]))):
        found.setdefault(idea_id, []).append(name)
    return found
