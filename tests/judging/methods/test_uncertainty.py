"""How far a rank can be trusted, and what the council should look at again."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.judging.methods.flags import JudgeFlagKind, disagreements, judge_flags, sheet_flags
from app.judging.methods.ranking import RankingInput, rank
from app.judging.methods.scoring import Criterion, Method, Rubric
from app.judging.methods.severity import estimate
from app.judging.methods.sheets import Candidate, Sheet
from app.judging.methods.totals import Totals
from app.judging.methods.uncertainty import Precision

ONE = Rubric((Criterion("tong", 100),))

unhurried = settings(deadline=None)  # a busy machine is no failure


def totals_of(points) -> Totals:
    """From rows of points: ideas down, judges across, None where a judge did not score."""
    return Totals.of(
        (f"B-{i:02}", f"GK{j}", Fraction(str(value)))
        for i, row in enumerate(points)
        for j, value in enumerate(row)
        if value is not None
    )


def ranked(points, method=Method.ADJUSTED):
    sheets = [
        Sheet(f"B-{i:02}", f"GK{j}", {"tong": int(value * 100)})
        for i, row in enumerate(points)
        for j, value in enumerate(row)
        if value is not None
    ]
    ideas = [Candidate(f"B-{i:02}") for i in range(len(points))]
    return rank(RankingInput(ONE, ideas, sheets, method=method, min_df=1))


@st.composite
def rounds(draw):
    judges = draw(st.integers(2, 4))
    row = st.lists(st.none() | st.integers(0, 100), min_size=judges, max_size=judges).filter(any)
    return draw(st.lists(row, min_size=3, max_size=8))


@unhurried
@given(rounds())
def test_errors_of_adjusted_scores_are_those_of_the_mixed_model(points):
    totals = totals_of(points)
    found = estimate(totals)
    assume(found.components == 1 and found.lam and found.error_variance)
    ideas, judges = len(totals.ideas), len(totals.judges)
    whole = np.zeros((ideas + judges, ideas + judges))
    for i, row in enumerate(totals.sheets):
        for j, _ in row:
            whole[np.ix_([i, ideas + j], [i, ideas + j])] += 1
    whole[ideas:, ideas:] += float(found.lam) * np.eye(judges)
    error = float(found.error_variance) * np.linalg.inv(whole)[:ideas, :ideas]
    expected = np.diag(error)[:, None] + np.diag(error) - 2 * error

    precision = Precision.of(totals, found, totals.ideas, adjusted=True)

    others = ~np.eye(ideas, dtype=bool)
    assert precision.differences(slice(None))[others] == pytest.approx(expected[others], rel=1e-6, abs=1e-6)


def test_errors_of_plain_means_hold_the_judges_two_ideas_do_not_share():
    # B-00 and B-01 share GK0; each has one judge more
    totals = totals_of([[80, 60, None], [75, None, 50], [60, 55, 40], [90, 70, 66]])
    found = estimate(totals)
    error, judge = float(found.error_variance), float(found.judge_variance)

    variance = Precision.of(totals, found, totals.ideas, adjusted=False).differences(slice(0, 1))[0]

    assert judge > 0
    assert variance[1] == pytest.approx(error * (1 / 2 + 1 / 2) + judge * (1 / 4 + 1 / 4))
    assert variance[2] == pytest.approx(error * (1 / 2 + 1 / 3) + judge * (1 / 36 + 1 / 36 + 1 / 9))


def test_in_a_full_panel_shared_judges_cancel():
    totals = totals_of([[80, 60, 70], [75, 50, 72], [60, 45, 40], [90, 70, 66]])
    found = estimate(totals)

    variance = Precision.of(totals, found, totals.ideas, adjusted=False).differences(slice(None))

    assert variance[~np.eye(4, dtype=bool)] == pytest.approx(2 * float(found.error_variance) / 3)


@pytest.mark.parametrize("method", [Method.MEAN, Method.ADJUSTED])
def test_nine_of_ten_intervals_hold_the_true_rank(method):
    held = []
    for seed in range(1, 13):
        luck = np.random.default_rng(seed)
        worth, lenient = luck.normal(70, 8, 40), luck.normal(0, 6, 10)
        points = [
            [
                float(np.clip(np.round(worth[i] + lenient[j] + luck.normal(0, 6)), 0, 100))
                if (j - i * 3) % 10 in (0, 1 + i % 4, 5 + i % 5)
                else None
                for j in range(10)
            ]
            for i in range(40)
        ]
        for row in ranked(points, method).rows:
            true = 1 + int((worth > worth[int(row.idea[2:])]).sum())
            held.append(row.interval[0] <= true <= row.interval[1])

    assert 0.87 <= np.mean(held) <= 0.96


def test_with_too_few_sheets_any_rank_is_possible():
    result = ranked([[80], [70], [60]])

    assert [row.interval for row in result.rows] == [(1, 3), (1, 3), (1, 3)]
    assert (result.precision, result.reliability) == (None, None)


def anova(points: np.ndarray) -> tuple[float, float, float]:
    """Mean squares of ideas, judges and error in a complete table."""
    n, k = points.shape
    whole, rows, columns = points.mean(), points.mean(axis=1), points.mean(axis=0)
    error = ((points - rows[:, None] - columns + whole) ** 2).sum() / ((n - 1) * (k - 1))
    return k * ((rows - whole) ** 2).sum() / (n - 1), n * ((columns - whole) ** 2).sum() / (k - 1), error


def test_on_complete_data_agreement_is_the_intraclass_correlation():
    luck = np.random.default_rng(4)
    points = np.round(
        70 + luck.normal(0, 8, (12, 1)) + luck.normal(0, 5, (1, 4)) + luck.normal(0, 4, (12, 4))
    )
    ideas, judges, error = anova(points)

    result = ranked(points.tolist(), Method.MEAN)

    own = np.array([float(row.council) for row in result.rows])
    single = (ideas - error) / (ideas + 3 * error + 4 * (judges - error) / 12)
    assert result.reliability == pytest.approx(1 - error / ideas, abs=1e-3)
    assert result.precision.single_sheet(own) == pytest.approx(single, abs=1e-3)


@unhurried
@given(rounds(), st.sampled_from([Method.MEAN, Method.ADJUSTED]))
def test_reliability_is_a_share(points, method):
    reliability = ranked(points, method).reliability

    assert reliability is None or 0 <= reliability <= 1


@pytest.mark.parametrize(
    "points",
    [
        [[Fraction("57.04")] * 3] * 7,
        [[Fraction("57.04"), Fraction("33.33"), Fraction("71.1")]] * 7,  # each judge gives everyone the same
    ],
)
def test_equal_scores_have_no_reliability(points):
    assert ranked(points, Method.MEAN).reliability is None


def test_ideas_that_cannot_be_told_apart_are_named():
    points = [
        [value + (3 if (n + j) % 2 else -3) for j in range(4)] for n, value in enumerate([95, 72, 71, 70, 20])
    ]
    result = ranked(points, Method.MEAN)
    scores = np.array([float(row.score) for row in result.rows])

    alike = {row.idea: result.precision.alike(scores, n) for n, row in enumerate(result.rows)}

    assert {idea: [result.rows[n].idea for n in others] for idea, others in alike.items()} == {
        "B-00": [],
        "B-01": ["B-02", "B-03"],
        "B-02": ["B-01", "B-03"],
        "B-03": ["B-01", "B-02"],
        "B-04": [],
    }


# --- flags ------------------------------------------------------------------------------------------------------------


def a_round(ideas=60, judges=6, **lenient):
    """Three judges an idea; nobody harsher than the others unless named."""
    luck = np.random.default_rng(11)
    return [
        [
            int(np.round(70 + i % 7 + luck.normal(0, 3) + lenient.get(f"GK{j}", 0)))
            if (j - i) % judges in (0, 1, 3)
            else None
            for j in range(judges)
        ]
        for i in range(ideas)
    ]


def flagged(points):
    totals = totals_of(points)
    return totals, estimate(totals)


def test_a_quiet_round_has_nothing_to_look_at():
    totals, found = flagged(a_round())

    assert sheet_flags(totals, found) == []
    assert judge_flags(totals, found) == []
    assert len(disagreements(totals, found)) <= 6  # 1 in 20 by chance


def test_a_slip_of_thirty_points_is_seen_on_the_idea_and_on_the_sheet():
    points = a_round()
    points[4][4] -= 30

    totals, found = flagged(points)

    assert disagreements(totals, found)[0].idea == "B-04"
    flag = sheet_flags(totals, found)[0]
    assert (flag.idea, flag.judge) == ("B-04", "GK4")
    assert flag.residual < -10


def test_harshness_alone_is_no_disagreement():
    totals, found = flagged(a_round(GK0=-25))

    assert len(disagreements(totals, found)) <= 6
    assert [(flag.judge, flag.kind) for flag in judge_flags(totals, found)] == [("GK0", JudgeFlagKind.HARSH)]


def test_a_lenient_judge_is_told_so():
    totals, found = flagged(a_round(GK2=20))

    assert [(flag.judge, flag.kind) for flag in judge_flags(totals, found)] == [
        ("GK2", JudgeFlagKind.LENIENT)
    ]


def test_a_judge_who_marks_at_random_is_erratic():
    points = a_round()
    luck = np.random.default_rng(2)
    for row in points:
        if row[5] is not None:
            row[5] = int(luck.integers(40, 100))

    totals, found = flagged(points)

    assert [(flag.judge, flag.kind) for flag in judge_flags(totals, found)] == [
        ("GK5", JudgeFlagKind.ERRATIC)
    ]


def test_a_judge_who_gives_everyone_the_same_is_told_so():
    points = a_round()
    for row in points:
        if row[3] is not None:
            row[3] = 73

    kinds = [(flag.judge, flag.kind) for flag in judge_flags(*flagged(points))]

    assert kinds == [("GK3", JudgeFlagKind.ALL_EQUAL)]


def test_where_the_error_is_unknown_twenty_five_points_are_a_disagreement():
    totals, found = flagged([[50, 76], [None, 60]])

    assert found.error_variance is None
    assert [(row.idea, row.spread) for row in disagreements(totals, found)] == [("B-00", 26.0)]
