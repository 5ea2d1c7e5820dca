"""Everything that a locked round's sheets say, in one place: ranking, doubts, flags, drift, reliability.

Scores and ranks are exact; what is a float here is only ever read beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.db import db
from app.judging import queries
from app.judging.methods.drift import Drift, drift
from app.judging.methods.flags import (
    Disagreement,
    JudgeFlag,
    SheetFlag,
    disagreements,
    judge_flags,
    sheet_flags,
)
from app.judging.methods.ranking import RankingResult, rank
from app.judging.methods.uncertainty import Floats
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS

GOOD, FAIR = 0.8, 0.6  # of reliability


class Trust(StrEnum):
    """How well a reliability is spoken of."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


def trust(reliability: float | None) -> Trust | None:
    """tốt, khá, thấp; None where nothing can be said."""
    if reliability is None:
        return None
    return Trust.GOOD if reliability >= GOOD else Trust.FAIR if reliability >= FAIR else Trust.LOW


@dataclass(frozen=True, slots=True)
class Findings:
    """A locked round; ideas by entry id and judges by account id, both as text."""

    result: RankingResult
    raw: Mapping[str, Decimal]  # plain mean of each idea's sheets, two decimals
    disagreements: list[Disagreement]
    sheet_flags: list[SheetFlag]
    judge_flags: list[JudgeFlag]
    drift: Drift
    single_sheet: float | None  # reliability of one sheet
    scores: Floats  # of the ranked ideas, in their order

    def flags_of(self, judge: str) -> list[JudgeFlag]:
        return [flag for flag in self.judge_flags if flag.judge == judge]

    def alike(self, idea: str) -> list[str]:
        """Ranked ideas that the sheets cannot tell apart from this one."""
        if self.result.precision is None:
            return []
        ideas = [row.idea for row in self.result.rows]
        found = self.result.precision.alike(self.scores, ideas.index(idea))
        return [ideas[other] for other in found]

    @property
    def discussion(self) -> Collection[str]:
        """«Vùng cần thảo luận»: the cut lies inside the rank interval."""
        return set(self.result.advance.discussion)


def findings_of(round_: Round) -> Findings:
    """From the sheets that count now, exactly as a ranking would be. Six queries."""
    result = rank(queries.ranking_input(round_))
    totals, estimate = result.totals, result.estimate
    council = np.array([float(row.council) for row in result.rows])
    return Findings(
        result=result,
        raw={
            idea: totals.points_of(Fraction(sum(total for _, total in row), len(row)))
            for idea, row in zip(totals.ideas, totals.sheets, strict=True)
        },
        disagreements=disagreements(totals, estimate),
        sheet_flags=sheet_flags(totals, estimate),
        judge_flags=judge_flags(totals, estimate),
        drift=drift(totals, estimate, _as_scored(round_)),
        single_sheet=result.precision.single_sheet(council) if result.precision else None,
        scores=np.array([float(row.score) for row in result.rows]),
    )


class OwnFindings(NamedTuple):
    """What a judge reads of themselves once the round is locked, and the totals of a live final are open."""

    leniency: Decimal  # points, + lenient, − harsh
    flags: list[JudgeFlag]
    sheets: int  # that counted


def own_findings(round_: Round, judge_id: int) -> OwnFindings | None:
    """Severity and flags of one judge; None before that, or without a counted sheet."""
    if not round_.has_open_figures:
        return None
    result = rank(queries.ranking_input(round_))
    judge = str(judge_id)
    if judge not in result.leniency:
        return None
    return OwnFindings(
        leniency=result.leniency[judge],
        flags=[flag for flag in judge_flags(result.totals, result.estimate) if flag.judge == judge],
        sheets=sum(result.totals.judges[place] == judge for row in result.totals.sheets for place, _ in row),
    )


def _as_scored(round_: Round) -> dict[str, list[str]]:
    """Each judge's entries in the order in which their sheets were submitted."""
    order: dict[str, list[str]] = {}
    for judge_id, entry_id in db.session.execute(
        sa.select(ScoreSheet.judge_id, ScoreSheet.entry_id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state == COUNTS)
        .order_by(ScoreSheet.submitted_at, ScoreSheet.position)
    ):
        order.setdefault(str(judge_id), []).append(str(entry_id))
    return order
