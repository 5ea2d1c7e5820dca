"""How the marks on a sheet become points."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaigns.rules import Method
from app.judging.methods.scoring import (
    Criterion,
    Rubric,
    community_part,
    half_up,
    hundredths,
    kept,
    least_sheets,
    parse_mark,
    points_text,
    sheet_total,
    to_decimal,
)

unhurried = settings(deadline=None)  # a busy machine is no failure

FOUR = Rubric(
    (Criterion("moi", 30), Criterion("kha_thi", 30), Criterion("hieu_qua", 30), Criterion("ho_so", 10))
)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("7,5", 750),
        ("7.5", 750),
        (" 7,25 ", 725),
        ("7\N{NO-BREAK SPACE}", 700),
        ("0", 0),
        ("30", 3000),
        ("30,00", 3000),
        ("007", 700),
        ("0,05", 5),
    ],
)
def test_a_mark_is_read_with_comma_or_point(typed, mark):
    assert parse_mark(typed, 30) == mark


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Hãy nhập điểm từ 0 đến 30."),
        ("  ", "Hãy nhập điểm từ 0 đến 30."),
        ("-1", "Điểm không được âm. Hãy nhập từ 0 đến 30."),
        ("−1,5", "Điểm không được âm. Hãy nhập từ 0 đến 30."),
        ("30,01", "Điểm cao nhất của tiêu chí này là 30. Hãy nhập từ 0 đến 30."),
        ("9" * 5000, "Điểm cao nhất của tiêu chí này là 30. Hãy nhập từ 0 đến 30."),
        ("7,255", "Điểm có nhiều nhất 2 chữ số sau dấu phẩy. Hãy làm tròn, ví dụ 7,25."),
        ("bảy", "“bảy” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
        ("1e1", "“1e1” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
        ("1,000.5", "“1,000.5” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
        ("٣", "“٣” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
        ("7,", "“7,” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
        ("nan", "“nan” không phải là điểm. Hãy nhập một số từ 0 đến 30, ví dụ 7,5."),
    ],
)
def test_a_mark_that_cannot_be_read_says_what_to_type(typed, message):
    with pytest.raises(ValueError) as refusal:
        parse_mark(typed, 30)

    assert str(refusal.value) == message


def test_the_highest_mark_may_have_decimals():
    assert parse_mark("7,5", Decimal("7.5")) == 750
    with pytest.raises(ValueError, match=r"là 7,5\. Hãy nhập từ 0 đến 7,5\."):
        parse_mark("7,51", Decimal("7.5"))


@unhurried
@given(st.integers(0, 10_000), st.sampled_from(",."))
def test_every_mark_comes_back_as_it_was_typed(mark, point):
    assert parse_mark(f"{mark // 100}{point}{mark % 100:02}", 100) == mark


@unhurried
@given(st.text(max_size=12))
def test_any_text_is_a_mark_in_range_or_a_message(text):
    try:
        mark = parse_mark(text, 10)
    except ValueError as refusal:
        mark = 0 if str(refusal).endswith(("10.", "7,5.", "7,25.")) else -1

    assert 0 <= mark <= 1000


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction("59.995"), "60.00"),
        (Fraction("59.9949"), "59.99"),
        (Fraction(2, 3), "0.67"),
        (Fraction("-0.005"), "0.00"),
        (Fraction("-0.0051"), "-0.01"),
        (Fraction("100.125"), "100.13"),
        (Fraction(0), "0.00"),
    ],
)
def test_a_half_goes_up(value, printed):
    assert str(to_decimal(hundredths(value))) == printed


@unhurried
@given(st.fractions())
def test_rounding_moves_a_score_by_half_a_hundredth_at_most(value):
    assert Fraction(-1, 200) < Fraction(hundredths(value), 100) - value <= Fraction(1, 200)
    assert hundredths(value) == half_up(value * 100)


@pytest.mark.parametrize(("points", "words"), [(30, "30"), (100, "100"), (Decimal("7.50"), "7,5"), (0, "0")])
def test_points_are_written_with_a_comma(points, words):
    assert points_text(points) == words


def test_a_total_is_the_plain_sum_when_the_points_add_up_to_the_scale():
    assert sheet_total(FOUR, {"moi": 2500, "kha_thi": 2050, "hieu_qua": 2200, "ho_so": 800}) == Fraction(
        "75.5"
    )


def test_a_total_is_brought_to_the_scale():
    rubric = Rubric((Criterion("moi", 20), Criterion("kha_thi", 10)), scale=80)

    assert sheet_total(rubric, {"moi": 1000, "kha_thi": 1000}) == Fraction(160, 3)


def test_weights_count_more_than_points_where_the_rubric_gives_them():
    rubric = Rubric((Criterion("moi", 10, weight=3), Criterion("kha_thi", 10, weight=1)))

    assert sheet_total(rubric, {"moi": 1000, "kha_thi": 0}) == 75


def test_a_criterion_that_only_informs_is_outside_the_total():
    rubric = Rubric((Criterion("moi", 50), Criterion("ghi_chu", 10, inform_only=True)))

    assert sheet_total(rubric, {"moi": 5000, "ghi_chu": 0}) == 100


@unhurried
@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(1, 200),
    st.data(),
)
def test_full_marks_give_the_scale_and_no_marks_nothing(lines, scale, data):
    rubric = Rubric(
        tuple(Criterion(str(n), most, weight=weight) for n, (most, weight) in enumerate(lines)), scale
    )
    marks = {c.id: data.draw(st.integers(0, c.max_points * 100)) for c in rubric.criteria}

    assert sheet_total(rubric, {c.id: c.max_points * 100 for c in rubric.criteria}) == scale
    assert sheet_total(rubric, dict.fromkeys(marks, 0)) == 0
    assert 0 <= sheet_total(rubric, marks) <= scale


@pytest.mark.parametrize(
    ("method", "totals", "left"),
    [
        (Method.MEAN, [10, 20, 30, 40, 90], [10, 20, 30, 40, 90]),
        (Method.TRIMMED, [90, 20, 10, 40, 30], [20, 30, 40]),
        (Method.TRIMMED, [10, 10, 10, 90, 90], [10, 10, 90]),
        (Method.TRIMMED, [10, 20, 30, 90], [10, 20, 30, 90]),  # four sheets: nobody is dropped
        (Method.VALID, [70, 70, 70, 70, 95], [70, 70, 70, 70, 95]),  # exactly 20 from 75: heard
        (Method.VALID, [70, 70, 70, 70, 96], [70, 70, 70, 70]),
        (Method.VALID, [0, 0, 0, 100, 100], [0, 0, 0, 100, 100]),  # nobody is near the mean: the plain mean
        (Method.VALID, [0, 0, 0, 100], [0, 0, 0, 100]),
    ],
)
def test_robust_means_hear_these_sheets(method, totals, left):
    assert sorted(kept(method, totals, Fraction(20))) == left


def test_a_round_may_ask_sheets_to_be_nearer_and_looks_only_once():
    # 15 from 68,83: 0 and the nineties go; the mean of what is left is not looked at again
    assert list(kept(Method.VALID, [0, 70, 72, 90, 90, 91], Fraction(15))) == [70, 72]


@unhurried
@given(st.sampled_from(Method), st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_some_sheets_are_always_heard_and_none_is_invented(method, totals):
    heard = list(kept(method, totals, Fraction(20)))

    assert heard
    assert not [value for value in heard if heard.count(value) > totals.count(value)]
    assert len(totals) >= 5 or heard == totals


@pytest.mark.parametrize(
    ("votes", "most", "part"),
    [(0, 0, 0), (0, 10, 0), (10, 10, 2000), (37, 40, 1850), (1, 3, 670), (1, 400, 10), (1, 401, 0)],
)
def test_the_community_part_is_a_share_of_the_most_votes_to_one_decimal(votes, most, part):
    assert community_part(20, votes, most) == part


@pytest.mark.parametrize(("k", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (7, 5)])
def test_an_idea_needs_two_thirds_of_its_sheets(k, least):
    assert least_sheets(k) == least
