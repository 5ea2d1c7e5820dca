"""Reads: what rankings are computed from, a judge's work, a round's progress. Nobody's marks but one's own."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Unit, User
from app.campaigns.models import Campaign, Criterion, Round, Rubric, Topic
from app.core.db import db
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging import scoring
from app.judging.models import Conflict, Entry, Mark, PanelMember, ScoreSheet
from app.judging.plan import HOLDING
from app.judging.ranking import Candidate, IdeaStatus, RankingInput, Sheet
from app.judging.rules import COUNTS, SheetState
from app.judging.scoring import least_sheets


class RoundRow(NamedTuple):
    id: int
    name: str
    campaign_name: str
    state: str
    starts_at: object
    ends_at: object
    entries: int
    sheets: int
    submitted: int


class JudgeProgress(NamedTuple):
    """How far a judge is: counts, never marks."""

    judge_id: int
    member_id: int
    full_name: str
    unit_name: str | None
    code: str
    is_chair: bool
    max_sheets: int | None
    confirmed: bool
    sheets: int
    submitted: int
    started: int


class SheetRow(NamedTuple):
    """One cell of a judge's own progress."""

    public_id: str
    judging_code: str
    title: str
    topic_slug: str
    topic_name: str
    position: int
    state: SheetState
    marks: int
    total: int | None  # hundredths, when anything is marked


def rubric_of(rubric: Rubric) -> scoring.Rubric:
    """A rubric as the scoring functions take it."""
    return scoring.Rubric(
        criteria=tuple(
            scoring.Criterion(id=c.key, max_points=c.max_points, minimum=c.minimum) for c in rubric.criteria
        ),
        scale=rubric.scale,
    )


def ranking_input(round_: Round) -> RankingInput:
    """Everything a ranking follows from, by entry id and judge's code. Only submitted sheets. Four queries."""
    entries = db.session.execute(
        sa.select(Entry.id, Entry.is_active, Entry.community_votes).where(Entry.round_id == round_.id)
    ).all()
    marks: dict[int, dict[str, int]] = {}
    for sheet_id, key, hundredths in db.session.execute(
        sa.select(Mark.sheet_id, Criterion.key, Mark.hundredths)
        .join(ScoreSheet, Mark.sheet_id == ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Criterion, Mark.criterion_id == Criterion.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state == COUNTS)
    ):
        marks.setdefault(sheet_id, {})[key] = hundredths
    sheets = db.session.execute(
        sa.select(ScoreSheet.id, ScoreSheet.entry_id, ScoreSheet.judge_id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state == COUNTS)
        .order_by(ScoreSheet.id)
    ).all()
    return RankingInput(
        rubric=rubric_of(round_.rubric),
        ideas=[
            Candidate(str(row.id), IdeaStatus.ACTIVE if row.is_active else IdeaStatus.WITHDRAWN) for row in entries
        ],
        sheets=[Sheet(str(row.entry_id), str(row.judge_id), marks.get(row.id, {})) for row in sheets],
        method=scoring.Method(round_.method.value),
        tie_break=tuple(round_.rubric.tie_break),
        min_sheets=least_sheets(round_.sheets_per_idea),
        deviation=round_.deviation,
        community={str(row.id): row.community_votes for row in entries},
        community_points=round_.rubric.community_points,
        top=round_.cut_top,
        threshold=round_.pass_mark,
    )


def rounds() -> list[RoundRow]:
    """Every round with its progress, newest campaign first. One query."""
    entries = sa.select(sa.func.count()).where(Entry.round_id == Round.id).scalar_subquery()
    held = (
        sa.select(sa.func.count())
        .select_from(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == Round.id)
    )
    rows = db.session.execute(
        sa.select(
            Round.id,
            Round.name,
            Campaign.name,
            Round.state,
            Round.starts_at,
            Round.ends_at,
            entries,
            held.where(ScoreSheet.state.in_(HOLDING)).scalar_subquery(),
            held.where(ScoreSheet.state == COUNTS).scalar_subquery(),
        )
        .join(Campaign, Round.campaign_id == Campaign.id)
        .order_by(Campaign.opens_at.desc(), Round.position)
    )
    return [RoundRow(*row) for row in rows]


def round_by_id(round_id: int) -> Round | None:
    """A round with its campaign, rubric, criteria and levels."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.id == round_id)
        .options(
            joinedload(Round.campaign),
            joinedload(Round.rubric).selectinload(Rubric.criteria).selectinload(Criterion.levels),
        )
    ).first()


def panel_of(round_: Round) -> list[JudgeProgress]:
    """The panel with each judge's progress. One query."""
    def count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .select_from(ScoreSheet)
            .join(Entry, ScoreSheet.entry_id == Entry.id)
            .where(Entry.round_id == round_.id, ScoreSheet.judge_id == PanelMember.judge_id, *conditions)
            .scalar_subquery()
        )

    started = sa.exists().where(Mark.sheet_id == ScoreSheet.id)
    rows = db.session.execute(
        sa.select(
            PanelMember.judge_id,
            PanelMember.id,
            User.full_name,
            Unit.short_name,
            PanelMember.code,
            PanelMember.is_chair,
            PanelMember.max_sheets,
            PanelMember.confirmed_at.is_not(None),
            count(ScoreSheet.state.in_(HOLDING)),
            count(ScoreSheet.state == COUNTS),
            count(ScoreSheet.state.in_(HOLDING), ScoreSheet.state != COUNTS, started),
        )
        .join(User, PanelMember.judge_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(PanelMember.round_id == round_.id)
        .order_by(PanelMember.is_chair.desc(), User.full_name)
    )
    return [JudgeProgress(*row) for row in rows]


def my_rounds(judge: User) -> list[tuple[PanelMember, Round]]:
    """The rounds that a judge sits in, open ones first."""
    rows = db.session.execute(
        sa.select(PanelMember, Round)
        .join(Round, PanelMember.round_id == Round.id)
        .where(PanelMember.judge_id == judge.id)
        .order_by((Round.state == "open").desc(), Round.starts_at.desc())
        .options(joinedload(Round.campaign), joinedload(Round.rubric))
    )
    return [(member, round_) for member, round_ in rows]


def my_sheets(judge: User, round_: Round) -> list[SheetRow]:
    """A judge's sheets in reading order, with their own totals. One query."""
    rows = db.session.execute(
        sa.select(
            ScoreSheet.public_id,
            Entry.judging_code,
            Idea.title,
            Topic.slug,
            Topic.name,
            ScoreSheet.position,
            ScoreSheet.state,
            sa.func.count(Mark.id),
            sa.func.sum(Mark.hundredths),
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Topic, Idea.topic_id == Topic.id)
        .outerjoin(Mark, Mark.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.judge_id == judge.id, Entry.round_id == round_.id)
        .group_by(ScoreSheet.id, Entry.id, Idea.id, Topic.id)
        .order_by(ScoreSheet.position)
    )
    return [SheetRow(*row) for row in rows]


def sheet_by_public_id(public_id: str) -> ScoreSheet | None:
    """One sheet with its marks, entry, frozen text, round, rubric and levels."""
    return db.session.scalars(
        sa.select(ScoreSheet)
        .where(ScoreSheet.public_id == public_id)
        .options(
            selectinload(ScoreSheet.marks),
            joinedload(ScoreSheet.entry).joinedload(Entry.idea_version),
            joinedload(ScoreSheet.entry).joinedload(Entry.idea).joinedload(Idea.topic),
            joinedload(ScoreSheet.entry).joinedload(Entry.round).joinedload(Round.campaign),
            joinedload(ScoreSheet.entry)
            .joinedload(Entry.round)
            .joinedload(Round.rubric)
            .selectinload(Rubric.criteria)
            .selectinload(Criterion.levels),
        )
    ).first()


def member_of(judge: User, round_: Round) -> PanelMember | None:
    return db.session.scalars(
        sa.select(PanelMember).where(PanelMember.judge_id == judge.id, PanelMember.round_id == round_.id)
    ).first()


def may_read_file(judge_id: int, file_public_id: str) -> bool:
    """Is the file part of a version that this judge has a sheet on (and did not hand back)?"""
    rows = db.session.scalars(
        sa.select(Entry)
        .join(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(ScoreSheet.judge_id == judge_id, ScoreSheet.state.in_(HOLDING))
        .options(joinedload(Entry.idea_version))
    )
    return any(
        file["public_id"] == file_public_id for entry in rows for file in entry.idea_version.files
    )


class EntryRow(NamedTuple):
    """An entry as organisers follow it: who it is they know, marks they do not see."""

    entry_id: int
    idea_code: str
    title: str
    judging_code: str
    is_active: bool
    community_votes: int
    sheets: int
    submitted: int


class ConflictRow(NamedTuple):
    judge: str
    kind: str
    reason: str
    idea_code: str | None
    person: str | None
    unit: str | None


def entries_of(round_: Round) -> list[EntryRow]:
    """Every entry with how many sheets it has. One query; a round of a ward holds a few hundred at most."""
    held = sa.func.count(ScoreSheet.id).filter(ScoreSheet.state.in_(HOLDING))
    done = sa.func.count(ScoreSheet.id).filter(ScoreSheet.state == COUNTS)
    rows = db.session.execute(
        sa.select(
            Entry.id,
            Idea.code,
            Idea.title,
            Entry.judging_code,
            Entry.is_active,
            Entry.community_votes,
            held,
            done,
        )
        .join(Idea, Entry.idea_id == Idea.id)
        .outerjoin(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id)
        .group_by(Entry.id, Idea.id)
        .order_by(Idea.code)
    )
    return [EntryRow(*row) for row in rows]


def waiting_ideas(round_: Round) -> int:
    """Valid ideas of the campaign that are not in this round yet."""
    inside = sa.exists().where(Entry.round_id == round_.id, Entry.idea_id == Idea.id)
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(Idea)
        .where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED, ~inside)
    ).scalar_one()


def conflicts_of(round_: Round) -> list[ConflictRow]:
    """Conflicts of the round's judges, declared, set or handed back."""
    judge, person = aliased(User), aliased(User)
    rows = db.session.execute(
        sa.select(judge.full_name, Conflict.kind, Conflict.reason, Idea.code, person.full_name, Unit.short_name)
        .join(judge, Conflict.judge_id == judge.id)
        .join(
            PanelMember,
            sa.and_(PanelMember.judge_id == Conflict.judge_id, PanelMember.round_id == round_.id),
        )
        .outerjoin(Idea, Conflict.idea_id == Idea.id)
        .outerjoin(person, Conflict.person_id == person.id)
        .outerjoin(Unit, Conflict.unit_id == Unit.id)
        .where(sa.or_(Conflict.campaign_id.is_(None), Conflict.campaign_id == round_.campaign_id))
        .order_by(judge.full_name, Conflict.id)
    )
    return [ConflictRow(*row) for row in rows]


def idea_choices(round_: Round) -> list[tuple[str, str]]:
    """(code, code and title) of the ideas that are or may come into the round."""
    rows = db.session.execute(
        sa.select(Idea.code, Idea.title)
        .where(Idea.campaign_id == round_.campaign_id, Idea.state == IdeaState.APPROVED)
        .order_by(Idea.code)
    )
    return [(code, f"{code} – {title}"[:90]) for code, title in rows]
