"""A round and its rubric as they are planned: plain values that the checks and the rules of change read."""

from __future__ import annotations

from typing import NamedTuple

from app.campaigns.rules import Method

MOST_CRITERIA, MOST_LEVELS, MOST_BANDS = 12, 6, 6


class LevelPlan(NamedTuple):
    points_from: int
    points_to: int
    label: str = ""
    text: str = ""


class CriterionPlan(NamedTuple):
    """A criterion as it was typed; `key` names it in marks and tie-breaks, and stays when the name changes."""

    key: str
    name: str
    max_points: int
    question: str = ""
    minimum: int | None = None
    informs_only: bool = False
    note_below: int | None = None
    note_above: int | None = None
    levels: tuple[LevelPlan, ...] = ()


class BandPlan(NamedTuple):
    """A band as it was typed: the least score, and for some criteria, by key, the least mean."""

    name: str
    floor: int
    floors: tuple[tuple[str, int], ...] = ()


class RubricPlan(NamedTuple):
    name: str
    scale: int
    criteria: tuple[CriterionPlan, ...]
    variants: tuple[RubricPlan, ...] = ()
    bands: tuple[BandPlan, ...] = ()

    @property
    def scored(self) -> list[CriterionPlan]:
        return [criterion for criterion in self.criteria if not criterion.informs_only]

    @property
    def total(self) -> int:
        """Points of all criteria that count."""
        return sum(criterion.max_points for criterion in self.scored)


class RoundPlan(NamedTuple):
    """A round as planned; `panel`: judges so far; `prizes`: places that follow the ranking of the last round."""

    rubric: RubricPlan
    sheets_per_idea: int
    full_panel: bool
    panel: int
    method: Method
    tie_break: tuple[str, ...]
    cut_top: int | None
    pass_mark: int | None
    gives_awards: bool
    prizes: int
    most: int = 100  # points of the judges and the community together

    @property
    def sheets(self) -> int:
        """How many sheets an idea will have, as far as can be told; 0 for a full panel without judges yet."""
        return self.panel if self.full_panel else self.sheets_per_idea
