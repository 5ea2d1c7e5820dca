"""Loads the demo into an empty database, once."""

from __future__ import annotations

import sqlalchemy as sa

from app.campaigns import standard
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.db import db, transaction
from app.core.events import Outbox, OutboxState
from app.demo import campaigns, people, sources
from app.demo.accounts import is_empty
from app.demo.finals import RehearsalScript
from app.demo.ideas import IdeaScript
from app.demo.initiatives import InitiativeScript
from app.demo.judging import JudgingScript
from app.demo.script import Script

MAILED_UNTIL_DAYS_AGO = 3


def load_if_empty() -> bool:
    """True if the demo was loaded now; a database with anybody in it is left alone."""
    if not is_empty():
        return False
    with db.scope(), transaction():
        load()
    return True


def load() -> None:
    """People and plans first; then the past, step by step, through the real commands. Not mailed: it is history."""
    sources.begin()
    units = standard.load_units(with_demo=True)
    everybody = people.load_people(units)
    topics = standard.load_topics(units)
    every_campaign = campaigns.load_campaigns(topics)
    script = Script()
    written = IdeaScript(script, everybody, every_campaign)
    JudgingScript(script, everybody, units, every_campaign, written.made)
    RehearsalScript(script, everybody, every_campaign)
    InitiativeScript(script, everybody, units, topics, written.made)
    people.take_back(script, everybody)
    script.play()
    _close(every_campaign)
    _consider_mailed()


def _close(every_campaign: dict[str, Campaign]) -> None:
    for campaign in every_campaign.values():
        if campaign.published_at is not None:
            campaign.state = CampaignState.CLOSED


def _consider_mailed() -> None:
    """Mails of the past were sent in their time; those of the last days are still to go out."""
    db.session.execute(
        sa.update(Outbox)
        .where(Outbox.due_at < clock.days_ago(MAILED_UNTIL_DAYS_AGO))
        .values(state=OutboxState.DONE, done_at=Outbox.due_at)
        .execution_options(synchronize_session=False)
    )
