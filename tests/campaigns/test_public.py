"""Pages of a campaign, its rules and questions, and the ward's own texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.campaigns.models import FaqEntry, Phase, RulesText
from app.campaigns.rules import CampaignState
from app.core.clock import now
from app.core.db import db
from app.ideas.rules import IdeaState
from tests.factories import CampaignFactory, IdeaFactory


def with_rules(campaign, *numbers):
    for place, number in enumerate(numbers):
        db.session.add(
            RulesText(
                campaign_id=campaign.id,
                number=number,
                html=f"<h2>Điều 1</h2><p>Bản {number}.</p>",
                published_at=now() - timedelta(days=len(numbers) - place),
                reason="Sửa độ tuổi." if place else "",
            )
        )
    db.session.add(
        FaqEntry(campaign_id=campaign.id, question="Gửi chung được không?", answer="<p>Được.</p>", position=0)
    )
    db.session.commit()


def test_list_shows_open_and_past_campaigns_newest_first_and_no_plans(browser):
    old = CampaignFactory(
        name="Mùa cũ",
        opens_at=now() - timedelta(days=400),
        closes_at=now() - timedelta(days=300),
        published_at=now(),
    )
    new = CampaignFactory(name="Mùa mới")
    CampaignFactory(name="Mùa sau", state=CampaignState.PLANNED)

    page = browser.get("/cuoc-thi", queries=4)

    assert page.text.index("Mùa mới") < page.text.index("Mùa cũ")
    assert "Mùa sau" not in page
    assert {f"/cuoc-thi/{old.slug}", f"/cuoc-thi/{new.slug}", f"/ket-qua/{old.slug}"} <= set(page.links())


def test_page_says_who_when_and_for_what(browser):
    campaign = CampaignFactory(min_age=12, max_age=35, team_max=5)
    idea = IdeaFactory(campaign=campaign, state=IdeaState.APPROVED)

    page = browser.get(f"/cuoc-thi/{campaign.slug}")

    assert page.h1 == campaign.name
    for words in (
        "Từ 12 đến 35 tuổi",
        "nhiều nhất 5 người",
        "Giải Nhất",
        campaign.topics[0].name,
        idea.title,
    ):
        assert words in page
    assert f"/cuoc-thi/{campaign.slug}/the-le" in page.links()


@pytest.mark.parametrize(("closes_in_days", "takes"), [(1, True), (-1, False)])
def test_button_is_there_only_while_ideas_are_taken(browser, closes_in_days, takes):
    campaign = CampaignFactory(closes_at=now() + timedelta(days=closes_in_days))

    page = browser.get(f"/cuoc-thi/{campaign.slug}")

    assert ("Hạn gửi:" in page) is takes


@pytest.mark.parametrize("path", ["/cuoc-thi/khong-co", "/cuoc-thi/khong-co/the-le", "/the-le"])
def test_what_is_not_there_is_404(browser, path):
    browser.get(path, status=404)


def test_rules_are_those_of_the_newest_version_with_the_questions(browser):
    campaign = CampaignFactory()
    with_rules(campaign, "1.0", "1.1")

    page = browser.get("/the-le")

    assert "Bản 1.1." in page
    assert "Bản 1.0." not in page
    assert "Phiên bản 1.1" in page
    assert "Sửa độ tuổi." in page
    assert "Gửi chung được không?" in page
    assert "Bản 1.1." in browser.get(f"/cuoc-thi/{campaign.slug}/the-le")


def test_phases_say_what_is_over_and_what_is_now(browser):
    moment = now()
    campaign = CampaignFactory(
        phases=[
            Phase(key="a", name="Chặng qua", starts_at=moment - timedelta(days=9), ends_at=moment - timedelta(days=5), position=0),
            Phase(key="b", name="Chặng này", starts_at=moment - timedelta(days=1), ends_at=moment + timedelta(days=1), position=1),
        ]
    )  # fmt: skip

    page = browser.get(f"/cuoc-thi/{campaign.slug}")

    assert page.text.index("Chặng qua") < page.text.index("Chặng này")


@pytest.mark.parametrize("path", ["/quyen-rieng-tu", "/tro-giup"])
def test_texts_of_the_ward_have_no_blank_left(browser, path):
    page = browser.get(path, queries=1)

    assert len(page.text) > 500
    assert "{" not in page.text


def test_privacy_names_the_law_that_is_in_force(browser):
    assert "91/2025/QH15" in browser.get("/quyen-rieng-tu")
