"""What an administrator does with a campaign: plan one from the standard frame, mend it, move its deadline."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns import standard
from app.campaigns.models import Campaign, Phase, Round, RulesText, Topic
from app.campaigns.rules import (
    CAMPAIGN_FLOW,
    CampaignAction,
    sensible_deadline,
    sensible_stretch,
)
from app.core import clock, richtext
from app.core.db import MEANINGS, db
from app.core.errors import Invalid, same_version
from app.core.events import record
from app.core.i18n import _l
from app.core.text import slugify
from app.permissions import Action as A
from app.permissions import require

OPENS = time(8, 0)
LOCKS = time(17, 0)

MEANINGS["uq_campaigns_slug"] = Invalid("name", _l("Đã có cuộc thi tên này. Thêm năm vào tên cho khác."))


def create_campaign(
    actor: User, *, name: str, tagline: str, opens_on: date, closes_on: date, rules: str
) -> Campaign:
    """Plan a campaign from the standard frame: topics, form, rubrics, two rounds, prizes. Planned, not yet open."""
    require(actor, A.CAMPAIGN_MANAGE)
    sensible_stretch(opens_on, closes_on)
    campaign = Campaign(
        slug=slugify(name, 60),
        name=name,
        tagline=tagline,
        year=closes_on.year,
        opens_at=clock.at_local(opens_on, OPENS),
        closes_at=clock.end_of(closes_on),
        contact_email=actor.email,
        topics=list(db.session.scalars(sa.select(Topic).order_by(Topic.position))),
        questions=standard.questions(),
        prizes=standard.prizes(standard.data()["prizes"]),
        phases=_phases(opens_on, closes_on),
        **standard.limits(),
    )
    db.session.add(campaign)
    db.session.flush()
    for position, plan in enumerate(plan for plan in standard.data()["phases"] if "rubric" in plan):
        db.session.add(_round(campaign, plan, position, closes_on))
    db.session.add(
        RulesText(
            campaign_id=campaign.id,
            number="1.0",
            html=richtext.from_input(rules),
            published_at=clock.now(),
        )
    )
    record("campaign.created", campaign, actor)
    return campaign


def edit_campaign(
    actor: User,
    campaign: Campaign,
    *,
    name: str,
    tagline: str,
    intro: str,
    residence: str,
    contact_email: str,
    min_age: int,
    max_age: int,
    moderation_days: int,
    appeal_days: int,
    version: int,
) -> Campaign:
    """Mend the words and limits of a campaign; its address stays."""
    require(actor, A.CAMPAIGN_MANAGE, campaign)
    same_version(campaign.version, version)
    if min_age > max_age:
        raise Invalid("max_age", _l("Tuổi cao nhất phải từ tuổi thấp nhất trở lên."))
    campaign.name, campaign.tagline, campaign.residence = name, tagline, residence
    campaign.intro = richtext.from_input(intro)
    campaign.contact_email = contact_email
    campaign.min_age, campaign.max_age = min_age, max_age
    campaign.moderation_days, campaign.appeal_days = moderation_days, appeal_days
    record("campaign.edited", campaign, actor)
    return campaign


def move_deadline(actor: User, campaign: Campaign, *, closes_on: date, reason: str, version: int) -> Campaign:
    """Move the deadline for everyone, never before now; an event that all can see, with its reason."""
    require(actor, A.CAMPAIGN_MANAGE, campaign)
    same_version(campaign.version, version)
    closes_at = clock.end_of(closes_on)
    sensible_deadline(campaign.opens_at, closes_at, clock.now())
    before, campaign.closes_at = campaign.closes_at, closes_at
    for phase in campaign.phases:
        if phase.key == "nhan_bai":
            phase.ends_at = closes_at
    record(
        "campaign.deadline_moved",
        campaign,
        actor,
        before=clock.local(before).isoformat(timespec="minutes"),
        after=clock.local(closes_at).isoformat(timespec="minutes"),
        reason=reason,
    )
    return campaign


def open_campaign(actor: User, campaign: Campaign, *, version: int) -> Campaign:
    """Announce it: from its opening day on it takes ideas. One closed too early opens again."""
    require(actor, A.CAMPAIGN_MANAGE, campaign)
    same_version(campaign.version, version)
    campaign.state = CAMPAIGN_FLOW.after(campaign.state, CampaignAction.OPEN)
    record("campaign.opened", campaign, actor)
    return campaign


def close_campaign(actor: User, campaign: Campaign, *, version: int) -> Campaign:
    """It takes no more ideas, whatever its dates say."""
    require(actor, A.CAMPAIGN_MANAGE, campaign)
    same_version(campaign.version, version)
    campaign.state = CAMPAIGN_FLOW.after(campaign.state, CampaignAction.CLOSE)
    record("campaign.closed", campaign, actor)
    return campaign


def _stretch(plan: dict[str, Any], opens_on: date, closes_on: date) -> tuple[datetime, datetime]:
    """Start and end of a planned phase, counted from the deadline."""
    starts = closes_on + timedelta(days=plan["from"]) if "from" in plan else opens_on
    if "until" not in plan:
        return clock.at_local(starts, OPENS), clock.end_of(closes_on)
    return clock.at_local(starts, OPENS), clock.at_local(closes_on + timedelta(days=plan["until"]), LOCKS)


def _phases(opens_on: date, closes_on: date) -> list[Phase]:
    phases = []
    for position, plan in enumerate(standard.data()["phases"]):
        starts_at, ends_at = _stretch(plan, opens_on, closes_on)
        phases.append(
            Phase(key=plan["id"], name=plan["name"], starts_at=starts_at, ends_at=ends_at, position=position)
        )
    return phases


def _round(campaign: Campaign, plan: dict[str, Any], position: int, closes_on: date) -> Round:
    starts_at, ends_at = _stretch(plan, closes_on, closes_on)
    return Round(
        campaign_id=campaign.id,
        key=plan["id"],
        rubric=standard.rubric(campaign.id, plan["rubric"]),
        starts_at=starts_at,
        ends_at=ends_at,
        position=position,
        **standard.judged_as(plan, campaign),
    )
