"""Beginning and writing an idea: nothing typed is lost."""

from __future__ import annotations

import unicodedata

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.ideas.wording import wording_of
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, UserFactory
from tests.ideas.typed import SOLUTION, kept, typed


def all_ideas():
    return db.session.scalars(sa.select(Idea).order_by(Idea.id)).all()


def test_starting_gives_a_draft_under_an_unguessable_name(browser, youth):
    campaign = CampaignFactory()

    page = browser.as_(youth).post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "k1"}, status=302)

    idea = all_ideas()[0]
    assert page.location == f"/cua-toi/{idea.public_id}/sua"
    assert len(idea.public_id) >= 20
    assert (idea.state, idea.code, idea.owner_ids) == (IdeaState.DRAFT, None, {youth.id})


def test_starting_twice_with_one_page_gives_one_draft(browser, youth):
    campaign = CampaignFactory()
    mine = browser.as_(youth)

    pages = [mine.post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "k1"}) for _ in range(2)]

    assert len(all_ideas()) == 1
    assert pages[0].location == pages[1].location


def test_someone_elses_key_opens_nothing_of_theirs(browser, youth):
    campaign = CampaignFactory()
    browser.as_(UserFactory()).post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "k1"})

    browser.as_(youth).post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "k1"}, status=409)

    assert [idea.created_by_id for idea in all_ideas()] != [youth.id]


def test_start_page_offers_each_open_campaign_with_its_deadline(browser, youth):
    first, second = CampaignFactory(), CampaignFactory()

    page = browser.as_(youth).get("/nop-y-tuong", queries=6)

    assert first.name in page
    assert second.name in page
    assert "Hạn nộp" in page


def test_start_page_without_a_campaign_says_so(browser, youth):
    page = browser.as_(youth).get("/nop-y-tuong")

    assert "chưa có cuộc thi nào nhận ý tưởng" in page


def test_visitor_is_led_to_sign_in_and_back(browser):
    page = browser.get("/nop-y-tuong", status=302)

    assert page.location.startswith("/dang-nhap")
    assert "nop-y-tuong" in page.location


def test_organiser_of_the_campaign_begins_nothing(browser):
    campaign = CampaignFactory()
    both = UserFactory(role=Role.YOUTH)
    from app.accounts.models import RoleGrant
    from app.core.clock import now

    both.grants.append(RoleGrant(role=Role.JUDGE, campaign_id=campaign.id, given_at=now()))
    db.session.commit()

    browser.as_(both).post("/nop-y-tuong", {"campaign": campaign.slug, "once_key": "k1"}, status=409)

    assert all_ideas() == []


def test_writing_page_shows_the_form_of_the_campaign(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.as_(youth).get(f"/cua-toi/{idea.public_id}/sua", queries=15)

    assert page.value_of("title") == idea.title
    assert "gom pin cũ" in page.value_of("p_giai_phap")
    assert "Hạn gửi" in page


def test_saving_keeps_what_was_typed(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/sua",
        typed(idea, title="Tủ sách  bến phà", keywords="sách, phà", budget="3,5 triệu", viec="xem"),
        status=302,
    )

    assert page.location == f"/cua-toi/{idea.public_id}/xem-truoc"
    assert (idea.title, idea.keywords, idea.budget_vnd) == ("Tủ sách bến phà", "sách, phà", 3_500_000)
    assert kept(idea) == f"<p>{SOLUTION}</p>"
    assert "tu sach ben pha" in idea.search_text


def test_unfinished_text_is_saved_all_the_same(browser, youth):
    idea = IdeaFactory(owner=youth)

    browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/sua", typed(idea, title="", summary="", p_giai_phap="một"), status=302
    )

    assert (idea.title, idea.summary, kept(idea)) == ("", "", "<p>một</p>")


def test_text_is_stored_composed_whatever_the_keyboard_sent(browser, youth):
    idea = IdeaFactory(owner=youth)
    apart = unicodedata.normalize("NFD", "Ðặt tủ sách ở bến phà")

    browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/sua",
        typed(idea, title=apart, summary=apart, p_giai_phap=apart),
        status=302,
    )

    whole = "Đặt tủ sách ở bến phà"
    assert (idea.title, idea.summary, kept(idea)) == (whole, whole, f"<p>{whole}</p>")


HOSTILE = (
    '<p onclick="x()">An toàn<script>alert(1)</script></p><img src=x onerror=alert(1)>'
    '<a href="javascript:alert(1)">bấm</a><iframe src="//evil.example"></iframe>'
)


def test_hostile_markup_is_cleaned_before_it_is_stored(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)

    mine.post(
        f"/cua-toi/{idea.public_id}/sua", typed(idea, title=HOSTILE[:90], p_giai_phap=HOSTILE), status=302
    )

    for word in ("script", "onclick", "onerror", "javascript:", "iframe", "img"):
        assert word not in kept(idea)
    preview = mine.get(f"/cua-toi/{idea.public_id}/xem-truoc").html
    assert "<p onclick" not in preview  # the title shows its signs, it does not act on them
    assert "&lt;p onclick" in preview


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": "chưa biết"}, "budget"),
        ({"title": "x" * 301}, "title"),
        ({"summary": "x" * 10_001}, "summary"),
        ({"keywords": "x" * 301}, "keywords"),
        ({"p_giai_phap": "<ul><li>" * 5000}, "p_giai_phap"),
    ],
)
def test_refused_field_gives_the_whole_text_back(browser, youth, changes, field):
    idea = IdeaFactory(owner=youth)
    sent = typed(idea, p_rui_ro="Mưa bão làm hỏng hộp", **changes)

    page = browser.as_(youth).post(f"/cua-toi/{idea.public_id}/sua", sent, status=422)

    assert page.errors()[field]
    assert page.value_of(field).strip() == sent[field]
    assert page.value_of("p_rui_ro").strip() == "Mưa bão làm hỏng hộp"
    assert "data-unsaved" in page.html


def test_topic_of_another_campaign_is_refused(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/sua", typed(idea, topic="khong-co", p_giai_phap="Vẫn còn đây"), status=422
    )

    assert "Vẫn còn đây" in page.value_of("p_giai_phap")


def test_part_that_the_page_did_not_send_stays(browser, youth):
    idea = IdeaFactory(owner=youth)
    before = kept(idea)
    sent = typed(idea)
    del sent["p_giai_phap"], sent["topic"]

    browser.as_(youth).post(f"/cua-toi/{idea.public_id}/sua", sent, status=302)

    assert kept(idea) == before
    assert wording_of(idea).topic == idea.topic.slug


def test_second_editor_gets_both_texts_and_chooses(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    old = typed(idea, title="Bản của tôi")
    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Bản kia"), status=302)

    page = mine.post(f"/cua-toi/{idea.public_id}/sua", old, status=409)

    assert "Bản của tôi" in page
    assert "Bản kia" in page
    assert idea.title == "Bản kia"

    again = {name: page.value_of(name) for name in old if name != "topic"} | {"topic": old["topic"]}
    mine.post(f"/cua-toi/{idea.public_id}/sua", again, status=302)

    assert idea.title == "Bản của tôi"


def test_ended_session_gives_the_text_back_with_a_way_to_sign_in(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, p_giai_phap="Chưa kịp lưu"), status=401)

    assert page.value_of("p_giai_phap") == "Chưa kịp lưu"
    assert any(link.startswith("/dang-nhap") for link in page.links())


def test_stale_token_costs_nobody_their_text(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/sua",
        {**typed(idea, title="Viết từ phiên trước"), "csrf_token": "cu"},
        status=422,
    )

    assert page.value_of("title") == "Viết từ phiên trước"
    assert idea.title != "Viết từ phiên trước"
    assert page.value_of("csrf_token") not in {"cu", ""}


@pytest.mark.parametrize("role", [Role.YOUTH, Role.JUDGE, Role.OFFICER])
def test_strangers_do_not_learn_that_a_draft_exists(browser, role):
    idea = IdeaFactory()
    theirs = browser.as_(UserFactory(role=role))
    wanted = 404 if role is Role.YOUTH else 403

    for page in ("", "/sua", "/xem-truoc", "/nop", "/rut", "/doi", "/tep"):
        theirs.get(f"/cua-toi/{idea.public_id}{page}", status=wanted)
    theirs.post(f"/cua-toi/{idea.public_id}/sua", typed(idea), status=wanted)


def test_there_is_no_difference_between_a_foreign_draft_and_none(browser, youth):
    theirs = IdeaFactory()
    mine = browser.as_(youth)

    foreign = mine.get(f"/cua-toi/{theirs.public_id}/sua", status=404)
    none = mine.get("/cua-toi/khong-co/sua", status=404)

    assert foreign.h1 == none.h1


@pytest.mark.parametrize("state", [IdeaState.APPROVED, IdeaState.REJECTED, IdeaState.WITHDRAWN])
def test_decided_idea_is_read_not_written(browser, youth, state):
    idea = IdeaFactory(owner=youth, state=state)
    mine = browser.as_(youth)

    assert mine.get(f"/cua-toi/{idea.public_id}/sua", status=302).location == f"/cua-toi/{idea.public_id}"
    page = mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Muộn rồi"), status=409)

    assert page.value_of("title") == "Muộn rồi"
    assert wording_of(idea).title != "Muộn rồi"


def test_text_written_after_sending_waits_beside_what_was_sent(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    sent = idea.title
    mine = browser.as_(youth)

    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Tên mới chưa gửi"), status=302)

    assert idea.title == sent
    assert mine.get(f"/cua-toi/{idea.public_id}/sua").value_of("title") == "Tên mới chưa gửi"
    assert "Có phần sửa chưa gửi" in mine.get(f"/cua-toi/{idea.public_id}")


def test_going_back_to_what_was_sent_leaves_nothing_waiting(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)
    mine = browser.as_(youth)
    before = mine.get(f"/cua-toi/{idea.public_id}/sua").value_of("p_giai_phap")

    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, title="Khác", p_giai_phap=before), status=302)
    mine.post(f"/cua-toi/{idea.public_id}/sua", typed(idea, p_giai_phap=before), status=302)

    assert idea.pending is None


def test_alike_ideas_are_a_hint_with_code_and_title(browser, youth):
    campaign = CampaignFactory()
    other = IdeaFactory(campaign=campaign, state=IdeaState.APPROVED, title="Hộp gom pin cũ ở bến phà")
    hidden = IdeaFactory(campaign=campaign, state=IdeaState.SUBMITTED, title="Hộp gom pin cũ ở chợ")
    idea = IdeaFactory(owner=youth, campaign=campaign, title="Hộp gom pin cũ ở cổng trường")

    page = browser.as_(youth).get(f"/cua-toi/{idea.public_id}/sua")

    assert other.code in page
    assert hidden.title not in page


def test_browser_without_scripts_gets_its_plain_text_back_as_it_was_typed(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    words = "Đoạn một: 3 < 5 & thế thôi\ndòng hai\n\nĐoạn hai"

    mine.post(
        f"/cua-toi/{idea.public_id}/sua", {**typed(idea, p_giai_phap=words), "khong-script": "1"}, status=302
    )

    assert kept(idea) == "<p>Đoạn một: 3 &lt; 5 &amp; thế thôi<br>dòng hai</p><p>Đoạn hai</p>"
    assert mine.get(f"/cua-toi/{idea.public_id}/sua").value_of("p_giai_phap").strip() == words


def test_formatted_text_is_never_flattened(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    html = "<p>Một <strong>ý</strong></p>"

    mine.post(
        f"/cua-toi/{idea.public_id}/sua", {**typed(idea, p_giai_phap=html), "khong-script": "1"}, status=302
    )

    assert mine.get(f"/cua-toi/{idea.public_id}/sua").value_of("p_giai_phap").strip() == html
