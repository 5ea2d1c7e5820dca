"""Commands of the evening: who may, what they leave behind, and two who press at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from app.core.events import Event
from app.finals import lots, rules, service
from app.finals.ceremony import service as ceremony
from app.finals.models import LiveFinal
from app.finals.rules import FinalState, Part
from app.finals.screen import clock_of, screen_of
from app.judging import service as judging
from app.judging.findings import own_findings
from app.judging.models import ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from app.results import service as results
from app.results.council.service import convene
from app.results.freezing import freeze_ranking, lock_and_rank, ranking_of
from tests.factories import UserFactory
from tests.finals.stage import WHY, stage
from tests.judging.contest import kinds_of_events, row, together


def test_an_evening_goes_from_lots_to_the_last_prize(app, moderator):
    show = stage().to_reveal(moderator)
    for _award in range(3):
        show.do(ceremony.reveal_next)
    show.do(ceremony.finish)

    assert show.final.state is FinalState.FINISHED
    assert show.made.round.state is RoundState.LOCKED
    kinds = [kind for kind in kinds_of_events() if kind.startswith("final.")]
    assert kinds == [
        "final.planned",
        "final.draw_opened",
        "final.lots_drawn",
        *["final.lot_shown"] * 3,
        "final.begun",
        *["final.moved_on"] * 3,
        "final.scoring_closed",
        "final.totals_opened",
        "final.reveal_begun",
        *["final.award_revealed"] * 3,
        "final.finished",
    ]


def test_the_order_is_that_of_the_number_and_its_event_says_how(app):
    show = stage()
    show.do(lots.open_draw)

    show.do(lots.draw_lots, number="73 129")

    codes = [one.entry.judging_code for one in show.final.presentations]
    drawn = rules.draw(show.made.round.id, codes, "73129")
    assert codes == drawn.order
    event = db.session.query(Event).filter_by(kind="final.lots_drawn").one()
    assert (event.data["number"], event.data["seed"], event.data["codes"]) == ("73129", drawn.seed, codes)


def test_lots_are_drawn_once(app):
    show = stage()
    show.do(lots.open_draw)
    show.do(lots.draw_lots, number="1")

    with pytest.raises(WrongState):
        show.do(lots.draw_lots, number="2")


def test_an_order_without_lots_needs_a_reason_and_every_code(app):
    show = stage()
    codes = [entry.judging_code for entry in reversed(show.made.entries)]
    for order, reason in ((codes, "ngắn"), (codes[1:], WHY)):
        with pytest.raises(Invalid):
            show.do(lots.set_order, order=order, reason=reason)

    show.do(lots.set_order, order=codes, reason=WHY)
    show.do(service.begin)

    assert [one.entry.judging_code for one in show.final.presentations] == codes
    assert show.final.now_presenting.entry.judging_code == codes[0]


def test_the_first_presentation_waits_for_the_last_lot(app):
    show = stage()
    show.do(lots.open_draw)
    show.do(lots.draw_lots, number="1")

    with pytest.raises(WrongState):
        show.do(service.begin)


def test_the_timer_runs_stands_and_begins_again(app):
    show = stage().to_running()
    start = clock.now()

    def left_at(seconds):
        with clock.set_to(start + timedelta(seconds=seconds)):
            return clock_of(show.final).left_ms

    with clock.set_to(start):
        show.do(service.start_timer)
    assert left_at(60) == 360_000
    with clock.set_to(start + timedelta(seconds=90)):
        show.do(service.pause_timer)
    assert left_at(600) == 330_000
    show.do(service.reset_timer)
    assert left_at(600) == 420_000
    with clock.set_to(start + timedelta(seconds=700)):
        show.do(service.begin_questions)
    assert (show.final.part, left_at(1001)) == (Part.QUESTIONS, -1000)


def test_minutes_change_for_this_presentation_and_the_following(app):
    show = stage().to_running()
    show.do(service.next_presentation)

    show.do(service.set_minutes, minutes=9, question_minutes=0)

    assert [(one.minutes, one.question_minutes) for one in show.final.presentations] == [
        (7, 5),
        (9, 0),
        (9, 0),
    ]


def test_back_and_on_again_loses_nobody(app):
    show = stage().to_running()
    show.do(service.next_presentation)
    show.do(service.previous_presentation)

    assert show.final.position == 1
    assert [one.ended_at for one in show.final.presentations] == [None] * 3
    with pytest.raises(WrongState):
        show.do(service.previous_presentation)


def test_sheets_stay_open_until_the_last_presentation_is_over(app):
    show = stage().to_running()
    show.do(service.next_presentation)

    with pytest.raises(WrongState):
        show.do(service.close_scoring)
    assert show.made.round.state is RoundState.OPEN


@pytest.mark.parametrize("command", [lock_and_rank, freeze_ranking])
def test_nobody_ranks_a_live_round_by_the_usual_way(app, moderator, command):
    show = stage().to_closed()

    with pytest.raises(WrongState), transaction():
        command(moderator, show.made.round)
    with pytest.raises(WrongState), transaction():
        results.propose_awards(moderator, show.made.round, [])

    assert ranking_of(show.made.round) is None


def test_totals_open_only_after_the_sheets_are_closed(app):
    show = stage().to_running()

    with pytest.raises(WrongState):
        show.do(service.open_totals, shown=True)
    assert ranking_of(show.made.round) is None


def test_a_judge_who_left_counts_for_nothing(app):
    show = stage(judges=3).to_running()
    left = show.made.judges[1]

    show.do(service.void_judge, judge_id=left.id, reason=WHY)

    sheets = db.session.query(ScoreSheet).all()
    assert {sheet.state for sheet in sheets if sheet.judge_id == left.id} == {SheetState.VOID}
    assert {sheet.state for sheet in sheets if sheet.judge_id != left.id} == {SheetState.SUBMITTED}
    assert kinds_of_events()[-4:] == [*["sheet.voided"] * 3, "final.judge_left"]


def test_sheets_can_be_voided_after_the_lock_and_before_totals_but_not_after(app):
    show = stage(judges=3).to_closed()
    show.do(service.void_judge, judge_id=show.made.judges[1].id, reason=WHY)
    show.do(service.open_totals, shown=False)

    with pytest.raises(WrongState):
        show.do(service.void_judge, judge_id=show.made.judges[2].id, reason=WHY)

    assert {line.sheets for line in ranking_of(show.made.round).rows} == {2}


def test_no_mark_is_taken_once_the_sheets_are_closed(app):
    show = stage(submitted=False).to_closed()
    sheet, judge = show.made.sheets[0], show.made.judges[0]

    with pytest.raises(WrongState), transaction():
        judging.fill_sheet(judge, sheet, typed={}, comment="thêm", version=sheet.version)


def test_awards_come_from_the_lowest_and_stop_when_the_proposal_is_withdrawn(app, moderator):
    show = stage().to_reveal(moderator)
    show.do(ceremony.reveal_next)
    [first] = screen_of(show.final).awards
    assert first.prize == "Giải Nhì"

    with transaction():
        results.withdraw_proposal(moderator, show.final.publication, version=show.final.publication.version)

    assert screen_of(show.final).awards == []
    with pytest.raises(WrongState):
        show.do(ceremony.reveal_next)
    show.propose(moderator)
    show.do(ceremony.begin_reveal)
    assert show.final.revealed == 0


def test_reveal_cannot_start_twice_and_ends_only_after_the_last(app, moderator):
    show = stage().to_reveal(moderator)

    for command in (ceremony.begin_reveal, ceremony.finish):
        with pytest.raises(WrongState):
            show.do(command)


@pytest.mark.parametrize("role", [Role.YOUTH, Role.MODERATOR, Role.OFFICER, Role.LEADER])
def test_others_do_not_run_a_final(app, role):
    show = stage()

    with pytest.raises(NotAllowed):
        show.do(lots.open_draw, by=UserFactory(role=role))


def test_a_judge_who_does_not_chair_does_not_run_it(app, administrator):
    show = stage()

    with pytest.raises(NotFound):
        show.do(lots.open_draw, by=show.made.judges[1])
    show.do(lots.open_draw, by=administrator)


def test_an_older_page_is_told(app):
    show = stage().to_running()
    seen = show.final.version
    show.do(service.next_presentation)

    with pytest.raises(Stale), transaction():
        service.next_presentation(show.chair, show.final, version=seen)
    assert show.final.position == 2


def test_two_who_press_next_at_once_move_on_once(app, administrator):
    show = stage().to_running()
    final_id, version = show.final.id, show.final.version

    def press(person_id):
        def prepare():
            person, final = row(User, person_id), row(LiveFinal, final_id)
            return lambda: service.next_presentation(person, final, version=version)

        return prepare

    ended = together(app, press(show.chair.id), press(administrator.id))

    assert sorted(ended) == ["Stale", "done"]
    assert row(LiveFinal, final_id).position == 2
    assert kinds_of_events().count("final.moved_on") == 1


def test_opening_totals_and_voiding_at_once_do_not_both_happen(app, administrator):
    show = stage(judges=3).to_closed()
    final_id, version, left = show.final.id, show.final.version, show.made.judges[1].id
    chair_id, administrator_id = show.chair.id, administrator.id

    def open_them():
        person, final = row(User, chair_id), row(LiveFinal, final_id)
        return lambda: service.open_totals(person, final, shown=True, version=version)

    def void():
        person, final = row(User, administrator_id), row(LiveFinal, final_id)
        return lambda: service.void_judge(person, final, judge_id=left, reason=WHY, version=version)

    ended = together(app, open_them, void)

    assert sorted(ended) == ["Stale", "done"]


def test_nobody_reads_totals_by_way_of_the_council_before_they_are_opened(app, browser):
    show = stage().to_closed()
    round_ = show.made.round

    with pytest.raises(WrongState), transaction():
        convene(show.chair, round_)
    page = browser.as_(show.chair).get(f"/hoi-dong/{round_.id}/so-lieu")

    assert "39" not in page  # points that the entries have
    assert own_findings(round_, show.made.judges[0].id) is None
