from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.initiatives.rules import InitiativeKind, InitiativeState
from app.reports.counts import AgeGroup, AuthorCount, IdeaCount, Standing, Timing, Work
from app.reports.figures import SMALLEST_GROUP, IdeaFigures, WorkFigures, apart
from app.reports.period import Period

S = InitiativeState
TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)
QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def work(state=S.IN_PROGRESS, *, due_on=None, finished_on=None, unit="Phòng VH - XH", trial=(None, None)):
    return Work(
        code="SK-2026-0001",
        title="Gom pin cũ",
        kind=InitiativeKind.INITIATIVE,
        state=state,
        received_on=date(2026, 10, 5),
        due_on=due_on,
        finished_on=finished_on,
        from_contest=True,
        topic_slug="moi-truong",
        topic_name="Môi trường",
        unit_name=unit,
        trial_from=trial[0],
        trial_to=trial[1],
        hours_saved_per_month=None,
        cost_actual_vnd=None,
    )


@pytest.mark.parametrize(
    ("state", "due_on", "finished_on", "timing"),
    [
        (S.IN_PROGRESS, TODAY, None, Timing.RUNNING_IN_TIME),
        (S.IN_PROGRESS, YESTERDAY, None, Timing.OVERDUE),
        (S.RECEIVED, YESTERDAY, None, Timing.OVERDUE),
        (S.TRIAL, None, None, Timing.NO_DUE_DATE),
        (S.PAUSED, YESTERDAY, None, Timing.PAUSED),
        (S.COMPLETED, YESTERDAY, YESTERDAY, Timing.DONE_IN_TIME),
        (S.COMPLETED, YESTERDAY, TODAY, Timing.DONE_LATE),
        (S.COMPLETED, None, TODAY, Timing.NO_DUE_DATE),
        (S.DECLINED, YESTERDAY, TODAY, Timing.DROPPED),
        (S.MERGED, YESTERDAY, TODAY, Timing.DROPPED),
    ],
)
def test_work_is_late_only_after_its_due_day_and_while_it_is_still_to_be_done(
    state, due_on, finished_on, timing
):
    assert work(state, due_on=due_on, finished_on=finished_on).timing(TODAY) is timing


@pytest.mark.parametrize(
    ("trial", "state", "counts"),
    [
        ((None, None), S.TRIAL, False),
        ((date(2026, 11, 5), None), S.IN_PROGRESS, True),
        ((date(2026, 10, 1), date(2026, 11, 1)), S.COMPLETED, True),
        ((date(2026, 10, 1), date(2026, 10, 31)), S.COMPLETED, False),
        ((date(2026, 10, 1), None), S.TRIAL, True),
        ((date(2026, 10, 1), None), S.IN_PROGRESS, False),
        ((date(2026, 12, 1), None), S.TRIAL, False),
    ],
)
def test_trial_counts_in_the_period_it_falls_in(trial, state, counts):
    assert work(state, trial=trial).tried_out_in(NOVEMBER) is counts


def test_every_piece_of_work_has_exactly_one_timing_and_one_lead():
    works = [
        work(state, due_on=due, finished_on=TODAY if state is S.COMPLETED else None, unit=unit)
        for state in S
        for due in (None, YESTERDAY, TODAY)
        for unit in (None, "Phòng A")
    ]
    figures = WorkFigures(QUARTER, TODAY, works)

    assert sum(share.number for share in figures.by_timing()) == figures.total == len(works)
    assert sum(share.works for share in figures.by_lead()) == len(works)
    assert sum(number for _state, number in figures.by_state()) == len(works)
    assert [str(share.label) for share in figures.by_lead()] == ["Phòng A", "Chưa giao"]


def test_small_groups_are_joined():
    assert apart([8, 4, 6, 3], int) == ([8, 6], [4, 3])


def test_a_joined_group_that_is_too_small_takes_the_smallest_other_with_it():
    assert apart([8, 6, 2], int) == ([8], [6, 2])


def test_nothing_is_joined_when_all_are_large_enough():
    assert apart([8, 6, 5], int) == ([8, 6, 5], [])


def test_one_small_group_alone_is_the_total_and_stays():
    assert apart([3], int) == ([], [3])


@given(st.lists(st.integers(1, 30), max_size=12))
def test_no_small_group_can_be_seen_or_had_by_subtraction(sizes):
    kept, joined = apart(sizes, int)

    assert sorted(kept + joined) == sorted(sizes)
    assert all(size >= SMALLEST_GROUP for size in kept)
    assert not joined or not kept or sum(joined) >= SMALLEST_GROUP


def test_units_with_few_authors_are_joined_and_no_idea_is_lost():
    ideas = IdeaFigures(
        counts=[
            IdeaCount("cchc", "Cải cách hành chính", "THPT A", Standing.VALID, 6),
            IdeaCount("cchc", "Cải cách hành chính", "THPT B", Standing.REVIEWING, 1),
            IdeaCount("cchc", "Cải cách hành chính", None, Standing.VALID, 2),
        ],
        authors_by=[
            AuthorCount("THPT A", AgeGroup.UNDER_16, 9),
            AuthorCount("THPT B", AgeGroup.UNDER_18, 3),
            AuthorCount(None, AgeGroup.OLDER, 2),
        ],
    )

    shown = [(str(share.label), *share[1:]) for share in ideas.by_unit()]

    assert shown == [("THPT A", 9, 6, 6), ("Các đơn vị còn lại", 5, 3, 2)]
    assert [(str(share.label), share.number) for share in ideas.by_age()] == [
        ("Dưới 16 tuổi", 9),
        ("Các nhóm tuổi còn lại", 5),
    ]
    assert ideas.units == 2
