"""Before the evening: a new link for the projector, a final planned anew, a final cancelled."""

from __future__ import annotations

import pytest

from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.errors import Stale, WrongState
from app.core.events import Event
from app.finals import lots, planning, queries
from app.finals.link import projector_key
from app.finals.models import LiveFinal, Presentation
from app.finals.rules import FinalState
from app.results.freezing import ranking_of
from tests.finals.stage import stage
from tests.judging.contest import kinds_of_events

WHY = "Hội trường mất điện, dời sang tuần sau."


def link(show, suffix=""):
    return f"{show.address}/man-chieu{suffix}?khoa={projector_key(show.final)}"


def drawn(**more):
    show = stage(**more)
    show.do(lots.open_draw)
    show.do(lots.draw_lots, number="73129")
    show.do(lots.show_lot)
    return show


# --- the projector's link ----------------------------------------------------------------------------------------------


def test_a_changed_link_opens_the_projector_and_the_old_one_is_gone_at_once(browser):
    show = stage().to_running()
    before = link(show), link(show, ".json")
    chair = browser.as_(show.chair)

    chair.post(f"{show.address}/buoc/doi-lien-ket", {"version": show.final.version}, status=303)

    for old in before:
        browser.get(old, status=404)
    browser.get(link(show))
    assert link(show).split("?")[1] in chair.get(show.address).html
    assert before[0].split("?")[1] not in chair.get(show.address).html


def test_a_changed_link_leaves_the_links_of_other_finals_and_the_evening_alone(browser):
    show, other = stage().to_running(), stage()

    show.do(planning.change_link)

    assert (show.final.state, show.final.position) == (FinalState.RUNNING, 1)
    browser.get(link(other))


def test_only_whoever_runs_the_final_changes_the_link_and_only_once_a_page(browser):
    show = stage()
    seen = show.final.version

    browser.as_(show.made.judges[1]).post(f"{show.address}/buoc/doi-lien-ket", {"version": seen}, status=404)
    show.do(planning.change_link)
    with pytest.raises(Stale):
        planning.change_link(show.chair, show.final, version=seen)

    assert show.final.link_number == 2
    assert kinds_of_events()[-1] == "final.link_changed"


# --- planned anew ------------------------------------------------------------------------------------------------------


def test_a_final_planned_anew_starts_without_lots_and_tells_the_hall_why(browser):
    show = drawn()
    chair = browser.as_(show.chair)
    data = {"ll-version": show.final.version, "ll-minutes": "9", "ll-question_minutes": "4"}

    short = chair.post(f"{show.address}/lap-lai", {**data, "ll-reason": "ngắn"}, status=422)
    chair.post(f"{show.address}/lap-lai", {**data, "ll-reason": WHY}, status=303)

    assert short.value_of("ll-reason").strip() == "ngắn"
    final = queries.final_of(show.made.round.id)
    assert (final.state, final.minutes, final.question_minutes) == (FinalState.PLANNED, 9, 4)
    assert (final.number, final.seed, final.lots_shown, final.presentations) == ("", "", 0, [])
    assert WHY in browser.get(link(show))
    assert WHY not in str(db.session.query(Event).filter_by(kind="final.replanned").one().data)
    assert db.session.query(Event).filter_by(kind="final.lots_drawn").one().data["number"] == "73129"


def test_lots_are_drawn_again_after_planning_anew_and_the_reason_stays_on_the_screen(browser):
    show = drawn()
    show.do(planning.replan_final, minutes=7, question_minutes=5, reason=WHY)
    show.do(lots.open_draw)

    show.do(lots.draw_lots, number="4")

    assert [one.position for one in show.final.presentations] == [1, 2, 3]
    assert WHY in browser.get(link(show))


@pytest.mark.parametrize("until", ["to_running", "to_closed", "to_totals"])
def test_what_has_begun_is_neither_planned_anew_nor_cancelled(browser, until):
    show = getattr(stage(), until)()
    chair = browser.as_(show.chair)

    with pytest.raises(WrongState):
        show.do(planning.cancel_final, reason=WHY)
    db.session.rollback()
    with pytest.raises(WrongState):
        show.do(planning.replan_final, minutes=7, question_minutes=5, reason=WHY)
    db.session.rollback()
    page = chair.get(show.address)

    assert "Hủy buổi chung khảo" not in page
    assert "Lập lại từ đầu" not in page


# --- cancelled ---------------------------------------------------------------------------------------------------------


def test_after_a_cancelled_final_the_round_is_locked_and_ranked_like_any_other(browser, moderator):
    show = drawn()
    round_, chair = show.made.round, browser.as_(show.chair)
    projector = link(show)

    chair.post(f"{show.address}/huy", {"huy-version": show.final.version, "huy-reason": WHY}, status=303)
    browser.as_(moderator).post(f"/quan-tri/vong-cham/{round_.id}/khoa", status=302)

    browser.get(projector, status=404)
    assert not round_.is_live
    assert (round_.state, ranking_of(round_) is not None) == (RoundState.LOCKED, True)
    assert db.session.query(Presentation).count() == 0
    assert kinds_of_events()[-4:-2] == ["final.cancelled", "round.made_live"]


def test_a_judge_on_the_page_of_a_cancelled_final_is_led_to_the_own_sheets(browser):
    show = stage()
    show.do(planning.cancel_final, reason=WHY)

    page = browser.as_(show.made.judges[1]).get(f"{show.address}/cham", status=302)

    assert page.location == f"/cham-diem?vong={show.made.round.id}"


def test_a_cancelled_final_can_be_planned_once_more_under_a_new_link(browser):
    show = drawn()
    old, chair = link(show), browser.as_(show.chair)
    show.do(planning.cancel_final, reason=WHY)

    offered = chair.get(show.address)
    chair.post(show.address, {"minutes": "8", "question_minutes": "3"}, status=302)

    assert WHY in offered
    final = db.session.query(LiveFinal).one()
    assert (final.state, final.minutes, show.made.round.is_live) == (FinalState.PLANNED, 8, True)
    browser.get(old, status=404)
    browser.get(link(show))


def test_a_locked_round_gets_no_stage_any_more(browser, moderator):
    show = stage()
    show.do(planning.cancel_final, reason=WHY)
    browser.as_(moderator).post(f"/quan-tri/vong-cham/{show.made.round.id}/khoa", status=302)

    browser.as_(show.chair).post(show.address, {"minutes": "8", "question_minutes": "3"}, status=409)

    assert queries.final_of(show.made.round.id) is None
