"""Rows of the council's pages: findings under codes and titles, cases in order, sheets side by side."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, Rubric
from app.core.db import db
from app.core.pagination import Page
from app.ideas.consent import GONE
from app.ideas.models import Version
from app.judging.codes import UNKNOWN, codes_of
from app.judging.codes import in_order as by_code
from app.judging.findings import Findings
from app.judging.methods.drift import Third
from app.judging.methods.flags import JudgeFlag
from app.judging.models import Entry
from app.results.council import queries
from app.results.council.models import CaseEntry, Council, CouncilCase
from app.results.council.queries import SheetLine, Sides
from app.results.council.rules import CaseKind

RANKS_PER_PAGE = 50
MOST_FLAGS = 50  # of one kind on a page: with more, the round itself is in question


class Names(NamedTuple):
    """What findings are called on a page: entries and judges by the text of their ids."""

    entries: dict[str, tuple[str, str]]  # judging code, title
    judges: dict[str, tuple[str, str]]  # code, name; who left the panel too

    def code(self, judge: str) -> str:
        return self.judges[judge][0] if judge in self.judges else UNKNOWN

    def person(self, judge: str) -> str:
        return self.judges[judge][1] if judge in self.judges else ""


class RankRow(NamedTuple):
    rank: int
    code: str
    title: str
    raw: Decimal
    score: Decimal
    sheets: int
    low: Decimal
    high: Decimal
    interval: tuple[int, int] | None  # None: it would tell where a hidden idea stands
    alike: list[str]  # judging codes that the sheets cannot tell apart from it
    in_zone: bool
    scattered: bool
    through: bool


class ScatteredRow(NamedTuple):
    judging_code: str
    title: str
    spread: float
    limit: float


class OddSheetRow(NamedTuple):
    judging_code: str
    title: str
    code: str
    person: str
    residual: float


class JudgeRow(NamedTuple):
    code: str
    person: str
    leniency: Decimal
    flags: list[JudgeFlag]
    thirds: tuple[Third, ...] | None


def names_of(round_: Round) -> Names:
    """Four queries."""
    rows = db.session.execute(
        sa.select(Entry.id, Entry.judging_code, Version.title)
        .join(Version, Entry.version_id == Version.id)
        .where(Entry.round_id == round_.id)
    )
    codes = codes_of(round_)
    people = db.session.execute(sa.select(User.id, User.full_name).where(User.id.in_(codes)))
    return Names(
        {str(entry_id): (code, title) for entry_id, code, title in rows},
        {str(judge_id): (codes[judge_id], name or GONE) for judge_id, name in people},
    )


def rank_rows(
    found: Findings, names: Names, number: int = 1, *, hidden: Collection[str] = ()
) -> Page[RankRow]:
    """Ranked ideas, best first, without those that the reader has a relation to.

    Where one is hidden, ranks are counted among the others, and the cut is not drawn: a gap would tell its rank.
    """
    shown = [row for row in found.result.rows if row.idea not in hidden]
    first = (number - 1) * RANKS_PER_PAGE
    scattered = {row.idea for row in found.disagreements}
    through = set(found.result.advance.through)
    items = [
        RankRow(
            rank=1 + sum(other.rank < row.rank for other in shown) if hidden else row.rank,
            code=names.entries[row.idea][0],
            title=names.entries[row.idea][1],
            raw=found.raw[row.idea],
            score=row.score,
            sheets=row.sheets,
            low=row.low,
            high=row.high,
            interval=None if hidden else row.interval,
            alike=[names.entries[other][0] for other in found.alike(row.idea) if other not in hidden],
            in_zone=row.idea in found.discussion,
            scattered=row.idea in scattered,
            through=row.idea in through and not hidden,
        )
        for row in shown[first : first + RANKS_PER_PAGE]
    ]
    return Page(items, number, RANKS_PER_PAGE, len(shown))


def disagreement_rows(found: Findings, names: Names, *, hidden: Collection[str] = ()) -> list[ScatteredRow]:
    """The widest first."""
    return [
        ScatteredRow(*names.entries[row.idea], row.spread, row.limit)
        for row in [row for row in found.disagreements if row.idea not in hidden][:MOST_FLAGS]
    ]


def sheet_rows(found: Findings, names: Names, *, hidden: Collection[str] = ()) -> list[OddSheetRow]:
    """Sheets to look at again, the furthest first."""
    return [
        OddSheetRow(
            *names.entries[flag.idea], names.code(flag.judge), names.person(flag.judge), flag.residual
        )
        for flag in [flag for flag in found.sheet_flags if flag.idea not in hidden][:MOST_FLAGS]
    ]


def judge_rows(found: Findings, names: Names) -> list[JudgeRow]:
    """Every judge with a counted sheet, the harshest first."""
    rows = [
        JudgeRow(
            code=names.code(judge),
            person=names.person(judge),
            leniency=leniency,
            flags=found.flags_of(judge),
            thirds=found.drift.judges.get(judge),
        )
        for judge, leniency in found.result.leniency.items()
    ]
    return sorted(rows, key=lambda row: (row.leniency, *by_code(row.code)))


def in_order(council: Council) -> list[CouncilCase]:
    """Disagreements first, then ties, then the zone around the cut."""
    kinds = list(CaseKind)
    return sorted(council.cases, key=lambda case: (kinds.index(case.kind), case.position))


def sides(case: CouncilCase, reader_id: int, *, sees_all: bool, related: Collection[int]) -> list[Sides]:
    """The ideas of a case with their sheets, without those of the ideas that the reader is `related` to.

    Who does not lead the council reads marks only of ideas that they have scored; comments they read of all.
    """
    sheets = queries.sheets_of([line.entry_id for line in case.entries])
    rubric = case.council.round.rubric
    return [
        _side(
            line,
            rubric.of_topic(line.entry.idea_version.topic_id),
            [] if line.entry_id in related else sheets[line.entry_id],
            shows_marks=sees_all or any(sheet.judge_id == reader_id for sheet in sheets[line.entry_id]),
        )
        for line in case.entries
    ]


def _side(line: CaseEntry, rubric: Rubric, sheets: list[SheetLine], *, shows_marks: bool) -> Sides:
    """By the idea's own rubric; what only informs stands beside the total, not in it."""
    counted = {criterion.key for criterion in rubric.criteria if not criterion.informs_only}
    return Sides(
        entry_id=line.entry_id,
        judging_code=line.entry.judging_code,
        title=line.entry.idea_version.title,
        criteria=rubric.criteria,
        sheets=[
            sheet._replace(total=sum(points for key, points in sheet.points.items() if key in counted))
            for sheet in sheets
        ],
        shows_marks=shows_marks,
        votes=line.votes,
        outcome=line.outcome,
    )
