"""Reads: campaigns, their calendar and their rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.campaigns.models import Campaign, FaqEntry, Phase, Prize, RulesText, Topic, campaign_topics
from app.campaigns.rules import CampaignState, PhaseStanding, standing, takes_ideas
from app.core import formats
from app.core.clock import now
from app.core.db import db


class PhaseRow(NamedTuple):
    name: str
    period: str
    state: PhaseStanding


@dataclass(frozen=True)
class PrizeRow:
    name: str
    count: int
    amount: str
    extra: str


class CampaignRow(NamedTuple):
    slug: str
    name: str
    tagline: str
    state: CampaignState
    opens_at: object
    closes_at: object
    published_at: object


def by_slug(slug: str) -> Campaign | None:
    """One campaign with its topics."""
    return _one(sa.select(Campaign).where(Campaign.slug == slug))


def current_campaign() -> Campaign | None:
    """The youth campaign that takes ideas now; else the newest one."""
    moment = now()
    is_open = sa.and_(
        Campaign.state == CampaignState.OPEN, Campaign.opens_at <= moment, Campaign.closes_at >= moment
    )
    return _one(
        sa.select(Campaign)
        .where(Campaign.kind == "youth", Campaign.state != CampaignState.PLANNED)
        .order_by(is_open.desc(), Campaign.opens_at.desc())
        .limit(1)
    )


def open_for_ideas() -> list[Campaign]:
    """Campaigns that take ideas at this moment, youth's first."""
    moment = now()
    rows = db.session.scalars(
        sa.select(Campaign)
        .where(Campaign.state == CampaignState.OPEN)
        .options(selectinload(Campaign.topics))
        .order_by(Campaign.kind.desc(), Campaign.closes_at)
    )
    return [row for row in rows if takes_ideas(row.state, row.opens_at, row.closes_at, moment)]


def every_campaign(*, planned: bool = False) -> list[CampaignRow]:
    """For the lists of campaigns: a ward runs a handful, newest first; planned ones only for who plans them."""
    statement = (
        sa.select(
            Campaign.slug,
            Campaign.name,
            Campaign.tagline,
            Campaign.state,
            Campaign.opens_at,
            Campaign.closes_at,
            Campaign.published_at,
        )
        .where(sa.true() if planned else Campaign.state != CampaignState.PLANNED)
        .order_by(Campaign.opens_at.desc())
    )
    return [CampaignRow(*row) for row in db.session.execute(statement)]


# The stations that the home page has room for; a campaign's own page shows them all.
MAIN_PHASES = ("nhan_bai", "so_khao", "chung_khao", "cong_bo", "chuyen_tiep")


def calendar(campaign: Campaign, *, only: Collection[str] = ()) -> list[PhaseRow]:
    """The phases with their standing at this moment; `only`: keys of those wanted."""
    wanted = (
        sa.select(Phase.name, Phase.starts_at, Phase.ends_at)
        .where(Phase.campaign_id == campaign.id)
        .order_by(Phase.position)
    )
    rows = db.session.execute(wanted.where(Phase.key.in_(only)) if only else wanted)
    moment = now()
    return [
        PhaseRow(name, formats.period(starts, ends), standing(starts, ends, moment))
        for name, starts, ends in rows
    ]


def prizes(campaign: Campaign) -> list[PrizeRow]:
    rows = db.session.execute(
        sa.select(Prize.name, Prize.count, Prize.amount_vnd, Prize.extra)
        .where(Prize.campaign_id == campaign.id)
        .order_by(Prize.position)
    )
    return [PrizeRow(name, count, formats.money(amount), extra) for name, count, amount, extra in rows]


def rules_text(campaign: Campaign) -> RulesText | None:
    """The newest version of the rules."""
    return db.session.scalars(
        sa.select(RulesText)
        .where(RulesText.campaign_id == campaign.id)
        .order_by(RulesText.published_at.desc(), RulesText.id.desc())
        .limit(1)
    ).first()


def faq(campaign: Campaign) -> list[FaqEntry]:
    return list(
        db.session.scalars(
            sa.select(FaqEntry).where(FaqEntry.campaign_id == campaign.id).order_by(FaqEntry.position)
        )
    )


def topics_of(campaign: Campaign) -> list[tuple[str, str]]:
    """(slug, name) of each topic, in order."""
    rows = db.session.execute(
        sa.select(Topic.slug, Topic.name)
        .join(campaign_topics, campaign_topics.c.topic_id == Topic.id)
        .where(campaign_topics.c.campaign_id == campaign.id)
        .order_by(Topic.position)
    )
    return [(slug, name) for slug, name in rows]


def _one(statement: sa.Select[Any]) -> Campaign | None:
    found: Campaign | None = db.session.scalars(statement.options(selectinload(Campaign.topics))).first()
    return found
