"""The queue: counts, filters, age of the oldest, what to look at twice, and one idea with what stands beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.clock import now, set_to
from app.core.db import db
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.moderation import queries
from app.moderation.rules import Flag, flags
from app.permissions import Action, Role, can
from tests.factories import CampaignFactory, IdeaFactory, UnitFactory, UserFactory

S = IdeaState
STATES = (S.SUBMITTED, S.RETURNED, S.APPROVED, S.REJECTED, S.WITHDRAWN)


def codes(page):
    return [row.code for row in page.items]


def test_counts_say_how_many_stand_where_and_since_when(app, moderator):
    long_ago = now() - timedelta(days=5)
    IdeaFactory(state=S.SUBMITTED, submitted_at=long_ago)
    for state in (S.SUBMITTED, S.APPROVED, S.RETURNED, S.DRAFT):
        IdeaFactory(state=state)

    waiting = queries.waiting(moderator)

    assert waiting.counts == {S.SUBMITTED: 2, S.APPROVED: 1, S.RETURNED: 1}
    assert waiting.oldest == long_ago


def test_queue_shows_the_oldest_first_and_says_how_old(browser, moderator):
    new = IdeaFactory(state=S.SUBMITTED)
    old = IdeaFactory(state=S.SUBMITTED, submitted_at=now() - timedelta(days=4))

    page = browser.as_(moderator).get("/quan-tri/duyet", queries=8)

    assert page.h1 == "2 ý tưởng chờ xem xét"
    assert "Bài chờ lâu nhất gửi 4 ngày trước." in page
    assert page.text.index(old.code) < page.text.index(new.code)


@pytest.mark.parametrize("state", STATES)
def test_each_tab_shows_its_own_state(browser, moderator, state):
    ideas = {each: IdeaFactory(state=each) for each in STATES}

    page = browser.as_(moderator).get(f"/quan-tri/duyet?trang-thai={state}")

    assert [code for code in (ideas[each].code for each in STATES) if code in page] == [ideas[state].code]


def test_drafts_and_withdrawn_drafts_are_nobodys_business(app, moderator):
    IdeaFactory(state=S.DRAFT)
    IdeaFactory(state=S.WITHDRAWN, code=None)

    assert queries.waiting(moderator).counts == {}
    assert [codes(queries.queue(moderator, state)) for state in STATES] == [[]] * 5


@pytest.mark.parametrize("asked", ["hop gom pin", "HỘP GOM", "gom  pin", "9", "yt-2026"])
def test_search_needs_no_marks_and_takes_codes(app, moderator, asked):
    idea = IdeaFactory(state=S.SUBMITTED, title="Hộp gom pin cũ", code="YT-2026-0009")
    IdeaFactory(state=S.SUBMITTED, title="Vườn rau", summary="Trồng rau.", code="YT-2025-0001")

    assert codes(queries.queue(moderator, S.SUBMITTED, text=asked)) == [idea.code]


@pytest.mark.parametrize("asked", ["%", "_", "khongco", "'; DROP TABLE ideas; --"])
def test_search_takes_signs_as_they_are(browser, moderator, asked):
    IdeaFactory(state=S.SUBMITTED)

    browser.as_(moderator).get(
        "/quan-tri/duyet", query_string={"q": asked, "linh-vuc": asked, "trang-thai": asked}
    )


def test_topic_filters_the_queue(app, moderator):
    campaign = CampaignFactory()
    first, second = (
        IdeaFactory(campaign=campaign, topic=topic, state=S.SUBMITTED) for topic in campaign.topics
    )

    assert codes(queries.queue(moderator, S.SUBMITTED, topic=second.topic.slug)) == [second.code]
    assert codes(queries.queue(moderator, S.SUBMITTED)) == [first.code, second.code]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANONYMOUS])
@pytest.mark.parametrize("here", [None, True, False])
def test_list_and_permission_say_the_same(app, role, here):
    """`here`: the grant holds everywhere, in the idea's campaign, or in another one."""
    idea, elsewhere = IdeaFactory(state=S.SUBMITTED), CampaignFactory()
    person = UserFactory(role=role)
    if here is not None:
        person.grants[0].campaign_id = idea.campaign_id if here else elsewhere.id
        db.session.commit()

    listed = db.session.query(Idea.id).where(queries.visible_to(person)).all()

    assert bool(listed) is can(person, Action.IDEA_MODERATE, idea)


def test_moderator_of_one_campaign_counts_and_finds_only_its_ideas(browser, moderator):
    mine, other = IdeaFactory(state=S.SUBMITTED), IdeaFactory(state=S.SUBMITTED)
    moderator.grants[0].campaign_id = mine.campaign_id
    db.session.commit()

    page = browser.as_(moderator).get("/quan-tri/duyet")

    assert page.h1 == "1 ý tưởng chờ xem xét"
    assert other.code not in page
    browser.as_(moderator).get(f"/quan-tri/duyet/{other.code}", status=404)


def test_promise_counts_working_days_and_skips_the_weekend():
    friday = datetime(2026, 10, 16, 3, tzinfo=UTC)

    assert queries.promised_by(friday, 5) == date(2026, 10, 23)
    assert queries.promised_by(friday, 1) == date(2026, 10, 19)


def test_promise_skips_public_holidays():
    new_years_eve = datetime(2026, 12, 31, 3, tzinfo=UTC)

    assert queries.promised_by(new_years_eve, 1) == date(2027, 1, 4)


def test_idea_is_late_only_once_the_promised_day_is_over(browser, moderator):
    sent = datetime(2026, 10, 13, 3, tzinfo=UTC)  # Tuesday; five working days end on the 20th
    IdeaFactory(state=S.SUBMITTED, submitted_at=sent)

    last_minute = datetime(2026, 10, 20, 16, 59, tzinfo=UTC)  # 23:59 in Việt Nam
    for moment, late in ((last_minute, False), (last_minute + timedelta(minutes=1), True)):
        with set_to(moment):
            assert queries.queue(moderator, S.SUBMITTED).items[0].is_late is late


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gọi 0912 345 678 để hỏi.", [Flag.PERSONAL_DATA]),
        ("Gọi 0912-345-678.", [Flag.PERSONAL_DATA]),
        ("Gọi +84912345678.", [Flag.PERSONAL_DATA]),
        ("Máy bàn 0225.3741.234.", [Flag.PERSONAL_DATA]),
        ("Căn cước 031203004567.", [Flag.PERSONAL_DATA]),
        ("Thư tới an.nv@example.vn nhé.", [Flag.PERSONAL_DATA]),
        ("Chi 1.090.000.000 đồng, trong 12 tháng của 2026.", []),
        ("Giảm từ 68 còn 23 phút, 240 lượt.", []),
        ("Em là NGUYEN THI DAO, lớp 9.", [Flag.NAMES_AUTHOR]),
        ("Trường THCS Đông Hải có 12 lớp.", [Flag.NAMES_AUTHOR]),
        ("Phường Đông Hải có 12 tổ.", []),
        ("", []),
    ],
)
def test_signs_to_look_at_twice(text, found):
    assert flags(text, ["Nguyễn Thị Đào", "Trường THCS Đông Hải", ""]) == found


def test_phone_number_and_name_in_the_text_are_flagged_on_the_page_and_in_the_queue(browser, moderator):
    unit = UnitFactory(name="Trường THCS Ngô Quyền")
    author = UserFactory(full_name="Nguyễn Thị Đào", unit_id=unit.id)
    idea = IdeaFactory(
        owner=author, state=S.SUBMITTED, answer="<p>Em là Nguyễn Thị <b>Đào</b>, gọi 0912 345 678.</p>"
    )

    page = browser.as_(moderator).get(f"/quan-tri/duyet/{idea.code}")
    queue = browser.as_(moderator).get("/quan-tri/duyet")

    assert "Có tên tác giả hoặc đơn vị của tác giả trong bài." in page
    assert "Có thể có số điện thoại" in page
    assert "Có tên tác giả hoặc đơn vị" in queue


def test_page_of_an_idea_shows_its_text_team_and_history(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)

    page = browser.as_(moderator).get(f"/quan-tri/duyet/{idea.code}", queries=20)

    assert page.h1 == idea.title
    assert "Chúng em đặt hộp gom pin cũ ở mười hai nhà văn hóa." in page
    assert f"{idea.authors[0].full_name} · trưởng nhóm · 100%" in page


def test_page_says_when_a_child_is_in_the_team(browser, moderator):
    child = UserFactory(birth_date=date(2013, 5, 20))
    idea = IdeaFactory(owner=child, state=S.SUBMITTED)

    assert "Có tác giả dưới 16 tuổi." in browser.as_(moderator).get(f"/quan-tri/duyet/{idea.code}")


def test_similar_ideas_stand_beside_it_with_shared_words_marked(browser, moderator):
    summary = "Gom pin cũ theo lịch con nước để rác nguy hại không lẫn vào rác nhà."
    idea = IdeaFactory(state=S.SUBMITTED, title="Hộp gom pin", summary=summary)
    alike = IdeaFactory(state=S.APPROVED, title="Thùng gom pin", summary="Gom pin cũ theo lịch con nước.")
    IdeaFactory(
        state=S.APPROVED, title="Chợ phiên sáng thứ Bảy", summary="Bán hải sản có nhật ký chuyến biển."
    )

    page = browser.as_(moderator).get(f"/quan-tri/duyet/{idea.code}")

    links = [link for link in page.links() if link.startswith("/quan-tri/duyet/YT")]
    assert links == [f"/quan-tri/duyet/{alike.code}"]
    assert [mark.text.strip() for mark in page.tree.iter("mark")] == ["Gom pin cũ theo lịch con"]


def test_own_idea_can_be_read_but_not_decided(browser):
    author = UserFactory(role=Role.MODERATOR)
    idea = IdeaFactory(owner=author, state=S.SUBMITTED)

    page = browser.as_(author).get(f"/quan-tri/duyet/{idea.code}")

    assert "Đây là bài của bạn: đồng nghiệp khác sẽ quyết định." in page
    assert "Xác nhận hợp lệ" not in page


def test_administrator_reads_but_has_no_buttons(browser, administrator):
    idea = IdeaFactory(state=S.SUBMITTED)

    page = browser.as_(administrator).get(f"/quan-tri/duyet/{idea.code}")

    assert "Xác nhận hợp lệ" not in page
    browser.as_(administrator).post(f"/quan-tri/duyet/{idea.code}/hop-le", {"version": 1}, status=403)


def test_withdrawn_idea_stays_readable_without_buttons(browser, moderator):
    idea = IdeaFactory(state=S.WITHDRAWN)

    page = browser.as_(moderator).get(f"/quan-tri/duyet/{idea.code}")

    assert "Bài này không chờ quyết định." in page
    assert page.tree.findall(".//details[@class='crit more decision']") == []


@pytest.mark.parametrize("many", [1, 25])
def test_queue_costs_the_same_with_few_and_many(browser, moderator, many):
    campaign = CampaignFactory()
    for _ in range(many):
        IdeaFactory(campaign=campaign, state=S.SUBMITTED)

    browser.as_(moderator).get("/quan-tri/duyet", queries=8)


def test_long_queue_is_paged(browser, moderator):
    campaign = CampaignFactory()
    ideas = [IdeaFactory(campaign=campaign, state=S.SUBMITTED) for _ in range(23)]
    staff = browser.as_(moderator)

    first, second = staff.get("/quan-tri/duyet"), staff.get("/quan-tri/duyet?trang=2")

    assert [idea.code in first for idea in ideas] == [True] * 20 + [False] * 3
    assert [idea.code in second for idea in ideas] == [False] * 20 + [True] * 3


def test_home_of_a_role_leads_to_its_work(browser, moderator, youth):
    assert browser.as_(moderator).get("/quan-tri", status=302).location == "/quan-tri/duyet"
    assert browser.as_(youth).get("/quan-tri", status=302).location == "/cua-toi"
