"""Anchors: marked first by everybody, compared with the panel's mean, never in any result."""

from __future__ import annotations

import pytest

from app.audit.service import adopt
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import Invalid, WrongState
from app.core.events import Event
from app.core.pagination import PER_PAGE
from app.ideas.rules import IdeaState
from app.judging.evening.calibration import service as calibration
from app.judging.models import AnchorSheet, Entry, PanelMember, ScoreSheet
from app.judging.plan import plan_of
from app.judging.queries import ranking_input
from app.permissions import Role
from tests.audit.story import change, found, seal
from tests.factories import CampaignFactory, IdeaFactory, RoundFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events

JSON = {"Accept": "application/json"}


@pytest.fixture
def earlier(app):
    """Valid ideas of a campaign that was judged to the end."""
    campaign = CampaignFactory()
    RoundFactory(campaign=campaign, state=RoundState.CLOSED)
    return [IdeaFactory(campaign=campaign, state=IdeaState.APPROVED) for _ in range(6)]


@pytest.fixture
def made(earlier, moderator):
    """A round of three judges with two anchors, rules confirmed."""
    made = contest(ideas=2, judges=3, k=3)
    db.session.query(PanelMember).update({"confirmed_at": now()})
    db.session.commit()
    with transaction():
        for idea in earlier[:2]:
            calibration.name_anchor(moderator, made.round, code=idea.code)
    return made


def address(made, tail=""):
    return f"/cham-diem/hieu-chuan/{made.round.id}{tail}"


def submit(page, made, code, moi, hieu_qua, **how):
    data = {"moi": moi, "hieu_qua": hieu_qua, "version": 0, "viec": "nop"}
    return page.post(address(made, f"/{code}"), data, **{"status": 302, **how})


def finish(browser, made, judge, *marks):
    page = browser.as_(judge)
    for code, (moi, hieu_qua) in zip(("HC1", "HC2"), marks, strict=True):
        submit(page, made, code, moi, hieu_qua)
    return page


def test_the_anchors_come_before_the_first_sheet(browser, made):
    page = browser.as_(made.judges[0])

    for path in ("/cham-diem", f"/cham-diem/{made.sheets[0].public_id}"):
        assert page.get(path, status=302).location == address(made)
    first = submit(page, made, "HC1", "20", "30")
    second = submit(page, made, "HC2", "30", "40")

    assert (first.location, second.location) == (address(made, "/HC2"), address(made))
    assert page.get("/cham-diem").h1 == "Đã chấm 0 trong 2 bài"


def test_a_round_without_anchors_or_with_one_asks_for_none(browser, moderator, earlier):
    made = contest(ideas=1, judges=1)
    db.session.query(PanelMember).update({"confirmed_at": now()})
    db.session.commit()
    with transaction():
        calibration.name_anchor(moderator, made.round, code=earlier[0].code)

    browser.as_(made.judges[0]).get("/cham-diem", status=200)


def test_own_marks_stand_beside_the_mean_of_those_who_finished(browser, made):
    finish(browser, made, made.judges[0], ("20", "30"), ("30", "40"))
    finish(browser, made, made.judges[1], ("25", "31"), ("30", "40"))
    page = finish(browser, made, made.judges[2], ("30", "41"), ("31", "40"))

    lines = calibration.compared(made.judges[2], made.round, calibration.anchors_of(made.round))

    assert (lines[0].total.own, lines[0].total.mean, lines[0].total.difference) == (7100, 5900, 1200)
    assert (lines[1].total.own, lines[1].total.mean) == (7100, 7033)
    assert [line.mean for line in lines[0].criteria] == [2500, 3400]
    shown = page.get(address(made))
    assert "+12" in shown
    assert "Tổng điểm của tôi từ 71 đến 71." in shown


def test_two_who_finished_are_too_few_for_a_mean(browser, made):
    finish(browser, made, made.judges[0], ("20", "30"), ("30", "40"))
    page = finish(browser, made, made.judges[1], ("25", "31"), ("30", "40"))

    shown = page.get(address(made))

    assert "Chưa đủ 3 giám khảo chấm xong" in shown
    assert "chưa đủ" in shown


def test_nobody_sees_the_panel_before_the_own_anchors_are_all_submitted(browser, made):
    for judge in made.judges[:2]:
        finish(browser, made, judge, ("21,5", "33,5"), ("30", "40"))
    page = browser.as_(made.judges[2])
    submit(page, made, "HC1", "20", "30")

    shown = page.get(address(made))

    assert "55" not in shown.text
    assert "Cả ban" not in shown
    assert calibration.compared(made.judges[2], made.round, calibration.anchors_of(made.round)) == []


def test_a_submitted_anchor_stays_as_it_is(browser, made):
    page = finish(browser, made, made.judges[0], ("20", "30"), ("30", "40"))

    submit(page, made, "HC1", "40", "60", status=409)

    db.session.expire_all()
    assert db.session.query(AnchorSheet.points).order_by(AnchorSheet.id).first()[0]["moi"] == 2000


def test_an_incomplete_anchor_is_not_submitted_and_keeps_what_was_typed(browser, made):
    page = submit(browser.as_(made.judges[0]), made, "HC1", "20", "", status=422)

    assert "Cho điểm “Hiệu quả” trước khi nộp." in page
    assert page.value_of("moi") == "20"
    assert page.value_of("hieu_qua") == ""


def test_a_mark_too_high_stands_beside_its_box(browser, made):
    page = submit(browser.as_(made.judges[0]), made, "HC1", "45", "30", status=422)

    assert page.value_of("moi") == "45"
    assert "cao nhất của tiêu chí này là 40" in page


def test_marks_are_kept_one_by_one_and_an_older_page_is_told(browser, made):
    page = browser.as_(made.judges[0])
    send = {"criterion": "moi", "points": "20", "version": 0}

    first = page.post(address(made, "/HC1/diem"), send, headers=JSON)
    older = page.post(address(made, "/HC1/diem"), {**send, "points": "25"}, headers=JSON)
    twice = [
        page.post(
            address(made, "/HC1/diem"), {"criterion": "hieu_qua", "points": "9", "version": 1}, headers=JSON
        ),
        page.post(address(made, "/HC1/nop"), {}, headers=JSON),
        page.post(address(made, "/HC1/nop"), {}, headers=JSON),
    ]

    assert (first.json["ok"], first.json["left"], first.json["version"]) == (True, 1, 1)
    assert (older.status, older.json["theirs"]) == (409, {"points": "20"})
    assert [answer.status for answer in twice] == [200, 200, 200]
    assert kinds_of_events(without=("anchor.named",)) == ["anchor_sheet.submitted"]
    assert "points" not in db.session.query(Event).order_by(Event.id.desc()).first().data


def test_anchors_are_in_no_ranking_assignment_or_count(browser, made):
    before = (ranking_input(made.round), plan_of(made.round).fingerprint)
    counted = (db.session.query(Entry).count(), db.session.query(ScoreSheet).count())

    for judge in made.judges:
        finish(browser, made, judge, ("40", "60"), ("40", "60"))

    assert (ranking_input(made.round), plan_of(made.round).fingerprint) == before
    assert (db.session.query(Entry).count(), db.session.query(ScoreSheet).count()) == counted
    assert browser.as_(made.judges[0]).get("/cham-diem").h1 == "Đã chấm 0 trong 2 bài"


def test_a_judge_of_another_round_finds_no_anchor(browser, made):
    stranger = UserFactory(role=Role.JUDGE)

    for tail in ("", "/HC1"):
        browser.as_(stranger).get(address(made, tail), status=404)
    submit(browser.as_(stranger), made, "HC1", "20", "30", status=404)


def test_an_anchor_names_no_author(browser, made, earlier):
    page = browser.as_(made.judges[0]).get(address(made, "/HC1"))

    assert earlier[0].authors[0].full_name not in page.html
    assert earlier[0].code not in page.html


def test_a_locked_round_takes_no_anchor_marks(browser, made):
    made.round.state = RoundState.LOCKED
    db.session.commit()

    submit(browser.as_(made.judges[0]), made, "HC1", "20", "30", status=409)


# --- staff


def test_staff_name_anchors_from_campaigns_that_are_over(browser, moderator, earlier):
    made = contest(ideas=1, judges=1)
    page = browser.as_(moderator)
    here = f"/quan-tri/vong-cham/{made.round.id}/buoi-cham"

    page.post(f"{here}/hieu-chuan", {"hc-code": earlier[0].code}, status=302)

    assert earlier[0].title in page.get(here)
    assert "Cần ít nhất 2 bài" in page.get(here)
    assert kinds_of_events() == ["anchor.named"]
    page.post(f"{here}/hieu-chuan/HC1/bo", {}, status=302)
    assert kinds_of_events() == ["anchor.named", "anchor.dropped"]


def test_what_may_be_chosen_is_listed_a_page_at_a_time(browser, moderator, earlier):
    made = contest(ideas=1, judges=1)
    many = [IdeaFactory(campaign=earlier[0].campaign, state=IdeaState.APPROVED) for _ in range(25)]
    page, here = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/buoi-cham"

    first, second = page.get(here), page.get(f"{here}?trang=2")
    shown = [[idea.code for idea in (*earlier, *many) if idea.code in seen] for seen in (first, second)]
    last = min(idea.code for idea in (*earlier, *many))
    page.post(f"{here}/hieu-chuan", {"hc-code": last.lower()}, status=302)

    assert len(shown[0]) == PER_PAGE
    assert sorted([*shown[0], *shown[1]]) == sorted(idea.code for idea in (*earlier, *many))
    assert last in shown[1]
    assert [anchor.idea.code for anchor in calibration.anchors_of(made.round)] == [last]


def test_a_code_that_is_none_is_said_beside_its_field_and_kept(browser, moderator, earlier):
    made = contest(ideas=1, judges=1)
    here = f"/quan-tri/vong-cham/{made.round.id}/buoi-cham"

    page = browser.as_(moderator).post(f"{here}/hieu-chuan", {"hc-code": "YT-2019-0001"}, status=422)

    assert page.errors() == {"hc-code": "Chọn một ý tưởng của cuộc thi trước, đã chấm xong."}
    assert page.value_of("hc-code") == "YT-2019-0001"


def test_an_idea_that_is_judged_now_is_never_an_anchor(app, moderator):
    made = contest(ideas=1, judges=1)

    with pytest.raises(Invalid), transaction():
        calibration.name_anchor(moderator, made.round, code=made.entries[0].idea.code)


@pytest.mark.parametrize("state", sorted(set(RoundState) - {RoundState.CLOSED}))
def test_nor_is_one_of_a_campaign_still_being_judged(app, moderator, earlier, state):
    made = contest(ideas=1, judges=1)
    RoundFactory(campaign=earlier[0].campaign, state=state, position=1)

    assert calibration.choosable(made.round).items == []
    with pytest.raises(Invalid), transaction():
        calibration.name_anchor(moderator, made.round, code=earlier[0].code)


def test_at_most_five_anchors(app, moderator, earlier):
    made = contest(ideas=1, judges=1)
    with transaction():
        for idea in earlier[:5]:
            calibration.name_anchor(moderator, made.round, code=idea.code)

    with pytest.raises(Invalid), transaction():
        calibration.name_anchor(moderator, made.round, code=earlier[5].code)


@pytest.mark.parametrize("begun", ["anchor", "sheet"])
def test_anchors_do_not_change_once_somebody_has_marked(browser, made, moderator, earlier, begun):
    if begun == "anchor":
        submit(browser.as_(made.judges[0]), made, "HC1", "20", "30")
    else:
        made.sheets[0].submitted_at = now()
        db.session.commit()

    with pytest.raises(WrongState), transaction():
        calibration.name_anchor(moderator, made.round, code=earlier[4].code)
    with pytest.raises(WrongState), transaction():
        calibration.drop_anchor(moderator, made.round, calibration.anchors_of(made.round)[0])


@pytest.mark.parametrize(
    ("values", "mean"), [([1, 2], None), ([100, 200, 300], 200), ([0, 0, 1], 0), ([1, 1, 0], 1)]
)
def test_the_mean_is_whole_hundredths_of_at_least_three(values, mean):
    assert calibration.mean_of(values) == mean


# --- on record


@pytest.fixture
def on_record(browser, made):
    """The first judge is done with both anchors; rows made by factories are adopted."""
    finish(browser, made, made.judges[0], ("20", "30"), ("25", "35"))
    with transaction():
        adopt()
    seal()
    assert found() == []
    return made


@pytest.mark.parametrize(
    ("statement", "table", "field"),
    [
        ("UPDATE anchors SET idea_id = idea_id + 3 WHERE code = 'HC1'", "anchors", "idea"),
        ("UPDATE anchors SET code = 'HC9' WHERE code = 'HC1'", "anchors", "code"),
        (
            'UPDATE anchor_sheets SET points = \'{"moi": 1, "hieu_qua": 2}\' WHERE id = 1',
            "anchor_sheets",
            "marks",
        ),
        ("UPDATE anchor_sheets SET judge_id = judge_id + 1 WHERE id = 1", "anchor_sheets", "judge"),
    ],
)
@pytest.mark.postgres
def test_whoever_changes_what_was_calibrated_is_found_out(on_record, statement, table, field):
    change(statement)

    assert found() == [("table", "other value", table, field)]


def test_a_dropped_anchor_is_gone_by_its_event(made, moderator):
    anchor = calibration.anchors_of(made.round)[0]
    with transaction():
        calibration.drop_anchor(moderator, made.round, anchor)
    with transaction():
        adopt()
    seal()

    assert found() == []
