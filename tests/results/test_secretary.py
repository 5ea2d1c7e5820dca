"""A secretary who marks nothing: chosen by the organisers, with the desk and the council, without a vote."""

from __future__ import annotations

import pytest

from app.accounts.models import RoleGrant
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.judging.models import PanelMember, Secretary
from app.judging.secretary.service import appoint_secretary
from app.permissions import Role
from app.results.council import votes
from app.results.council.models import Council, Voter
from app.results.council.rules import CaseKind
from app.results.freezing import ranking_of
from tests.factories import UnitFactory, UserFactory
from tests.judging.contest import kinds_of_events
from tests.results.session import locked, sitting
from tests.results.test_council import CALM, TIED, WHY, ids, related, settle

STAFF = [Role.MODERATOR, Role.OFFICER]


def secretary(stage, role=Role.OFFICER):
    person = UserFactory(role=role)
    with transaction():
        appoint_secretary(UserFactory(role=Role.MODERATOR), stage.made.round, person)
    return person


def choose(browser, stage, by, person, status=302):
    address = f"/quan-tri/vong-cham/{stage.made.round.id}/thu-ky"
    return browser.as_(by).post(address, {"person_id": person.id}, status=status)


# --- choosing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", STAFF)
def test_staff_chosen_as_secretary_find_their_council_from_their_own_pages(browser, moderator, role):
    stage, person = locked(CALM), UserFactory(role=role)
    address = f"/quan-tri/vong-cham/{stage.made.round.id}/thu-ky"

    offered = browser.as_(moderator).get(address)
    choose(browser, stage, moderator, person)
    page = browser.as_(person).get("/hoi-dong")

    assert f"{person.full_name} (không chấm)" in offered
    assert stage.address in page.links()
    assert f"/ban-giam-khao/{stage.made.round.id}" in page.links()
    assert person.full_name in browser.as_(moderator).get(f"/quan-tri/vong-cham/{stage.made.round.id}")
    assert kinds_of_events()[-1] == "secretary.appointed"


def test_a_judge_of_the_panel_is_made_secretary_on_the_same_page_and_keeps_marking(browser, moderator):
    stage = locked(CALM)
    judge = stage.made.judges[1]

    choose(browser, stage, moderator, judge)

    member = db.session.query(PanelMember).filter_by(round_id=stage.made.round.id, judge_id=judge.id).one()
    assert (member.is_chair, member.is_secretary) == (False, True)
    assert db.session.query(Secretary).count() == 0
    browser.as_(judge).get(f"{stage.address}/so-lieu")
    listed = browser.as_(moderator).get(f"/quan-tri/vong-cham/{stage.made.round.id}/thu-ky")
    assert f"/quan-tri/vong-cham/{stage.made.round.id}/giam-khao/{member.id}" in listed.links()


@pytest.mark.parametrize("role", [Role.YOUTH, Role.LEADER, Role.ADMINISTRATOR, Role.JUDGE])
def test_nobody_else_is_chosen(browser, moderator, role):
    stage, person = locked(CALM), UserFactory(role=role)

    page = choose(browser, stage, moderator, person, status=422)

    assert list(page.errors()) == ["person_id"]
    assert db.session.query(Secretary).count() == 0


def test_an_author_of_the_campaign_keeps_no_papers_in_it(browser, moderator):
    stage, person = locked(CALM), UserFactory(role=Role.OFFICER)
    stage.made.entries[0].idea.authors[0].user_id = person.id
    db.session.commit()

    page = choose(browser, stage, moderator, person, status=422)

    assert "tác giả" in page.errors()["person_id"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.JUDGE, Role.LEADER, Role.YOUTH])
def test_only_organisers_choose(browser, role):
    stage = locked(CALM)

    choose(browser, stage, UserFactory(role=role), UserFactory(role=Role.OFFICER), status=403)


def test_whoever_was_relieved_reads_nothing_of_the_council_any_more(browser, moderator):
    stage = sitting(CALM)
    person = secretary(stage)
    browser.as_(person).get(f"{stage.address}/so-lieu")
    row = db.session.query(Secretary).one()

    browser.as_(moderator).post(f"/quan-tri/vong-cham/{stage.made.round.id}/thu-ky/{row.id}/thoi", status=302)

    for path in ("", "/so-lieu"):
        browser.as_(person).get(stage.address + path, status=404)
    assert stage.address not in browser.as_(person).get("/hoi-dong").links()
    assert kinds_of_events()[-1] == "secretary.relieved"


def test_a_secretary_of_another_round_reads_nothing_here(browser):
    stage, other = sitting(CALM), sitting(CALM)
    person = browser.as_(secretary(other))

    for path in ("", "/so-lieu", f"/viec/{sitting([(40, 0, 20), *CALM]).case(CaseKind.DISAGREEMENT).id}"):
        person.get(stage.address + path, status=404)
    person.get(f"/ban-giam-khao/{stage.made.round.id}", status=404)


# --- what a secretary may ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", STAFF)
def test_a_secretary_convenes_writes_concludes_and_ends_the_session(browser, role):
    stage = locked([(40, 0, 20), *CALM])
    person = secretary(stage, role)
    page = browser.as_(person)

    page.get(f"/ban-giam-khao/{stage.made.round.id}")
    page.post(f"{stage.address}/mo", {"place": "Phòng họp số 2"}, status=302)
    assert stage.council.present_ids == set()  # who marks nothing is no member and counts for no quorum
    page.post(
        f"{stage.address}/co-mat", {"present_ids": [judge.id for judge in stage.made.judges]}, status=302
    )
    case = stage.case(CaseKind.DISAGREEMENT)
    said = {"note": "Hai cách hiểu.", "decision": "Giữ nguyên điểm.", "reason": WHY, "viec": "ket-luan"}
    page.post(f"{stage.address}/viec/{case.id}", {**said, "version": case.version}, status=302)
    settle(stage)
    page.post(f"{stage.address}/ket-thuc", {"version": stage.council.version}, status=302)
    minutes = page.get(f"{stage.address}/bien-ban")

    assert ranking_of(stage.made.round) is not None
    assert f"Thư ký ghi biên bản: {person.full_name}." in minutes
    assert "Có mặt 3/3 thành viên" in minutes
    assert page.get(f"{stage.address}/bien-ban.docx").response.data[:2] == b"PK"
    assert db.session.query(Event).filter_by(kind="council.closed").one().actor_id == person.id


def test_before_the_lock_a_secretary_sees_progress_and_no_figure(browser):
    stage = locked(CALM)
    stage.made.round.state = "open"
    db.session.commit()
    page = browser.as_(secretary(stage))

    assert "60,00" not in page.get(f"/ban-giam-khao/{stage.made.round.id}").html
    assert "60,00" not in page.get(f"{stage.address}/so-lieu").html
    page.post(f"{stage.address}/mo", status=409)
    assert db.session.query(Council).count() == 0


@pytest.mark.parametrize("role", STAFF)
def test_a_secretary_who_marks_nothing_never_votes(browser, role):
    stage = sitting(TIED, cut_top=2)
    person = secretary(stage, role)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    page = browser.as_(person)

    page.post(f"{address}/mo-bieu-quyet", status=302)
    page.post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=403)

    assert person.id not in {voter.judge_id for voter in db.session.query(Voter)}
    assert f'action="{address}/bo-phieu"' not in page.get(address).html


def test_a_secretary_who_also_judges_elsewhere_does_not_vote_here(browser):
    stage = sitting(TIED, cut_top=2)
    person = UserFactory(role=Role.OFFICER)
    person.grants.append(RoleGrant(role=Role.JUDGE, given_at=now()))
    db.session.commit()
    with transaction():
        appoint_secretary(UserFactory(role=Role.MODERATOR), stage.made.round, person)
    case = stage.case(CaseKind.CUT_TIE)
    with transaction():
        votes.open_vote(stage.chair, stage.council_case(case.id))

    browser.as_(person).post(
        f"{stage.address}/viec/{case.id}/bo-phieu", {"entries": ids(stage, 1)}, status=404
    )


def test_a_secretary_with_a_relation_sees_no_figure_of_that_idea_and_writes_nothing_on_it(browser):
    stage = sitting([(40, 0, 20), *CALM])
    person = secretary(stage)
    case = stage.case(CaseKind.DISAGREEMENT)
    entry = case.entries[0].entry
    stage.made.sheet(stage.chair, entry).comment = "Số liệu chưa chắc."
    related(person, entry, stage.made.round.campaign_id)
    page, address = browser.as_(person), f"{stage.address}/viec/{case.id}"

    figures, seen = page.get(f"{stage.address}/so-lieu"), page.get(address)
    for task in ("luu", "ket-luan"):
        said = {"note": "Ghi.", "decision": "Giữ nguyên.", "reason": WHY, "viec": task}
        page.post(address, {**said, "version": case.version}, status=409)

    assert f"có quan hệ liên quan với: {entry.judging_code}" in figures
    assert figures.text.count(entry.judging_code) == 1
    assert "Số liệu chưa chắc." not in seen
    assert "Tổng" not in seen
    assert stage.case(CaseKind.DISAGREEMENT).note == ""


def test_the_unit_of_a_secretary_is_a_relation_without_being_declared(browser):
    stage = locked(CALM)
    person = secretary(stage)
    entry = stage.made.entries[0]
    person.unit_id = entry.idea.authors[0].user.unit_id = UnitFactory().id
    db.session.commit()

    page = browser.as_(person).get(f"{stage.address}/so-lieu")

    assert f"có quan hệ liên quan với: {entry.judging_code}" in page


def test_a_relation_of_the_secretary_is_pinned_on_the_round_page(browser, moderator):
    stage = locked(CALM)
    person = secretary(stage)
    entry = stage.made.entries[0]
    data = {
        "xd-judge_id": person.id,
        "xd-unit_id": 0,
        "xd-idea_code": entry.idea.code,
        "xd-reason": "Họ hàng.",
    }

    staff = browser.as_(moderator)
    staff.post(f"/quan-tri/vong-cham/{stage.made.round.id}/xung-dot", data, status=302)

    assert "Họ hàng." in staff.get(f"/quan-tri/vong-cham/{stage.made.round.id}")
    assert entry.judging_code in browser.as_(person).get(f"{stage.address}/so-lieu")
