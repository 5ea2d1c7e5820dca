"""What is typed, as every form takes it."""

import pytest
import sqlalchemy as sa

from app.campaigns.rules import CampaignState
from app.core.db import db
from app.core.forms import clean_text
from app.ideas.models import Idea
from tests.factories import CampaignFactory


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Hộp gom pin  ", "Hộp gom pin"),
        ("\u200b\u200b", ""),
        ("Hộp\u200b gom\ufeff pin", "Hộp gom pin"),
        ("Mai \u202egnp.exe", "Mai gnp.exe"),
        ("a\u2066b\u2069", "ab"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        (None, None),
    ],
)
def test_marks_that_nobody_sees_are_not_kept(typed, kept):
    assert clean_text(typed) == kept


def test_a_one_time_key_too_long_for_its_column_is_refused(browser, youth):
    campaign = CampaignFactory(state=CampaignState.OPEN)

    browser.as_(youth).post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "x" * 41}, status=422)

    assert db.session.scalars(sa.select(Idea)).all() == []


@pytest.mark.parametrize("body", ["[]", '["x"]', '{"email": {"a": [1]}}', "7", "null", "{"])
def test_a_body_of_json_is_no_form_and_no_fault(app, monkeypatch, body):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=False)

    answer = app.test_client().post("/quen-mat-khau", data=body, content_type="application/json")

    assert answer.status_code < 500
