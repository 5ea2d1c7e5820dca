"""Reads for authors: what moderators answered, what judges' work led to, what the ward makes of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.audit import queries as audit
from app.audit import words
from app.audit.queries import TimelineEntry
from app.campaigns.models import Prize
from app.core.db import db
from app.core.events import Event
from app.core.i18n import _
from app.ideas.models import Idea
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState
from app.judging.models import Entry
from app.moderation.models import Decision
from app.moderation.rules import Outcome
from app.results.models import Award, Publication, RankRow
from app.results.rules import PublicationState


class Answer(NamedTuple):
    """What a moderator decided, in the words the authors read."""

    idea_id: int
    outcome: Outcome
    reason: str
    made_at: datetime
    version_number: int


class Taken(NamedTuple):
    """The initiative that an idea became."""

    idea_id: int
    code: str
    state: InitiativeState
    is_public: bool


class News(NamedTuple):
    """One thing that happened to one of a person's ideas."""

    at: datetime
    text: Any
    detail: str
    actor: str
    drawing: str


def answers(idea_ids: Collection[int]) -> dict[int, list[Answer]]:
    """Every decision about these ideas, newest first. One query."""
    rows = db.session.execute(
        sa.select(
            Decision.idea_id, Decision.outcome, Decision.reason, Decision.made_at, Decision.version_number
        )
        .where(Decision.idea_id.in_(idea_ids))
        .order_by(Decision.id.desc())
    )
    found: dict[int, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.idea_id, []).append(Answer(*row))
    return found


def awards(idea_ids: Collection[int]) -> dict[int, str]:
    """The prize of each idea that holds one in what is published now. One query."""
    rows = db.session.execute(
        sa.select(Award.idea_id, Prize.name)
        .join(Award.prize)
        .join(Award.publication)
        .where(Award.idea_id.in_(idea_ids), Publication.state == PublicationState.PUBLISHED)
        .order_by(Prize.position.desc())
    )
    return dict(row.tuple() for row in rows)


def has_letter(idea: Idea) -> bool:
    """Was it judged to the end, and are the results out? Then its team has a letter to read. One query at most."""
    if idea.campaign.published_at is None:
        return False
    ranked = sa.select(RankRow.id).join(RankRow.entry).where(Entry.idea_id == idea.id)
    return db.session.execute(ranked.limit(1)).first() is not None


def taken(idea_ids: Collection[int]) -> dict[int, Taken]:
    """What the ward made of each idea. One query."""
    rows = db.session.execute(
        sa.select(Initiative.source_idea_id, Initiative.code, Initiative.state, Initiative.is_public).where(
            Initiative.source_idea_id.in_(idea_ids)
        )
    )
    found = [Taken(row.source_idea_id or 0, row.code, row.state, row.is_public) for row in rows]
    return {one.idea_id: one for one in found}


def news(titles: dict[int, str], limit: int = 6) -> list[News]:
    """The last steps of these ideas (title by id), newest first. One query."""
    rows = db.session.execute(
        sa.select(Event.at, Event.kind, Event.object_id)
        .where(
            Event.object_type == Idea.__tablename__,
            Event.object_id.in_(titles),
            Event.kind != "idea.created",
        )
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [
        News(at, words.of(kind).text, titles[idea_id], "", words.of(kind).drawing)
        for at, kind, idea_id in rows
    ]


def history(idea: Idea) -> list[TimelineEntry]:
    """What happened to an idea; the team by name, everybody else by office."""
    team = {author.full_name for author in idea.authors}
    return [
        entry if entry.actor in team or not entry.actor else entry._replace(actor=_("Đoàn phường"))
        for entry in audit.timeline(Idea.__tablename__, idea.id)
    ]
