"""What the public reads of a publication: winners with what their authors agreed to, and how it was judged."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Prize, Topic
from app.core.db import db
from app.gallery import queries as gallery
from app.ideas.models import Idea
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS
from app.results.council.models import SheetRevision
from app.results.models import Award, Publication, RankRow
from app.results.rules import PublicationState


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


class ResultFigures(NamedTuple):
    """How it was judged, in numbers that name nobody."""

    entries: int
    judges: int
    sheets: int
    amended: int  # sheets that judges amended in the council
    head: str


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
            code=row[4] or "",
            title=row[5],
            summary=row[6] if row[9] else "",
            topic_slug=row[7],
            topic_name=row[8],
            authors=names.get(row[3], []),
            score=row[10],
        )
        for row in rows
    ]


def figures(publication: Publication) -> ResultFigures:
    """One query."""
    in_round = Entry.round_id == publication.round_id
    entries, sheets, judges, amended = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(Entry.id)),
            sa.func.count(ScoreSheet.id),
            sa.func.count(sa.distinct(ScoreSheet.judge_id)),
            sa.func.count(SheetRevision.id),
        )
        .select_from(Entry)
        .outerjoin(ScoreSheet, sa.and_(ScoreSheet.entry_id == Entry.id, ScoreSheet.state == COUNTS))
        .outerjoin(SheetRevision, SheetRevision.sheet_id == ScoreSheet.id)
        .where(in_round)
    ).one()
    return ResultFigures(entries, judges, sheets, amended, publication.ranking.content_hash[:16])
