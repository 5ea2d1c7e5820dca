"""Loads the demo into an empty database, once."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns import standard
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core import clock
from app.core.db import db, transaction
from app.core.events import Outbox, OutboxState
from app.demo import campaigns, people, sources
from app.demo.ideas import IdeaScript
from app.demo.initiatives import InitiativeScript
from app.demo.judging import JudgingScript
from app.demo.script import Script

MAILED_UNTIL_DAYS_AGO = 3

ACCOUNTS = (
    ("Học sinh 14 tuổi", "tn03"),
    ("Thanh niên", "tn26"),
    ("Người kiểm duyệt (Đoàn phường)", "kd01"),
    ("Giám khảo", "gk01"),
    ("Cán bộ theo dõi (phòng VH - XH)", "cb01"),
    ("Đầu mối đơn vị", "dv01"),
    ("Lãnh đạo UBND", "ld01"),
    ("Quản trị viên", "qt01"),
)


def is_empty() -> bool:
    return db.session.execute(sa.select(User.id).limit(1)).first() is None


def load_if_empty() -> bool:
    """True if the demo was loaded now; a database with anybody in it is left alone."""
    with db.scope():
        if not is_empty():
            return False
        with transaction():
            load()
        return True


def holds_demo() -> bool:
    """Whether the people in the database are the demo's own."""
    emails = [email for _role, email in accounts()]
    theirs = sa.select(User.id).where(User.email.in_(emails)).limit(1)
    with db.scope():
        return db.session.execute(theirs).first() is not None


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


def accounts() -> list[tuple[str, str]]:
    """(role, e-mail) of one account a role, for the console and the sign-in page."""
    rows = {row["id"]: row for row in sources.read("people")["people"]}
    return [(label, rows[name]["email"]) for label, name in ACCOUNTS]
