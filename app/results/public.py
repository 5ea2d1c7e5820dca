"""What the public reads of a publication: winners with what their authors agreed to, and how it was judged."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.campaigns.models import Prize, Topic
from app.core.clock import now
from app.core.db import db
from app.core.events import Event
from app.core.pagination import Page, page
from app.gallery import queries as gallery
from app.ideas.models import Idea
from app.judging.models import Entry, ScoreSheet
from app.judging.queries import takes_part
from app.judging.rules import COUNTS
from app.results.council.models import SheetRevision
from app.results.letters import idea_codes
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
    band: str


class ResultFigures(NamedTuple):
    """How it was judged, in numbers that name nobody."""

    entries: int
    judges: int
    sheets: int
    amended: int  # sheets that judges amended in the council
    changed: int  # sheets given back to their judge before the publication
    head: str


class StandingRow(NamedTuple):
    """One line of the public table: a code, and figures. The title only where the idea has a prize."""

    code: str  # "" for an idea that was withdrawn since
    rank: int
    score: int
    community: int
    sheets: int
    interval_from: int | None
    interval_to: int | None
    criteria: list[tuple[str, str]]  # name, mean with two decimals
    tie_break: str
    band: str
    alike: list[str]
    alike_more: int
    off_scale: bool


class UnrankedRow(NamedTuple):
    code: str
    unranked: str
    sheets: int


ROWS_PER_PAGE = 50
ALIKE_SHOWN = 8  # codes a line; how many others there are is said


def superseded(campaign_id: int) -> list[Publication]:
    """Earlier publications that an upheld appeal replaced, first to last; they stay readable."""
    return list(
        db.session.scalars(
            sa.select(Publication)
            .where(Publication.campaign_id == campaign_id, Publication.state == PublicationState.SUPERSEDED)
            .order_by(Publication.published_at)
            .options(joinedload(Publication.round), joinedload(Publication.ranking))
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
            RankRow.band,
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
            band=row[11] or "",
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
    return ResultFigures(
        entries, judges, sheets, amended, _changed(publication), publication.ranking.content_hash[:16]
    )


def _changed(publication: Publication) -> int:
    """Sheets of the round that were given back after they had been submitted, and count. One query."""
    in_round = (
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == publication.round_id, ScoreSheet.state == COUNTS)
    )
    return db.session.execute(
        sa.select(sa.func.count(sa.distinct(Event.object_id))).where(
            Event.object_type == ScoreSheet.__tablename__,
            Event.kind == "sheet.reopened",
            Event.at <= (publication.published_at or now()),
            Event.object_id.in_(in_round),
        )
    ).scalar_one()


def standings(publication: Publication, number: int = 1) -> Page[StandingRow]:
    """Ideas with a rank, best first, by code: who has no prize has not been asked to be shown. Four queries."""
    rubric = publication.round.rubric
    names = {criterion.key: criterion.name for criterion in rubric.criteria}
    found = page(
        sa.select(RankRow, Idea.code, takes_part())
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(RankRow.ranking_id == publication.ranking_id, RankRow.rank.is_not(None))
        .order_by(RankRow.position),
        lambda row, code, is_in: (row, code if is_in else ""),
        number,
        per_page=ROWS_PER_PAGE,
    )
    rows = [
        (row, code, row.alike.get("nearest", [])[:ALIKE_SHOWN], row.alike.get("count", 0))
        for row, code in found.items
    ]
    codes = idea_codes({entry_id for _row, _code, near, _count in rows for entry_id in near})
    return Page(
        [
            StandingRow(
                code=code,
                rank=row.rank,
                score=row.score,
                community=row.community or 0,
                sheets=row.sheets,
                interval_from=row.interval_from,
                interval_to=row.interval_to,
                criteria=[(name, row.criterion_means.get(key, "")) for key, name in names.items()],
                tie_break=names.get(row.tie_break, ""),
                band=row.band,
                alike=[codes[entry_id] for entry_id in near if entry_id in codes],
                alike_more=count - len(near),
                off_scale=not 0 <= row.score - (row.community or 0) <= rubric.scale * 100,
            )
            for row, code, near, count in rows
        ],
        found.number,
        found.per_page,
        found.total,
    )


def unranked(publication: Publication) -> list[UnrankedRow]:
    """Ideas of the round without a rank, by code; those that were withdrawn are not listed. One query."""
    rows = db.session.execute(
        sa.select(Idea.code, RankRow.unranked, RankRow.sheets)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(RankRow.ranking_id == publication.ranking_id, RankRow.rank.is_(None), takes_part())
        .order_by(Idea.code)
        .limit(ROWS_PER_PAGE)
    )
    return [UnrankedRow(code or "", reason, sheets) for code, reason, sheets in rows]
