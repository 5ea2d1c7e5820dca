"""A judge's sheet: each mark kept at once, submitted whole, nobody else's business."""

from __future__ import annotations

import pytest

from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import Invalid, NotFound, Stale, WrongState
from app.judging import service
from app.judging.models import Mark, ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import ScoreSheetFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events

REASON = "Tác giả là học trò của tôi."
JSON = {"Accept": "application/json"}


@pytest.fixture
def open_sheet(app):
    return contest(ideas=3, judges=1)


def marks_of(sheet):
    db.session.expire_all()
    return {mark.criterion.key: mark.hundredths for mark in sheet.marks}


def save_mark(page, sheet, criterion, points, *, version=1, **more):
    data = {"criterion": criterion, "points": points, "version": version, **more}
    return page.post(f"/cham-diem/{sheet.public_id}/diem", data, headers=JSON)


@pytest.mark.parametrize(
    ("typed", "kept"), [("24,5", 2450), ("24.5", 2450), ("24", 2400), ("0", 0), (" 7,25 ", 725)]
)
def test_a_mark_is_kept_at_once_with_comma_or_point(browser, open_sheet, typed, kept):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    answer = save_mark(browser.as_(judge), sheet, "moi", typed)

    assert answer.status == 200
    assert marks_of(sheet) == {"moi": kept}
    assert {key: answer.json[key] for key in ("ok", "version", "left")} == {
        "ok": True,
        "version": 2,
        "left": 1,
    }


@pytest.mark.parametrize("typed", ["40,5", "41", "-1", "bốn mươi", "7,255", "1e3", "٣", "9" * 20])
def test_a_mark_that_cannot_be_is_refused_and_nothing_is_kept(browser, open_sheet, typed):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    answer = save_mark(browser.as_(judge), sheet, "moi", typed)

    assert answer.status == 422
    assert answer.json["message"]
    assert marks_of(sheet) == {}


def test_an_empty_box_takes_the_mark_back(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page = browser.as_(judge)
    save_mark(page, sheet, "moi", "20")

    answer = save_mark(page, sheet, "moi", "", version=2)

    assert answer.json["left"] == 2
    assert marks_of(sheet) == {}


def test_a_note_is_kept_before_its_mark_is_given(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    answer = save_mark(browser.as_(judge), sheet, "moi", "", comment="Đọc lại phần kế hoạch.")

    assert answer.json["left"] == 2
    assert marks_of(sheet) == {"moi": None}
    assert "Đọc lại phần kế hoạch." in browser.as_(judge).get(f"/cham-diem/{sheet.public_id}").html


def test_an_older_page_is_told_what_is_kept_now(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page = browser.as_(judge)
    save_mark(page, sheet, "moi", "20", comment="Khá")

    answer = save_mark(page, sheet, "moi", "30", version=1)

    assert answer.status == 409
    assert answer.json == {"conflict": True, "version": 2, "theirs": {"points": "20", "comment": "Khá"}}
    assert marks_of(sheet) == {"moi": 2000}


def test_an_older_page_without_scripts_sees_both_sheets(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page = browser.as_(judge)
    save_mark(page, sheet, "moi", "20")

    answer = page.post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "31", "hieu_qua": "50", "nx_chung": "Nên hỏi bà con trước.", "version": 1, "viec": "luu"},
    )

    assert answer.status == 409
    assert "31" in answer.text
    assert "Nên hỏi bà con trước." in answer.text
    assert marks_of(sheet) == {"moi": 2000}


def test_a_mark_above_the_most_stands_beside_its_field_with_what_was_typed(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    page = browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}",
        {
            "moi": "45",
            "nx_moi": "Ghi chú dở dang",
            "hieu_qua": "50",
            "nx_chung": "Lời nhắn dở dang",
            "version": 1,
            "viec": "nop",
        },
        status=422,
    )

    assert page.value_of("moi") == "45"
    assert "cao nhất của tiêu chí này là 40" in page.tree.find(".//p[@id='c-moi-e']/span").text
    assert page.value_of("nx_moi").strip() == "Ghi chú dở dang"
    assert page.value_of("nx_chung").strip() == "Lời nhắn dở dang"
    assert marks_of(sheet) == {"hieu_qua": 5000}
    assert sheet.state is SheetState.OPEN


def test_a_word_too_long_is_refused_beside_its_box(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    page = browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "20", "hieu_qua": "50", "nx_chung": "a" * 2001, "version": 1},
        status=422,
    )

    assert "nhiều nhất 2000 ký tự" in page.tree.find(".//p[@id='c-chung']/span").text
    assert page.value_of("nx_chung").strip() == "a" * 2001
    assert marks_of(sheet) == {"moi": 2000, "hieu_qua": 5000}


def test_an_incomplete_sheet_is_not_submitted_and_says_what_is_missing(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    page = browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "20", "hieu_qua": "", "version": 1, "viec": "nop"},
        status=422,
    )

    assert "Cho điểm “Hiệu quả” trước khi nộp." in page
    assert marks_of(sheet) == {"moi": 2000}
    assert sheet.state is SheetState.OPEN


def test_submitting_locks_the_sheet_and_leads_to_the_next_one(browser, open_sheet):
    sheet, following, judge = open_sheet.sheets[0], open_sheet.sheets[1], open_sheet.judges[0]

    page = browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "20", "hieu_qua": "50,5", "version": 1, "viec": "nop"},
        status=302,
    )

    assert page.location == f"/cham-diem/{following.public_id}"
    assert marks_of(sheet) == {"moi": 2000, "hieu_qua": 5050}
    assert sheet.state is SheetState.SUBMITTED
    assert kinds_of_events() == ["sheet.submitted"]


def test_submitting_twice_submits_once(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page, typed = browser.as_(judge), {"moi": "20", "hieu_qua": "50.5", "version": 1, "viec": "nop"}

    first = page.post(f"/cham-diem/{sheet.public_id}", typed, status=302)
    second = page.post(f"/cham-diem/{sheet.public_id}", typed, status=302)

    assert first.location == second.location
    assert kinds_of_events() == ["sheet.submitted"]


def test_a_submitted_sheet_takes_no_other_marks(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page = browser.as_(judge)
    page.post(f"/cham-diem/{sheet.public_id}", {"moi": "20", "hieu_qua": "50", "version": 1, "viec": "nop"})

    other = page.post(
        f"/cham-diem/{sheet.public_id}",
        {"moi": "39", "hieu_qua": "50", "version": 3, "viec": "nop"},
        status=409,
    )
    by_script = save_mark(page, sheet, "moi", "39", version=3)

    assert "39" in other.text
    assert by_script.status == 423
    assert marks_of(sheet) == {"moi": 2000, "hieu_qua": 5000}


@pytest.mark.parametrize("role", [Role.JUDGE, Role.MODERATOR, Role.ADMINISTRATOR, Role.YOUTH, Role.LEADER])
@pytest.mark.parametrize("path", ["", "/xin-khong-cham"])
def test_nobody_opens_another_judges_sheet(browser, open_sheet, role, path):
    other = UserFactory(role=role)

    page = browser.as_(other).get(f"/cham-diem/{open_sheet.sheets[0].public_id}{path}", status=None)

    assert page.status == (404 if role is Role.JUDGE else 403)
    assert open_sheet.entries[0].idea.title not in page.html


def test_nobody_marks_another_judges_sheet(browser, open_sheet):
    sheet = open_sheet.sheets[0]

    answer = save_mark(browser.as_(UserFactory(role=Role.JUDGE)), sheet, "moi", "1")

    assert answer.status == 404
    assert marks_of(sheet) == {}


def test_a_session_that_ended_keeps_the_marks_on_the_page(browser, open_sheet):
    address = f"/cham-diem/{open_sheet.sheets[0].public_id}"

    page = browser.post(address, {"moi": "20", "nx_chung": "Chưa kịp lưu", "version": 1}, status=401)
    by_script = browser.post(
        f"{address}/diem", {"criterion": "moi", "points": "20", "csrf_token": ""}, status=401, headers=JSON
    )

    assert page.value_of("moi") == "20"
    assert page.value_of("nx_chung") == "Chưa kịp lưu"
    assert by_script.json == {"sign_in": f"/dang-nhap?tiep={address}"}


def test_a_token_of_another_session_keeps_nothing_and_loses_nothing(browser, open_sheet):
    sheet, page = open_sheet.sheets[0], browser.as_(open_sheet.judges[0])
    typed = {"moi": "20", "nx_chung": "Chưa kịp lưu", "version": 1, "csrf_token": "của phiên trước"}

    again = page.post(f"/cham-diem/{sheet.public_id}", typed, status=422)
    mark = {"criterion": "moi", "points": "20", "version": 1, "csrf_token": "của phiên trước"}
    by_script = page.post(f"/cham-diem/{sheet.public_id}/diem", mark, headers=JSON)
    by_stranger = page.post(f"/cham-diem/{sheet.public_id}/diem", mark)

    assert (again.value_of("moi"), again.value_of("nx_chung").strip()) == ("20", "Chưa kịp lưu")
    assert (by_script.status, by_stranger.status) == (400, 400)
    assert marks_of(sheet) == {}


def test_unknown_criterion_does_not_exist(browser, open_sheet):
    answer = save_mark(browser.as_(open_sheet.judges[0]), open_sheet.sheets[0], "la_la", "1")

    assert answer.status == 404


ACTIONS = {
    "mark": lambda judge, sheet: service.mark_criterion(
        judge, sheet, sheet.criteria[0], points="1", comment=None, version=sheet.version
    ),
    "comment": lambda judge, sheet: service.comment_on_sheet(
        judge, sheet, comment="Hay", version=sheet.version
    ),
    "submit": lambda judge, sheet: service.submit_sheet(judge, sheet, version=sheet.version),
    "take_back": lambda judge, sheet: service.take_back(judge, sheet, version=sheet.version),
    "put_off": service.put_off,
    "recuse": lambda judge, sheet: service.recuse(judge, sheet, reason=REASON),
    "reopen": lambda _judge, sheet: service.reopen_sheet(
        UserFactory(role=Role.MODERATOR), sheet, reason=REASON
    ),
    "void": lambda _judge, sheet: service.void_sheet(UserFactory(role=Role.MODERATOR), sheet, reason=REASON),
}
S = SheetState
ENDS_IN = {  # written out, so that a change of the table is seen here
    ("mark", S.OPEN): S.OPEN,
    ("mark", S.REOPENED): S.REOPENED,
    ("comment", S.OPEN): S.OPEN,
    ("comment", S.REOPENED): S.REOPENED,
    ("submit", S.OPEN): S.SUBMITTED,
    ("submit", S.REOPENED): S.SUBMITTED,
    ("take_back", S.SUBMITTED): S.OPEN,
    ("put_off", S.OPEN): S.OPEN,
    ("put_off", S.REOPENED): S.REOPENED,
    ("recuse", S.OPEN): S.RECUSED,
    ("recuse", S.REOPENED): S.RECUSED,
    ("reopen", S.SUBMITTED): S.REOPENED,
    ("void", S.OPEN): S.VOID,
    ("void", S.REOPENED): S.VOID,
    ("void", S.SUBMITTED): S.VOID,
}


def act(action, sheet):
    judge = db.session.get(type(UserFactory.build()), sheet.judge_id)
    ACTIONS[action](judge, sheet)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_from_every_state(app, action, state):
    sheet = ScoreSheetFactory(submitted=True, state=state)
    UserFactory(role=Role.MODERATOR)

    if (action, state) in ENDS_IN:
        act(action, sheet)
        db.session.commit()
        assert sheet.state is ENDS_IN[action, state]
    else:
        with pytest.raises(WrongState):
            act(action, sheet)
        db.session.rollback()
        assert sheet.state is state


@pytest.mark.parametrize("round_state", sorted(set(RoundState) - {RoundState.OPEN}))
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_can_be_done_with_a_sheet_unless_its_round_is_open(app, action, round_state):
    sheet = ScoreSheetFactory(
        submitted=True, state=S.SUBMITTED if action in {"reopen", "take_back"} else S.OPEN
    )
    sheet.entry.round.state = round_state
    db.session.commit()

    with pytest.raises(WrongState):
        act(action, sheet)


def test_a_sheet_that_changed_elsewhere_is_not_submitted(app, open_sheet):
    sheet = ScoreSheetFactory(submitted=True, state=S.OPEN)
    judge = db.session.get(type(open_sheet.judges[0]), sheet.judge_id)

    with pytest.raises(Stale):
        service.submit_sheet(judge, sheet, version=sheet.version + 1)


def test_reopening_and_handing_back_need_a_reason(app):
    sheet, moderator = ScoreSheetFactory(submitted=True), UserFactory(role=Role.MODERATOR)

    with pytest.raises(Invalid):
        service.reopen_sheet(moderator, sheet, reason="sai")


def test_a_judge_does_not_reopen_or_void(app):
    sheet = ScoreSheetFactory(submitted=True)
    judge = UserFactory(role=Role.JUDGE)

    for command in (service.reopen_sheet, service.void_sheet):
        with pytest.raises(Exception, match="quyền"):
            command(judge, sheet, reason=REASON)
    with pytest.raises(NotFound):
        service.submit_sheet(judge, sheet, version=sheet.version)


def test_handing_back_shows_the_idea_no_more_and_the_progress_counts_without_it(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    page = browser.as_(judge)

    page.post(f"/cham-diem/{sheet.public_id}/xin-khong-cham", {"reason": REASON}, status=302)

    assert sheet.state is S.RECUSED
    assert page.get("/cham-diem").h1 == "Đã chấm 0 trong 2 bài"
    assert open_sheet.entries[0].idea.title not in page.get(f"/cham-diem/{sheet.public_id}").html


def test_handing_back_without_a_reason_keeps_the_sheet(browser, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]

    page = browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}/xin-khong-cham", {"reason": "quen"}, status=422
    )

    assert page.errors() == {"reason": "Ghi lý do, ít nhất 10 ký tự."}
    assert page.value_of("reason").strip() == "quen"
    assert sheet.state is S.OPEN


def test_two_tabs_that_save_at_once_keep_one_and_tell_the_other(app, open_sheet):
    sheet, judge = open_sheet.sheets[0], open_sheet.judges[0]
    seen = sheet.version
    with transaction():
        service.mark_criterion(judge, sheet, sheet.criteria[0], points="1", comment=None, version=seen)

    with pytest.raises(Stale), transaction():
        service.mark_criterion(judge, sheet, sheet.criteria[0], points="2", comment=None, version=seen)

    assert db.session.query(Mark.hundredths).all() == [(100,)]


@pytest.mark.parametrize("ideas", [2, 50])
def test_pages_of_a_judge_cost_the_same_with_few_and_many_sheets(browser, ideas):
    made = contest(ideas=ideas, judges=1)
    judge, sheet = made.judges[0], made.sheets[0]
    page = browser.as_(judge)

    progress = page.get("/cham-diem", queries=10)
    page.get(f"/cham-diem/{sheet.public_id}", queries=9)
    saved = save_mark(page, sheet, "moi", "20")
    submitted = page.post(
        f"/cham-diem/{sheet.public_id}", {"moi": "20", "hieu_qua": "5", "version": 2, "viec": "luu"}
    )

    assert progress.h1 == f"Đã chấm 0 trong {ideas} bài"
    assert saved.queries <= 10
    assert submitted.queries <= 12
    assert db.session.query(ScoreSheet).count() == ideas
