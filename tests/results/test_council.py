"""The council's session, step by step and refusal by refusal: convene, attend, amend, vote, decide, close."""

from __future__ import annotations

import pytest

from app.accounts.retention import erase
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.core.events import Event
from app.judging.models import Conflict, PanelMember
from app.judging.rules import ConflictKind
from app.permissions import Role
from app.results import service as results
from app.results.council import service, votes
from app.results.council.models import CaseEntry, Council, CouncilCase, SheetRevision, Voter
from app.results.council.rules import CaseKind, VoteOutcome
from app.results.freezing import freeze_ranking, ranking_of
from app.results.models import Ranking
from app.results.rules import suggested
from tests.factories import RankingFactory, RoundFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events, row, together
from tests.results.session import locked, sitting

CALM = [(20, 20, 20), (30, 30, 30), (25, 25, 25), (10, 10, 10)]
TIED = [(30, 30, 30), (20, 20, 20), (20, 20, 20), (10, 10, 10)]  # the second and third: one place left
WHY = "Đọc lại phần hiệu quả cùng hội đồng."


def amendment(sheet, moi="30", hieu_qua="40", reason=WHY):
    return {"diem-moi": moi, "diem-hieu_qua": hieu_qua, "reason": reason, "version": sheet.version}


def related(judge, entry, campaign_id):
    """A relation that came to light after the sheets were in."""
    db.session.add(
        Conflict(
            judge_id=judge.id,
            campaign_id=campaign_id,
            kind=ConflictKind.DECLARED,
            idea_id=entry.idea_id,
            reason="Người nhà",
            made_by_id=judge.id,
            made_at=now(),
        )
    )
    db.session.commit()


def settle(stage):
    """Vote on every tie that is left, for its first ideas; decide the rest."""
    while waiting := [case for case in stage.council.cases if not case.is_settled]:
        case = waiting[0]
        if case.kind.is_tie:
            chosen = [line.entry_id for line in case.entries][: case.places]
            stage.vote(case, dict.fromkeys(stage.made.judges, chosen))
            continue
        with transaction():
            service.decide_case(
                stage.chair,
                stage.council_case(case.id),
                note="",
                decision="Giữ nguyên điểm.",
                reason=WHY,
                version=case.version,
            )


# --- convening ---------------------------------------------------------------------------------------------------------


def test_the_chair_convenes_and_the_cases_are_listed_disagreements_first(browser):
    stage = locked([(40, 0, 20), *TIED], cut_top=2)

    offered = browser.as_(stage.chair).get(stage.address)
    browser.as_(stage.chair).post(f"{stage.address}/mo", {"place": "Phòng họp số 2"}, status=302)

    assert f'action="{stage.address}/mo"' in offered.html
    council = stage.council
    assert (council.place, council.present_ids) == ("Phòng họp số 2", {stage.chair.id})
    assert kinds_of_events() == ["council.opened", "council.listed"]
    assert "Các phiếu lệch nhau nhiều" in browser.as_(stage.made.judges[1]).get(stage.address)
    kinds = [case.kind for case in council.cases]
    assert kinds == sorted(kinds, key=list(CaseKind).index)
    assert kinds[0] is CaseKind.DISAGREEMENT


def test_before_the_lock_there_is_neither_session_nor_figure(browser):
    stage = locked(CALM)
    stage.made.round.state = RoundState.OPEN
    db.session.commit()
    chair = browser.as_(stage.chair)

    chair.post(f"{stage.address}/mo", status=409)
    page = chair.get(f"{stage.address}/so-lieu")

    assert "Vòng chấm chưa khóa" in page
    assert "60,00" not in page.html
    assert db.session.query(Council).count() == 0


def test_a_second_session_is_refused(browser):
    stage = sitting(CALM)

    browser.as_(stage.chair).post(f"{stage.address}/mo", status=409)

    assert db.session.query(Council).count() == 1


def test_a_round_that_was_ranked_directly_has_no_council_any_more(browser):
    made = contest(ideas=2, judges=2, submitted=True)
    ranking = RankingFactory(round=made.round)
    stage = locked(CALM)  # another round, whose chair has nothing to say here
    chair = made.judges[0]
    db.session.query(PanelMember).filter_by(round_id=made.round.id, judge_id=chair.id).one().is_chair = True
    db.session.commit()

    browser.as_(chair).post(f"/hoi-dong/{made.round.id}/mo", status=409)
    browser.as_(stage.chair).post(f"/hoi-dong/{made.round.id}/mo", status=404)

    assert ranking_of(made.round).id == ranking.id


@pytest.mark.parametrize(
    ("role", "session", "figures"),
    [
        (Role.MODERATOR, 404, 404),
        (Role.OFFICER, 404, 404),
        (Role.ADMINISTRATOR, 403, 403),
        (Role.LEADER, 403, 403),
        (Role.JUDGE, 404, 404),
    ],
)
def test_nobody_else_reads_sheets_of_the_council(browser, role, session, figures):
    stage = sitting(CALM)
    outsider = browser.as_(UserFactory(role=role))

    outsider.get(stage.address, status=session)
    outsider.get(f"{stage.address}/so-lieu", status=figures)


def test_a_plain_member_reads_cases_and_no_ranks(browser):
    stage = sitting([(40, 0, 20), *CALM])
    member = browser.as_(stage.made.judges[1])

    member.get(f"{stage.address}/so-lieu", status=404)
    member.get(stage.address)
    member.post(f"{stage.address}/co-mat", {"present_ids": []}, status=404)
    member.post(f"{stage.address}/ket-thuc", {"version": 1}, status=404)


# --- findings ----------------------------------------------------------------------------------------------------------


def test_the_chair_reads_exact_figures_flags_and_names(browser):
    stage = locked([(40, 0, 20), *CALM], cut_top=2)

    page = browser.as_(stage.chair).get(f"{stage.address}/so-lieu")

    assert "70,00" in page  # 30 + 40, printed as it will be published
    assert stage.made.judges[2].full_name in page
    assert "Phiếu lệch nhau" in page
    assert "Đầu Giữa Cuối" in page


@pytest.mark.parametrize("ideas", [3, 40])
def test_figures_cost_the_same_with_few_and_many_ideas(browser, ideas):
    stage = locked([(n % 40, n % 40, n % 40) for n in range(ideas)])

    browser.as_(stage.chair).get(f"{stage.address}/so-lieu", queries=19)


# --- members present, decisions ----------------------------------------------------------------------------------------


def test_a_decision_needs_two_thirds_of_the_panel_and_a_reason(browser):
    stage = sitting([(40, 0, 20), *CALM], everybody=False)
    chair, case = browser.as_(stage.chair), stage.case(CaseKind.DISAGREEMENT)
    address = f"{stage.address}/viec/{case.id}"
    said = {"note": "Hai cách hiểu.", "decision": "Giữ nguyên điểm.", "reason": WHY, "viec": "ket-luan"}

    few = chair.post(address, {**said, "version": 1}, status=409)
    chair.post(
        f"{stage.address}/co-mat", {"present_ids": [judge.id for judge in stage.made.judges[:2]]}, status=302
    )
    short = chair.post(address, {**said, "version": 1, "reason": "Vì"}, status=422)
    chair.post(address, {**said, "version": 1}, status=302)

    assert "1/3 thành viên" in few
    assert short.errors() == {"reason": "Ghi rõ hơn, ít nhất 10 ký tự."}
    assert short.value_of("decision").strip() == "Giữ nguyên điểm."
    case = stage.case(CaseKind.DISAGREEMENT)
    assert (case.note, case.decision, case.reason) == ("Hai cách hiểu.", "Giữ nguyên điểm.", WHY)


def test_notes_written_over_an_older_page_are_refused(browser):
    stage = sitting([(40, 0, 20), *CALM])
    chair, case = browser.as_(stage.chair), stage.case(CaseKind.DISAGREEMENT)
    address = f"{stage.address}/viec/{case.id}"

    chair.post(address, {"note": "Một.", "version": 1, "viec": "luu"}, status=302)
    chair.post(address, {"note": "Hai.", "version": 1, "viec": "luu"}, status=409)

    assert stage.case(CaseKind.DISAGREEMENT).note == "Một."


# --- who reads what of a case ------------------------------------------------------------------------------------------


def test_sheets_stand_side_by_side_under_codes_and_only_the_chair_sees_names(browser):
    stage = sitting([(40, 0, 20), *CALM])
    case = stage.case(CaseKind.DISAGREEMENT)
    other = stage.made.judges[2]
    stage.made.sheet(other, stage.made.entries[0]).comment = "Số liệu chưa chắc."
    db.session.commit()
    address = f"{stage.address}/viec/{case.id}"

    member, chair = browser.as_(stage.made.judges[1]).get(address), browser.as_(stage.chair).get(address)

    assert other.full_name not in member
    assert other.full_name in chair
    for page in (member, chair):
        assert "Số liệu chưa chắc." in page
        assert "60" in page


def test_a_judge_reads_marks_only_of_what_they_scored_and_nothing_of_a_relation(browser):
    stage = sitting([(40, 0, 20), *CALM])
    case, entry = stage.case(CaseKind.DISAGREEMENT), stage.made.entries[0]
    unread, kin = stage.made.judges[1], stage.made.judges[2]
    stage.made.sheet(unread, entry).state = "open"
    related(kin, entry, stage.made.round.campaign_id)
    stage.made.sheet(stage.chair, entry).comment = "Số liệu chưa chắc."
    db.session.commit()
    address = f"{stage.address}/viec/{case.id}"

    comments_only, nothing = browser.as_(unread).get(address), browser.as_(kin).get(address)

    assert "chỉ xem nhận xét" in comments_only
    assert "Số liệu chưa chắc." in comments_only
    assert "Tổng" not in comments_only
    assert "Số liệu chưa chắc." not in nothing
    assert "quan hệ liên quan" in nothing


# --- an own sheet amended ----------------------------------------------------------------------------------------------


def test_a_judge_amends_an_own_sheet_once_and_the_old_marks_are_kept(browser):
    stage = sitting(CALM)
    judge, entry = stage.made.judges[1], stage.made.entries[0]
    sheet = stage.made.sheet(judge, entry)
    page, address = browser.as_(judge), f"/hoi-dong/phieu/{sheet.public_id}"

    page.post(address, amendment(sheet, moi="25,5"), status=302)
    again = page.post(address, amendment(sheet, moi="1"), status=409)

    revision = db.session.query(SheetRevision).one()
    assert revision.marks == {"moi": 2000, "hieu_qua": 4000}
    assert sorted(sheet.points.values()) == [2550, 4000]
    assert "đã sửa một lần" in again
    event = db.session.query(Event).filter_by(kind="sheet.amended").one()
    (table, row_id, values), *_others = event.facts
    assert (table, row_id, values["marks"]) == ("score_sheets", sheet.id, {"moi": 2550, "hieu_qua": 4000})
    assert WHY not in str(event.data)


def test_organisers_who_read_the_log_read_no_amended_mark(browser):
    stage = sitting(CALM)
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[0])
    browser.as_(judge).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet, moi="25,75"), status=302)

    admin = browser.as_(UserFactory(role=Role.ADMINISTRATOR))
    said = admin.get("/quan-tri/nhat-ky").html + admin.get(f"/quan-tri/nhat-ky/score_sheets/{sheet.id}").html

    assert judge.full_name in said
    assert "2575" not in said and "moi" not in admin.get("/quan-tri/nhat-ky").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"moi": "41"}, "diem-moi"),
        ({"moi": ""}, "diem-moi"),
        ({"moi": "chín"}, "diem-moi"),
        ({"moi": "30", "reason": "Vì"}, "reason"),
        ({"moi": "20", "hieu_qua": "40"}, "reason"),  # nothing changed
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_changes_nothing(browser, typed, field):
    stage = sitting(CALM)
    sheet = stage.made.sheet(stage.made.judges[1], stage.made.entries[0])
    before = dict(sheet.points)

    page = browser.as_(stage.made.judges[1]).post(
        f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet, **typed), status=422
    )

    assert list(page.errors()) == [field]
    assert page.value_of("diem-moi") == typed["moi"]
    assert sheet.points == before
    assert db.session.query(SheetRevision).count() == 0


def test_nobody_amends_somebody_elses_sheet(browser):
    stage = sitting(CALM)
    sheet = stage.made.sheet(stage.made.judges[1], stage.made.entries[0])

    for other in (stage.chair, UserFactory(role=Role.JUDGE)):
        browser.as_(other).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet), status=404)
    browser.as_(UserFactory(role=Role.MODERATOR)).post(
        f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet), status=403
    )

    assert db.session.query(SheetRevision).count() == 0


def test_who_is_absent_amends_nothing(browser):
    stage = sitting(CALM)
    absent = stage.made.judges[2]
    stage.present(*stage.made.judges[:2])
    sheet = stage.made.sheet(absent, stage.made.entries[0])

    browser.as_(absent).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet), status=409)

    assert db.session.query(SheetRevision).count() == 0


def test_no_sheet_is_amended_without_a_session_or_after_it(browser):
    stage = locked(CALM)
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[0])
    page, address = browser.as_(judge), f"/hoi-dong/phieu/{sheet.public_id}"

    page.post(address, amendment(sheet), status=404)
    with transaction():
        service.convene(stage.chair, stage.made.round)
    stage.present(*stage.made.judges)
    settle(stage)
    stage.close()
    page.post(address, amendment(sheet), status=409)

    assert db.session.query(SheetRevision).count() == 0


def test_an_amended_sheet_changes_the_ranking_the_agenda_and_the_count_that_is_published(browser, moderator):
    stage = sitting(TIED, cut_top=2)
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[2])
    assert stage.case(CaseKind.CUT_TIE)

    browser.as_(judge).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet, moi="23"), status=302)
    kinds = [case.kind for case in stage.council.cases]
    settle(stage)
    stage.close()
    page = browser.as_(moderator).get(f"/quan-tri/ket-qua/{stage.made.round.id}")

    assert CaseKind.CUT_TIE not in kinds  # it is a tie no more
    assert "61,00" in page
    assert "1 phiếu được sửa trong phiên họp hội đồng" in page


# --- secret votes ------------------------------------------------------------------------------------------------------


def ids(stage, *places):
    return [stage.made.entries[place].id for place in places]


def test_a_vote_from_opening_to_count_over_the_pages(browser):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)

    chair.post(f"{address}/mo-bieu-quyet", status=302)
    assert f'action="{address}/bo-phieu"' in chair.get(address).html
    for judge, choice in zip(stage.made.judges, ids(stage, 1, 1, 2), strict=True):
        browser.as_(judge).post(f"{address}/bo-phieu", {"entries": [choice]}, status=302)
    during = chair.get(address)
    chair.post(f"{address}/kiem-phieu", status=302)

    assert "Đã bỏ phiếu: 3/3 người." in during
    assert "2 phiếu · Được chọn" not in during
    assert "2 phiếu · Được chọn" in chair.get(address)
    outcomes = {line.entry_id: (line.votes, line.outcome) for line in stage.case(CaseKind.CUT_TIE).entries}
    first, second = ids(stage, 1, 2)
    assert outcomes == {first: (2, VoteOutcome.CHOSEN), second: (1, VoteOutcome.LEFT)}


def test_nothing_that_is_kept_says_who_voted_for_what(app):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    first, second = ids(stage, 1, 2)

    stage.vote(case, dict(zip(stage.made.judges, ([first], [second], []), strict=True)))

    columns = set(Voter.__table__.columns.keys())
    assert columns == {"id", "case_id", "judge_id", "has_voted"}
    cast = db.session.query(Event).filter_by(kind="vote.cast").all()
    assert [event.data for event in cast] == [{"case_id": case.id}] * 3
    assert {event.object_type for event in cast} == {"council_voters"}
    assert {entry.votes for entry in db.session.query(CaseEntry).filter_by(case_id=case.id)} == {1}


def test_a_chair_with_a_relation_sees_no_figure_of_that_idea_and_concludes_nothing_on_it(browser):
    stage = sitting([(40, 0, 20), *CALM])
    case = stage.case(CaseKind.DISAGREEMENT)
    entry = case.entries[0].entry
    related(stage.chair, entry, stage.made.round.campaign_id)
    page = browser.as_(stage.chair)

    figures = page.get(f"{stage.address}/so-lieu")
    decided = page.post(
        f"{stage.address}/viec/{case.id}",
        {"note": "", "decision": "Giữ nguyên.", "reason": WHY, "viec": "ket-luan", "version": case.version},
        status=409,
    )

    assert f"có quan hệ liên quan với: {entry.judging_code}" in figures
    assert figures.text.count(entry.judging_code) == 1
    assert "Nhờ Trưởng ban hoặc Thư ký khác" in decided


def test_who_is_absent_or_has_a_relation_does_not_vote(browser):
    stage = sitting([(*row, row[0], row[0]) for row in TIED], cut_top=2)
    _chair, voting, third, kin, absent = stage.made.judges
    related(kin, stage.made.entries[1], stage.made.round.campaign_id)
    stage.present(stage.chair, voting, third, kin)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    browser.as_(stage.chair).post(f"{address}/mo-bieu-quyet", status=302)

    for judge, status in ((kin, 409), (absent, 409), (voting, 302)):
        browser.as_(judge).post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=status)

    voters = db.session.query(Voter.judge_id, Voter.has_voted).order_by(Voter.judge_id).all()
    assert voters == [(stage.chair.id, False), (voting.id, True), (third.id, False)]


def test_a_relation_that_comes_to_light_during_the_vote_bars_the_member_and_holds_up_nothing(browser):
    stage = sitting(TIED, cut_top=2)
    _chair, kin, other = stage.made.judges
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)
    chair.post(f"{address}/mo-bieu-quyet", status=302)
    related(kin, stage.made.entries[1], stage.made.round.campaign_id)

    browser.as_(kin).post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=409)
    for judge in (stage.chair, other):
        browser.as_(judge).post(f"{address}/bo-phieu", {"entries": ids(stage, 2)}, status=302)
    chair.post(f"{address}/kiem-phieu", status=302)

    assert {line.entry_id: line.votes for line in stage.case(CaseKind.CUT_TIE).entries} == dict(
        zip(ids(stage, 1, 2), (0, 2), strict=True)
    )
    assert {voter.judge_id for voter in db.session.query(Voter)} == {stage.chair.id, other.id}


def test_who_has_a_relation_to_an_idea_does_not_amend_their_sheet_on_it(browser):
    stage = sitting(CALM)
    kin, entry = stage.made.judges[1], stage.made.entries[0]
    related(kin, entry, stage.made.round.campaign_id)
    sheet = stage.made.sheet(kin, entry)

    page = browser.as_(kin).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet), status=409)

    assert "có quan hệ liên quan" in page
    assert db.session.query(SheetRevision).count() == 0


def test_nobody_votes_twice_for_too_many_or_for_something_else(browser):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)

    chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=409)  # not open yet
    chair.post(f"{address}/mo-bieu-quyet", status=302)
    too_many = chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 1, 2)}, status=422)
    chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 0)}, status=422)
    chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=302)
    chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 2)}, status=409)

    assert "Chọn nhiều nhất 1 bài." in too_many
    assert {line.entry_id: line.votes for line in stage.case(CaseKind.CUT_TIE).entries} == dict(
        zip(ids(stage, 1, 2), (1, 0), strict=True)
    )


def test_a_vote_needs_two_thirds_to_open_and_two_thirds_to_be_counted(browser):
    stage = sitting(TIED, everybody=False, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)

    chair.post(f"{address}/mo-bieu-quyet", status=409)
    stage.present(*stage.made.judges)
    chair.post(f"{address}/mo-bieu-quyet", status=302)
    chair.post(f"{address}/bo-phieu", {"entries": ids(stage, 1)}, status=302)
    early = chair.post(f"{address}/kiem-phieu", status=409)

    assert "1/3 người bỏ phiếu" in early
    assert stage.case(CaseKind.CUT_TIE).is_voting


@pytest.mark.parametrize("there", [2, 1])
def test_no_secret_vote_is_opened_among_so_few_that_each_would_know_the_other(browser, there):
    stage = sitting([tuple(row[:there]) for row in TIED], cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)

    offered = chair.get(address)
    refused = chair.post(f"{address}/mo-bieu-quyet", status=409)

    assert f"Chỉ có {there} người được biểu quyết" in refused
    assert "cùng đi tiếp" in refused
    assert f'action="{address}/mo-bieu-quyet"' not in offered.html
    assert f'action="{address}/cung-huong"' in offered.html
    assert db.session.query(Voter).count() == 0


def shared(case, reason=WHY):
    return {"chung-version": case.version, "chung-reason": reason}


def test_where_too_few_may_vote_the_council_lets_both_go_on_with_a_reason(browser, moderator):
    stage = sitting([row[:2] for row in TIED], cut_top=2, gives_awards=False)
    to = RoundFactory(campaign=stage.made.round.campaign, position=1)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"
    chair = browser.as_(stage.chair)

    short = chair.post(f"{address}/cung-huong", shared(case, "Vì"), status=422)
    chair.post(f"{address}/cung-huong", shared(case), status=302)
    page = chair.get(address)
    chair.post(f"{address}/cung-huong", shared(stage.council_case(case.id)), status=409)
    settle(stage)
    stage.close()
    minutes = chair.get(f"{stage.address}/bien-ban")
    with transaction():
        entries = results.advance_round(moderator, stage.made.round, to)

    assert short.value_of("chung-reason").strip() == "Vì"
    assert "Cùng đi tiếp" in page
    for told in (page, minutes):
        assert WHY in told
        assert "không biểu quyết kín vì chỉ có 2 người" in told
    assert {entry.idea_id for entry in entries} == {e.idea_id for e in stage.made.entries[:3]}


def test_where_too_few_may_vote_a_prize_is_shared_and_the_ranking_knows(app):
    stage = sitting([(10, 10), (30, 30), (30, 30)])
    case = stage.case(CaseKind.PRIZE_TIE)
    with transaction():
        votes.share_tie(stage.chair, case, reason=WHY, version=case.version)
    settle(stage)
    stage.close()
    round_ = stage.made.round

    offered = suggested(results.ranked_ideas(ranking_of(round_)), results.prize_offers(round_))

    prizes = {prize.key: prize.id for prize in round_.campaign.prizes}
    first = {choice.idea_id for choice in offered if choice.prize_id == prizes["nhat"]}
    assert first == {stage.made.entries[1].idea_id, stage.made.entries[2].idea_id}


def test_where_enough_may_vote_nobody_decides_instead(browser):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    address = f"{stage.address}/viec/{case.id}"

    browser.as_(stage.chair).post(f"{address}/cung-huong", shared(case), status=409)
    browser.as_(stage.made.judges[1]).post(f"{address}/cung-huong", shared(case), status=404)

    assert not stage.case(CaseKind.CUT_TIE).is_settled
    assert f'action="{address}/cung-huong"' not in browser.as_(stage.chair).get(address).html


def test_of_two_ballots_only_the_decision_is_said_anywhere(browser, administrator):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    first, second = stage.made.judges[:2]
    stage.vote(case, {first: ids(stage, 1), second: ids(stage, 2)})
    chair = browser.as_(stage.chair)
    page = chair.get(f"{stage.address}/viec/{case.id}")
    settle(stage)
    stage.close()
    minutes = chair.get(f"{stage.address}/bien-ban")

    event = db.session.query(Event).filter_by(kind="vote.closed", object_id=case.id).one()
    assert [votes_ for _entry, votes_, _outcome in event.data["votes"]] == [None, None]
    assert "Đã bỏ phiếu: 2/3 người." in page
    assert "Cùng đi tiếp" in page
    assert "Có ít hơn ba phiếu nên chỉ ghi kết quả" in page
    titles = [stage.made.entries[place].idea_version.title for place in (1, 2)]
    for title in titles:
        assert f"{title}: Cùng đi tiếp." in minutes
    assert "1 phiếu ·" not in page


def test_no_sheet_is_amended_while_a_vote_is_open(browser):
    stage = sitting(TIED, cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    with transaction():
        votes.open_vote(stage.chair, stage.council_case(case.id))
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[2])

    page = browser.as_(judge).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet), status=409)

    assert "Đang biểu quyết" in page


def test_two_votes_at_once_are_both_counted_and_one_member_counts_once(app):
    stage = sitting(TIED, cut_top=2)
    case_id = stage.case(CaseKind.CUT_TIE).id
    with transaction():
        votes.open_vote(stage.chair, stage.council_case(case_id))
    first = ids(stage, 1)

    def cast(judge_id):
        def prepare():
            actor, case = row(type(stage.chair), judge_id), row(CouncilCase, case_id)
            return lambda: votes.cast_vote(actor, case, first)

        return prepare

    two = [judge.id for judge in stage.made.judges[:2]]
    assert together(app, *map(cast, two)) == ["done", "done"]
    third = stage.made.judges[2].id
    assert sorted(together(app, cast(third), cast(third))) == ["WrongState", "done"]

    assert stage.case(CaseKind.CUT_TIE).entries[0].votes == 3


# --- the order: lock, council, ranking ---------------------------------------------------------------------------------


def test_no_ranking_is_kept_while_the_council_sits(browser, moderator):
    stage = sitting(CALM)
    round_ = stage.made.round
    page = browser.as_(moderator)

    page.post(f"/quan-tri/ket-qua/{round_.id}/xep-hang", status=409)
    waiting = page.get(f"/quan-tri/ket-qua/{round_.id}")
    with pytest.raises(WrongState, match="đang họp"), transaction():
        results.advance_round(moderator, round_, RoundFactory(campaign=round_.campaign, position=1))

    assert "Hội đồng đang họp" in waiting
    assert db.session.query(Ranking).count() == 0


def test_convening_and_ranking_at_once_leave_one_of_the_two(app, moderator):
    stage = locked(CALM)
    chair_id, staff_id, round_id = stage.chair.id, moderator.id, stage.made.round.id

    def act(command, person_id):
        def prepare():
            actor, round_ = row(type(moderator), person_id), row(type(stage.made.round), round_id)
            return lambda: command(actor, round_)

        return prepare

    ended = together(app, act(service.convene, chair_id), act(freeze_ranking, staff_id))

    assert sorted(ended) == ["WrongState", "done"]
    assert db.session.query(Council).count() + db.session.query(Ranking).count() == 1


def test_the_session_ends_only_when_everything_is_settled_and_two_thirds_are_there(browser):
    stage = sitting(TIED, cut_top=2)
    chair, first = browser.as_(stage.chair), ids(stage, 1)

    left = chair.post(f"{stage.address}/ket-thuc", {"version": stage.council.version}, status=409)
    stage.vote(stage.case(CaseKind.CUT_TIE), dict.fromkeys(stage.made.judges, first))
    settle(stage)
    stage.present(stage.chair)
    few = chair.post(f"{stage.address}/ket-thuc", {"version": stage.council.version}, status=409)
    stage.present(*stage.made.judges)
    chair.post(f"{stage.address}/ket-thuc", {"version": stage.council.version}, status=302)
    chair.post(f"{stage.address}/ket-thuc", {"version": stage.council.version}, status=409)

    assert "chưa kết luận" in left
    assert "1/3 thành viên" in few
    assert kinds_of_events()[-2:] == ["council.closed", "ranking.frozen"]
    assert db.session.query(Ranking).count() == 1


def test_who_was_voted_on_goes_on_whatever_the_page_sends(browser, moderator):
    stage = sitting(TIED, cut_top=2, gives_awards=False)
    to = RoundFactory(campaign=stage.made.round.campaign, position=1)
    stage.vote(stage.case(CaseKind.CUT_TIE), dict.fromkeys(stage.made.judges, ids(stage, 2)))
    settle(stage)
    stage.close()
    voted_in, left_out = stage.made.entries[2].idea_id, stage.made.entries[1].idea_id

    page = browser.as_(moderator).get(f"/quan-tri/ket-qua/{stage.made.round.id}")
    with transaction():
        entries = results.advance_round(moderator, stage.made.round, to, voted=[left_out])

    assert "Hội đồng đã biểu quyết" in page
    assert {entry.idea_id for entry in entries} == {stage.made.entries[0].idea_id, voted_in}


@pytest.mark.parametrize(
    ("choices", "first_prize"),
    [((1, 1, 2), {1}), ((1, 2, None), {1, 2})],
)
def test_awards_follow_the_vote_or_are_shared(app, choices, first_prize):
    stage = sitting([(10, 10, 10), (30, 30, 30), (30, 30, 30)])
    case = stage.case(CaseKind.PRIZE_TIE)
    votes = [[] if place is None else ids(stage, place) for place in choices]
    stage.vote(case, dict(zip(stage.made.judges, votes, strict=True)))
    settle(stage)
    stage.close()
    round_ = stage.made.round

    offered = suggested(results.ranked_ideas(ranking_of(round_)), results.prize_offers(round_))

    prizes = {prize.key: prize.id for prize in round_.campaign.prizes}
    winners = {choice.idea_id for choice in offered if choice.prize_id == prizes["nhat"]}
    assert winners == {stage.made.entries[place].idea_id for place in first_prize}
    assert len(offered) == 3


def test_a_round_locked_for_its_council_waits_for_the_chair(browser, moderator):
    made = contest(ideas=2, judges=2, submitted=True)

    browser.as_(moderator).post(f"/quan-tri/vong-cham/{made.round.id}/khoa", {"hoi-dong": "1"}, status=302)

    assert made.round.state is RoundState.LOCKED
    assert kinds_of_events() == ["round.locked"]
    assert "chưa xếp hạng" in browser.as_(moderator).get(f"/quan-tri/ket-qua/{made.round.id}")


# --- minutes -----------------------------------------------------------------------------------------------------------


def test_the_minutes_hold_members_cases_votes_and_amended_sheets_but_no_marks(browser, moderator, youth):
    stage = sitting([(39, 1, 20), *TIED], cut_top=3)
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[0])
    browser.as_(judge).post(f"/hoi-dong/phieu/{sheet.public_id}", amendment(sheet, moi="2,25"), status=302)
    early = browser.as_(moderator).get(f"{stage.address}/bien-ban", status=404)
    settle(stage)
    stage.close()

    page = browser.as_(moderator).get(f"{stage.address}/bien-ban")
    file = browser.as_(stage.chair).get(f"{stage.address}/bien-ban.docx")
    browser.as_(youth).get(f"{stage.address}/bien-ban", status=403)

    assert early.status == 404
    for person in stage.made.judges:
        assert person.full_name in page
    assert "Phòng họp số 2" in page
    assert "Giữ nguyên điểm." in page
    assert "người bỏ phiếu" in page
    assert f"sửa phiếu bài {stage.made.entries[0].judging_code}: {WHY}" in page
    assert "2,25" not in page
    assert file.response.data[:2] == b"PK"


def test_cases_are_listed_a_page_at_a_time(browser):
    stage = sitting(CALM)
    db.session.add_all(
        CouncilCase(
            council_id=stage.council.id,
            position=place,
            kind=CaseKind.DISAGREEMENT,
            note=f"Việc {place}",
            entries=[CaseEntry(entry_id=stage.made.entries[place % 4].id)],
        )
        for place in range(100, 123)
    )
    db.session.commit()
    cases = len(stage.council.cases)

    seen = [browser.as_(stage.chair).get(f"{stage.address}?trang={n}") for n in (1, 2)]
    links = [{link for link in page.links() if "/viec/" in link} for page in seen]

    assert len(links[0]) == 20
    assert len(links[0] | links[1]) == cases > 20


@pytest.mark.parametrize("ideas", [3, 30])
def test_the_session_costs_the_same_with_few_and_many_ideas(browser, ideas):
    stage = sitting([(20, 20, 20)] * ideas, cut_top=1)

    browser.as_(stage.chair).get(stage.address, queries=21)
    browser.as_(stage.chair).get(f"{stage.address}/viec/{stage.case(CaseKind.CUT_TIE).id}", queries=24)


def test_a_member_whose_account_is_gone_leaves_the_session_readable(browser):
    stage = sitting(CALM)
    gone = stage.made.judges[2]
    with transaction():
        erase(gone)

    browser.as_(stage.chair).get(stage.address)
    settle_without = [judge for judge in stage.made.judges if judge is not gone]
    stage.present(*settle_without)
    settle(stage)
    stage.close()

    page = browser.as_(stage.chair).get(f"{stage.address}/bien-ban")
    assert "Tài khoản đã xóa" in page
