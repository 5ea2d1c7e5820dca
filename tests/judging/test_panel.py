"""Who sits on a panel, and what happens to sheets when somebody leaves it."""

from __future__ import annotations

import pytest

from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, NotFound, WrongState
from app.ideas.rules import IdeaState
from app.judging import panel
from app.judging.models import PanelMember, ScoreSheet
from app.judging.rules import SheetState
from app.judging.service import mark_criterion
from app.permissions import Role
from tests.factories import IdeaFactory, PanelMemberFactory, RoundFactory, UserFactory
from tests.judging.contest import contest


def test_staff_add_a_judge_under_a_code_of_its_own(browser, moderator, judge):
    round_ = RoundFactory()

    page = browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{round_.id}/giam-khao",
        {"gk-judge_id": judge.id, "gk-max_sheets": "12"},
        status=302,
    )

    member = db.session.query(PanelMember).one()
    assert page.location == f"/quan-tri/vong-cham/{round_.id}"
    assert (member.judge_id, member.max_sheets) == (judge.id, 12)
    assert member.code.startswith("GK")


def test_a_judge_is_added_once(browser, moderator, judge):
    round_ = RoundFactory()
    PanelMemberFactory(round=round_, judge=judge)

    with pytest.raises(Invalid, match="đã có trong vòng"), transaction():
        panel.add_panel_member(moderator, round_, judge)


def test_an_author_of_the_campaign_is_never_its_judge(app, moderator):
    round_, judge = RoundFactory(), UserFactory(role=Role.JUDGE)
    IdeaFactory(campaign=round_.campaign, owner=judge, state=IdeaState.SUBMITTED)

    with pytest.raises(Invalid, match="tác giả"):
        panel.add_panel_member(moderator, round_, judge)


def test_who_can_read_names_is_never_a_judge(app, moderator, youth):
    round_ = RoundFactory()
    both = UserFactory(role=Role.JUDGE)
    both.grants.append(type(both.grants[0])(role=Role.MODERATOR, given_at=both.created_at))
    db.session.commit()

    with pytest.raises(Invalid, match="xem được tên"):
        panel.add_panel_member(moderator, round_, both)
    with pytest.raises(Invalid, match="chưa có vai trò"):
        panel.add_panel_member(moderator, round_, youth)


@pytest.mark.parametrize("role", [Role.JUDGE, Role.YOUTH, Role.LEADER, Role.OFFICER])
def test_only_organisers_change_a_panel(app, judge, role):
    with pytest.raises(NotAllowed):
        panel.add_panel_member(UserFactory(role=role), RoundFactory(), judge)


@pytest.mark.parametrize("state", [RoundState.LOCKED, RoundState.CLOSED])
def test_a_locked_round_keeps_its_panel(app, moderator, judge, state):
    member = PanelMemberFactory(round=RoundFactory(state=state))

    with pytest.raises(WrongState):
        panel.add_panel_member(moderator, member.round, judge)
    with pytest.raises(WrongState):
        panel.remove_panel_member(moderator, member.round, member)


def test_when_a_judge_leaves_submitted_sheets_stay_begun_ones_are_void_and_untouched_ones_go(
    browser, moderator
):
    made = contest(ideas=3, judges=1)
    judge, (done, begun, untouched) = made.judges[0], made.sheets
    member = db.session.query(PanelMember).one()
    done.state = SheetState.SUBMITTED
    db.session.commit()
    with transaction():
        mark_criterion(judge, begun, begun.criteria[0], points="3", comment=None, version=begun.version)
    gone = untouched.id

    browser.as_(moderator).post(f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}/bo", status=302)

    assert (done.state, begun.state) == (SheetState.SUBMITTED, SheetState.VOID)
    assert db.session.get(ScoreSheet, gone) is None
    assert db.session.query(PanelMember).count() == 0


def test_a_judge_of_another_round_is_not_removed_through_this_one(browser, moderator):
    here, other = RoundFactory(), PanelMemberFactory()

    browser.as_(moderator).post(f"/quan-tri/vong-cham/{here.id}/giam-khao/{other.id}/bo", status=404)

    assert db.session.query(PanelMember).count() == 1


def test_a_judge_confirms_the_rules_before_the_first_sheet(browser):
    made = contest(ideas=1, judges=1)
    member = db.session.query(PanelMember).one()
    member.confirmed_at = None
    db.session.commit()
    page = browser.as_(made.judges[0])

    before = page.get("/cham-diem", status=302)
    page.post(before.location, {"dong-y": "1"}, status=302)

    assert before.location == f"/cham-diem/vong/{made.round.id}/xac-nhan"
    assert page.get("/cham-diem").h1 == "Đã chấm 0 trong 1 bài"


def test_nobody_confirms_for_another(app):
    member = PanelMemberFactory()

    with pytest.raises(NotFound):
        panel.confirm_rules(UserFactory(role=Role.JUDGE), member)


def test_a_judge_of_no_round_reads_what_will_happen(browser, judge):
    assert "Chưa có vòng chấm nào" in browser.as_(judge).get("/cham-diem")
    browser.as_(judge).get(f"/cham-diem/vong/{RoundFactory().id}/xac-nhan", status=404)


@pytest.mark.parametrize(
    ("state", "status", "leads"), [("open", 302, True), ("locked", 302, True), ("closed", 409, False)]
)
def test_staff_say_who_leads_until_the_round_is_over(browser, moderator, state, status, leads):
    made = contest(judges=1)
    member = db.session.query(PanelMember).one()
    made.round.state = state
    db.session.commit()
    address = f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}"

    browser.as_(made.judges[0]).post(f"{address}/nhiem-vu", {"is_chair": "y"}, status=403)
    browser.as_(moderator).post(f"{address}/nhiem-vu", {"is_chair": "y"}, status=status)

    assert (member.is_chair, member.is_secretary) == (leads, False)
    browser.as_(moderator).get(address)


def test_organisers_never_read_which_code_is_whose(browser, moderator):
    made = contest(judges=1)
    member = db.session.query(PanelMember).one()
    member.code = "GK77"
    db.session.commit()
    addresses = [
        f"/quan-tri/vong-cham/{made.round.id}",
        f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}",
        f"/ban-giam-khao/{made.round.id}",
    ]

    for address in addresses:
        page = browser.as_(moderator).get(address)
        assert made.judges[0].full_name in page
        assert "GK77" not in page.html
