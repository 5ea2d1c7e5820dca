"""Rows of rubrics and rounds as the pure rules take them."""

from __future__ import annotations

from app.campaigns.models import Band, Criterion, Round, Rubric
from app.campaigns.setup.planned import BandPlan, CriterionPlan, LevelPlan, RoundPlan, RubricPlan


def criterion_plan(criterion: Criterion) -> CriterionPlan:
    return CriterionPlan(
        key=criterion.key,
        name=criterion.name,
        max_points=criterion.max_points,
        question=criterion.question,
        minimum=criterion.minimum,
        informs_only=criterion.informs_only,
        note_below=criterion.note_below,
        note_above=criterion.note_above,
        levels=tuple(
            LevelPlan(level.points_from, level.points_to, level.label, level.text)
            for level in sorted(criterion.levels, key=lambda level: level.points_from)
        ),
    )


def band_plan(band: Band) -> BandPlan:
    return BandPlan(band.name, band.floor, tuple(sorted(band.floors.items())))


def rubric_plan(rubric: Rubric) -> RubricPlan:
    """With its variants."""
    return RubricPlan(
        name=rubric.name,
        scale=rubric.scale,
        criteria=tuple(map(criterion_plan, rubric.criteria)),
        # a variant has none, and need not be asked
        variants=() if rubric.variant_of_id else tuple(map(rubric_plan, rubric.variants)),
        bands=() if rubric.variant_of_id else tuple(map(band_plan, rubric.bands)),
    )


def round_plan(round_: Round, *, panel: int = 0) -> RoundPlan:
    """`panel`: how many judges sit in it, which judging knows."""
    rubric = round_.rubric
    return RoundPlan(
        rubric=rubric_plan(rubric),
        sheets_per_idea=round_.sheets_per_idea,
        full_panel=round_.full_panel,
        panel=panel,
        method=round_.method,
        tie_break=tuple(round_.tie_break),
        cut_top=round_.cut_top,
        pass_mark=round_.pass_mark,
        gives_awards=round_.gives_awards,
        prizes=sum(prize.count for prize in round_.campaign.prizes if not prize.rule),
        most=rubric.scale + rubric.community_points,
    )
