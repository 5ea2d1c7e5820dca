"""Reads of organisers: rankings, publications, comments to be released."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Prize, Round
from app.core.db import db
from app.ideas.models import Idea
from app.judging import queries as judging
from app.judging.models import Entry
from app.judging.stakes import has_stake_in_round
from app.permissions import Person
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import PublicationState

APART_HUNDREDTHS = 2500  # a spread from here on finds 8 of 10 slips of 30 points, at three sheets


def is_public(ranking: Ranking | None) -> bool:
    """Does what is published now speak of this ranking? One query."""
    if ranking is None:
        return False
    spoken = sa.or_(
        Publication.ranking_id == ranking.id,
        sa.and_(Publication.round_id != ranking.round_id, Publication.published_at >= ranking.computed_at),
    )
    found = sa.select(Publication.id).where(
        Publication.campaign_id
        == sa.select(Round.campaign_id).where(Round.id == ranking.round_id).scalar_subquery(),
        Publication.state == PublicationState.PUBLISHED,
        spoken,
    )
    return db.session.execute(found.limit(1)).first() is not None


def is_kept_from(person: Person, round_: Round, ranking: Ranking | None) -> bool:
    """A ranking before it is public, from whoever has a stake in an idea of its round.

    The other ranks would tell where that idea stands, so no line of it is shown. At most four queries.
    """
    return has_stake_in_round(person, round_) and not is_public(ranking)


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
    missing: int  # sheets that the round promised and nobody submitted
    low: int | None
    high: int | None
    apart: bool  # the sheets differ so much that the council should read it again
    interval_from: int | None
    interval_to: int | None
    below_minimum: list[str]  # names of criteria
    tie_break: str
    band: str
    advances: bool
    in_council: bool


class PublicationRow(NamedTuple):
    id: int
    campaign_name: str
    campaign_slug: str
    state: PublicationState
    proposed_by: str
    proposed_at: datetime
    published_at: datetime | None


def ranking_lines(ranking: Ranking, round_: Round) -> list[RankLine]:
    """Every line of a frozen ranking. One query, or two for a full panel."""
    rubrics = [round_.rubric, *round_.rubric.variants]
    names = {criterion.key: criterion.name for rubric in rubrics for criterion in rubric.criteria}
    wanted = judging.sheets_wanted(round_)
    below = ranking.figures.get("below_minimum", {})
    rows = db.session.execute(
        sa.select(RankRow, Entry.idea_id, Entry.judging_code, Idea.code, Idea.title)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(RankRow.ranking_id == ranking.id)
        .order_by(RankRow.position)
    )
    return [
        RankLine(
            entry_id=row.entry_id,
            idea_id=idea_id,
            idea_code=code or "",
            title=title,
            judging_code=judging_code,
            rank=row.rank,
            unranked=row.unranked,
            score=row.score,
            community=row.community,
            sheets=row.sheets,
            missing=max(0, wanted - row.sheets),
            low=row.low,
            high=row.high,
            apart=row.low is not None and row.high is not None and row.high - row.low > APART_HUNDREDTHS,
            interval_from=row.interval_from,
            interval_to=row.interval_to,
            below_minimum=[names.get(key, key) for key in below.get(str(row.entry_id), [])],
            tie_break=row.tie_break,
            band=row.band,
            advances=row.advances,
            in_council=row.in_council,
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
        .options(
            joinedload(Publication.round), joinedload(Publication.ranking), joinedload(Publication.campaign)
        )
    ).first()


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
