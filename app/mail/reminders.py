"""Reminders that dates bring about. They look at how things stand: a worker that slept sends one, not many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.campaigns.models import Campaign, Question, Round
from app.campaigns.rules import CampaignState, RoundState
from app.core.clock import now, today
from app.core.db import db, transaction
from app.core.formats import deadline
from app.ideas.models import Answer, Idea
from app.ideas.rules import IdeaState
from app.initiatives.models import Initiative
from app.initiatives.rules import WORKING
from app.mail.compose.ideas import own_page, to_authors
from app.mail.compose.initiatives import overdue
from app.mail.compose.judging import judge_reminders
from app.mail.letters import PreviewMail
from app.mail.outgoing import write

# Nearest first: who is inside several windows gets the nearest one only.
DRAFT_WINDOWS = (
    ("draft_reminder_3h", timedelta(hours=3)),
    ("draft_reminder_1d", timedelta(days=1)),
    ("draft_reminder_7d", timedelta(days=7)),
)
JUDGE_WINDOWS = (("1d", timedelta(days=1)), ("3d", timedelta(days=3)))


def remind_authors_of_drafts() -> int:
    """Drafts whose deadline is near: one mail a window, and again if the deadline moves."""
    written = 0
    with transaction():
        for campaign in db.session.scalars(
            sa.select(Campaign).where(
                Campaign.state == CampaignState.OPEN,
                Campaign.closes_at > now(),
                Campaign.closes_at <= now() + DRAFT_WINDOWS[-1][1],
            )
        ):
            left = campaign.closes_at - now()
            template = next(name for name, window in DRAFT_WINDOWS if left <= window)
            occasion = f"{campaign.closes_at:%Y%m%dT%H%M}"
            written += _write(_about_drafts(campaign, template), occasion)
    return written


def _about_drafts(campaign: Campaign, template: str) -> list[PreviewMail]:
    parts = db.session.scalar(sa.select(sa.func.count()).where(Question.campaign_id == campaign.id)) or 0
    drafts = db.session.execute(
        sa.select(Idea, sa.func.count(Answer.id))
        .outerjoin(Answer, sa.and_(Answer.idea_id == Idea.id, Answer.words > 0))
        .where(Idea.campaign_id == campaign.id, Idea.state == IdeaState.DRAFT)
        .group_by(Idea.id)
        .order_by(Idea.id)
    ).all()
    return [
        mail
        for idea, done in drafts
        for mail in to_authors(
            template,
            idea,
            {
                "han_nop": deadline(campaign.closes_at),
                "so_phan_xong": done,
                "tong_so_phan": parts,
                "lien_ket": own_page(idea, "/sua"),
            },
        )
    ]


def remind_judges() -> int:
    """Judges with open sheets, three days and one day before the round ends."""
    written = 0
    with transaction():
        for round_ in db.session.scalars(
            sa.select(Round)
            .where(
                Round.state == RoundState.OPEN,
                Round.ends_at > now(),
                Round.ends_at <= now() + JUDGE_WINDOWS[-1][1],
            )
            .options(selectinload(Round.campaign))
        ):
            window = next(name for name, span in JUDGE_WINDOWS if round_.ends_at - now() <= span)
            occasion = f"r{round_.id}-{window}-{round_.ends_at:%Y%m%d}"
            written += _write(judge_reminders(round_), occasion)
    return written


def remind_of_overdue() -> int:
    """Initiatives past their day, once a week for each."""
    year, week, _day = today().isocalendar()
    written = 0
    with transaction():
        for initiative in db.session.scalars(
            sa.select(Initiative)
            .where(Initiative.state.in_(WORKING), Initiative.due_on < today())
            .options(selectinload(Initiative.lead_unit))
        ):
            written += _write(overdue(initiative), f"s{initiative.id}-{year}w{week:02d}")
    return written


def _write(mails: Iterable[PreviewMail], occasion: str) -> int:
    return sum(write(mail, occasion=occasion) for mail in mails)
