"""Saving as one types: the contract of static/js/autosave.js."""

from __future__ import annotations

from app.core import clock
from app.ideas.rules import IdeaState
from tests.factories import IdeaFactory
from tests.ideas.typed import kept, typed

JSON = {"Accept": "application/json"}


def save(mine, idea, status, **changes):
    return mine.post(
        f"/cua-toi/{idea.public_id}/luu", typed(idea, **changes), status=status, headers=JSON
    ).json


def test_save_answers_with_version_time_and_what_is_missing(browser, youth):
    idea = IdeaFactory(owner=youth)
    before = idea.version

    answer = save(browser.as_(youth), idea, 200, p_giai_phap="Mới có bốn chữ", title="")

    assert answer == {
        "ok": True,
        "version": before + 1,
        "saved_at": clock.local(idea.saved_at).strftime("%H:%M"),
        "missing": [
            {"text": "Ghi tên ý tưởng", "href": "#title"},
            {
                "text": "Viết thêm phần “Nội dung giải pháp”, ít nhất 5 chữ (đang có 4)",
                "href": "#p_giai_phap",
            },
        ],
        "done": 4,
        "total": 6,
    }
    assert kept(idea) == "<p>Mới có bốn chữ</p>"


def test_every_place_that_is_named_as_missing_is_on_the_page(browser, youth):
    idea = IdeaFactory(owner=youth, title="", summary="", answer="", topic=None)
    mine = browser.as_(youth)

    answer = save(mine, idea, 200, title="", summary="", p_giai_phap="", topic="")

    ids = {element.get("id") for element in mine.get(f"/cua-toi/{idea.public_id}/sua").tree.iter()}
    assert {one["href"][1:] for one in answer["missing"]} <= ids


def test_overtaken_save_gets_all_that_the_server_holds_and_stores_nothing(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)
    old = typed(idea, title="Bản của tôi")
    save(mine, idea, 200, title="Bản kia")

    answer = mine.post(f"/cua-toi/{idea.public_id}/luu", old, status=409, headers=JSON).json

    assert answer["conflict"] is True
    assert answer["version"] == idea.version
    assert set(answer["theirs"]) == {
        "title", "topic", "summary", "keywords", "budget", "p_giai_phap", "p_rui_ro",
    }  # fmt: skip
    assert answer["theirs"]["title"] == "Bản kia"
    assert idea.title == "Bản kia"


def test_signed_out_save_says_where_to_sign_in(browser):
    idea = IdeaFactory()

    answer = save(browser, idea, 401)

    assert answer["sign_in"].startswith("/dang-nhap")
    assert idea.public_id in answer["sign_in"]


def test_stranger_is_told_of_nothing(browser, youth):
    idea = IdeaFactory()

    save(browser.as_(youth), idea, 404)

    assert kept(idea) != ""


def test_save_that_cannot_be_taken_says_why(browser, youth):
    idea = IdeaFactory(owner=youth)

    answer = save(browser.as_(youth), idea, 422, budget="chưa biết", title="Chưa được lưu")

    assert "3,5 triệu" in answer["message"]
    assert idea.title != "Chưa được lưu"


def test_decided_idea_takes_no_more_saves(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED)

    answer = save(browser.as_(youth), idea, 409)

    assert "khóa" in answer["message"]
    assert "conflict" not in answer


def test_draft_is_saved_after_the_deadline_too(browser, youth):
    idea = IdeaFactory(owner=youth)
    mine = browser.as_(youth)

    with clock.set_to(idea.campaign.closes_at.replace(year=2027)):
        mine = browser.as_(youth)
        save(mine, idea, 200, title="Viết sau hạn")

    assert idea.title == "Viết sau hạn"


def test_save_without_a_token_is_refused_as_400(browser, youth):
    idea = IdeaFactory(owner=youth)
    sent = {**typed(idea, title="Không có khóa"), "csrf_token": ""}

    browser.as_(youth).post(f"/cua-toi/{idea.public_id}/luu", sent, status=400, headers=JSON)

    assert idea.title != "Không có khóa"


def test_save_is_cheap(browser, youth):
    idea = IdeaFactory(owner=youth)

    page = browser.as_(youth).post(f"/cua-toi/{idea.public_id}/luu", typed(idea), status=200, headers=JSON)

    assert page.queries <= 20
