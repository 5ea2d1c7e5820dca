"""The public tracker: every public thing with its unit, its last word, and why not."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.db import db, transaction
from app.ideas.rules import IdeaState
from app.initiatives import service
from app.initiatives.rules import InitiativeState
from tests.factories import IdeaFactory, InitiativeFactory, TopicFactory, UnitFactory, UserFactory
from tests.initiatives.taking import TEXT, take

S = InitiativeState


def test_tracker_shows_the_last_public_word_and_the_unit(browser, officer):
    unit = UnitFactory(short_name="Phòng Kinh tế")
    one = InitiativeFactory(state=S.IN_PROGRESS, lead_unit_id=unit.id)
    take("report", officer, one, text="Đã đo xong ba ngõ.")

    page = browser.get("/sang-kien")

    assert "Đã đo xong ba ngõ." in page
    assert "Phòng Kinh tế" in page
    assert officer.full_name not in page


def test_declined_one_says_why_in_full_on_its_page_and_in_the_list(browser, officer):
    one = InitiativeFactory(state=S.RECEIVED)
    take("decline", officer, one, reason="Vỉa hè hẹp hơn hai mét, không bảo đảm an toàn giao thông.")

    assert "Vì sao không làm: Vỉa hè hẹp hơn hai mét" in browser.get("/sang-kien")
    page = browser.get(f"/sang-kien/{one.code}")
    assert "Vỉa hè hẹp hơn hai mét, không bảo đảm an toàn giao thông." in page


def test_reopened_one_no_longer_says_why_not(browser, officer):
    one = InitiativeFactory(state=S.RECEIVED)
    take("decline", officer, one, reason="Vỉa hè hẹp hơn hai mét, không an toàn.")
    take("reopen", officer, one, reason="Đã có phương án mới.")

    assert "Vì sao không làm" not in browser.get("/sang-kien")
    assert "Vì sao không làm" not in browser.get(f"/sang-kien/{one.code}")


def test_what_is_not_public_is_not_there(browser):
    one = InitiativeFactory(is_public=False, title="Việc nội bộ")

    page = browser.get("/sang-kien")

    assert one.title not in page
    assert "0 việc" in page
    browser.get(f"/sang-kien/{one.code}", status=404)
    browser.get("/sang-kien/SK-2026-0000", status=404)


def test_filters_and_counts(browser):
    topic, unit = TopicFactory(), UnitFactory()
    one = InitiativeFactory(topic_id=topic.id, lead_unit_id=unit.id, state=S.TRIAL)
    other = InitiativeFactory(state=S.PAUSED)

    for query in ({"trang-thai": "trial"}, {"linh-vuc": topic.slug}, {"don-vi": unit.slug}):
        page = browser.get("/sang-kien", query_string=query)
        assert one.code in page
        assert other.code not in page
        assert "1 việc, tin mới nhất trước." in page
    assert "Áp dụng thử 1" in browser.get("/sang-kien")


def test_merged_one_leads_to_the_other(browser, officer):
    one, other = InitiativeFactory(), InitiativeFactory(title="Việc nhận gộp")
    take("merge", officer, one, into_code=other.code)

    assert f"/sang-kien/{other.code}" in browser.get(f"/sang-kien/{one.code}").links()
    assert f"/hang-doi/{other.code}" in browser.as_(officer).get(f"/hang-doi/{one.code}").links()


@pytest.mark.parametrize("hidden", ["child without consent", "withdrawn"])
def test_text_its_authors_do_not_show_is_not_shown_here_either(browser, officer, hidden):
    child = UserFactory(birth_date=date(2013, 5, 20))
    author = child if hidden == "child without consent" else UserFactory()
    idea = IdeaFactory(owner=author, state=IdeaState.APPROVED, summary="Lớp em đo mực nước ở ngõ nhà em.")
    with transaction():
        code = service.forward_idea(officer, idea).code
    if hidden == "withdrawn":
        idea.state = IdeaState.WITHDRAWN
        db.session.commit()

    page = browser.get(f"/sang-kien/{code}")

    assert idea.title in page
    assert "mực nước" not in page
    assert "mực nước" not in browser.get("/sang-kien")
    assert author.full_name not in page


def test_text_of_who_agreed_is_shown(browser, officer):
    idea = IdeaFactory(state=IdeaState.APPROVED, summary="Đo mực nước ở ba ngõ.")
    with transaction():
        code = service.forward_idea(officer, idea).code

    page = browser.get(f"/sang-kien/{code}")

    assert "Đo mực nước ở ba ngõ." in page
    assert idea.authors[0].full_name not in page  # judging is blind until the results are out


def test_trial_says_where_and_its_end_says_what_came_of_it(browser, officer):
    one = InitiativeFactory(state=S.ASSIGNED)
    take("try_out", officer, one, place="Hai quầy đất đai")
    take("end_trial", officer, one, text="Giờ dự kiến lệch trung bình chín phút.", percent=85)

    page = browser.get(f"/sang-kien/{one.code}")

    assert "Thử tại: Hai quầy đất đai" in page
    assert "Giờ dự kiến lệch trung bình chín phút." in page
    assert "Tiến độ 85%" in page


def test_paused_one_is_told_with_its_reason(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    take("pause", officer, one, reason=TEXT)

    assert TEXT in browser.get(f"/sang-kien/{one.code}")
