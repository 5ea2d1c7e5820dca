"""How a score is explained: printed figures that add up to it, whatever the method."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.campaigns.rules import Method
from app.judging.methods.ranking import RankingInput, rank
from app.judging.methods.scoring import Criterion, Rubric, half_up
from app.judging.methods.sheets import Candidate
from app.judging.methods.working import text, workings
from tests.judging.methods.test_ranking import HARSH, ONE, Table, ranked, sheets_of, tables, unhurried


def working_of(table: Table, **rules):
    result = ranked(table, **rules)
    return result, workings(result, 20)


def to_cents(value: Decimal | Fraction) -> Decimal:
    """The one rounding of a score: half up, also below zero."""
    return Decimal(half_up(Fraction(value) * 100)) / 100


def on_paper(working) -> Decimal:
    """What a citizen gets who adds up the printed lines."""
    heard = [Decimal(line.total) - Decimal(line.leniency or 0) for line in working.lines if not line.left_out]
    return sum(heard) / len(heard)


@unhurried
@given(tables(), st.sampled_from(Method))
def test_the_printed_lines_lead_to_the_printed_score(table, method):
    result, found = working_of(table, method=method)

    for row in result.rows:
        working = found[row.idea]
        rounded = to_cents(Decimal(working.mean))
        assert row.council == rounded
        if working.adds_up:
            assert row.council == to_cents(on_paper(working))


@unhurried
@given(tables(), st.sampled_from(Method))
def test_every_line_adds_up_by_itself(table, method):
    _result, found = working_of(table, method=method)

    for working in found.values():
        for line in working.lines:
            assert Decimal(line.corrected) == Decimal(line.total) - Decimal(line.leniency or 0)


@unhurried
@given(tables())
def test_leniency_is_printed_exactly_where_it_was_taken_out(table):
    result, found = working_of(table)

    shown = {line.leniency is not None for working in found.values() for line in working.lines}

    assert shown == {result.method_used is Method.ADJUSTED}


def test_two_decimals_are_enough_where_they_lead_to_the_score():
    _result, found = working_of(
        {"B-1": {"GK1": 80, "GK2": 70}, "B-2": {"GK1": 60, "GK2": 50}, "B-3": {"GK1": 90}}
    )

    assert [(line.judge, line.total, line.leniency, line.corrected) for line in found["B-1"].lines] == [
        ("GK1", "80.00", "5.00", "75.00"),
        ("GK2", "70.00", "-5.00", "75.00"),
    ]
    assert (found["B-1"].mean, found["B-1"].endless, found["B-1"].adds_up) == ("75.00", False, True)


@unhurried
@given(tables())
def test_no_more_decimals_are_printed_than_are_needed(table):
    result, found = working_of(table)
    assume(result.method_used is Method.ADJUSTED)
    council = {row.idea: row.council for row in result.rows}
    exact = dict(zip(result.totals.judges, result.estimate.leniency, strict=True))

    for idea, working in found.items():
        two = [
            Decimal(line.total) - Decimal(half_up(exact[line.judge] * 100)) / 100 for line in working.lines
        ]
        if to_cents(sum(map(Fraction, two)) / len(two)) == council[idea]:
            assert all(len(line.leniency.split(".")[1]) == 2 for line in working.lines)


def test_a_mean_on_the_edge_of_a_rounding_says_that_more_decimals_follow():
    # full panels: leniency has endless decimals and cancels exactly, the mean ends in …5
    table: Table = {
        "B-1": {"GK1": "70.00", "GK2": "71.03", "GK3": "60.00", "GK4": "70.99"},
        "B-2": {"GK1": 64, "GK2": 71, "GK3": 59, "GK4": 70},
        "B-3": {"GK1": 50, "GK2": 61, "GK3": 41, "GK4": 57},
    }
    result, found = working_of(table)

    score = next(row.council for row in result.rows if row.idea == "B-1")

    assert result.method_used is Method.ADJUSTED
    assert str(score) == "68.01"
    assert Decimal(found["B-1"].mean) == Decimal("68.005")
    assert to_cents(on_paper(found["B-1"])) == score or not found["B-1"].adds_up


def test_robust_means_say_which_sheets_they_left_out():
    table: Table = {"B-1": {"GK1": 10, "GK2": 60, "GK3": 62, "GK4": 64, "GK5": 99}}

    _result, trimmed = working_of(table, method=Method.TRIMMED)
    _result, valid = working_of(table, method=Method.VALID)

    assert [str(line.left_out or "") for line in trimmed["B-1"].lines] == ["lowest", "", "", "", "highest"]
    assert [str(line.left_out or "") for line in valid["B-1"].lines] == ["far", "", "", "", "far"]
    assert trimmed["B-1"].mean == valid["B-1"].mean == "62.00"


def test_an_idea_without_a_rank_has_its_sheets_and_no_mean():
    result = rank(RankingInput(ONE, [Candidate("B-1")], sheets_of({"B-1": {"GK1": 70}}), min_sheets=2))

    working = workings(result, 20)["B-1"]

    assert [(line.judge, line.total) for line in working.lines] == [("GK1", "70.00")]
    assert working.mean == ""


def test_totals_with_endless_decimals_still_lead_to_the_score():
    thirds = Rubric((Criterion("tong", 90),), scale=100)
    result = rank(RankingInput(thirds, [Candidate("B-1")], sheets_of({"B-1": {"GK1": 50, "GK2": 31}})))

    working = workings(result, 20)["B-1"]

    assert str(result.rows[0].council) == "45.00"
    assert to_cents(on_paper(working)) == Decimal("45.00")


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (Fraction(72), 2, "72.00"),
        (Fraction(-41, 10), 2, "-4.10"),
        (Fraction(-1, 100), 2, "-0.01"),
        (Fraction(4103, 1000), 3, "4.103"),
        (Fraction(41, 10), 8, "4.10"),
    ],
)
def test_figures_are_written_like_this(value, places, words):
    assert text(value, places) == words


def test_the_example_of_the_specification_reads_as_it_does_there():
    result, found = working_of(HARSH)

    line = found["B-4"].lines[0]

    assert result.method_used is Method.ADJUSTED
    assert Decimal(line.total) - Decimal(line.leniency) == Decimal(line.corrected)
