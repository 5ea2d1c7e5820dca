"""A round from its plan to its lock, as organisers see it: counts, never a mark."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.ideas.rules import IdeaState
from app.judging import rounds, service
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from app.results.freezing import lock_and_rank
from app.results.models import Ranking, RankRow
from app.results.service import advance_round
from tests.factories import EntryFactory, IdeaFactory, PanelMemberFactory, RoundFactory, UserFactory
from tests.judging.contest import contest, in_the_chair, kinds_of_events, row, together

R = RoundState
ACTIONS = {
    "open": lambda staff, round_, _to: rounds.open_round(staff, round_),
    "lock": lambda staff, round_, _to: lock_and_rank(staff, round_),
    "close": advance_round,
}
ENDS_IN = {("open", R.PLANNED): R.OPEN, ("lock", R.OPEN): R.LOCKED, ("close", R.LOCKED): R.CLOSED}


@pytest.mark.parametrize("state", R)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_from_every_state(app, moderator, action, state):
    round_ = RoundFactory(state=state)
    to = RoundFactory(campaign=round_.campaign, position=1)

    if (action, state) in ENDS_IN:
        with transaction():
            ACTIONS[action](moderator, round_, to)
        assert round_.state is ENDS_IN[action, state]
    else:
        with pytest.raises(WrongState), transaction():
            ACTIONS[action](moderator, round_, to)
        assert round_.state is state


def test_opening_freezes_the_rules_and_takes_in_every_valid_idea(browser, moderator):
    round_ = RoundFactory()
    valid = [IdeaFactory(campaign=round_.campaign, state="approved") for _ in range(3)]
    IdeaFactory(campaign=round_.campaign, state="submitted")

    browser.as_(moderator).post(f"/quan-tri/vong-cham/{round_.id}/mo", status=302)

    assert round_.state is R.OPEN
    assert round_.rubric.frozen_at is not None
    assert len(round_.rules_hash) == 64
    assert {entry.idea_id for entry in db.session.query(Entry)} == {idea.id for idea in valid}
    assert kinds_of_events() == ["ideas.entered", "round.opened"]


def test_a_second_round_opens_only_with_the_ideas_that_the_first_sent_on(app, moderator):
    first = RoundFactory()
    second = RoundFactory(campaign=first.campaign, position=1)

    with pytest.raises(WrongState, match="kết thúc vòng trước"), transaction():
        rounds.open_round(moderator, second)


def test_moderators_see_how_far_judges_are_and_no_mark_before_the_lock(browser, moderator, administrator):
    made = contest(ideas=2, judges=2, submitted=True)
    made.sheets[0].marks[0].hundredths = 3111
    made.sheets[0].comment = "Lời chỉ giám khảo biết"
    db.session.commit()
    member = db.session.query(PanelMember).first()
    addresses = [
        "/quan-tri/vong-cham",
        f"/quan-tri/vong-cham/{made.round.id}",
        f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}",
        f"/quan-tri/ket-qua/{made.round.id}",
        f"/hoi-dong/{made.round.id}/nhan-xet",
        "/quan-tri/ket-qua",
    ]

    for person in (moderator, administrator):
        for address in addresses:
            page = browser.as_(person).get(address, status=None)
            assert "31,11" not in page.html
            assert "Lời chỉ giám khảo" not in page.html
            assert "71,11" not in page.html
    assert "4/4" in browser.as_(moderator).get(addresses[0])
    assert "Vòng chấm chưa khóa" in browser.as_(moderator).get(addresses[3])


def test_locking_ranks_at_once_and_reading_the_ranking_writes_nothing(browser, moderator):
    made = contest(submitted=True)

    page = browser.as_(moderator)
    page.post(f"/quan-tri/vong-cham/{made.round.id}/khoa", status=302)
    before = kinds_of_events()
    page.get(f"/quan-tri/ket-qua/{made.round.id}")

    assert made.round.state is R.LOCKED
    assert db.session.query(Ranking).count() == 1
    assert before == kinds_of_events() == ["round.locked", "ranking.frozen"]


def test_a_round_that_was_locked_without_a_ranking_is_ranked_by_a_button(browser, moderator, leader):
    made = contest(submitted=True)
    with transaction():
        rounds.lock_round(moderator, made.round)
    address = f"/quan-tri/ket-qua/{made.round.id}"

    waiting = browser.as_(moderator).get(address)
    nothing = db.session.query(Ranking).count()
    browser.as_(leader).post(f"{address}/xep-hang", status=403)
    browser.as_(moderator).post(f"{address}/xep-hang", status=302)

    assert "chưa xếp hạng" in waiting
    assert nothing == 0
    assert db.session.query(Ranking).count() == 1


def test_missing_sheets_are_counted_at_the_lock_and_an_idea_with_too_few_has_no_rank(app, moderator):
    made = contest(ideas=2, judges=3, k=3, submitted=True)
    for sheet in made.sheets[2:6:2]:  # two of the first entry's three
        sheet.state = SheetState.OPEN
    db.session.commit()

    with transaction():
        ranking = lock_and_rank(moderator, made.round)

    few = next(row for row in ranking.rows if row.entry_id == made.entries[0].id)
    assert (few.rank, few.unranked, few.sheets) == (None, "too_few_sheets", 1)
    assert [row.rank for row in ranking.rows if row is not few] == [1]


def test_a_reopened_sheet_can_be_marked_again_and_a_voided_one_is_dealt_to_another(browser, moderator):
    made = contest(ideas=1, judges=1, submitted=True)
    sheet, judge = made.sheets[0], made.judges[0]
    member = db.session.query(PanelMember).one()
    address = f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}"
    page = browser.as_(moderator)

    page.post(
        address,
        {"sheet": sheet.public_id, "step": "mo-lai", "reason": "Giám khảo xin sửa một ô."},
        status=302,
    )
    reopened = sheet.state
    browser.as_(judge).post(
        f"/cham-diem/{sheet.public_id}/diem",
        {"criterion": "moi", "points": "11", "version": sheet.version},
        status=200,
    )
    page.post(
        address, {"sheet": sheet.public_id, "step": "bo", "reason": "Giao nhầm bài vòng khác."}, status=302
    )

    assert reopened is SheetState.REOPENED
    assert sheet.state is SheetState.VOID
    assert kinds_of_events() == ["sheet.reopened", "sheet.voided"]


@pytest.mark.parametrize(
    ("part", "status"),
    [("author", 422), ("judge of the round", 409)],  # of one's own idea no sheet is offered
)
@pytest.mark.parametrize("step", ["mo-lai", "bo"])
def test_who_has_a_part_in_it_neither_reopens_nor_voids_a_sheet(browser, moderator, part, status, step):
    made = contest(ideas=2, judges=2, submitted=True)
    sheet = made.sheets[0]
    if part == "author":
        sheet.entry.idea.leader.user_id = moderator.id
    else:
        PanelMemberFactory(round=made.round, judge=moderator)
    db.session.commit()
    member = db.session.query(PanelMember).filter_by(judge_id=sheet.judge_id).one()

    browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}",
        {"sheet": sheet.public_id, "step": step, "reason": "Giao nhầm bài vòng khác."},
        status=status,
    )

    assert sheet.state is SheetState.SUBMITTED


def test_a_number_too_large_for_any_row_names_nothing(browser, moderator):
    made = contest(ideas=1, judges=1, submitted=True)
    huge = "9" * 21
    page = browser.as_(moderator)

    page.get(f"/quan-tri/phieu-giay/vong/{made.round.id}/in?giam-khao={huge}", status=200)
    page.post(f"/quan-tri/vong-cham/{made.round.id}/giam-khao", {"gk-judge_id": huge}, status=422)
    page.post(f"/ban-giam-khao/{made.round.id}/nhac", {"member": huge}, status=409)
    made.round.state = RoundState.LOCKED
    RoundFactory(campaign=made.round.campaign, position=made.round.position + 1)
    db.session.commit()
    chair = browser.as_(in_the_chair(made))
    chair.post(f"/hoi-dong/{made.round.id}/nhan-xet", {"sheet": huge, "text": "x"}, status=422)
    page.post(f"/quan-tri/ket-qua/{made.round.id}/di-tiep", {"bieu-quyet": huge}, status=302)


def test_reopening_needs_a_reason_that_others_understand(browser, moderator):
    made = contest(ideas=1, judges=1, submitted=True)
    member = db.session.query(PanelMember).one()

    page = browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{made.round.id}/giam-khao/{member.id}",
        {"sheet": made.sheets[0].public_id, "step": "mo-lai", "reason": "sai"},
        status=422,
    )

    assert page.errors()["reason"] == "Ghi lý do, ít nhất 10 ký tự."
    assert made.sheets[0].state is SheetState.SUBMITTED


def test_moving_on_applies_the_cut_and_closes_the_round(browser, moderator):
    made = contest(ideas=3, judges=2, submitted=True, cut_top=2, position=0)
    final = RoundFactory(campaign=made.round.campaign, position=1, name="Chung khảo")
    for n, entry in enumerate(made.entries):
        for sheet in (s for s in made.sheets if s.entry_id == entry.id):
            sheet.marks[0].hundredths = 1000 + n * 1000
    db.session.commit()
    page = browser.as_(moderator)
    page.post(f"/quan-tri/vong-cham/{made.round.id}/khoa", status=302)

    page.post(f"/quan-tri/ket-qua/{made.round.id}/di-tiep", status=302)

    gone_on = {entry.idea_id for entry in db.session.query(Entry).filter_by(round_id=final.id)}
    assert gone_on == {made.entries[1].idea_id, made.entries[2].idea_id}
    assert made.round.state is R.CLOSED


def test_an_equal_rank_at_the_cut_goes_on_only_by_vote(app, moderator):
    made = contest(ideas=2, judges=2, submitted=True, cut_top=1)  # both have the same marks
    final = RoundFactory(campaign=made.round.campaign, position=1)
    with transaction():
        lock_and_rank(moderator, made.round)
    tied = db.session.query(RankRow.in_council, RankRow.advances).all()
    outsider = EntryFactory().idea_id

    with transaction():
        entries = advance_round(moderator, made.round, final, voted=[made.entries[1].idea_id, outsider])

    assert tied == [(True, False), (True, False)]
    assert [entry.idea_id for entry in entries] == [made.entries[1].idea_id]


def test_votes_are_kept_by_page_and_rubbish_keeps_nothing(browser, moderator):
    made = contest(ideas=2, judges=1)
    made.round.rubric.community_points = 20
    one, other = made.entries
    other.community_votes = 7
    db.session.commit()
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phieu-binh-chon"

    page.post(address, {f"phieu-{one.id}": "12"}, status=302)
    refused = page.post(address, {f"phieu-{one.id}": "mười", f"phieu-{other.id}": "1"}, status=422)

    assert (one.community_votes, other.community_votes) == (12, 7)
    assert refused.value_of(f"phieu-{one.id}") == "mười"


@pytest.mark.parametrize("role", [Role.JUDGE, Role.YOUTH, Role.OFFICER])
def test_rounds_are_for_organisers(browser, role):
    browser.as_(UserFactory(role=role)).get(f"/quan-tri/vong-cham/{RoundFactory().id}", status=403)


@pytest.mark.parametrize("ideas", [2, 25])
def test_pages_of_a_round_cost_the_same_with_few_and_many_sheets(browser, moderator, ideas):
    made = contest(ideas=ideas, judges=2, submitted=True)
    page = browser.as_(moderator)

    page.get("/quan-tri/vong-cham", queries=8)
    page.get(f"/quan-tri/vong-cham/{made.round.id}", queries=22)


def test_a_sheet_submitted_while_the_round_is_being_locked_is_ranked_or_refused(app, moderator):
    made = contest(ideas=1, judges=2, submitted=True, k=2)
    late = made.sheets[0]
    late.state = SheetState.OPEN
    db.session.commit()
    round_id, sheet_id, judge_id, staff_id = made.round.id, late.id, late.judge_id, moderator.id

    def lock():
        staff, round_ = row(User, staff_id), row(Round, round_id)
        return lambda: lock_and_rank(staff, round_)

    def submit():
        judge, sheet = row(User, judge_id), row(ScoreSheet, sheet_id)
        return lambda: service.submit_sheet(judge, sheet, version=sheet.version)

    locked, submitted = together(app, lock, submit)

    assert locked == "done"
    assert (submitted, db.session.query(RankRow.sheets).scalar()) in {("done", 2), ("WrongState", 1)}


def test_a_later_round_takes_only_what_the_round_before_sends_on(moderator):
    first = RoundFactory()
    final = RoundFactory(campaign=first.campaign, position=1)
    IdeaFactory(campaign=first.campaign, state=IdeaState.APPROVED)

    with pytest.raises(WrongState), transaction():
        rounds.enter_ideas(moderator, final)

    assert db.session.query(Entry).count() == 0
