"""A judge's evening: save and go on, put off, take back, and nothing counted twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import NotFound, WrongState
from app.core.events import Event
from app.judging import service
from app.judging.evening.time_left import time_left
from app.judging.models import PanelMember, SavedKey
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import UserFactory
from tests.judging.contest import contest, kinds_of_events

JSON = {"Accept": "application/json"}
FULL = {"moi": "20", "hieu_qua": "50", "version": 1}


@pytest.fixture
def evening(app):
    return contest(ideas=3, judges=1)


def submit(page, sheet, **more):
    return page.post(f"/cham-diem/{sheet.public_id}", {**FULL, "viec": "nop", **more}, status=302)


def test_after_a_submit_the_next_page_offers_to_undo_it_once(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]

    following = page.get(submit(page, sheet).location)

    assert f"Đã nộp phiếu {sheet.entry.judging_code}." in following
    assert f"/cham-diem/{sheet.public_id}/lay-lai" in following.html
    assert "lay-lai" not in page.get(f"/cham-diem/{evening.sheets[1].public_id}").html


def test_taking_a_sheet_back_opens_it_with_every_mark_and_is_an_event(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    submit(page, sheet)
    db.session.refresh(sheet)

    page.post(f"/cham-diem/{sheet.public_id}/lay-lai", {"version": sheet.version}, status=302)

    db.session.expire_all()
    assert (sheet.state, sheet.submitted_at) == (SheetState.OPEN, None)
    assert page.get(f"/cham-diem/{sheet.public_id}").value_of("moi") == "20"
    assert kinds_of_events() == ["sheet.submitted", "sheet.taken_back"]


def test_once_the_round_is_locked_nothing_is_taken_back(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    submit(page, sheet)
    db.session.refresh(sheet)
    evening.round.state = RoundState.LOCKED
    db.session.commit()

    page.post(f"/cham-diem/{sheet.public_id}/lay-lai", {"version": sheet.version}, status=409)

    db.session.expire_all()
    assert sheet.state is SheetState.SUBMITTED
    assert "lay-lai" not in page.get(f"/cham-diem/{sheet.public_id}").html


def test_nobody_takes_back_another_judges_sheet(app, evening):
    page_of_other = UserFactory(role=Role.JUDGE)

    with pytest.raises(NotFound):
        service.take_back(page_of_other, evening.sheets[0], version=1)


def test_put_off_goes_to_the_end_of_the_own_list_with_its_marks(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]

    onward = page.post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "20", "hieu_qua": "", "version": 1, "viec": "bo-qua"},
        status=302,
    )

    db.session.expire_all()
    assert onward.location == f"/cham-diem/{evening.sheets[1].public_id}"
    assert [s.position for s in evening.sheets] == [4, 2, 3]
    assert sheet.points == {sheet.criteria[0].id: 2000}
    event = db.session.query(Event).one()
    assert (event.kind, event.data) == ("sheet.put_off", {"position": 4})


def test_the_last_of_the_list_put_off_stays_where_it_is(app, evening):
    with transaction():
        service.put_off(evening.judges[0], evening.sheets[2])

    assert evening.sheets[2].position == 3
    assert kinds_of_events() == []


def test_a_sheet_shows_the_counter_the_time_left_and_the_own_range(browser, evening):
    page = browser.as_(evening.judges[0])
    first, second, third = evening.sheets
    submit(page, first)
    submit(page, second, moi="30", hieu_qua="60")

    shown = page.get(f"/cham-diem/{third.public_id}")

    assert "Bài 3 /3 · đã nộp 2 · còn 4 ngày" in shown
    assert "2 phiếu tôi đã nộp: từ 70 đến 90, trung bình 80." in shown


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=2), "còn 3 ngày"),
        (timedelta(hours=2, minutes=15, seconds=30), "còn 2 giờ 15 phút"),
        (timedelta(minutes=40, seconds=59), "còn 40 phút"),
        (timedelta(seconds=20), "đã hết giờ"),
        (timedelta(days=-1), "đã hết giờ"),
    ],
)
def test_time_left_is_never_more_than_there_is(app, left, words):
    assert time_left(now() + left + timedelta(milliseconds=500)) == words


def mark(page, sheet, points, *, version, key):
    data = {"criterion": "moi", "points": points, "version": version, "key": key}
    return page.post(f"/cham-diem/{sheet.public_id}/diem", data, headers=JSON)


def test_a_save_whose_answer_was_lost_is_known_when_it_comes_again(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    first = mark(page, sheet, "20", version=1, key="a")
    mark(page, sheet, "25", version=2, key="b")

    again = mark(page, sheet, "20", version=1, key="a")

    assert (first.status, again.status) == (200, 200)
    assert again.json["version"] == 3
    db.session.expire_all()
    assert sheet.points == {sheet.criteria[0].id: 2500}
    assert db.session.query(SavedKey).count() == 2


def test_the_same_key_on_another_sheet_is_another_save(browser, evening):
    page = browser.as_(evening.judges[0])
    mark(page, evening.sheets[0], "20", version=1, key="a")

    assert mark(page, evening.sheets[1], "30", version=1, key="a").status == 200
    db.session.expire_all()
    assert list(evening.sheets[1].points.values()) == [3000]


def test_a_submit_that_waited_for_the_network_counts_once(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    page.post(f"/cham-diem/{sheet.public_id}", {**FULL, "viec": "luu"}, status=302)

    answers = [page.post(f"/cham-diem/{sheet.public_id}/nop", {}, headers=JSON) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert kinds_of_events() == ["sheet.submitted"]


def test_an_incomplete_sheet_that_waited_is_refused_with_its_reason(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]

    answer = page.post(f"/cham-diem/{sheet.public_id}/nop", {}, headers=JSON)

    assert answer.status == 422
    assert answer.json["message"] == "Cho điểm “Tính mới” trước khi nộp."


def test_a_submit_without_a_session_asks_to_sign_in_again(browser, evening):
    answer = browser.post(f"/cham-diem/{evening.sheets[0].public_id}/nop", {"csrf_token": ""}, headers=JSON)

    assert answer.status == 401
    assert answer.json["sign_in"].startswith("/dang-nhap?tiep=")


def test_a_locked_round_takes_no_submit_that_waited(app, evening):
    evening.round.state = RoundState.LOCKED
    db.session.commit()

    with pytest.raises(WrongState):
        service.submit_sheet(evening.judges[0], evening.sheets[0], version=1)


def test_the_offline_script_may_act_for_the_judges_pages_and_names_this_releases_files(browser, evening):
    answer = browser.get("/cham-diem/ngoai-tuyen.js")

    assert answer.response.mimetype == "text/javascript"
    assert answer.response.headers["Service-Worker-Allowed"] == "/cham-diem"
    script = answer.response.get_data(as_text=True)
    for path in json.loads(script.split("const SHELL = ")[1].split(";\n")[0]):
        assert browser.client.get(path).status_code == 200, path


def test_only_an_open_round_offers_a_pack_and_a_locked_one_ends_it(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    db.session.query(PanelMember).update({"confirmed_at": now()})
    db.session.commit()
    assert "data-pack=" in page.get("/cham-diem").html
    assert "X-Pack" not in page.get(f"/cham-diem/{sheet.public_id}").response.headers

    evening.round.state = RoundState.LOCKED
    db.session.commit()

    assert "data-pack=" not in page.get("/cham-diem").html
    assert page.get(f"/cham-diem/{sheet.public_id}").response.headers["X-Pack"] == "over"


def test_a_page_fetched_ahead_does_not_use_up_the_offer_to_undo(browser, evening):
    page, sheet = browser.as_(evening.judges[0]), evening.sheets[0]
    onward = submit(page, sheet).location

    ahead = page.get(onward, headers={"X-Pack": "1"})

    assert "lay-lai" not in ahead.html
    assert "lay-lai" in page.get(onward).html
