"""How locked sheets become a ranking."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.campaigns.rules import Method
from app.judging.methods.cut import divide
from app.judging.methods.design import components
from app.judging.methods.preview import preview
from app.judging.methods.ranking import Fallback, RankingInput, Unranked, rank, totals_of
from app.judging.methods.scoring import Criterion, Rubric, half_up, hundredths, to_decimal
from app.judging.methods.severity import estimate
from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet, SheetStatus
from app.judging.methods.totals import Totals

unhurried = settings(deadline=None)  # a busy machine is no failure

ONE = Rubric((Criterion("tong", 100),))
THREE = Rubric((Criterion("moi", 40, minimum=10), Criterion("hieu_qua", 30), Criterion("kha_thi", 30)))

# idea → judge → points
Table = dict[str, dict[str, int | str]]


def sheets_of(table: Table) -> list[Sheet]:
    return [
        Sheet(idea, judge, {"tong": int(Fraction(points) * 100)})
        for idea, row in table.items()
        for judge, points in row.items()
    ]


def ranked(table: Table, **rules):
    rules = {"method": Method.ADJUSTED, "min_df": 1, **rules}
    return rank(RankingInput(ONE, [Candidate(idea) for idea in table], sheets_of(table), **rules))


def scores(result) -> dict[str, str]:
    return {row.idea: str(row.score) for row in result.rows}


def plain_means(table: Table) -> dict[str, str]:
    means = {idea: Fraction(sum(map(Fraction, row.values())), len(row)) for idea, row in table.items()}
    return {idea: str(to_decimal(hundredths(mean))) for idea, mean in means.items()}


@st.composite
def tables(draw, least=0, most=100):
    """A sparse round: every idea has one judge or more."""
    names = [f"GK{n}" for n in range(draw(st.integers(2, 5)))]
    packs = st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True)
    points = st.integers(least, most)
    return {f"B-{n}": {judge: draw(points) for judge in draw(packs)} for n in range(draw(st.integers(3, 9)))}


# a shape the estimate can be made of: circles in the graph, judges who differ
HARSH = {
    "B-1": {"GK1": 80, "GK2": 60},
    "B-2": {"GK2": 55, "GK3": 70},
    "B-3": {"GK1": 75, "GK3": 69},
    "B-4": {"GK1": 90, "GK2": 74, "GK3": 80},
}


# --- leniency: the method of the judging specification, recomputed here in another way ------------------------------


def solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Gauss-Jordan with row exchange, in fractions."""
    size = len(right)
    rows = [[*map(Fraction, row), Fraction(value)] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = next(r for r in range(column, size) if rows[r][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                rows[r] = [a - rows[r][column] * b for a, b in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


def mixed_model(table: Table, lam: Fraction) -> dict[str, Fraction]:
    """Henderson's mixed model equations, ideas and judges together; nothing is absorbed."""
    ideas, judges = sorted(table), sorted({judge for row in table.values() for judge in row})
    places = {name: number for number, name in enumerate([*ideas, *judges])}
    matrix = [[Fraction(0)] * len(places) for _ in places]
    right = [Fraction(0)] * len(places)
    for idea, row in table.items():
        for judge, points in row.items():
            for one in (places[idea], places[judge]):
                right[one] += Fraction(points)
                for other in (places[idea], places[judge]):
                    matrix[one][other] += 1
    for judge in judges:
        matrix[places[judge]][places[judge]] += lam
    answer = solved(matrix, right)
    return {name: answer[place] for name, place in places.items()}


@unhurried
@given(tables())
def test_adjusted_scores_solve_the_mixed_model_equations(table):
    result = ranked(table)
    assume(result.method_used is Method.ADJUSTED and result.lam)

    answer = mixed_model(table, Fraction(result.lam))

    assert scores(result) == {row.idea: str(to_decimal(hundredths(answer[row.idea]))) for row in result.rows}
    assert result.severity == {judge: to_decimal(hundredths(answer[judge])) for judge in result.severity}


@unhurried
@given(tables())
def test_the_error_variance_is_what_least_squares_leaves(table):
    found = estimate(Totals.of((i, j, Fraction(p)) for i, row in table.items() for j, p in row.items()))
    assume(found.error_variance is not None)

    ideas, judges = sorted(table), sorted({judge for row in table.values() for judge in row})
    cells = [(i, j, p) for i, row in table.items() for j, p in row.items()]
    design = np.array(
        [[*(i == x for x in ideas), *(j == x for x in judges)] for i, j, _ in cells], dtype=float
    )
    points = np.array([p for _, _, p in cells], dtype=float)
    left = points - design @ np.linalg.lstsq(design, points, rcond=None)[0]

    assert found.df == len(cells) - np.linalg.matrix_rank(design)
    assert float(found.error_variance) == pytest.approx(left @ left / found.df, abs=1e-8)


def test_a_small_round_worked_by_hand():
    # two ideas, two judges, GK1 always 10 above GK2 and no error: λ = 0, leniency is ±5
    result = ranked({"B-1": {"GK1": 80, "GK2": 70}, "B-2": {"GK1": 60, "GK2": 50}, "B-3": {"GK1": 90}})

    assert result.lam == Decimal("0.0000")
    assert result.severity == {"GK1": Decimal("5.00"), "GK2": Decimal("-5.00")}
    assert scores(result) == {"B-3": "85.00", "B-1": "75.00", "B-2": "55.00"}


@unhurried
@given(tables(), st.data())
def test_no_error_at_all_is_a_case_like_any_other(table, data):
    worth = {idea: data.draw(st.integers(30, 60)) for idea in table}
    lenient = {judge: data.draw(st.integers(-20, 20)) for judge in ("GK0", "GK1", "GK2", "GK3", "GK4")}
    exact = {idea: {judge: worth[idea] + lenient[judge] for judge in row} for idea, row in table.items()}

    result = ranked(exact)

    assume(result.method_used is Method.ADJUSTED)
    assert result.lam == 0
    differences = [Fraction(row.score) - worth[row.idea] for row in result.rows]
    assert max(differences) - min(differences) <= Fraction(1, 100)


@unhurried
@given(tables())
def test_leniency_sums_to_zero(table):
    found = estimate(Totals.of((i, j, Fraction(p)) for i, row in table.items() for j, p in row.items()))

    assert sum(found.leniency) == 0


@unhurried
@given(tables(), tables())
def test_leniency_sums_to_zero_among_judges_who_share_ideas(left, right):
    """Two groups of judges without a common idea: each group's leniency cancels by itself."""
    apart = {
        f"{idea}-r": {f"{judge}-r": points for judge, points in row.items()} for idea, row in right.items()
    }
    both = {**left, **apart}
    totals = Totals.of((i, j, Fraction(p)) for i, row in both.items() for j, p in row.items())

    found = estimate(totals)

    groups = components(totals.packs, len(totals.judges))
    for group in set(groups):
        assert sum(b for b, own in zip(found.leniency, groups, strict=True) if own == group) == 0


@unhurried
@given(tables())
def test_variances_are_those_of_hendersons_third_method(table):
    """Recomputed as the specification writes it: C = M − N'K⁻¹N, R = q'C⁻q, and the two variances from them."""
    found = estimate(Totals.of((i, j, Fraction(p)) for i, row in table.items() for j, p in row.items()))
    assume(found.judge_variance is not None)
    ideas, judges = sorted(table), sorted({judge for row in table.values() for judge in row})
    present = np.array([[judge in table[idea] for judge in judges] for idea in ideas], dtype=float)
    points = np.array([[float(table[idea].get(judge, 0)) for judge in judges] for idea in ideas])
    k = present.sum(axis=1)
    left = (points - (points.sum(axis=1) / k)[:, None]) * present

    c = np.diag(present.sum(axis=0)) - present.T @ np.diag(1 / k) @ present
    q = left.sum(axis=0)
    explained = q @ np.linalg.pinv(c) @ q
    error = ((left**2).sum() - explained) / found.df
    judge = max(0.0, (explained - (len(judges) - found.components) * error) / np.trace(c))

    assert float(found.error_variance) == pytest.approx(error, abs=1e-6)
    assert float(found.judge_variance) == pytest.approx(judge, abs=1e-6)
    if found.lam is not None:
        exact = found.error_variance / found.judge_variance
        assert found.lam == Fraction(half_up(exact * 10_000), 10_000)


@unhurried
@given(tables())
def test_where_judges_do_not_differ_the_score_is_the_mean_to_the_last_digit(table):
    result = ranked(table)
    assume(result.estimate.judge_variance == 0)

    assert result.fallback in {Fallback.NO_DIFFERENCE, Fallback.DISCONNECTED}
    assert scores(result) == plain_means(table)
    assert set(result.estimate.leniency) == {0}


@unhurried
@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_one_judge_gives_the_mean(points):
    table: Table = {f"B-{n}": {"GK1": value} for n, value in enumerate(points)}

    assert scores(ranked(table)) == plain_means(table)


@unhurried
@given(st.data(), st.integers(2, 8))
def test_a_graph_without_a_circle_gives_the_mean(data, judges):
    """Each further judge joins by one idea: nothing is left over to tell leniency from what ideas are worth."""
    point = st.integers(0, 100)
    table: Table = {"B-0": {"GK0": data.draw(point)}}
    for n in range(1, judges):
        table[f"B-{n}"] = {
            f"GK{data.draw(st.integers(0, n - 1))}": data.draw(point),
            f"GK{n}": data.draw(point),
        }

    result = ranked(table)

    assert (result.method_used, result.fallback) == (Method.MEAN, Fallback.TOO_LITTLE_DATA)
    assert scores(result) == plain_means(table)


@unhurried
@given(tables(), st.integers(0, 100))
def test_constant_scores_give_the_mean(table, points):
    constant: Table = {idea: dict.fromkeys(row, points) for idea, row in table.items()}

    result = ranked(constant)

    assert result.method_used is Method.MEAN
    assert set(scores(result).values()) == {f"{points}.00"}


@unhurried
@given(tables(10, 80), st.integers(-1000, 2000))
def test_any_number_of_points_on_one_idea_leaves_every_leniency_exactly_alone(table, hundredths_more):
    def lenient(rows):
        return estimate(Totals.of((i, j, Fraction(p)) for i, row in rows.items() for j, p in row.items()))

    moved, more = min(table), Fraction(hundredths_more, 100)
    after = lenient({**table, moved: {judge: points + more for judge, points in table[moved].items()}})

    assert after.leniency == lenient(table).leniency


@unhurried
@given(st.integers(2, 6), st.integers(2, 6), st.data())
def test_full_panels_give_exactly_the_mean(ideas, judges, data):
    mark = st.integers(0, 10_000).map(lambda n: f"{n / 100:.2f}")
    table = {f"B-{i}": {f"GK{j}": data.draw(mark) for j in range(judges)} for i in range(ideas)}

    assert scores(ranked(table)) == scores(ranked(table, method=Method.MEAN))


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"B-1": {"GK1": 80}, "B-2": {"GK1": 70}, "B-3": {"GK1": 20}}, Fallback.TOO_LITTLE_DATA),  # one judge
        ({"B-1": {"GK1": 80, "GK2": 30}, "B-2": {"GK2": 70, "GK3": 9}}, Fallback.TOO_LITTLE_DATA),  # a tree
        ({f"B-{n}": {"GK1": 70, "GK2": 70, "GK3": 70} for n in range(4)}, Fallback.NO_DIFFERENCE),  # constant
        (
            {"B-1": {"GK1": 80, "GK2": 60}, "B-2": {"GK1": 70, "GK2": 50}, "B-3": {"GK3": 9, "GK4": 7}},
            Fallback.DISCONNECTED,
        ),
    ],
)
def test_where_leniency_cannot_be_told_the_mean_is_taken_and_said(table, why):
    result = ranked(table)

    assert (result.method_used, result.fallback, result.lam) == (Method.MEAN, why, None)
    assert scores(result) == plain_means(table)
    assert set(result.severity.values()) == {Decimal("0.00")}


def test_thirty_sheets_must_be_left_over():
    contest = {f"B-{i:02}": {f"GK{j}": 50 + i + 5 * j + (i * j) % 7 for j in range(3)} for i in range(16)}
    contest["B-16"] = {"GK0": 70}

    assert ranked(contest, min_df=30).fallback is None  # 49 sheets − 17 ideas − 3 judges + 1 = 30
    contest["B-15"].pop("GK2")
    assert ranked(contest, min_df=30).fallback is Fallback.TOO_LITTLE_DATA


@unhurried
@given(tables(10, 80), st.integers(-10, 20))
def test_points_added_to_every_sheet_of_an_idea_move_that_idea_and_nothing_else(table, more):
    before = ranked(table)
    moved = min(table)
    after = ranked({**table, moved: {judge: points + more for judge, points in table[moved].items()}})

    assert after.severity == before.severity
    assert {i: Decimal(s) - (more if i == moved else 0) for i, s in scores(after).items()} == {
        i: Decimal(s) for i, s in scores(before).items()
    }


@unhurried
@given(tables(), st.sampled_from(Method), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(table, method, luck):
    ideas, sheets = [Candidate(idea) for idea in table], sheets_of(table)
    before = rank(RankingInput(ONE, ideas, sheets, method=method, min_df=1))
    luck.shuffle(ideas)
    luck.shuffle(sheets)

    after = rank(RankingInput(ONE, ideas, sheets, method=method, min_df=1))

    assert after.rows == before.rows
    assert (after.severity, after.lam, after.reliability) == (before.severity, before.lam, before.reliability)


@unhurried
@given(tables(), st.sampled_from(Method), st.sampled_from([IdeaStatus.WITHDRAWN, IdeaStatus.DISQUALIFIED]))
def test_a_withdrawal_never_changes_another_score(table, method, status):
    gone = min(table)
    candidates = [Candidate(idea, status if idea == gone else IdeaStatus.ACTIVE) for idea in table]

    after = rank(RankingInput(ONE, candidates, sheets_of(table), method=method, min_df=1))

    before = scores(ranked(table, method=method))
    assert after.unranked == {gone: status}
    assert scores(after) == {idea: score for idea, score in before.items() if idea != gone}


def test_an_adjusted_score_may_pass_the_scale():
    table = {**HARSH, "B-9": {"GK2": 100}}

    result = ranked(table)

    assert result.method_used is Method.ADJUSTED
    assert result.severity["GK2"] < 0
    assert result.rows[0].idea == "B-9"
    assert result.rows[0].score > 100


def contest(seed: int, ideas: int, judges: int, k: int, harshness: float, noise: float):
    """Ideas of known worth before judges of known leniency, in balanced random panels."""
    luck = np.random.default_rng(seed)
    worth, lenient = luck.normal(70, 8, ideas), luck.normal(0, harshness, judges)
    panels = [
        (np.arange(k) * step + start) % judges
        for start, step in zip(
            luck.permutation(np.arange(ideas) % judges), luck.choice([1, 3, 7], ideas), strict=True
        )
    ]
    table = {
        f"B-{i:03}": {
            f"GK{j:02}": int(np.clip(np.round(worth[i] + lenient[j] + luck.normal(0, noise)), 0, 100))
            for j in panel
        }
        for i, panel in enumerate(panels)
    }
    return worth, table


def agreement(worth, result) -> float:
    """Kendall's tau between true worth and printed scores."""
    points = np.array([float(row.score) for row in sorted(result.rows, key=lambda row: row.idea)])
    signs = np.sign(worth[:, None] - worth) * np.sign(points[:, None] - points)
    return float(signs.sum() / (len(worth) * (len(worth) - 1)))


@pytest.mark.parametrize(("harshness", "gain"), [(0, -0.005), (8, 0.08), (15, 0.18)])
def test_taking_leniency_out_pays_when_judges_differ_and_costs_nothing_when_they_do_not(harshness, gain):
    gains = []
    for seed in range(1, 7):
        worth, table = contest(seed, ideas=200, judges=20, k=3, harshness=harshness, noise=6)
        adjusted, mean = ranked(table), ranked(table, method=Method.MEAN)
        gains.append(agreement(worth, adjusted) - agreement(worth, mean))

    assert np.mean(gains) >= gain


@unhurried
@given(tables())
def test_the_preview_agrees_with_the_exact_ranking(table):
    result = ranked(table)
    assume(result.fallback in (None, Fallback.NO_DIFFERENCE) and result.lam != 0)
    totals = totals_of(sheets_of(table), dict.fromkeys(table, ONE))

    quick = preview(totals, adjusted=True)

    assert {row.idea: pytest.approx(float(row.score), abs=0.02) for row in result.rows} == quick


# --- what counts, ties, cuts ------------------------------------------------------------------------------------------


def three(idea: str, judge: str, moi: int, hieu_qua: int, kha_thi: int, **more) -> Sheet:
    return Sheet(
        idea, judge, {"moi": moi * 100, "hieu_qua": hieu_qua * 100, "kha_thi": kha_thi * 100}, **more
    )


def test_only_submitted_sheets_count():
    sheets = [
        three("B-1", "GK1", 30, 20, 20),
        three("B-1", "GK2", 0, 0, 0, status=SheetStatus.DRAFT),
        three("B-1", "GK3", 0, 0, 0, status=SheetStatus.VOID),
    ]

    result = rank(RankingInput(THREE, [Candidate("B-1")], sheets))

    assert [(row.score, row.sheets) for row in result.rows] == [(Decimal("70.00"), 1)]


def test_an_idea_without_enough_sheets_gets_no_rank_and_the_reason():
    sheets = [
        three("B-1", "GK1", 30, 20, 20),
        three("B-1", "GK2", 30, 20, 20),
        three("B-2", "GK1", 30, 20, 20),
    ]
    ideas = [Candidate("B-1"), Candidate("B-2"), Candidate("B-3"), Candidate("B-4", IdeaStatus.WITHDRAWN)]

    result = rank(RankingInput(THREE, ideas, sheets, min_sheets=2))

    assert [row.idea for row in result.rows] == ["B-1"]
    assert result.unranked == {
        "B-2": Unranked.TOO_FEW_SHEETS,
        "B-3": Unranked.NO_SHEET,
        "B-4": Unranked.WITHDRAWN,
    }


def test_two_sheets_of_a_judge_on_an_idea_are_refused():
    twice = [three("B-1", "GK1", 30, 20, 20), three("B-1", "GK1", 10, 20, 20)]

    with pytest.raises(ValueError, match="Hai phiếu của GK1 cho B-1"):
        rank(RankingInput(THREE, [Candidate("B-1")], twice))


def test_a_sheet_on_an_unknown_idea_is_refused():
    with pytest.raises(ValueError, match="Không có ý tưởng B-2"):
        rank(RankingInput(THREE, [Candidate("B-1")], [three("B-2", "GK1", 30, 20, 20)]))


def test_ties_are_broken_by_criteria_in_order_and_what_stays_equal_shares_a_rank():
    sheets = [
        three("B-1", "GK1", 20, 30, 30),
        three("B-2", "GK1", 30, 25, 20),
        three("B-3", "GK1", 29, 25, 21),
        three("B-4", "GK1", 29, 25, 21),
        three("B-5", "GK1", 30, 24, 21),
        three("B-6", "GK1", 10, 10, 10),
    ]
    ideas = [Candidate(f"B-{n}") for n in range(1, 7)]

    result = rank(RankingInput(THREE, ideas, sheets, tie_break=("hieu_qua", "moi")))

    assert [(row.rank, row.idea, str(row.score), row.tie_break_used) for row in result.rows] == [
        (1, "B-1", "80.00", None),
        (2, "B-2", "75.00", "moi"),
        (3, "B-3", "75.00", "moi"),
        (3, "B-4", "75.00", "moi"),
        (5, "B-5", "75.00", "hieu_qua"),
        (6, "B-6", "30.00", None),
    ]


def test_ranks_follow_the_printed_figure_and_nothing_finer():
    # 70.00 and 70.0033…: the same on paper, so the same rank
    table: Table = {"B-1": {"GK1": 70, "GK2": 70, "GK3": 70}, "B-2": {"GK1": 70, "GK2": 70, "GK3": "70.01"}}

    result = ranked(table, method=Method.MEAN)

    assert [(row.rank, str(row.score)) for row in result.rows] == [(1, "70.00"), (1, "70.00")]


@unhurried
@given(tables(60, 64), st.sampled_from(Method))
def test_ranks_are_those_of_a_competition(table, method):
    rows = ranked(table, method=method).rows

    for row in rows:
        assert row.rank == 1 + sum(other.score > row.score for other in rows)


@unhurried
@given(tables(), st.sampled_from(Method))
def test_every_interval_holds_the_rank_it_belongs_to(table, method):
    rows = ranked(table, method=method).rows

    for row in rows:
        assert 1 <= row.interval[0] <= row.rank <= row.interval[1] <= len(rows)


def test_59_995_is_printed_60_00_and_passes_60():
    table: Table = {"B-1": {"GK1": "59.99", "GK2": 60}, "B-2": {"GK1": "59.99", "GK2": "59.99"}}

    result = ranked(table, method=Method.MEAN, threshold=60)

    assert scores(result) == {"B-1": "60.00", "B-2": "59.99"}
    assert result.advance.through == ("B-1",)


def test_a_mean_below_a_minimum_keeps_its_rank_and_stays_behind():
    sheets = [
        three("B-1", "GK1", 9, 30, 30),
        three("B-1", "GK2", 10, 30, 30),
        three("B-2", "GK1", 10, 29, 29),
        three("B-2", "GK2", 10, 29, 29),
        three("B-3", "GK1", 20, 10, 10),
    ]
    ideas = [Candidate(f"B-{n}") for n in (1, 2, 3)]

    result = rank(RankingInput(THREE, ideas, sheets, top=1))

    assert [row.idea for row in result.rows] == ["B-1", "B-2", "B-3"]
    assert result.rows[0].criteria["moi"] == Decimal("9.50")
    assert result.below_minimum == {"B-1": ("moi",)}
    assert result.advance.through == ("B-2",)


def test_a_rank_that_straddles_the_cut_goes_to_the_council():
    table: Table = {"B-1": {"GK1": 90}, "B-2": {"GK1": 80}, "B-3": {"GK1": 80}, "B-4": {"GK1": 70}}

    divided = {top: ranked(table, top=top).advance for top in (1, 2, 3, 4, 9)}

    assert {top: (a.through, a.council) for top, a in divided.items()} == {
        1: (("B-1",), ()),
        2: (("B-1",), ("B-2", "B-3")),
        3: (("B-1", "B-2", "B-3"), ()),
        4: (("B-1", "B-2", "B-3", "B-4"), ()),
        9: (("B-1", "B-2", "B-3", "B-4"), ()),
    }


def test_top_and_threshold_must_both_be_met():
    table: Table = {"B-1": {"GK1": 90}, "B-2": {"GK1": 80}, "B-3": {"GK1": 70}}

    assert ranked(table, top=2, threshold=85).advance.through == ("B-1",)
    assert ranked(table, top=1, threshold=75).advance.through == ("B-1",)
    assert ranked(table, threshold=75).advance.through == ("B-1", "B-2")
    assert ranked(table).advance.through == ()


def test_ideas_whose_interval_crosses_the_cut_are_for_discussion():
    table: Table = {
        f"B-{n}": {f"GK{j}": points + (3 if (n + j) % 2 else -3) for j in range(4)}
        for n, points in enumerate([95, 72, 71, 70, 20])
    }

    result = ranked(table, top=2)

    assert [row.interval for row in result.rows] == [(1, 1), (2, 4), (2, 4), (2, 4), (5, 5)]
    assert result.advance.through == ("B-0", "B-1")
    assert set(result.advance.discussion) == {"B-1", "B-2", "B-3"}


def test_prizes_are_divided_like_the_cut():
    table: Table = {"B-1": {"GK1": 90}, "B-2": {"GK1": 90}, "B-3": {"GK1": 70}}
    rows = ranked(table).rows

    assert divide(rows, 0) == ([], [])
    assert divide(rows, 1) == ([], ["B-1", "B-2"])
    assert divide(rows, 2) == (["B-1", "B-2"], [])


def test_the_community_part_is_added_and_only_active_ideas_set_its_measure():
    table: Table = {"B-1": {"GK1": 70}, "B-2": {"GK1": 71}, "B-3": {"GK1": 60}}
    ideas = [Candidate("B-1"), Candidate("B-2"), Candidate("B-3", IdeaStatus.DISQUALIFIED)]

    result = rank(
        RankingInput(
            ONE, ideas, sheets_of(table), community={"B-1": 40, "B-2": 37, "B-3": 999}, community_points=20
        )
    )

    assert [(r.idea, str(r.council), str(r.community), str(r.score)) for r in result.rows] == [
        ("B-1", "70.00", "20.00", "90.00"),
        ("B-2", "71.00", "18.50", "89.50"),
    ]


def test_a_topic_may_have_its_own_rubric():
    variant = Rubric((Criterion("moi", 50), Criterion("hieu_qua", 50)))
    sheets = [three("B-1", "GK1", 30, 20, 20), Sheet("B-2", "GK1", {"moi": 4000, "hieu_qua": 3100})]

    result = rank(RankingInput(THREE, [Candidate("B-1"), Candidate("B-2", rubric=variant)], sheets))

    assert scores(result) == {"B-2": "71.00", "B-1": "70.00"}
    assert result.rows[0].criteria == {"moi": Decimal("40.00"), "hieu_qua": Decimal("31.00")}


def test_a_row_shows_how_far_its_sheets_lie_apart():
    row = ranked({"B-1": {"GK1": "61.5", "GK2": 90, "GK3": 70}}, method=Method.MEAN).rows[0]

    assert (row.sheets, row.low, row.high) == (3, Decimal("61.50"), Decimal("90.00"))


def test_an_empty_round_ranks_nothing():
    result = rank(RankingInput(ONE, [Candidate("B-1")], [], method=Method.ADJUSTED, top=3))

    assert (result.rows, dict(result.unranked), result.advance.through) == (
        (),
        {"B-1": Unranked.NO_SHEET},
        (),
    )


@unhurried
@given(tables(), st.sampled_from(Method), st.integers(1, 9), st.integers(0, 100))
def test_whoever_goes_on_stands_above_whoever_does_not(table, method, top, threshold):
    result = ranked(table, method=method, top=top, threshold=threshold)

    through, council = result.advance.through, result.advance.council
    ranks = {row.idea: row.rank for row in result.rows}
    assert len(through) <= top
    assert not council or len(through) + len(council) > top
    assert len({ranks[idea] for idea in council}) <= 1
    assert [*through, *council] == [row.idea for row in result.rows][: len(through) + len(council)]
    assert all(row.score >= threshold for row in result.rows[: len(through) + len(council)])


def test_the_best_come_first():
    luck = random.Random(5)
    table: Table = {f"B-{n}": {"GK1": luck.randrange(100), "GK2": luck.randrange(100)} for n in range(30)}

    rows = ranked(table).rows

    assert all(above.score >= below.score and above.rank <= below.rank for above, below in pairwise(rows))
