"""The way of a final, the public draw of lots, the timer, and numbers read aloud."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import Invalid, WrongState
from app.finals import rules, words
from app.finals.rules import FINAL_FLOW
from app.finals.rules import FinalAction as F
from app.finals.rules import FinalState as S

START = datetime(2026, 12, 19, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (S.CANCELLED, [F.PLAN]),
        (S.PLANNED, [F.REPLAN, F.CANCEL, F.OPEN_DRAW, F.SET_ORDER]),
        (S.DRAWING, [F.REPLAN, F.CANCEL, F.DRAW_LOTS, F.SHOW_LOT, F.SET_ORDER, F.BEGIN]),
        (S.RUNNING, [F.PRESENT, F.CLOSE_SCORING]),
        (S.SCORING_CLOSED, [F.OPEN_TOTALS]),
        (S.TOTALS_OPEN, [F.SHOW_TOTALS, F.BEGIN_REVEAL]),
        (S.REVEALING, [F.BEGIN_REVEAL, F.REVEAL, F.FINISH]),
        (S.FINISHED, []),
    ],
)
def test_each_state_leads_only_where_the_evening_goes(state, actions):
    assert FINAL_FLOW.actions(state) == actions
    for action in set(F) - set(actions):
        with pytest.raises(WrongState):
            FINAL_FLOW.after(state, action)


def test_whoever_knows_the_number_finds_the_same_order():
    def sha(text):
        return hashlib.sha256(text.encode()).hexdigest()

    drawn = rules.draw(7, {"K12", "A50", "B31"}, "73129")

    seed = sha("7/A50,B31,K12/73129")
    assert drawn.seed == seed
    assert drawn.order == sorted(["A50", "B31", "K12"], key=lambda code: sha(f"{seed}/{code}"))
    assert drawn == rules.draw(7, ["B31", "K12", "A50"], "73129")


def test_every_place_falls_to_every_code_about_as_often():
    firsts = [rules.draw(1, ["A10", "B20", "C30"], str(n)).order[0] for n in range(600)]

    assert all(150 < firsts.count(code) < 250 for code in ("A10", "B20", "C30"))


def test_a_number_is_digits_however_they_are_spaced():
    assert rules.number_read_aloud(" 73 129 ") == "73129"
    for text in ("", "7a", "-3", "1" * 13, "٣"):
        with pytest.raises(Invalid):
            rules.number_read_aloud(text)


def test_an_order_names_every_code_once():
    assert rules.every_code_once(["k12", "A50"], {"A50", "K12"}) == ["K12", "A50"]
    for order in (["K12"], ["K12", "K12"], ["K12", "A50", "B31"]):
        with pytest.raises(Invalid):
            rules.every_code_once(order, {"A50", "K12"})


def test_the_timer_counts_what_passed_before_and_since():
    assert rules.left_ms(7, 0, None, START) == 420_000
    assert rules.left_ms(7, 60_500, START, START + timedelta(seconds=30)) == 329_500
    assert rules.left_ms(1, 0, START, START + timedelta(seconds=61)) == -1000


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "không"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (47, "bốn mươi bảy"),
        (105, "một trăm linh năm"),
        (500_000, "năm trăm nghìn"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (3_000_000, "ba triệu"),
        (12_500_000, "mười hai triệu năm trăm nghìn"),
    ],
)
def test_numbers_are_read_as_people_say_them(value, said):
    assert words.number(value) == said


def test_a_code_is_spelled():
    assert words.code("K47") == "ca bốn mươi bảy"
    assert words.code("A90") == "A chín mươi"
