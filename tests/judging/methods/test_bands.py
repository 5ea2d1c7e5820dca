"""Bands: the first whose floors are all met, by the figures as printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.methods.bands import Band, band_of
from app.judging.methods.files import BadFile, rank_file
from app.judging.methods.ranking import RankingInput, rank
from app.judging.methods.scoring import Criterion, Rubric
from app.judging.methods.sheets import Candidate, Sheet

unhurried = settings(deadline=None)  # a busy machine is no failure

# judging.md 6, P3
P3 = (Band("A", 85, {"moi": 30}), Band("B", 70, {"moi": 20}), Band("C", 50, {"moi": 10}))
RUBRIC = Rubric(
    tuple(Criterion(name, most, minimum=10) for name, most in (("moi", 40), ("ap_dung", 30), ("loi_ich", 30)))
)
MOST = {criterion.id: int(criterion.max_points) * 100 for criterion in RUBRIC.criteria}


@pytest.mark.parametrize(
    ("score", "moi", "band"),
    [
        ("85.00", "30.00", "A"),  # exactly on the floors
        ("84.99", "40.00", "B"),
        ("99.00", "29.99", "B"),  # a high score without the novelty
        ("70.00", "20.00", "B"),
        ("90.00", "19.99", "C"),
        ("50.00", "10.00", "C"),
        ("49.99", "40.00", ""),
        ("60.00", "9.99", ""),
        ("-3.00", "0.00", ""),
    ],
)
def test_the_first_band_whose_floors_are_all_met(score, moi, band):
    assert band_of(P3, Decimal(score), {"moi": Decimal(moi)}) == band


def test_the_order_of_the_rules_counts_not_the_height_of_the_floors():
    assert band_of((Band("Đạt", 50), Band("Giỏi", 80)), Decimal(90), {}) == "Đạt"


def test_a_floor_on_a_criterion_without_a_mean_is_not_met():
    assert band_of(P3, Decimal(90), {}) == ""


def ranked(marks, bands=P3):
    """`marks`: idea → judge → criterion → hundredths."""
    sheets = [Sheet(idea, judge, given) for idea, row in marks.items() for judge, given in row.items()]
    result = rank(RankingInput(RUBRIC, [Candidate(idea) for idea in marks], sheets, bands=bands))
    return {row.idea: row.band for row in result.rows}


def given_all(*, moi, ap_dung, loi_ich):
    return {"GK1": {"moi": moi * 100, "ap_dung": ap_dung * 100, "loi_ich": loi_ich * 100}}


def test_ideas_of_a_round_get_their_bands():
    marks = {
        "A1": given_all(moi=35, ap_dung=25, loi_ich=25),
        "B1": given_all(moi=25, ap_dung=25, loi_ich=25),
        "C1": given_all(moi=15, ap_dung=20, loi_ich=20),
        "N1": given_all(moi=15, ap_dung=11, loi_ich=11),
    }

    assert ranked(marks) == {"A1": "A", "B1": "B", "C1": "C", "N1": ""}
    assert set(ranked(marks, bands=()).values()) == {""}


def test_who_is_below_a_minimum_is_in_no_band():
    assert ranked({"B-01": given_all(moi=40, ap_dung=30, loi_ich=9)}) == {"B-01": ""}


def bands():
    """Any bands in any order, nested or not."""
    floors = st.dictionaries(st.sampled_from(sorted(MOST)), st.integers(0, 40))
    one = st.builds(Band, st.uuids().map(str), st.integers(0, 100), floors)
    return st.lists(one, max_size=5, unique_by=lambda band: band.name)


@unhurried
@given(st.data(), bands())
def test_raising_a_mark_never_lowers_the_band(data, rules):
    names = sorted(MOST)
    sheet = st.fixed_dictionaries({name: st.integers(0, MOST[name]) for name in names})
    marks = {idea: {judge: data.draw(sheet) for judge in ("GK1", "GK2", "GK3")} for idea in ("B-01", "B-02")}
    before = ranked(marks, rules)["B-01"]
    raised = data.draw(st.sampled_from(names))
    given_before = marks["B-01"]["GK1"][raised]
    marks["B-01"]["GK1"][raised] = data.draw(st.integers(given_before, MOST[raised]))

    after = ranked(marks, rules)["B-01"]

    order = [*(band.name for band in rules), ""]
    assert order.index(after) <= order.index(before)


def file(**more):
    criteria = [{"id": name, "max": most // 100} for name, most in MOST.items()]
    sheets = [
        {"idea": idea, "judge": "GK1", "marks": {"moi": moi, "ap_dung": "25,5", "loi_ich": 25}}
        for idea, moi in (("B-01", 36), ("B-02", 12), ("B-03", 0))
    ]
    return {
        "rubric": {"criteria": criteria},
        "ideas": [{"id": one["idea"]} for one in sheets],
        "sheets": sheets,
        **more,
    }


RULES = [
    {"name": "A", "floor": 85, "floors": {"moi": 30}},
    {"name": "C", "floor": "50", "floors": {"moi": 10}},
]


def test_a_file_may_hold_bands_and_each_line_then_says_its_own():
    assert [line["band"] for line in rank_file(file(bands=RULES))["ranking"]] == ["A", "C", None]
    assert all("band" not in line for line in rank_file(file())["ranking"])


@pytest.mark.parametrize(
    ("bands", "where"),
    [
        ([{"name": "A"}], "bands[0].floor"),
        ([{"floor": 85}], "bands[0].name"),
        ([*RULES, {"name": "A", "floor": 10}], "bands[2].name"),
        ([{"name": "A", "floor": 85, "floors": {"la": 3}}], "bands[0].floors.la"),
        ([{"name": "A", "floor": 85, "floors": {"moi": 41}}], "bands[0].floors.moi"),
        ([{"name": "A", "floor": -1}], "bands[0].floor"),
        ({"A": 85}, "bands"),
    ],
)
def test_bands_that_cannot_be_used_are_refused_with_their_place(bands, where):
    with pytest.raises(BadFile) as refused:
        rank_file(file(bands=bands))

    assert refused.value.where == where
