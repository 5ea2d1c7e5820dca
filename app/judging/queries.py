"""Reads: a judge's own work, and what rankings are computed from. Nobody's marks but one's own."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Load, joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Criterion, Round, Rubric, Topic
from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.stored_files import StoredFile
from app.ideas.models import Idea, Version
from app.ideas.rules import IdeaState
from app.judging.methods import scoring
from app.judging.methods.bands import Band
from app.judging.methods.ranking import RankingInput
from app.judging.methods.scoring import least_sheets
from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet
from app.judging.rules import COUNTS, HOLDING, Exclusion, SheetState


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
    total: int | None  # hundredths, when anything that counts is marked
    criteria: int  # how many there are to mark, with its topic's own rubric


def takes_part() -> sa.ColumnElement[bool]:
    """Neither withdrawn by its authors nor disqualified; needs Entry and Idea."""
    return sa.and_(Entry.excluded_as.is_(None), Idea.state != IdeaState.WITHDRAWN)


def rubric_of(rubric: Rubric) -> scoring.Rubric:
    """A rubric as the scoring functions take it."""
    return scoring.Rubric(
        criteria=tuple(
            scoring.Criterion(
                id=c.key, max_points=c.max_points, minimum=c.minimum, inform_only=c.informs_only
            )
            for c in rubric.criteria
        ),
        scale=rubric.scale,
    )


def sheets_wanted(round_: Round) -> int:
    """How many sheets an idea should have: the number that was set, or one of each judge of a full panel."""
    return panel_size(round_) if round_.full_panel else round_.sheets_per_idea


def panel_size(round_: Round) -> int:
    panel = sa.select(sa.func.count()).where(PanelMember.round_id == round_.id)
    return db.session.execute(panel).scalar_one()


def panel_sizes(campaign: Campaign) -> dict[int, int]:
    """Round → how many judges sit in it; a round without any is not there. One query."""
    rows = db.session.execute(
        sa.select(PanelMember.round_id, sa.func.count())
        .join(Round, PanelMember.round_id == Round.id)
        .where(Round.campaign_id == campaign.id)
        .group_by(PanelMember.round_id)
    ).all()
    return dict(rows)


def whole_rubric(round_: Any) -> list[Any]:
    """Loads a round's rubric with its variants, their criteria and levels."""
    rubric = round_.joinedload(Round.rubric, innerjoin=True)
    return [
        rubric.selectinload(Rubric.criteria).selectinload(Criterion.levels),
        rubric.selectinload(Rubric.variants).selectinload(Rubric.criteria).selectinload(Criterion.levels),
    ]


def ranking_input(round_: Round) -> RankingInput:
    """Everything a ranking follows from, by entry id and judge's code. Only submitted sheets.

    An idea whose topic has a variant of the rubric is scored on that one. Five queries, and those of the rubrics.
    """
    entries = db.session.execute(
        sa.select(
            Entry.id,
            takes_part().label("takes_part"),
            Entry.excluded_as,
            Entry.community_votes,
            Version.topic_id,
        )
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Version, Entry.version_id == Version.id)
        .where(Entry.round_id == round_.id)
    ).all()
    marks: dict[int, dict[str, int]] = {}
    for sheet_id, key, hundredths in db.session.execute(
        sa.select(Mark.sheet_id, Criterion.key, Mark.hundredths)
        .join(ScoreSheet, Mark.sheet_id == ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Criterion, Mark.criterion_id == Criterion.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state == COUNTS)
    ):
        marks.setdefault(sheet_id, {})[key] = hundredths or 0  # a submitted sheet is complete
    sheets = db.session.execute(
        sa.select(ScoreSheet.id, ScoreSheet.entry_id, ScoreSheet.judge_id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state == COUNTS)
        .order_by(ScoreSheet.id)
    ).all()
    variants = {variant.topic_id: rubric_of(variant) for variant in round_.rubric.variants}
    return RankingInput(
        rubric=rubric_of(round_.rubric),
        ideas=[
            Candidate(
                str(row.id),
                IdeaStatus.ACTIVE if row.takes_part else IdeaStatus(row.excluded_as or Exclusion.WITHDRAWN),
                variants.get(row.topic_id),
            )
            for row in entries
        ],
        sheets=[Sheet(str(row.entry_id), str(row.judge_id), marks.get(row.id, {})) for row in sheets],
        method=round_.method,
        tie_break=tuple(round_.tie_break),
        min_sheets=least_sheets(sheets_wanted(round_)),
        deviation=round_.deviation,
        community={str(row.id): row.community_votes for row in entries},
        community_points=round_.rubric.community_points,
        top=round_.cut_top,
        threshold=round_.pass_mark,
        bands=tuple(Band(band.name, band.floor, band.floors) for band in round_.rubric.bands),
    )


def round_by_id(round_id: int) -> Round | None:
    """A round with its campaign, rubric, variants, criteria and levels."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.id == round_id)
        .options(joinedload(Round.campaign), *whole_rubric(Load(Round)))
    ).first()


def my_rounds(judge: User) -> list[tuple[PanelMember, Round]]:
    """The rounds that a judge sits in, open ones first."""
    rows = db.session.execute(
        sa.select(PanelMember, Round)
        .join(Round, PanelMember.round_id == Round.id)
        .where(PanelMember.judge_id == judge.id)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.starts_at.desc(), Round.id)
        .options(joinedload(Round.campaign), *whole_rubric(Load(Round)))
    )
    return [(member, round_) for member, round_ in rows]


def my_sheets(judge: User, round_: Round) -> list[SheetRow]:
    """A judge's sheets in reading order, with their own totals; titles as the round froze them. One query."""
    rows = db.session.execute(
        sa.select(
            ScoreSheet.public_id,
            Entry.judging_code,
            Version.title,
            Topic.slug,
            Topic.name,
            ScoreSheet.position,
            ScoreSheet.state,
            sa.func.count(Mark.hundredths),
            sa.func.sum(Mark.hundredths).filter(Criterion.informs_only.is_(False)),
            Topic.id,
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Version, Entry.version_id == Version.id)
        .join(Topic, Version.topic_id == Topic.id)
        .outerjoin(Mark, Mark.sheet_id == ScoreSheet.id)
        .outerjoin(Criterion, Mark.criterion_id == Criterion.id)
        .where(ScoreSheet.judge_id == judge.id, Entry.round_id == round_.id, takes_part())
        .group_by(ScoreSheet.id, Entry.id, Version.id, Topic.id)
        .order_by(ScoreSheet.position)
    )
    return [_sheet_row(round_, *row) for row in rows]


def _sheet_row(round_: Round, *row: Any) -> SheetRow:
    *values, topic_id = row
    return SheetRow._make([*values, len(round_.rubric.of_topic(topic_id).criteria)])


def sheet_by_public_id(public_id: str) -> ScoreSheet | None:
    """One sheet with its marks, entry, frozen text, round, rubric, variants and levels. Five queries."""
    entry = joinedload(ScoreSheet.entry, innerjoin=True)
    round_ = entry.joinedload(Entry.round, innerjoin=True)
    return db.session.scalars(
        sa.select(ScoreSheet)
        .where(ScoreSheet.public_id == public_id)
        .options(
            selectinload(ScoreSheet.marks),
            entry.joinedload(Entry.idea, innerjoin=True),
            entry.joinedload(Entry.idea_version, innerjoin=True).joinedload(Version.topic, innerjoin=True),
            round_.joinedload(Round.campaign, innerjoin=True),
            *whole_rubric(round_),
        )
    ).first()


def readable_files(version: Version) -> set[str]:
    """Files of a version that have a copy without metadata; the others judges do without."""
    ids = [file["public_id"] for file in version.files]
    if not ids:
        return set()
    return set(
        db.session.scalars(
            sa.select(StoredFile.public_id).where(
                StoredFile.public_id.in_(ids), StoredFile.blind_sha256 != ""
            )
        )
    )


def member_of(judge: User, round_: Round) -> PanelMember | None:
    return db.session.scalars(
        sa.select(PanelMember).where(PanelMember.judge_id == judge.id, PanelMember.round_id == round_.id)
    ).first()


def may_read_file(judge_id: int, idea_id: int, public_id: str) -> bool:
    """Is the file part of the text that this judge has a sheet on? Handed back, it is theirs no longer."""
    texts = db.session.scalars(
        sa.select(Version)
        .join(Entry, Entry.version_id == Version.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(ScoreSheet, ScoreSheet.entry_id == Entry.id)
        .where(
            Idea.id == idea_id, ScoreSheet.judge_id == judge_id, ScoreSheet.state.in_(HOLDING), takes_part()
        )
    )
    return any(file["public_id"] == public_id for text in texts for file in text.files)
