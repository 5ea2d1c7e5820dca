"""Rows of the council's pages: findings under codes and titles, cases in order, sheets side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, Rubric
from app.core.db import db
from app.core.pagination import Page, page_of
from app.ideas.consent import GONE
from app.ideas.models import Version
from app.judging.codes import UNKNOWN, codes_of
from app.judging.codes import in_order as by_code
from app.judging.findings import Findings
from app.judging.methods.drift import Third
from app.judging.methods.flags import Disagreement, JudgeFlag, SheetFlag
from app.judging.methods.standing import Standing
from app.judging.models import Entry
from app.results.council import queries
from app.results.council.models import Council, CouncilCase
from app.results.council.queries import SheetLine, Sides
from app.results.council.rules import CaseKind

Flag = TypeVar("Flag", Disagreement, SheetFlag)

RANKS_PER_PAGE = 50
ALIKE_SHOWN = 5
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
    alike: list[str]  # judging codes that the sheets cannot tell apart from it: the first of them
    alike_more: int
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


def spoken_of(found: Findings, number: int, hidden: Collection[str]) -> set[str]:
    """Entries that a page of findings names: those of its table and their likes, what is flagged or hidden."""
    ranked = [row.idea for row in _shown(found, number, hidden).items]
    likes = [other for idea in ranked for other in _alike(found, idea, hidden)[:ALIKE_SHOWN]]
    scattered = [row.idea for row in _seen(found.disagreements, hidden)]
    odd = [flag.idea for flag in _seen(found.sheet_flags, hidden)]
    return {*ranked, *likes, *scattered, *odd, *hidden}


def names_of(round_: Round, entries: Collection[str]) -> Names:
    """Of these entries, and of everybody who ever sat on the panel. Four queries."""
    rows = db.session.execute(
        sa.select(Entry.id, Entry.judging_code, Version.title)
        .join(Version, Entry.version_id == Version.id)
        .where(Entry.round_id == round_.id, Entry.id.in_(map(int, entries)))
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
    page = _shown(found, number, hidden)
    ranks = [row.rank for row in found.result.rows if row.idea not in hidden]
    scattered = {row.idea for row in found.disagreements}
    through = set(found.result.advance.through)
    items = [
        RankRow(
            rank=1 + sum(rank < row.rank for rank in ranks) if hidden else row.rank,
            code=names.entries[row.idea][0],
            title=names.entries[row.idea][1],
            raw=found.raw[row.idea],
            score=row.score,
            sheets=row.sheets,
            low=row.low,
            high=row.high,
            interval=None if hidden else row.interval,
            alike=[names.entries[other][0] for other in alike[:ALIKE_SHOWN]],
            alike_more=max(0, len(alike) - ALIKE_SHOWN),
            in_zone=row.idea in found.discussion,
            scattered=row.idea in scattered,
            through=row.idea in through and not hidden,
        )
        for row, alike in ((row, _alike(found, row.idea, hidden)) for row in page.items)
    ]
    return Page(items, page.number, page.per_page, page.total)


def _shown(found: Findings, number: int, hidden: Collection[str]) -> Page[Standing]:
    return page_of([row for row in found.result.rows if row.idea not in hidden], number, RANKS_PER_PAGE)


def _alike(found: Findings, idea: str, hidden: Collection[str]) -> list[str]:
    return [other for other in found.alike(idea) if other not in hidden]


def _seen(flags: Sequence[Flag], hidden: Collection[str]) -> list[Flag]:
    """The first of them that the reader may see."""
    return [flag for flag in flags if flag.idea not in hidden][:MOST_FLAGS]


def disagreement_rows(found: Findings, names: Names, *, hidden: Collection[str] = ()) -> list[ScatteredRow]:
    """The widest first."""
    return [
        ScatteredRow(*names.entries[row.idea], row.spread, row.limit)
        for row in _seen(found.disagreements, hidden)
    ]


def sheet_rows(found: Findings, names: Names, *, hidden: Collection[str] = ()) -> list[OddSheetRow]:
    """Sheets to look at again, the furthest first."""
    return [
        OddSheetRow(
            *names.entries[flag.idea], names.code(flag.judge), names.person(flag.judge), flag.residual
        )
        for flag in _seen(found.sheet_flags, hidden)
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
            line.entry,
            rubric.of_topic(line.entry.idea_version.topic_id),
            [] if line.entry_id in related else sheets[line.entry_id],
            shows_marks=sees_all or any(sheet.judge_id == reader_id for sheet in sheets[line.entry_id]),
        )._replace(votes=line.votes, outcome=line.outcome)
        for line in case.entries
    ]


def side_of(entry: Entry) -> Sides:
    """One idea with all its counted sheets. Four queries."""
    rubric = entry.round.rubric.of_topic(entry.idea_version.topic_id)
    return _side(entry, rubric, queries.sheets_of([entry.id])[entry.id], shows_marks=True)


def _side(entry: Entry, rubric: Rubric, sheets: list[SheetLine], *, shows_marks: bool) -> Sides:
    """By the idea's own rubric; what only informs stands beside the total, not in it."""
    counted = {criterion.key for criterion in rubric.criteria if not criterion.informs_only}
    return Sides(
        entry_id=entry.id,
        judging_code=entry.judging_code,
        title=entry.idea_version.title,
        criteria=rubric.criteria,
        sheets=[
            sheet._replace(total=sum(points for key, points in sheet.points.items() if key in counted))
            for sheet in sheets
        ],
        shows_marks=shows_marks,
    )
