"""Drift over the evening: what a growing mildness looks like, and what never counts as one."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.findings import Trust, trust
from app.judging.methods.drift import drift
from app.judging.methods.severity import estimate
from app.judging.methods.totals import Totals


def totals_of(points) -> Totals:
    """Ideas down, judges across; None where a judge did not score."""
    return Totals.of(
        (f"B-{i:02}", f"GK{j}", Fraction(value))
        for i, row in enumerate(points)
        for j, value in enumerate(row)
        if value is not None
    )


def order_of(totals):
    """Everybody reads the ideas in their order."""
    return {
        judge: [idea for idea, row in zip(totals.ideas, totals.sheets, strict=True) if place in dict(row)]
        for place, judge in enumerate(totals.judges)
    }


def test_a_judge_who_grows_milder_shows_it_in_thirds():
    points = [(60, 60, 60 + 3 * (i // 3)) for i in range(9)]
    totals = totals_of(points)

    found = drift(totals, estimate(totals), order_of(totals))

    thirds = [part.residual for part in found.judges["GK2"]]
    assert [part.sheets for part in found.judges["GK2"]] == [3, 3, 3]
    assert [later - earlier for earlier, later in itertools.pairwise(thirds)] == pytest.approx([2, 2])


def test_a_judge_with_few_sheets_is_not_told_apart():
    totals = totals_of([(60, 62)] * 5)

    assert drift(totals, estimate(totals), order_of(totals)).judges == {}


def test_an_idea_with_one_sheet_says_nothing():
    totals = totals_of([(60, None)] * 6)

    found = drift(totals, estimate(totals), order_of(totals))

    assert [part.sheets for part in found.overall] == [0, 0, 0]
    assert found.change == 0


sheets = st.lists(
    st.lists(st.none() | st.integers(0, 100), min_size=3, max_size=3).filter(
        lambda row: sum(value is not None for value in row) > 1
    ),
    min_size=3,
    max_size=12,
)


@settings(deadline=None)
@given(sheets)
def test_residuals_of_the_whole_evening_cancel(points):
    totals = totals_of(points)

    found = drift(totals, estimate(totals), order_of(totals))

    assert sum(part.sheets for part in found.overall) == sum(map(len, totals.sheets))
    assert sum(part.sheets * part.residual for part in found.overall) == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(sheets, st.integers(1, 50))
def test_a_better_idea_moves_nothing(points, more):
    raised = [[value if value is None else value + more for value in points[0]], *points[1:]]
    before, after = (
        drift(totals, estimate(totals), order_of(totals)) for totals in (totals_of(points), totals_of(raised))
    )

    assert [part.residual for part in after.overall] == pytest.approx(
        [part.residual for part in before.overall], abs=1e-6
    )


@pytest.mark.parametrize(
    ("reliability", "words"),
    [
        (None, None),
        (1.0, Trust.GOOD),
        (0.8, Trust.GOOD),
        (0.79, Trust.FAIR),
        (0.6, Trust.FAIR),
        (0.59, Trust.LOW),
    ],
)
def test_how_a_reliability_is_spoken_of(reliability, words):
    assert trust(reliability) is words
