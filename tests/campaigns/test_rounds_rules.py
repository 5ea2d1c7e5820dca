"""What is wrong or unwise about a round as planned, and what may still be changed later: the tables, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.rules import Method
from app.campaigns.setup.checks import CHECKS, findings, gaps
from app.campaigns.setup.planned import BandPlan, CriterionPlan, LevelPlan, RoundPlan, RubricPlan
from app.campaigns.setup.rules import (
    CHANGEABLE,
    Part,
    Stage,
    changed_parts,
    public_reason,
    require_changeable,
)
from app.core.errors import Invalid, WrongState

LEVELS = (LevelPlan(0, 19, "Yếu"), LevelPlan(20, 40, "Tốt"))
MOI = CriterionPlan("moi", "Tính mới", 40, levels=LEVELS)
HIEU_QUA = CriterionPlan("hieu_qua", "Hiệu quả", 60, levels=(LevelPlan(0, 60, "Chung"),))
RUBRIC = RubricPlan("Sơ khảo", 100, (MOI, HIEU_QUA))
GOOD = RoundPlan(
    rubric=RUBRIC,
    sheets_per_idea=3,
    full_panel=False,
    panel=9,
    method=Method.ADJUSTED,
    tie_break=("hieu_qua", "moi"),
    cut_top=12,
    pass_mark=60,
    gives_awards=False,
    prizes=3,
)
FINAL = GOOD._replace(full_panel=True, panel=7, method=Method.VALID, gives_awards=True, cut_top=None)


def with_criteria(*criteria: CriterionPlan, **more) -> RoundPlan:
    return GOOD._replace(rubric=RUBRIC._replace(criteria=criteria, **more))


def with_bands(*bands: BandPlan, **more) -> RoundPlan:
    return GOOD._replace(rubric=RUBRIC._replace(bands=bands, **more))


A, B = BandPlan("A", 85, (("moi", 30),)), BandPlan("B", 70, (("moi", 20),))


def variant(*criteria: CriterionPlan, scale: int = 100) -> RoundPlan:
    return GOOD._replace(rubric=RUBRIC._replace(variants=(RubricPlan("Riêng", scale, criteria),)))


@pytest.mark.parametrize("plan", [GOOD, FINAL, with_bands(A, B), with_bands(A, BandPlan("B", 90))])
def test_the_default_rounds_have_nothing_wrong(plan):
    assert findings(plan) == []


@pytest.mark.parametrize(
    ("plan", "key", "stops"),
    [
        (with_criteria(), "no_criteria", True),
        (with_criteria(MOI._replace(informs_only=True)), "no_criteria", True),
        (with_criteria(MOI), "wrong_sum", True),
        (with_criteria(MOI, HIEU_QUA, scale=80), "wrong_sum", True),
        (with_criteria(MOI, HIEU_QUA._replace(informs_only=True)), "wrong_sum", True),
        (with_criteria(MOI._replace(minimum=41), HIEU_QUA), "wrong_minimum", True),
        (with_criteria(MOI._replace(note_above=41), HIEU_QUA), "wrong_minimum", True),
        (with_criteria(MOI._replace(levels=LEVELS[:1]), HIEU_QUA), "wrong_levels", True),
        (GOOD._replace(tie_break=("la",)), "unknown_tie_break", True),
        (
            with_criteria(MOI, HIEU_QUA, HIEU_QUA._replace(key="cam_nhan", informs_only=True))._replace(
                tie_break=("cam_nhan",)
            ),
            "unknown_tie_break",
            True,
        ),
        (variant(MOI, HIEU_QUA, scale=80), "other_scale", True),
        (variant(MOI, HIEU_QUA._replace(key="khac")), "other_tie_break", True),
        (variant(MOI._replace(max_points=50), HIEU_QUA._replace(max_points=50)), "other_tie_break", True),
        (GOOD._replace(pass_mark=101), "pass_mark_too_high", True),
        (with_bands(BandPlan("A", 101)), "band_too_high", True),
        (with_bands(A._replace(floors=(("moi", 41),))), "band_too_high", True),
        (with_bands(A._replace(floors=(("la", 1),))), "band_too_high", True),
        (with_bands(A, variants=(RubricPlan("Riêng", 100, (HIEU_QUA,)),)), "band_too_high", True),
        (with_bands(B, A), "band_hidden", False),
        (GOOD._replace(gives_awards=True), "prizes_after_few", False),
        (FINAL._replace(panel=3), "prizes_after_few", False),
        (GOOD._replace(cut_top=11), "small_cut", False),
        (GOOD._replace(prizes=4), "small_cut", False),
        (GOOD._replace(method=Method.TRIMMED), "robust_with_few", False),
        (FINAL._replace(panel=4), "robust_with_few", False),
        (GOOD._replace(sheets_per_idea=1), "adjusted_alone", False),
        (GOOD._replace(tie_break=()), "no_tie_break", False),
        (GOOD._replace(cut_top=None, pass_mark=None), "no_cut", False),
        (with_criteria(MOI._replace(levels=()), HIEU_QUA), "no_levels", False),
    ],
)
def test_each_fault_is_found_and_only_errors_stop_an_opening(app, plan, key, stops):
    found = {finding.key: finding for finding in findings(plan)}

    assert found[key].stops is stops
    assert "%" not in found[key].words


def test_every_check_of_the_table_has_a_row_above():
    mark = test_each_fault_is_found_and_only_errors_stop_an_opening.pytestmark[0]

    assert {row[1] for row in mark.args[1]} == {rule.key for rule in CHECKS}


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        (GOOD._replace(sheets_per_idea=4, gives_awards=True), "prizes_after_few"),
        (FINAL._replace(panel=0), "prizes_after_few"),  # nobody on the panel yet: nothing to warn of
        (GOOD._replace(cut_top=None), "small_cut"),
        (FINAL._replace(panel=5), "robust_with_few"),
    ],
)
def test_no_warning_at_the_limit(plan, key):
    assert key not in {finding.key for finding in findings(plan)}


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.randoms())
def test_levels_that_tile_the_points_are_in_order_and_any_shift_is_found(widths, random):
    levels, start = [], 0
    for width in widths:
        levels.append(LevelPlan(start, start + width - 1))
        start += width
    whole = CriterionPlan("moi", "Tính mới", start - 1 or 1, levels=tuple(levels))
    if start == 1:
        return  # one level of the single point 0
    random.shuffle(levels)

    assert gaps(whole._replace(levels=tuple(levels))) is None

    broken = random.choice(levels)
    others = tuple(level for level in levels if level != broken)
    assert gaps(whole._replace(levels=(*others, broken._replace(points_to=broken.points_to + 1)))) is not None


@pytest.mark.parametrize(
    ("stage", "allowed"),
    [
        (Stage.PLANNED, set(Part)),
        (Stage.OPEN, set(Part) - {Part.BLINDNESS}),
        (Stage.MARKED, set(Part) - {Part.BLINDNESS, Part.CRITERIA}),
        (Stage.LOCKED, set()),
    ],
)
def test_what_may_be_changed_at_each_stage(stage, allowed):
    assert {part for part in Part if stage in CHANGEABLE[part]} == allowed
    for part in set(Part) - allowed:
        with pytest.raises(WrongState):
            require_changeable({part}, stage)


@pytest.mark.parametrize(
    ("after", "parts"),
    [
        (RUBRIC, set()),
        (RUBRIC._replace(criteria=(MOI._replace(max_points=41), HIEU_QUA)), {Part.CRITERIA}),
        (RUBRIC._replace(criteria=(MOI,)), {Part.CRITERIA, Part.CUT, Part.WORDING}),
        (RUBRIC._replace(criteria=(MOI._replace(informs_only=True), HIEU_QUA)), {Part.CRITERIA}),
        (RUBRIC._replace(criteria=(MOI._replace(minimum=5), HIEU_QUA)), {Part.CUT}),
        (RUBRIC._replace(criteria=(MOI._replace(name="Mới"), HIEU_QUA)), {Part.WORDING}),
        (RUBRIC._replace(criteria=(MOI._replace(levels=()), HIEU_QUA)), {Part.WORDING}),
        (RUBRIC._replace(scale=80), {Part.CRITERIA}),
        (RUBRIC._replace(bands=(A,)), {Part.BANDS}),
    ],
)
def test_a_change_of_a_rubric_is_told_by_its_parts(after, parts):
    assert changed_parts(RUBRIC, after) == parts


def test_a_reason_must_say_something():
    with pytest.raises(Invalid):
        public_reason("Đổi cho hợp lý")
    assert public_reason("  Ban Tổ chức sửa lỗi chính tả  ") == "Ban Tổ chức sửa lỗi chính tả"
