"""What the privacy notice says is deleted is deleted, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.core.clock import now
from app.core.db import db
from app.core.events import Event
from app.core.stored_files import StoredFile
from app.ideas import retention
from app.ideas.models import Answer, Attachment, Author, Idea
from app.ideas.rules import IdeaState
from tests.factories import CampaignFactory, IdeaFactory, UserFactory
from tests.ideas.attachments.samples import png

pytestmark = pytest.mark.postgres


def ago(days: float):
    return now() - timedelta(days=days)


def campaign_closed(days: float):
    return CampaignFactory(opens_at=ago(days + 30), closes_at=ago(days))


def with_a_file(browser, owner, **facts):
    idea = IdeaFactory(owner=owner, **facts)
    browser.as_(owner).post(
        f"/cua-toi/{idea.public_id}/tep",
        {"tep": (BytesIO(png()), "so-do.png")},
        status=201,
        headers={"Accept": "application/json"},
    )
    return idea


def rows(table):
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def leaves(person) -> None:
    for consent in person.consents:
        consent.withdrawn_at = now()
    db.session.commit()


def test_a_draft_goes_ninety_days_after_the_deadline_with_all_that_hangs_on_it(browser, youth):
    idea = with_a_file(browser, youth, campaign=CampaignFactory())
    idea.campaign.opens_at, idea.campaign.closes_at = ago(120), ago(90.1)
    db.session.commit()

    assert retention.forget_drafts() == 1

    assert [rows(table) for table in (Idea, Answer, Author, Attachment, StoredFile)] == [0, 0, 0, 0, 0]
    assert db.session.scalars(sa.select(Event.kind).order_by(Event.id.desc())).first() == "idea.discarded"
    assert retention.forget_drafts() == 0


@pytest.mark.parametrize(("days", "state"), [(89.9, IdeaState.DRAFT), (200, IdeaState.SUBMITTED)])
def test_younger_drafts_and_sent_ideas_stay(app, days, state):
    IdeaFactory(campaign=campaign_closed(days), state=state)

    assert retention.forget_drafts() == 0
    assert rows(Idea) == 1


def test_an_idea_taken_out_for_want_of_consent_is_emptied_after_ninety_days(app):
    owner = UserFactory()
    idea = IdeaFactory(owner=owner, state=IdeaState.WITHDRAWN, saved_at=ago(90.1), title="Hộp gom pin cũ")
    code = idea.code
    leaves(owner)

    assert retention.forget_withdrawn() == 1

    db.session.expire_all()
    assert (idea.code, idea.title, idea.summary, idea.answers) == (code, retention.EMPTY_TITLE, "", [])
    assert (idea.versions[0].title, idea.versions[0].sections) == (retention.EMPTY_TITLE, [])
    assert "pin" not in idea.search_text
    assert retention.forget_withdrawn() == 0


@pytest.mark.parametrize(
    ("days", "state", "agrees"),
    [
        (89.9, IdeaState.WITHDRAWN, False),
        (200, IdeaState.WITHDRAWN, True),  # withdrew the idea, not the consent: it stays theirs to read
        (200, IdeaState.APPROVED, False),
    ],
)
def test_other_ideas_keep_their_text(app, days, state, agrees):
    owner = UserFactory()
    IdeaFactory(owner=owner, state=state, saved_at=ago(days))
    if not agrees:
        leaves(owner)

    assert retention.forget_withdrawn() == 0
