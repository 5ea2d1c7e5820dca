"""Sheets on which nothing stands may still go to another judge: shown as a difference, then stored as it was shown."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import Stale
from app.core.events import Event
from app.judging import panel, rounds, service
from app.judging.models import PanelMember, ScoreSheet
from app.judging.paper.models import PaperSheet
from app.judging.plan import plan_of
from app.judging.rules import SheetState
from app.permissions import Role
from tests.audit.story import check, seal, story
from tests.factories import PanelMemberFactory, UserFactory
from tests.judging.contest import Contest, contest, kinds_of_events, row, together

JSON = {"Accept": "application/json"}


def dealt(moderator: User, **how: int) -> Contest:
    """A round as the first assignment left it."""
    made = contest(**{"ideas": 6, "judges": 4, "k": 2, **how}, dealt=False)
    with transaction():
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint, sure=True)
    return made._replace(sheets=list(db.session.query(ScoreSheet).order_by(ScoreSheet.id)))


def join(made: Contest) -> User:
    """A judge comes to the panel after the sheets were dealt."""
    late = UserFactory(role=Role.JUDGE)
    PanelMemberFactory(round=made.round, judge=late)
    db.session.commit()
    return late


def page_of(made: Contest) -> str:
    return f"/quan-tri/vong-cham/{made.round.id}/phan-cong"


def loads() -> Counter[int]:
    db.session.expire_all()
    return Counter(sheet.judge_id for sheet in db.session.query(ScoreSheet))


def moving(made: Contest) -> ScoreSheet:
    """A sheet that the next assignment would take off its judge."""
    return db.session.get_one(ScoreSheet, next(iter(plan_of(made.round).withdrawn.values())))


def begin(sheet: ScoreSheet) -> None:
    judge = db.session.get_one(User, sheet.judge_id)
    with transaction():
        service.mark_criterion(
            judge, sheet, sheet.criteria[0], points="20", comment=None, version=sheet.version
        )


def test_who_joins_late_gets_untouched_sheets_of_the_others(browser, moderator):
    made = dealt(moderator)
    late = join(made)
    page = browser.as_(moderator)

    preview = page.get(page_of(made), queries=20)
    page.post(page_of(made), {"seen": preview.value_of("seen")}, status=302)

    assert "Chuyển 2 phiếu chưa ai ghi gì từ giám khảo này sang giám khảo khác." in preview
    assert "Giữ nguyên 10 phiếu, trong đó 0 phiếu đã bắt đầu hoặc đã nộp" in preview
    assert "Trước khi phân công:" in preview
    assert f"sang {late.full_name}" in preview
    assert sorted(loads().values()) == [2, 2, 2, 3, 3]
    assert loads()[late.id] == 2
    assert Counter(sheet.entry_id for sheet in db.session.query(ScoreSheet)) == dict.fromkeys(
        (entry.id for entry in made.entries), 2
    )
    assert kinds_of_events()[-3:] == ["sheet.withdrawn", "sheet.withdrawn", "judges.assigned"]


def test_the_second_look_finds_nothing_to_change(browser, moderator):
    made = dealt(moderator)

    page = browser.as_(moderator).get(page_of(made))

    assert "Mọi bài đã đủ phiếu và số bài đã đều" in page
    assert "Phân công như trên" not in page


def test_a_lower_limit_moves_sheets_that_nobody_has_begun(browser, moderator):
    made = dealt(moderator)
    judge = made.judges[0]
    member = db.session.query(PanelMember).filter_by(judge_id=judge.id).one()
    begun = next(sheet for sheet in made.sheets if sheet.judge_id == judge.id)
    begin(begun)
    page, seat = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}"

    wrong = page.post(f"{seat}/han-muc", {"max_sheets": "0"}, status=422)
    page.post(f"{seat}/han-muc", {"max_sheets": "1"}, status=302)
    preview = page.get(page_of(made))
    page.post(page_of(made), {"seen": preview.value_of("seen")}, status=302)

    assert wrong.errors() == {"max_sheets": "Ghi số từ 1 đến 500."}
    assert (member.max_sheets, loads()[judge.id]) == (1, 1)
    assert db.session.query(ScoreSheet).filter_by(judge_id=judge.id).one().id == begun.id
    assert sorted(loads().values()) == [1, 3, 4, 4]


def test_only_organisers_set_a_limit_and_only_until_the_lock(browser, moderator):
    made = dealt(moderator)
    member = db.session.query(PanelMember).first()
    address = f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}/han-muc"

    browser.as_(made.judges[0]).post(address, {"max_sheets": "1"}, status=403)
    browser.as_(UserFactory(role=Role.LEADER)).post(address, {"max_sheets": "1"}, status=403)
    made.round.state = "locked"
    db.session.commit()
    browser.as_(moderator).post(address, {"max_sheets": "1"}, status=409)

    assert member.max_sheets is None


def submitted(sheet: ScoreSheet) -> None:
    sheet.state = SheetState.SUBMITTED


def noted(sheet: ScoreSheet) -> None:
    service.mark_criterion(
        db.session.get_one(User, sheet.judge_id),
        sheet,
        sheet.criteria[0],
        points="",
        comment="Xem lại phần kinh phí",
        version=sheet.version,
    )


def marked_and_taken_back(sheet: ScoreSheet) -> None:
    judge = db.session.get_one(User, sheet.judge_id)
    for points in ("20", ""):
        service.mark_criterion(
            judge, sheet, sheet.criteria[0], points=points, comment=None, version=sheet.version
        )


def put_off(sheet: ScoreSheet) -> None:
    service.put_off(db.session.get_one(User, sheet.judge_id), sheet)


def on_paper(sheet: ScoreSheet) -> None:
    db.session.add(PaperSheet(sheet_id=sheet.id, begun_at=now()))


@pytest.mark.parametrize("touch", [submitted, noted, marked_and_taken_back, put_off, on_paper])
def test_a_sheet_that_was_touched_stays_where_it_is(app, moderator, touch):
    made = dealt(moderator)
    join(made)
    sheet = moving(made)
    db.session.execute(sa.update(ScoreSheet).where(ScoreSheet.id == sheet.id).values(position=0))
    db.session.commit()  # read first, so that putting it off says something
    with transaction():
        touch(sheet)

    plan = plan_of(made.round)

    assert sheet.id not in plan.withdrawn.values()
    assert (sheet.entry_id, sheet.judge_id) in plan.kept
    assert plan.fixed == 1


def test_a_mark_typed_after_the_preview_stays_and_the_new_plan_is_shown(browser, moderator):
    made = dealt(moderator)
    join(made)
    page = browser.as_(moderator)
    seen = page.get(page_of(made)).value_of("seen")
    sheet = moving(made)
    begin(sheet)

    again = page.post(page_of(made), {"seen": seen}, status=409)

    assert "vừa thay đổi" in again
    assert "Chưa có gì được ghi. Dưới đây là bản phân công mới nhất." in again
    assert (sheet.points[sheet.criteria[0].id], len(loads())) == (2000, 4)
    assert again.value_of("seen") != seen

    page.post(page_of(made), {"seen": again.value_of("seen")}, status=302)

    assert len(loads()) == 5
    assert db.session.get(ScoreSheet, sheet.id) is not None


def test_a_mark_on_a_sheet_that_stays_does_not_hold_up_the_assignment(browser, moderator):
    made = dealt(moderator)
    late = join(made)
    page = browser.as_(moderator)
    preview = page.get(page_of(made))
    shown = {name: preview.value_of(name) for name in ("seen", "begun")}
    going = set(plan_of(made.round).withdrawn.values())
    staying = [sheet for sheet in made.sheets if sheet.id not in going]
    for sheet in staying[:4]:
        begin(sheet)

    page.post(page_of(made), shown, status=302)

    assert loads()[late.id] == 2
    assert all(list(sheet.points.values()) == [2000] for sheet in staying[:4])
    assert {s.id for s in db.session.query(ScoreSheet)} & going == set()


def test_a_mark_on_a_sheet_that_moves_does(browser, moderator):
    made = dealt(moderator)
    join(made)
    page = browser.as_(moderator)
    preview = page.get(page_of(made))
    begin(moving(made))

    page.post(page_of(made), {name: preview.value_of(name) for name in ("seen", "begun")}, status=409)

    assert len(loads()) == 4


def test_nobody_passes_a_begun_sheet_off_as_untouched(browser, moderator):
    made = dealt(moderator)
    join(made)
    sheet = moving(made)
    begin(sheet)
    page = browser.as_(moderator)
    preview = page.get(page_of(made))
    as_if_nothing = plan_of(made.round, begun=())
    mac = preview.value_of("begun").split(":")[1]

    assert preview.value_of("begun").startswith(f"{sheet.id}:")
    assert sheet.id in as_if_nothing.withdrawn.values()
    for forged in (f":{mac}", "", "0"):
        seen = {"seen": as_if_nothing.fingerprint, "begun": forged}
        page.post(page_of(made), seen, status=409)
    with pytest.raises(Stale), transaction():
        rounds.assign_judges(moderator, made.round, seen=as_if_nothing.fingerprint, begun=())
    assert len(loads()) == 4


def lost(browser, moderator) -> tuple[str, str, User, ScoreSheet]:
    """A sheet that went to another judge while its page was open: its address and code, whose it was."""
    made = dealt(moderator)
    join(made)
    sheet = moving(made)
    address, code = f"/cham-diem/{sheet.public_id}", sheet.entry.judging_code
    judge = db.session.get_one(User, sheet.judge_id)
    browser.as_(judge).get(address)
    with transaction():
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)
    assert db.session.query(ScoreSheet).filter_by(public_id=sheet.public_id).count() == 0
    return address, code, judge, sheet


def test_a_page_that_is_still_open_is_told_and_gives_back_what_was_typed(browser, moderator):
    address, code, judge, _sheet = lost(browser, moderator)
    page = browser.as_(judge)
    typed = {
        "moi": "27",
        "nx_moi": "Ý hay <b>thật</b>",
        "hieu_qua": "",
        "nx_chung": "Cố lên nhé",
        "version": "1",
    }

    answer = page.post(address, {**typed, "viec": "nop"}, status=410)
    opened = page.get(address, status=410)
    saved = page.post(
        f"{address}/diem", {"criterion": "moi", "points": "27", "version": 1}, status=410, headers=JSON
    )
    sent = page.post(f"{address}/nop", {"version": 1}, status=410, headers=JSON)
    refusal = page.post(f"{address}/xin-khong-cham", {"reason": "Là học trò lớp tôi."}, status=410)

    assert answer.h1 == opened.h1 == f"Bài {code} đã chuyển cho giám khảo khác"
    assert "27 – Ý hay <b>thật</b>" in answer
    assert "Cố lên nhé" in answer
    assert "Những gì bạn vừa ghi" not in opened
    assert "Là học trò lớp tôi." in refusal
    assert saved.json["message"] == sent.json["message"]
    assert f"Bài {code} đã chuyển cho giám khảo khác" in saved.json["message"]


def test_nobody_else_learns_that_there_was_such_a_sheet(browser, moderator):
    address, _code, judge, _sheet = lost(browser, moderator)
    other = next(
        user for user in db.session.query(User).all() if user.holds(Role.JUDGE) and user.id != judge.id
    )

    browser.as_(other).get(address, status=404)
    browser.as_(judge).get("/cham-diem/khong-co-phieu-nay", status=404)


def test_whoever_types_a_printed_sheet_of_it_is_told_too(browser, moderator):
    _address, code, _judge, sheet = lost(browser, moderator)

    page = browser.as_(moderator).get(f"/quan-tri/phieu-giay/{sheet.public_id}", status=409)

    assert f"Bài {code} đã chuyển cho giám khảo khác trước khi phiếu giấy này được nhập." in page
    browser.as_(moderator).get("/quan-tri/phieu-giay/khong-co-phieu-nay", status=404)


def test_an_idea_may_come_back_to_the_judge_who_lost_it(app, moderator):
    made = dealt(moderator)
    late = join(made)
    with transaction():
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)
    moved = {(s.entry_id, s.judge_id) for s in made.sheets} - {
        (s.entry_id, s.judge_id) for s in db.session.query(ScoreSheet)
    }
    with transaction():
        member = db.session.query(PanelMember).filter_by(judge_id=late.id).one()
        panel.remove_panel_member(moderator, made.round, member)
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)

    back = {(s.entry_id, s.judge_id) for s in db.session.query(ScoreSheet)}
    assert len(moved) == 2
    assert sorted(loads().values()) == [3, 3, 3, 3]
    assert back & moved


def test_of_a_first_mark_and_a_new_assignment_at_once_one_comes_first_and_nothing_is_lost(app, moderator):
    made = dealt(moderator)
    join(made)
    plan, sheet = plan_of(made.round), moving(made)
    staff_id, round_id, sheet_id, judge_id = moderator.id, made.round.id, sheet.id, sheet.judge_id

    def assign():
        staff, round_ = row(User, staff_id), row(Round, round_id)
        return lambda: rounds.assign_judges(staff, round_, seen=plan.fingerprint)

    def mark():
        judge, own = row(User, judge_id), row(ScoreSheet, sheet_id)
        criterion = own.criteria[0]
        return lambda: service.mark_criterion(judge, own, criterion, points="20", comment=None, version=1)

    ended = together(app, assign, mark)

    kept = db.session.get(ScoreSheet, sheet_id)
    if ended[1] == "done":  # the mark was first: it stands, and nothing was dealt
        assert ended[0] == "Stale"
        assert list(kept.points.values()) == [2000]
        assert len(loads()) == 4
    else:  # the assignment was first: whoever marks is refused, never lost without a word
        assert ended[0] == "done"
        assert kept is None
        assert len(loads()) == 5


def test_when_a_judge_leaves_all_but_what_was_submitted_goes_to_others(browser, moderator):
    made = dealt(moderator)
    leaver = made.judges[0]
    done, begun, _untouched = [sheet for sheet in made.sheets if sheet.judge_id == leaver.id]
    begin(begun)
    done.state = SheetState.SUBMITTED
    db.session.commit()
    member = db.session.query(PanelMember).filter_by(judge_id=leaver.id).one()
    page = browser.as_(moderator)

    page.post(f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}/bo", status=302)
    preview = page.get(page_of(made))
    page.post(page_of(made), {"seen": preview.value_of("seen")}, status=302)

    counting = [s for s in db.session.query(ScoreSheet) if s.state is not SheetState.VOID]
    assert "Thêm 2 phiếu." in preview
    assert [s.id for s in counting if s.judge_id == leaver.id] == [done.id]
    assert Counter(s.entry_id for s in counting) == dict.fromkeys((e.id for e in made.entries), 2)
    assert begun.state is SheetState.VOID


def test_the_record_is_whole_after_all_of_it(app):
    told = story(ideas=6, judges=4, k=2, until="assigned")
    late = UserFactory(role=Role.JUDGE)
    begin(told.sheets[0])
    with transaction():
        panel.add_panel_member(told.moderator, told.round, late)
    with transaction():
        rounds.assign_judges(told.moderator, told.round, seen=plan_of(told.round).fingerprint, sure=True)
    member = db.session.query(PanelMember).filter_by(judge_id=late.id).one()
    with transaction():
        panel.set_load(told.moderator, member, max_sheets=1, expertise=["moi-truong"])
        panel.appoint(told.moderator, member, is_chair=True, is_secretary=False)
    with transaction():
        rounds.assign_judges(told.moderator, told.round, seen=plan_of(told.round).fingerprint, sure=True)
    with transaction():
        panel.remove_panel_member(told.moderator, told.round, member)
    seal()

    assert check().findings == []
    gone = db.session.query(Event).filter_by(kind="sheet.withdrawn").all()
    assert {shown["state"] for event in gone for shown in event.shown} == {"gone"}
    assert len(gone) >= 3
