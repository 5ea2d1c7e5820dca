"""Reads of those who plan: rubrics with their criteria, rounds with their rubrics."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.campaigns.models import Campaign, Criterion, Round, RoundRules, Rubric, Topic, campaign_topics
from app.core.db import db


class RubricRow(NamedTuple):
    """A rubric of the list; `round_name` of the round that uses it."""

    rubric: Rubric
    round_name: str | None


def rubrics_of(campaign: Campaign) -> list[RubricRow]:
    """Rubrics of a campaign with their variants, oldest first: a campaign has a handful. Four queries."""
    rows = db.session.execute(
        sa.select(Rubric, Round.name)
        .outerjoin(Round, Round.rubric_id == Rubric.id)
        .where(Rubric.campaign_id == campaign.id, Rubric.variant_of_id.is_(None))
        .order_by(Rubric.id, Round.position)
        .options(
            selectinload(Rubric.criteria),
            selectinload(Rubric.variants).options(selectinload(Rubric.criteria), joinedload(Rubric.topic)),
        )
    )
    found: dict[int, RubricRow] = {}
    for rubric, name in rows:
        found.setdefault(rubric.id, RubricRow(rubric, name))
    return list(found.values())


def rubric_by_id(campaign: Campaign, rubric_id: int) -> Rubric | None:
    """One rubric of the campaign with everything that is written in it. Seven queries."""
    return db.session.scalars(
        sa.select(Rubric)
        .where(Rubric.id == rubric_id, Rubric.campaign_id == campaign.id)
        .options(
            joinedload(Rubric.topic),
            joinedload(Rubric.variant_of),
            selectinload(Rubric.criteria).selectinload(Criterion.levels),
            selectinload(Rubric.bands),
            selectinload(Rubric.variants).selectinload(Rubric.criteria).selectinload(Criterion.levels),
        )
    ).first()


def rounds_of(campaign: Campaign) -> list[Round]:
    """Rounds in order, each with its rubric, variants, criteria and levels: a campaign has two or three."""
    rubric = joinedload(Round.rubric, innerjoin=True)
    return list(
        db.session.scalars(
            sa.select(Round)
            .where(Round.campaign_id == campaign.id)
            .order_by(Round.position, Round.id)
            .options(
                rubric.selectinload(Rubric.criteria).selectinload(Criterion.levels),
                rubric.selectinload(Rubric.bands),
                rubric.selectinload(Rubric.variants).options(
                    joinedload(Rubric.topic), selectinload(Rubric.criteria).selectinload(Criterion.levels)
                ),
            )
        )
    )


def round_of_rubric(rubric: Rubric) -> Round | None:
    """The round that is judged by the rubric, or by the one it is a variant of."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.rubric_id == (rubric.variant_of_id or rubric.id))
        .order_by(Round.position)
        .limit(1)
    ).first()


def free_topics(rubric: Rubric) -> list[Topic]:
    """Topics of the campaign that have no variant of this rubric yet."""
    taken = [variant.topic_id for variant in rubric.variants]
    return list(
        db.session.scalars(
            sa.select(Topic)
            .join(campaign_topics, campaign_topics.c.topic_id == Topic.id)
            .where(campaign_topics.c.campaign_id == rubric.campaign_id, Topic.id.not_in(taken))
            .order_by(Topic.position)
        )
    )


def rules_versions(campaign: Campaign) -> dict[int, list[RoundRules]]:
    """Round → the versions of its rules, newest first. One query."""
    rows = db.session.scalars(
        sa.select(RoundRules)
        .join(Round, RoundRules.round_id == Round.id)
        .where(Round.campaign_id == campaign.id)
        .order_by(RoundRules.number.desc())
    )
    found: dict[int, list[RoundRules]] = {}
    for row in rows:
        found.setdefault(row.round_id, []).append(row)
    return found
