"""Figures about all campaigns, for everybody: each group with how many people stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Campaign, Topic
from app.core.db import db
from app.gallery.queries import visible
from app.ideas.models import Author, Idea
from app.ideas.rules import AuthorState


class Group(NamedTuple):
    """Valid ideas that have something in common, and their authors."""

    label: str
    slug: str  # of the topic, for its colour
    ideas: int
    people: int


def by_topic() -> list[Group]:
    """Valid ideas of each topic. One query."""
    return _groups(Topic.name, Topic.slug, Topic.position)


def by_campaign() -> list[Group]:
    """Valid ideas of each campaign, the oldest first. One query."""
    return [group._replace(slug="") for group in _groups(Campaign.name, Campaign.slug, Campaign.opens_at)]


def authors() -> int:
    """People with a valid idea, each counted once."""
    count: int = db.session.execute(_of_valid(sa.func.count(sa.distinct(Author.user_id)))).scalar_one()
    return count


def bars(kept: Sequence[Group], small: Sequence[Group], rest: str) -> list[tuple[str, int, str]]:
    """Rows of a chart: the groups that may be shown, and one bar for all that are too small."""
    rows = [(group.label, group.ideas, group.slug) for group in kept]
    return [*rows, (rest, sum(group.ideas for group in small), "")] if small else rows


def _groups(label: Any, slug: Any, place: Any) -> list[Group]:
    statement = _of_valid(
        label, slug, sa.func.count(sa.distinct(Idea.id)), sa.func.count(sa.distinct(Author.user_id))
    )
    return [Group(*row) for row in db.session.execute(statement.group_by(label, slug, place).order_by(place))]


def _of_valid(*columns: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .select_from(Idea)
        .join(Topic, Idea.topic_id == Topic.id)
        .join(Campaign, Idea.campaign_id == Campaign.id)
        .join(Author, sa.and_(Author.idea_id == Idea.id, Author.state == AuthorState.ACCEPTED))
        .where(visible())
    )
