from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.reports import period
from app.reports.period import Period

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "tháng 11 năm 2026"),
        (date(2026, 10, 1), date(2026, 12, 31), "quý IV năm 2026"),
        (date(2026, 1, 1), date(2026, 3, 31), "quý I năm 2026"),
        (date(2026, 1, 1), date(2026, 6, 30), "6 tháng đầu năm 2026"),
        (date(2026, 7, 1), date(2026, 12, 31), "6 tháng cuối năm 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "năm 2026"),
        (date(2026, 2, 1), date(2026, 4, 30), "từ ngày 01/02/2026 đến ngày 30/04/2026"),
        (date(2026, 12, 15), date(2027, 1, 14), "từ ngày 15/12/2026 đến ngày 14/01/2027"),
    ],
)
def test_period_is_named_as_a_title_says_it(first, last, name):
    assert Period(first, last).name == name


def test_a_day_begins_and_ends_at_vietnamese_midnight():
    one_day = Period(TODAY, TODAY)

    assert one_day.starts_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert one_day.ends_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        ((date(2026, 1, 1), date(2026, 3, 31)), (date(2025, 10, 1), date(2025, 12, 31))),
        ((date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31))),
        ((date(2026, 10, 1), date(2026, 11, 24)), (date(2026, 8, 7), date(2026, 9, 30))),
        ((date(2026, 11, 24), date(2026, 11, 24)), (date(2026, 11, 23), date(2026, 11, 23))),
    ],
)
def test_previous_period_is_as_long_and_right_before(now, before):
    assert Period(*now).previous() == Period(*before)


@given(first=st.dates(date(2001, 1, 1), date(2090, 1, 1)), days=st.integers(0, 800))
def test_previous_period_ends_the_day_before_and_is_as_long(first, days):
    now = Period(first, first + timedelta(days=days))
    before = now.previous()

    assert before.last == first - timedelta(days=1)
    assert (
        (before.months, now.months) == (now.months, before.months) if now.months else before.days == now.days
    )


def test_presets_hold_today_and_the_contest_comes_last():
    contest = Period(date(2026, 10, 11), date(2026, 12, 16))
    found = period.presets(TODAY, contest)

    assert [preset.period for preset in found] == [
        Period(date(2026, 11, 1), date(2026, 11, 30)),
        Period(date(2026, 10, 1), date(2026, 12, 31)),
        Period(date(2026, 7, 1), date(2026, 12, 31)),
        Period(date(2026, 1, 1), date(2026, 12, 31)),
        contest,
    ]
    assert len(period.presets(TODAY, None)) == 4


@pytest.mark.parametrize("typed", [("1/10/2026", "24/11/2026"), (" 01-10-2026 ", "24.11.2026")])
def test_days_are_read_as_people_write_them(typed):
    assert period.read(*typed, TODAY) == Period(date(2026, 10, 1), TODAY)


def test_nothing_typed_means_this_quarter():
    assert period.read("", " ", TODAY) == Period(date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "24/11/2026", "tu"),
        ("31/02/2026", "24/11/2026", "tu"),
        ("01/13/2026", "24/11/2026", "tu"),
        ("01/10/1026", "24/11/2026", "tu"),
        ("01/10/2026", "2026-11-24", "den"),
        ("01/10/2026", "24/11/9999", "den"),
        ("01/10/2026", "30/09/2026", "den"),
        ("٠١/١٠/٢٠٢٦", "24/11/2026", "tu"),
    ],
)
def test_a_day_that_is_none_is_refused_beside_its_field(first, last, field):
    with pytest.raises(Invalid) as refused:
        period.read(first, last, TODAY)

    assert refused.value.field == field
