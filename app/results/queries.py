"""Reads: publications, awards, rankings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Criterion, Prize, Round, Topic
from app.core.db import db
from app.core.pagination import Page, page
from app.gallery import queries as gallery
from app.ideas.models import Idea
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import PublicationState
from app.results.service import AwardChoice


class AwardRow(NamedTuple):
    prize: str
    campaign_slug: str
    campaign_name: str


def award_of(idea_id: int) -> AwardRow | None:
    """The award that an idea holds in what is published now."""
    row = db.session.execute(
        sa.select(Prize.name, Campaign.slug, Campaign.name)
        .join(Award, Award.prize_id == Prize.id)
        .join(Publication, Award.publication_id == Publication.id)
        .join(Campaign, Publication.campaign_id == Campaign.id)
        .where(Award.idea_id == idea_id, Publication.state == PublicationState.PUBLISHED)
        .order_by(Prize.position)
        .limit(1)
    ).first()
    return AwardRow(*row) if row else None


class RankLine(NamedTuple):
    """One line of a ranking as it is shown: figures as printed, in whole hundredths."""

    entry_id: int
    idea_id: int
    idea_code: str
    title: str
    judging_code: str
    rank: int | None
    unranked: str
    score: int | None
    community: int | None
    sheets: int
    low: int | None
    high: int | None
    interval_from: int | None
    interval_to: int | None
    criterion_means: dict[str, str]
    tie_break: str
    advances: bool
    in_council: bool


class WinnerCard(NamedTuple):
    """A winner on the public result page."""

    prize: str
    position: int
    amount_vnd: int
    code: str
    title: str
    summary: str
    topic_slug: str
    topic_name: str
    authors: list[str]
    score: int | None


class PublicationRow(NamedTuple):
    id: int
    campaign_name: str
    campaign_slug: str
    state: PublicationState
    proposed_by: str
    proposed_at: datetime
    published_at: datetime | None


def ranking_lines(ranking: Ranking) -> list[RankLine]:
    """Every line of a frozen ranking. One query."""
    rows = db.session.execute(
        sa.select(RankRow, Entry.idea_id, Entry.judging_code, Idea.code, Idea.title)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(RankRow.ranking_id == ranking.id)
        .order_by(RankRow.position)
    )
    return [
        RankLine(
            row.entry_id,
            idea_id,
            code,
            title,
            judging_code,
            row.rank,
            row.unranked,
            row.score,
            row.community,
            row.sheets,
            row.low,
            row.high,
            row.interval_from,
            row.interval_to,
            row.criterion_means,
            row.tie_break,
            row.advances,
            row.in_council,
        )
        for row, idea_id, judging_code, code, title in rows
    ]


def publications() -> list[PublicationRow]:
    """Every publication, newest first: a ward has a handful a year."""
    rows = db.session.execute(
        sa.select(
            Publication.id,
            Campaign.name,
            Campaign.slug,
            Publication.state,
            User.full_name,
            Publication.proposed_at,
            Publication.published_at,
        )
        .join(Campaign, Publication.campaign_id == Campaign.id)
        .join(User, Publication.proposed_by_id == User.id)
        .order_by(Publication.id.desc())
        .limit(100)
    )
    return [PublicationRow(*row) for row in rows]


def publication_by_id(publication_id: int) -> Publication | None:
    """A publication with its awards, prizes and ideas."""
    return db.session.scalars(
        sa.select(Publication)
        .where(Publication.id == publication_id)
        .options(
            joinedload(Publication.campaign),
            joinedload(Publication.round),
            joinedload(Publication.ranking),
            selectinload(Publication.awards).joinedload(Award.prize),
            selectinload(Publication.awards).joinedload(Award.idea),
        )
    ).first()


def published(campaign_id: int) -> Publication | None:
    """What is public now for a campaign."""
    return db.session.scalars(
        sa.select(Publication)
        .where(Publication.campaign_id == campaign_id, Publication.state == PublicationState.PUBLISHED)
        .options(joinedload(Publication.round), joinedload(Publication.ranking))
    ).first()


def superseded(campaign_id: int) -> list[Publication]:
    """Earlier publications that an upheld appeal replaced; they stay readable."""
    return list(
        db.session.scalars(
            sa.select(Publication)
            .where(Publication.campaign_id == campaign_id, Publication.state == PublicationState.SUPERSEDED)
            .order_by(Publication.id.desc())
        )
    )


def winners(publication: Publication) -> list[WinnerCard]:
    """Winners in the order of prizes, as the public may see them. Three queries."""
    rows = db.session.execute(
        sa.select(
            Prize.name,
            Prize.position,
            Prize.amount_vnd,
            Idea.id,
            Idea.code,
            Idea.title,
            Idea.summary,
            Topic.slug,
            Topic.name,
            gallery.shown(),
            RankRow.score,
        )
        .join(Award, Award.prize_id == Prize.id)
        .join(Idea, Award.idea_id == Idea.id)
        .join(Topic, Idea.topic_id == Topic.id)
        .join(Entry, sa.and_(Entry.idea_id == Idea.id, Entry.round_id == publication.round_id))
        .outerjoin(
            RankRow, sa.and_(RankRow.entry_id == Entry.id, RankRow.ranking_id == publication.ranking_id)
        )
        .where(Award.publication_id == publication.id)
        .order_by(Prize.position, RankRow.position)
    ).all()
    names = gallery.names([row[3] for row in rows if row[9]])
    return [
        WinnerCard(
            prize=row[0],
            position=row[1],
            amount_vnd=row[2],
            code=row[4],
            title=row[5],
            summary=row[6] if row[9] else "",
            topic_slug=row[7],
            topic_name=row[8],
            authors=names.get(row[3], []),
            score=row[10],
        )
        for row in rows
    ]


class Letter(NamedTuple):
    """What a team learns about itself: own levels and what the council released."""

    rank: int | None
    interval: tuple[int | None, int | None]
    score: int | None
    sheets: int
    criteria: list[tuple[str, int, str, str]]  # name, most points, mean, level
    comments: list[str]
    prize: str


def letter(publication: Publication, idea_id: int) -> Letter | None:
    """The letter of one idea, if it was in the round. Four queries."""
    row = db.session.execute(
        sa.select(RankRow, Entry.id)
        .join(Entry, RankRow.entry_id == Entry.id)
        .where(RankRow.ranking_id == publication.ranking_id, Entry.idea_id == idea_id)
    ).first()
    if row is None:
        return None
    line, entry_id = row
    criteria = db.session.scalars(
        sa.select(Criterion)
        .join(Round, Round.rubric_id == Criterion.rubric_id)
        .where(Round.id == publication.round_id)
        .order_by(Criterion.position)
        .options(selectinload(Criterion.levels))
    ).all()
    comments = db.session.scalars(
        sa.select(ScoreSheet.released_comment)
        .where(ScoreSheet.entry_id == entry_id, ScoreSheet.released_comment != "")
        .order_by(sa.func.length(ScoreSheet.released_comment))  # not the order of judges
    ).all()
    award = award_of(idea_id)
    return Letter(
        rank=line.rank,
        interval=(line.interval_from, line.interval_to),
        score=line.score,
        sheets=line.sheets,
        criteria=[
            (c.name, c.max_points, line.criterion_means.get(c.key, ""), level_of(c, line.criterion_means.get(c.key)))
            for c in criteria
        ],
        comments=list(comments),
        prize=award.prize if award else "",
    )


def level_of(criterion: Criterion, mean: str | None) -> str:
    """The level that a mean falls into: its sentence begins where the level's points do."""
    if not mean:
        return ""
    fitting = [level for level in criterion.levels if level.points_from <= Decimal(mean)]
    return max(fitting, key=lambda level: level.points_from).label if fitting else ""


class CommentRow(NamedTuple):
    sheet_id: int
    idea_code: str
    idea_title: str
    comment: str
    released: str


def comments_of(round_: Round, number: int = 1) -> Page[CommentRow]:
    """Judges' comments to the authors, to be released; without the judges."""
    return page(
        sa.select(ScoreSheet.id, Idea.code, Idea.title, ScoreSheet.comment, ScoreSheet.released_comment)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(Entry.round_id == round_.id, ScoreSheet.comment != "", ScoreSheet.state == COUNTS)
        .order_by(Idea.code, sa.func.length(ScoreSheet.comment)),
        CommentRow,
        number,
    )


def next_round(round_: Round) -> Round | None:
    """The round after this one in the same campaign."""
    return db.session.scalars(
        sa.select(Round)
        .where(Round.campaign_id == round_.campaign_id, Round.position > round_.position)
        .order_by(Round.position)
        .limit(1)
    ).first()


def prizes_of(round_: Round) -> list[Prize]:
    return list(
        db.session.scalars(
            sa.select(Prize).where(Prize.campaign_id == round_.campaign_id).order_by(Prize.position)
        )
    )


def suggested(lines: list[RankLine], prizes: list[Prize]) -> list[AwardChoice]:
    """Prizes down the ranking, as far as the ranking alone decides; the others are chosen by hand."""
    ranked = [line for line in lines if line.rank is not None]
    choices: list[AwardChoice] = []
    for prize in prizes:
        if prize.rule:  # this prize follows a rule of its own, not the ranking
            continue
        start = len(choices)
        choices += [AwardChoice(prize.id, line.idea_id) for line in ranked[start : start + prize.count]]
    return choices


class ResultFigures(NamedTuple):
    """How it was judged, in numbers that name nobody."""

    entries: int
    judges: int
    sheets: int
    head: str


def public_figures(publication: Publication) -> ResultFigures:
    sheets = (
        sa.select(sa.func.count(), sa.func.count(sa.distinct(ScoreSheet.judge_id)))
        .select_from(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == publication.round_id, ScoreSheet.state == COUNTS)
    )
    count, judges = db.session.execute(sheets).one()
    entries = db.session.execute(
        sa.select(sa.func.count()).select_from(Entry).where(Entry.round_id == publication.round_id)
    ).scalar_one()
    return ResultFigures(entries, judges, count, publication.ranking.content_hash[:16])
