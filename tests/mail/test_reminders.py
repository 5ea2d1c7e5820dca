"""Reminders look at how things stand: one a window, none for what is done, one after a long sleep."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.campaigns.rules import RoundState
from app.core.clock import now, today
from app.core.db import db
from app.ideas.rules import IdeaState
from app.initiatives.rules import InitiativeState
from app.judging.rules import SheetState
from app.mail import reminders
from app.mail.models import Mail
from app.permissions import Role
from tests.factories import (
    CampaignFactory,
    IdeaFactory,
    InitiativeFactory,
    RoundFactory,
    UnitFactory,
    UserFactory,
)
from tests.mail.test_idea_mails import sheet


def written():
    db.session.rollback()
    return db.session.execute(sa.select(Mail.template, Mail.to_address).order_by(Mail.id)).all()


@pytest.mark.parametrize(
    ("left", "template"),
    [
        (timedelta(days=8), None),
        (timedelta(days=6), "draft_reminder_7d"),
        (timedelta(hours=20), "draft_reminder_1d"),
        (timedelta(hours=2), "draft_reminder_3h"),
        (timedelta(hours=-1), None),
    ],
)
def test_the_nearest_window_decides_which_reminder_a_draft_gets(app, left, template):
    campaign = CampaignFactory(opens_at=now() - timedelta(days=30), closes_at=now() + left)
    draft = IdeaFactory(campaign=campaign)

    reminders.remind_authors_of_drafts()

    assert written() == ([(template, draft.authors[0].email)] if template else [])


def test_a_reminder_is_written_once_however_often_the_job_runs(app):
    campaign = CampaignFactory(closes_at=now() + timedelta(days=5))
    IdeaFactory(campaign=campaign)

    assert reminders.remind_authors_of_drafts() == 1
    assert reminders.remind_authors_of_drafts() == 0

    assert len(written()) == 1


def test_a_moved_deadline_reminds_again(app):
    campaign = CampaignFactory(closes_at=now() + timedelta(days=5))
    IdeaFactory(campaign=campaign)
    reminders.remind_authors_of_drafts()
    campaign.closes_at += timedelta(days=1)
    db.session.commit()

    reminders.remind_authors_of_drafts()

    assert len(written()) == 2


def test_nobody_is_reminded_of_an_idea_that_was_sent(app):
    campaign = CampaignFactory(closes_at=now() + timedelta(days=5))
    IdeaFactory(campaign=campaign, state=IdeaState.SUBMITTED)

    reminders.remind_authors_of_drafts()

    assert written() == []


@pytest.mark.parametrize(
    ("left", "reminded"), [(timedelta(days=4), 0), (timedelta(days=2), 1), (timedelta(hours=5), 1)]
)
def test_judges_with_open_sheets_are_reminded_near_the_end(app, judge, left, reminded):
    round_ = RoundFactory(state=RoundState.OPEN, ends_at=now() + left)
    sheet(round_, judge)
    done = UserFactory(role=Role.JUDGE)
    sheet(round_, done, SheetState.SUBMITTED)

    reminders.remind_judges()
    reminders.remind_judges()

    assert written() == [("judge_reminder", judge.email)] * reminded


def test_an_overdue_initiative_reminds_its_unit_once_a_week(app):
    unit = UnitFactory()
    contact = UserFactory(role=Role.UNIT_CONTACT, unit_id=unit.id)
    InitiativeFactory(
        state=InitiativeState.IN_PROGRESS, lead_unit_id=unit.id, due_on=today() - timedelta(days=3)
    )
    InitiativeFactory(
        state=InitiativeState.COMPLETED, lead_unit_id=unit.id, due_on=today() - timedelta(days=3)
    )
    InitiativeFactory(state=InitiativeState.IN_PROGRESS, lead_unit_id=unit.id, due_on=today())

    reminders.remind_of_overdue()
    reminders.remind_of_overdue()

    assert written() == [("initiative_overdue", contact.email)]
