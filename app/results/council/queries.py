"""Reads of the council: its session and cases, sheets side by side, votes as counts."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Criterion, Prize, Round
from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.pagination import Page, page
from app.ideas.consent import GONE
from app.ideas.models import Version
from app.judging.codes import codes_in, in_order
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet, Secretary
from app.judging.rules import COUNTS
from app.results.council.models import CaseEntry, Council, CouncilCase, SheetRevision
from app.results.council.rules import CaseKind, CouncilState, VoteOutcome


class Member(NamedTuple):
    """A seat on the panel."""

    judge_id: int
    code: str
    full_name: str
    is_chair: bool
    is_secretary: bool


class SheetLine(NamedTuple):
    """One counted sheet of an idea, under its judge's code."""

    public_id: str
    judge_id: int
    code: str
    person: str  # for chair and secretary
    points: dict[str, int]  # hundredths by criterion key
    total: int
    comment: str
    before: dict[str, int] | None  # what stood there before it was amended
    reason: str


class Sides(NamedTuple):
    """One idea of a case, its sheets side by side."""

    entry_id: int
    judging_code: str
    title: str
    criteria: list[Criterion]  # of the rubric that it was judged by
    sheets: list[SheetLine]
    shows_marks: bool  # a judge reads others' marks on ideas that they scored themselves
    votes: int = 0
    outcome: VoteOutcome | None = None


class AmendedLine(NamedTuple):
    """That a sheet was amended, and why; not what was on it."""

    code: str
    judging_code: str
    reason: str


def council_of(round_id: int, *, anew: bool = False) -> Council | None:
    """The session of a round with everything in it; `anew`: as it stands now, over what was read before.

    Five queries whatever the size.
    """
    cases = selectinload(Council.cases)
    return db.session.scalars(
        sa.select(Council)
        .where(Council.round_id == round_id)
        .options(
            joinedload(Council.round).joinedload(Round.campaign),
            selectinload(Council.attendances),
            cases.selectinload(CouncilCase.entries)
            .joinedload(CaseEntry.entry)
            .options(joinedload(Entry.idea), joinedload(Entry.idea_version)),
            cases.selectinload(CouncilCase.voters),
        )
        .execution_options(populate_existing=anew)
    ).first()


def members_of(round_id: int) -> list[Member]:
    """The panel, the chair first."""
    rows = db.session.execute(
        sa.select(
            PanelMember.judge_id,
            PanelMember.code,
            User.full_name,
            PanelMember.is_chair,
            PanelMember.is_secretary,
        )
        .join(User, PanelMember.judge_id == User.id)
        .where(PanelMember.round_id == round_id)
        .order_by(PanelMember.is_chair.desc(), PanelMember.is_secretary.desc(), PanelMember.id)
    )
    return [Member(id_, code, name or GONE, *seats) for id_, code, name, *seats in rows]


def sheets_of(entry_ids: Collection[int]) -> dict[int, list[SheetLine]]:
    """Counted sheets of these entries by judge's code. Four queries."""
    points: dict[int, dict[str, int]] = {}
    for sheet_id, key, hundredths in db.session.execute(
        sa.select(Mark.sheet_id, Criterion.key, Mark.hundredths)
        .join(ScoreSheet, Mark.sheet_id == ScoreSheet.id)
        .join(Criterion, Mark.criterion_id == Criterion.id)
        .where(ScoreSheet.entry_id.in_(entry_ids), ScoreSheet.state == COUNTS)
    ):
        points.setdefault(sheet_id, {})[key] = hundredths or 0
    rows = db.session.execute(
        sa.select(ScoreSheet, Entry.round_id, User.full_name, SheetRevision)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(User, ScoreSheet.judge_id == User.id)
        .outerjoin(SheetRevision, SheetRevision.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.entry_id.in_(entry_ids), ScoreSheet.state == COUNTS)
    ).all()
    codes = codes_in({row[1] for row in rows})
    found: dict[int, list[SheetLine]] = {entry_id: [] for entry_id in entry_ids}
    for sheet, round_id, name, revision in rows:
        own = points.get(sheet.id, {})
        found[sheet.entry_id].append(
            SheetLine(
                public_id=sheet.public_id,
                judge_id=sheet.judge_id,
                code=codes[round_id, sheet.judge_id],
                person=name or GONE,
                points=own,
                total=sum(own.values()),
                comment=sheet.comment,
                before=revision.marks if revision else None,
                reason=revision.reason if revision else "",
            )
        )
    return {entry: sorted(lines, key=lambda line: in_order(line.code)) for entry, lines in found.items()}


class TableRow(NamedTuple):
    """A round in whose council somebody has a seat, and what they are there."""

    round_id: int
    round_name: str
    campaign_name: str
    round_state: RoundState
    council_state: CouncilState | None
    is_chair: bool
    is_secretary: bool


def tables_of(person_id: int, number: int = 1) -> Page[TableRow]:
    """Rounds that somebody judges, chairs or keeps the papers of, the newest first. Two queries."""
    return page(
        sa.select(
            Round.id,
            Round.name,
            Campaign.name,
            Round.state,
            Council.state,
            sa.func.coalesce(PanelMember.is_chair, sa.false()),
            sa.or_(sa.func.coalesce(PanelMember.is_secretary, sa.false()), Secretary.id.is_not(None)),
        )
        .join(Campaign, Round.campaign_id == Campaign.id)
        .outerjoin(PanelMember, sa.and_(PanelMember.round_id == Round.id, PanelMember.judge_id == person_id))
        .outerjoin(Secretary, sa.and_(Secretary.round_id == Round.id, Secretary.person_id == person_id))
        .outerjoin(Council, Council.round_id == Round.id)
        .where(sa.or_(PanelMember.id.is_not(None), Secretary.id.is_not(None)))
        .order_by(Round.starts_at.desc(), Round.id.desc()),
        TableRow,
        number,
    )


class Summary(NamedTuple):
    """What other pages say of a session."""

    state: CouncilState
    amended: int


class OwnSheet(NamedTuple):
    """A judge's own counted sheet, and whether it was amended already."""

    public_id: str
    judging_code: str
    title: str
    amended: bool


def own_sheets(judge_id: int, round_id: int) -> list[OwnSheet]:
    """One query."""
    rows = db.session.execute(
        sa.select(ScoreSheet.public_id, Entry.judging_code, Version.title, SheetRevision.id.is_not(None))
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Version, Entry.version_id == Version.id)
        .outerjoin(SheetRevision, SheetRevision.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.judge_id == judge_id, Entry.round_id == round_id, ScoreSheet.state == COUNTS)
        .order_by(ScoreSheet.position)
    )
    return [OwnSheet(*row) for row in rows]


def amended_of(round_id: int) -> list[AmendedLine]:
    """Which sheets the council's members amended, whoever left the panel since among them. Three queries."""
    rows = db.session.execute(
        sa.select(ScoreSheet.judge_id, Entry.judging_code, SheetRevision.reason)
        .join(ScoreSheet, SheetRevision.sheet_id == ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_id)
        .order_by(SheetRevision.id)
    ).all()
    codes = codes_in({round_id})
    return [AmendedLine(codes[round_id, judge_id], code, reason) for judge_id, code, reason in rows]


def summary_of(round_id: int) -> Summary | None:
    """Whether a council sat on a round, and how many sheets were amended in it. One query."""
    amended = sa.select(sa.func.count()).where(SheetRevision.council_id == Council.id).scalar_subquery()
    row = db.session.execute(sa.select(Council.state, amended).where(Council.round_id == round_id)).first()
    return Summary(*row) if row else None


def revision_of(sheet: ScoreSheet) -> SheetRevision | None:
    return db.session.scalars(sa.select(SheetRevision).where(SheetRevision.sheet_id == sheet.id)).first()


def prize_votes(round_id: int) -> list[dict[int, VoteOutcome]]:
    """Outcome by entry of each tie on a prize that was settled, in their order."""
    return list(_votes(round_id, CaseKind.PRIZE_TIE).values())


def voted_on(round_id: int) -> set[int] | None:
    """Ideas that a closed vote sends on at the cut; None where the council did not vote on it."""
    votes = _votes(round_id, CaseKind.CUT_TIE)
    if not votes:
        return None
    entries = [
        entry
        for vote in votes.values()
        for entry, outcome in vote.items()
        if outcome in {VoteOutcome.CHOSEN, VoteOutcome.SHARED}
    ]
    return set(db.session.scalars(sa.select(Entry.idea_id).where(Entry.id.in_(entries))))


def _votes(round_id: int, kind: CaseKind) -> dict[int, dict[int, VoteOutcome]]:
    rows = db.session.execute(
        sa.select(CouncilCase.id, CaseEntry.entry_id, CaseEntry.outcome)
        .join(CaseEntry, CaseEntry.case_id == CouncilCase.id)
        .join(Council, CouncilCase.council_id == Council.id)
        .where(Council.round_id == round_id, CouncilCase.kind == kind, CaseEntry.outcome.is_not(None))
        .order_by(
            sa.func.coalesce(CouncilCase.vote_closed_at, CouncilCase.decided_at), CouncilCase.id, CaseEntry.id
        )
    )
    found: dict[int, dict[int, VoteOutcome]] = {}
    for case_id, entry_id, outcome in rows:
        if outcome is not None:
            found.setdefault(case_id, {})[entry_id] = outcome
    return found


def prize_names(round_: Round) -> dict[int, str]:
    return dict(
        db.session.execute(
            sa.select(Prize.id, Prize.name).where(Prize.campaign_id == round_.campaign_id)
        ).all()
    )
