"""What anyone may see of an idea, and what no search, count or card may give away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.accounts.models import Consent, Guardianship
from app.accounts.rules import GuardianState, Purpose
from app.core.clock import now
from app.core.db import db
from app.gallery.queries import IdeaCard
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.rules import InitiativeState
from tests.factories import CampaignFactory, IdeaFactory, InitiativeFactory, UserFactory

S = IdeaState
CHILD_BORN = date(2013, 5, 20)


def consent(purpose=Purpose.PUBLIC_NAME, *, by_guardian=False, withdrawn=False):
    return Consent(
        purpose=purpose,
        given=True,
        by_guardian=by_guardian,
        text_version="1.0",
        means="thử",
        at=now(),
        withdrawn_at=now() if withdrawn else None,
    )


def child(*, guardian_agrees=False):
    """Twelve or so; said yes themselves."""
    person = UserFactory(birth_date=CHILD_BORN, full_name="Phạm Bé Na")
    if guardian_agrees:
        person.guardianship = Guardianship(
            guardian_name="Phạm Văn Cha",
            guardian_email="cha@example.vn",
            relation="cha",
            state=GuardianState.CONFIRMED,
            asked_at=now(),
        )
        person.consents += [consent(by_guardian=True), consent(Purpose.CONTEST, by_guardian=True)]
        db.session.commit()
    return person


def silent():
    """An adult who did not agree to be shown."""
    return UserFactory(full_name="Trần Văn Kín", consents=[consent(Purpose.CONTEST)])


def published(**words):
    return IdeaFactory(state=S.APPROVED, named_at=now(), **words)


@pytest.mark.parametrize("state", S)
def test_only_valid_ideas_are_public(browser, state):
    idea = IdeaFactory(state=state, title="Phiếu hẹn trả kết quả")

    page = browser.get("/y-tuong")

    if state is S.APPROVED:
        assert idea.title in page
        browser.get(f"/y-tuong/{idea.code}")
    else:
        assert idea.title not in page
        assert "0 ý tưởng" in page
        browser.get(f"/y-tuong/{idea.code or 'YT-2026-0000'}", status=404)


def test_nobody_is_named_while_judging_is_blind(browser):
    author = UserFactory(full_name="Nguyễn Thị Đào")
    idea = IdeaFactory(owner=author, state=S.APPROVED)

    for page in (browser.get("/y-tuong"), browser.get(f"/y-tuong/{idea.code}"), browser.get("/")):
        assert "Nguyễn Thị Đào" not in page
        assert "Đào" not in page.html
    assert "Đang chấm ẩn danh" in browser.get("/y-tuong")
    assert "Chúng em đặt hộp gom pin cũ" not in browser.get(f"/y-tuong/{idea.code}")


def test_authors_are_named_with_their_text_once_the_results_are_out(browser):
    author = UserFactory(full_name="Nguyễn Thị Đào")
    idea = published(owner=author)

    page = browser.get(f"/y-tuong/{idea.code}")

    assert "Nguyễn Thị Đào" in page
    assert "Chúng em đặt hộp gom pin cũ" in page
    assert "Nguyễn Thị Đào" in browser.get("/y-tuong")


def test_campaign_that_is_not_blind_names_at_once(browser):
    author = UserFactory(full_name="Nguyễn Thị Đào")
    idea = IdeaFactory(owner=author, state=S.APPROVED, campaign=CampaignFactory(blind=False))

    assert "Nguyễn Thị Đào" in browser.get(f"/y-tuong/{idea.code}")


@pytest.mark.parametrize("who", [child, silent])
def test_idea_of_who_did_not_agree_shows_code_and_title_only(browser, who):
    author = who()
    idea = published(owner=author, summary="Ngõ nhà em ngập bốn lần.")

    page = browser.get(f"/y-tuong/{idea.code}")
    cards = browser.get("/y-tuong")

    assert idea.code in page
    assert idea.title in page
    assert idea.title in cards
    for where in (page, cards, browser.get("/")):
        assert author.full_name not in where
        assert "ngập bốn lần" not in where
        assert "Chúng em đặt hộp" not in where
    assert "Tác giả không công khai tên" in page


def test_child_is_shown_only_when_both_agreed(browser):
    idea = published(owner=child(guardian_agrees=True))

    assert "Phạm Bé Na" in browser.get(f"/y-tuong/{idea.code}")


@pytest.mark.parametrize("purpose", [Purpose.PUBLIC_NAME, Purpose.CONTEST])
def test_consent_taken_back_hides_at_once(browser, purpose):
    author = UserFactory(full_name="Nguyễn Thị Đào")
    idea = published(owner=author)
    assert "Nguyễn Thị Đào" in browser.get(f"/y-tuong/{idea.code}")

    for given in author.consents:
        given.withdrawn_at = now() if given.purpose is purpose else None
    db.session.commit()

    assert "Nguyễn Thị Đào" not in browser.get(f"/y-tuong/{idea.code}")
    assert "Nguyễn Thị Đào" not in browser.get("/y-tuong")


def test_one_member_who_did_not_agree_hides_the_whole_team(browser):
    author, mate = UserFactory(full_name="Nguyễn Thị Đào"), silent()
    idea = published(owner=author)
    db.session.add(
        Author(
            idea_id=idea.id,
            user_id=mate.id,
            email=mate.email,
            full_name=mate.full_name,
            state=AuthorState.ACCEPTED,
            invited_at=now(),
        )
    )
    db.session.commit()

    page = browser.get(f"/y-tuong/{idea.code}")

    assert "Nguyễn Thị Đào" not in page
    assert mate.full_name not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("hop gom pin", True),
        ("HỘP GOM", True),
        ("pin hop", True),
        ("YT-2026-0007", True),
        ("0007", True),
        ("con nước", True),  # of the summary
        ("vườn rau", False),
        ("%", True),  # no word to look for
        ("hop%gom", True),
        ("_", True),
    ],
)
def test_search_needs_no_marks_and_takes_codes(browser, asked, found):
    idea = published(title="Hộp gom pin cũ", code="YT-2026-0007")

    page = browser.get("/y-tuong", query_string={"q": asked})

    assert (idea.code in page) is found
    assert page.value_of("q") == asked


@pytest.mark.parametrize("who", [child, silent])
def test_hidden_summary_takes_no_part_in_the_search(browser, who):
    idea = published(owner=who(), title="Báo ngập", summary="Cảm biến đặt ở hố ga đầu ngõ 12.")

    assert idea.code not in browser.get("/y-tuong?q=cam+bien")
    assert "0 ý tưởng" in browser.get("/y-tuong?q=ho+ga")
    assert idea.code in browser.get("/y-tuong?q=bao+ngap")


def test_filters_by_topic_and_year(browser):
    campaign = CampaignFactory(year=2025)
    first, second = (published(campaign=campaign, topic=topic) for topic in campaign.topics)
    third = published()

    by_topic = browser.get("/y-tuong", query_string={"linh-vuc": first.topic.slug})
    by_year = browser.get("/y-tuong?nam=2025")

    assert [one.code in by_topic for one in (first, second, third)] == [True, False, False]
    assert [one.code in by_year for one in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize("asked", ["99999999999999999999", "-1", "٣٤", "' OR 1=1 --", "x" * 5000])
def test_filters_take_anything(browser, asked):
    idea = published()

    page = browser.get("/y-tuong", query_string={"nam": asked, "linh-vuc": asked})

    assert idea.code in page


def test_no_find_says_what_to_do(browser):
    published()

    page = browser.get("/y-tuong?q=khongcogica")

    assert "Không có ý tưởng nào khớp" in page
    assert "/y-tuong" in page.links()


def test_list_is_paged_and_keeps_its_filters(browser):
    campaign = CampaignFactory()
    for _ in range(20):
        published(campaign=campaign, title="Gom pin")

    page = browser.get("/y-tuong?q=gom")

    assert "20 ý tưởng" in page
    assert any("q=gom" in link and "trang=2" in link for link in page.links())
    assert len(list(browser.get("/y-tuong?q=gom&trang=2").tree.iter("article"))) == 2


@pytest.mark.parametrize("many", [1, 20])
def test_public_pages_cost_the_same_with_few_and_many(browser, many):
    campaign = CampaignFactory()
    for _ in range(many):
        idea = published(campaign=campaign)
        InitiativeFactory(source_idea_id=idea.id)

    browser.get("/y-tuong?q=gom", queries=6)
    browser.get(f"/y-tuong/{idea.code}", queries=8)
    browser.get("/", queries=10)
    browser.get("/thong-ke", queries=6)


def test_state_of_an_initiative_that_is_not_public_is_not_told(browser):
    idea = published()
    one = InitiativeFactory(source_idea_id=idea.id, is_public=False, state=InitiativeState.PAUSED)

    page = browser.get(f"/y-tuong/{idea.code}")

    assert "Tạm dừng" not in page
    assert one.code not in page


def test_home_says_what_it_is_and_until_when(browser):
    campaign = CampaignFactory()
    newest = IdeaFactory(campaign=campaign, state=S.APPROVED)
    InitiativeFactory(source_idea_id=newest.id, title="Lấy số từ nhà")

    page = browser.get("/")

    assert "Người trẻ Đông Hải gửi cách làm mới" in page
    assert page.tree.find(".//*[@data-deadline]") is not None
    for words in (
        newest.title,
        "Giải Nhất",
        "5.000.000 đồng",
        campaign.topics[0].name,
        "Nhận ý tưởng",
        "Lấy số từ nhà",
    ):
        assert words in page
    assert {"/nop-y-tuong", "/the-le", "/quyen-rieng-tu", "/sang-kien"} <= set(page.links())


def test_home_without_a_campaign_is_no_dead_end(browser):
    page = browser.get("/")

    assert "Chưa có cuộc thi nào đang mở" in page
    assert "/tro-giup" in page.links()


def test_home_after_the_deadline_offers_no_entry(browser):
    CampaignFactory(opens_at=now() - timedelta(days=9), closes_at=now() - timedelta(days=1))

    page = browser.get("/")

    assert page.tree.find(".//*[@data-deadline]") is None
    assert not [a for a in page.tree.iter("a") if "btn-sun" in (a.get("class") or "")]


def test_markup_in_a_title_stays_text(browser):
    idea = published(title="<b>Gom</b> & <script>alert(1)</script>")

    page = browser.get(f"/y-tuong/{idea.code}")

    assert page.h1 == "<b>Gom</b> & <script>alert(1)</script>"
    assert "<b>Gom</b> &" in browser.get("/y-tuong")


def test_cards_hold_no_more_than_the_public_may_see():
    assert IdeaCard._fields == (
        "code", "title", "summary", "topic_slug", "topic_name", "author_line", "state", "date", "url",
    )  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/sang-kien/SK-2026-9999", "/y-tuong/YT-2026-9999", "/y-tuong/%F0%9F%8C%8A"]
)
def test_codes_that_are_none_lead_to_the_404_page(browser, path):
    browser.get(path, status=404)


@pytest.mark.parametrize(
    "path", ["/y-tuong?q=%00", "/y-tuong/%00", "/sang-kien?linh-vuc=%00", "/sang-kien/%00"]
)
def test_unreadable_requests_get_the_400_page(browser, path):
    browser.get(path, status=400)
