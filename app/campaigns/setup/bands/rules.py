"""What can be wrong with the bands of a rubric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.campaigns.setup.planned import RoundPlan


def too_high(plan: RoundPlan) -> Mapping[str, Any] | None:
    """A floor on a criterion that a rubric does not have, or has with fewer points, can never be met there."""
    for band in plan.rubric.bands:
        for rubric in (plan.rubric, *plan.rubric.variants):
            most = {criterion.key: criterion.max_points for criterion in rubric.scored}
            if band.floor > plan.most or any(least > most.get(key, -1) for key, least in band.floors):
                return {"band": band.name, "rubric": rubric.name}
    return None


def hidden(plan: RoundPlan) -> Mapping[str, Any] | None:
    """Whoever meets the floors of a later band meets those of an earlier one already."""
    bands = plan.rubric.bands
    for place, band in enumerate(bands):
        own = dict(band.floors)
        for earlier in bands[:place]:
            if earlier.floor <= band.floor and all(own.get(k, 0) >= least for k, least in earlier.floors):
                return {"band": band.name, "earlier": earlier.name}
    return None
