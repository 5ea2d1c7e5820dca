"""What the council should look at again. A flag asks; it removes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from app.judging.methods.severity import Estimate
from app.judging.methods.totals import Totals

# the range of n equally good sheets stays under this many standard errors 19 times in 20 (studentised range)
RANGE = {
    2: 2.77,
    3: 3.31,
    4: 3.63,
    5: 3.86,
    6: 4.03,
    7: 4.17,
    8: 4.29,
    9: 4.39,
    10: 4.47,
    12: 4.62,
    15: 4.80,
    20: 5.01,
}
PLAIN_RANGE = 25.0  # points: where the sheets are too few to know their error

SHEET_Z, SHEET_POINTS = 2.5, 10.0
JUDGE_POINTS = 10.0
ERRATIC, ERRATIC_SHEETS = 1.5, 8
SAME_SHEETS = 3


class JudgeFlagKind(StrEnum):
    LENIENT = "lenient"
    HARSH = "harsh"
    ERRATIC = "erratic"  # "thất thường"
    ALL_EQUAL = "all_equal"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An idea whose sheets lie further apart than chance explains, leniency taken out."""

    idea: str
    spread: float
    limit: float


@dataclass(frozen=True, slots=True)
class SheetFlag:
    """A sheet far from the others of its idea: "xem lại"."""

    idea: str
    judge: str
    residual: float


@dataclass(frozen=True, slots=True)
class JudgeFlag:
    """For the chair and that judge only."""

    judge: str
    kind: JudgeFlagKind
    value: float


def disagreements(totals: Totals, found: Estimate) -> list[Disagreement]:
    """Ideas to talk about, widest spread first."""
    error = None if found.error_variance is None else sqrt(found.error_variance)
    rows: list[Disagreement] = []
    for idea, row in corrected(totals, found).items():
        if len(row) < 2:
            continue
        spread = max(row.values()) - min(row.values())
        limit = PLAIN_RANGE if error is None else _range(len(row)) * error
        if spread > limit:
            rows.append(Disagreement(idea, spread, limit))
    return sorted(rows, key=lambda row: (-row.spread, row.idea))


def sheet_flags(totals: Totals, found: Estimate) -> list[SheetFlag]:
    """Sheets to look at again, furthest first."""
    judged = _residuals(totals, found)
    flags = [
        SheetFlag(idea, totals.judges[judge], residual)
        for judge, rows in judged.items()
        for idea, residual, standard in rows
        if abs(standard) >= SHEET_Z and abs(residual) >= SHEET_POINTS
    ]
    return sorted(flags, key=lambda flag: (-abs(flag.residual), flag.idea, flag.judge))


def judge_flags(totals: Totals, found: Estimate) -> list[JudgeFlag]:
    """Judges to talk with, by judge."""
    judged = _residuals(totals, found)
    given: dict[int, list[int]] = {}
    for row in totals.sheets:
        for judge, total in row:
            given.setdefault(judge, []).append(total)
    flags: list[JudgeFlag] = []
    for judge, name in enumerate(totals.judges):
        leniency = float(found.leniency[judge])
        if abs(leniency) >= JUDGE_POINTS:
            kind = JudgeFlagKind.LENIENT if leniency > 0 else JudgeFlagKind.HARSH
            flags.append(JudgeFlag(name, kind, leniency))
        rows = judged.get(judge, [])
        if len(rows) >= ERRATIC_SHEETS:
            mean = sum(standard**2 for _, _, standard in rows) / len(rows)
            if mean > ERRATIC:
                flags.append(JudgeFlag(name, JudgeFlagKind.ERRATIC, mean))
        if len(given[judge]) >= SAME_SHEETS and len(set(given[judge])) == 1:
            flags.append(JudgeFlag(name, JudgeFlagKind.ALL_EQUAL, given[judge][0] / totals.unit))
    return flags


def corrected(totals: Totals, found: Estimate) -> dict[str, Mapping[int, float]]:
    """Each idea's sheets by the judge's place in `totals`, in points, leniency taken out."""
    leniency = [float(value) for value in found.leniency]
    return {
        idea: {judge: total / totals.unit - leniency[judge] for judge, total in row}
        for idea, row in zip(totals.ideas, totals.sheets, strict=True)
    }


def _residuals(totals: Totals, found: Estimate) -> dict[int, list[tuple[str, float, float]]]:
    """For each judge the sheets that can be compared: idea, residual in points, the same in standard errors."""
    if not found.error_variance:
        return {}
    error = float(found.error_variance)
    packs = totals.packs
    load = [0] * len(totals.judges)
    for pack in packs:
        for judge in pack:
            load[judge] += 1
    rows: dict[int, list[tuple[str, float, float]]] = {}
    for idea, sheets in corrected(totals, found).items():
        if len(sheets) < 2:
            continue
        mean = sum(sheets.values()) / len(sheets)
        for judge, value in sheets.items():
            if load[judge] > 1:
                variance = error * (1 - 1 / len(sheets)) * (1 - 1 / load[judge])
                rows.setdefault(judge, []).append((idea, value - mean, (value - mean) / sqrt(variance)))
    return rows


def _range(sheets: int) -> float:
    return RANGE[max(size for size in RANGE if size <= sheets)]
