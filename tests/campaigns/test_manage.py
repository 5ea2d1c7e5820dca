"""An administrator plans a campaign from the standard frame, mends it and moves its deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.campaigns import queries, standard
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState, Method
from app.core import clock, formats
from app.core.db import db, transaction
from app.core.events import Event
from app.judging import frozen
from tests.factories import CampaignFactory

RULES = "Điều 1. Ai cũng gửi được.\n\nĐiều 2. Chấm ẩn danh."


@pytest.fixture
def ward(app):
    with transaction():
        standard.load_topics(standard.load_units(with_demo=False))


def day(offset: int) -> str:
    return formats.day(clock.today() + timedelta(days=offset))


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Event.kind).order_by(Event.id)))


def new(browser, **changes):
    data = {"name": "Ý tưởng trẻ 2027", "opens_on": day(1), "closes_on": day(40), "rules": RULES, **changes}
    return browser.post("/quan-tri/cuoc-thi/moi", data, queries=80)  # a whole campaign at once


def test_new_campaign_has_the_standard_form_rubrics_rounds_and_prizes(ward, browser, administrator):
    page = new(browser.as_(administrator))

    campaign = queries.by_slug("y-tuong-tre-2027")
    assert page.location == "/quan-tri/cuoc-thi/y-tuong-tre-2027"
    assert campaign.state is CampaignState.PLANNED
    assert len(campaign.topics) == 6
    assert [question.key for question in campaign.questions][:2] == ["thuc_trang", "giai_phap"]
    assert [
        (r.key, r.rubric.key, r.method, r.full_panel, r.cut_top, r.gives_awards) for r in campaign.rounds
    ] == [
        ("so_khao", "P1", Method.ADJUSTED, False, 40, False),  # four for each of the ten prizes
        ("chung_khao", "P2", Method.VALID, True, None, True),
    ]
    assert [frozen.findings_of(round_) for round_ in campaign.rounds] == [[], []]
    assert campaign.prizes[0].name == "Giải Nhất"
    assert campaign.closes_at == clock.end_of(clock.today() + timedelta(days=40))


def test_planned_campaign_is_not_public_until_it_is_opened(ward, browser, administrator):
    admin = browser.as_(administrator)
    new(admin)
    assert "Ý tưởng trẻ 2027" not in browser.get("/cuoc-thi")

    campaign = queries.by_slug("y-tuong-tre-2027")
    admin.post(f"/quan-tri/cuoc-thi/{campaign.slug}/mo", {"version": campaign.version})

    assert "Ý tưởng trẻ 2027" in browser.get("/cuoc-thi")
    assert kinds()[-2:] == ["campaign.created", "campaign.opened"]


def test_deadline_before_the_opening_is_refused_beside_its_field(ward, browser, administrator):
    page = new(browser.as_(administrator), closes_on=day(0))

    assert page.status == 422
    assert page.errors() == {"closes_on": "Hạn nộp phải sau ngày mở nhận ý tưởng."}
    assert page.value_of("name") == "Ý tưởng trẻ 2027"


@pytest.mark.parametrize("typed", ["31/02/2027", "2027-05-01", "mai"])
def test_day_that_is_none_is_refused_and_stays_typed(ward, browser, administrator, typed):
    page = new(browser.as_(administrator), closes_on=typed)

    assert page.status == 422
    assert page.value_of("closes_on") == typed


def test_same_name_twice_is_refused(ward, browser, administrator):
    admin = browser.as_(administrator)
    new(admin)

    page = new(admin)

    assert page.errors() == {"name": "Đã có cuộc thi tên này. Thêm năm vào tên cho khác."}


def test_moved_deadline_is_an_event_with_its_reason(browser, administrator):
    campaign = CampaignFactory()

    browser.as_(administrator).post(
        f"/quan-tri/cuoc-thi/{campaign.slug}/han-nop",
        {"han-closes_on": day(30), "han-reason": "Nghỉ bão", "han-version": campaign.version},
    )

    assert campaign.closes_at == clock.end_of(clock.today() + timedelta(days=30))
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert (event.kind, event.data["reason"]) == ("campaign.deadline_moved", "Nghỉ bão")


def test_deadline_never_moves_before_now(browser, administrator):
    campaign = CampaignFactory()
    before = campaign.closes_at

    page = browser.as_(administrator).post(
        f"/quan-tri/cuoc-thi/{campaign.slug}/han-nop",
        {"han-closes_on": day(-1), "han-reason": "Sớm hơn", "han-version": campaign.version},
    )

    assert page.status == 422
    assert campaign.closes_at == before


def test_second_administrator_gets_the_conflict_page(browser, administrator):
    campaign = CampaignFactory()
    first, second = browser.as_(administrator), browser.as_(administrator)
    stale = campaign.version
    first.post(f"/quan-tri/cuoc-thi/{campaign.slug}/dong", {"version": stale})

    page = second.post(f"/quan-tri/cuoc-thi/{campaign.slug}/dong", {"version": stale})

    assert page.status == 409


def test_only_administrators_manage_campaigns(browser, moderator):
    browser.as_(moderator).get("/quan-tri/cuoc-thi", status=403)


def test_intro_is_sanitised(browser, administrator):
    campaign = CampaignFactory()

    browser.as_(administrator).post(
        f"/quan-tri/cuoc-thi/{campaign.slug}",
        {
            "version": campaign.version,
            "name": campaign.name,
            "intro": "<p>Chào <script>alert(1)</script><b onclick=x>bạn</b></p>",
            "contact_email": "a@example.vn",
            "min_age": 12,
            "max_age": 35,
            "moderation_days": 5,
            "appeal_days": 7,
        },
    )

    saved = db.session.get(Campaign, campaign.id).intro
    assert "script" not in saved
    assert "onclick" not in saved
    assert "Chào" in saved


def test_texts_of_the_ward_are_pages(browser):
    assert browser.get("/quyen-rieng-tu").h1 == "Thông báo xử lý dữ liệu cá nhân"
    assert browser.get("/tro-giup").h1 == "Trợ giúp theo vai trò"
