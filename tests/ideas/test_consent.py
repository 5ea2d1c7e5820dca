from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import worker
from app.core.clock import now
from app.core.db import db
from app.core.events import Event
from app.ideas.rules import IdeaState
from tests.factories import CampaignFactory, IdeaFactory, UserFactory

S = IdeaState
WITHDRAW = "/tai-khoan/dong-y/du_thi/rut"


def follow_everything() -> None:
    while worker.react(20):
        pass
    db.session.expire_all()


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (S.DRAFT, S.DRAFT),
        (S.SUBMITTED, S.WITHDRAWN),
        (S.RETURNED, S.WITHDRAWN),
        (S.APPROVED, S.WITHDRAWN),
        (S.REJECTED, S.REJECTED),
        (S.WITHDRAWN, S.WITHDRAWN),
    ],
)
def test_without_consent_a_sent_idea_leaves_the_contest(browser, youth, state, becomes):
    idea = IdeaFactory(owner=youth, state=state)

    browser.as_(youth).post(WITHDRAW, status=302)
    follow_everything()

    assert idea.state is becomes


def test_an_idea_being_judged_waits_for_staff(browser, youth):
    idea = IdeaFactory(owner=youth, state=S.APPROVED, judging_started_at=now())

    browser.as_(youth).post(WITHDRAW, status=302)
    follow_everything()

    assert idea.state is S.APPROVED


def test_other_peoples_ideas_and_other_purposes_change_nothing(browser, youth):
    campaign = CampaignFactory()
    own = IdeaFactory(campaign=campaign, owner=youth, state=S.SUBMITTED)
    others = IdeaFactory(campaign=campaign, owner=UserFactory(), state=S.SUBMITTED)
    person = browser.as_(youth)

    person.post("/tai-khoan/dong-y/cong_khai/rut", status=302)
    follow_everything()
    assert own.state is S.SUBMITTED
    person.post(WITHDRAW, status=302)
    follow_everything()

    assert (own.state, others.state) == (S.WITHDRAWN, S.SUBMITTED)
    withdrawn = sa.select(Event.object_id).where(Event.kind == "idea.withdrawn")
    assert db.session.scalars(withdrawn).all() == [own.id]


def test_who_agrees_again_at_once_loses_nothing(browser, youth):
    idea = IdeaFactory(owner=youth, state=S.SUBMITTED)
    person = browser.as_(youth)

    person.post(WITHDRAW, status=302)
    person.post("/tai-khoan/dong-y/du_thi", status=302)
    follow_everything()

    assert idea.state is S.SUBMITTED
