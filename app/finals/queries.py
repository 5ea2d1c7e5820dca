"""Reads of a live final: counts while it runs, totals and awards once they may be known."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Prize, Round
from app.core.db import db
from app.finals.models import LiveFinal, Presentation
from app.finals.rules import FinalState
from app.gallery import queries as gallery
from app.ideas.models import Idea, Version
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.queries import takes_part
from app.judging.rules import COUNTS, HOLDING
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import PublicationState


class EntryLine(NamedTuple):
    """An entry as the hall knows it: no author."""

    entry_id: int
    code: str
    title: str


class JudgeLine(NamedTuple):
    """How far a judge is, in counts; by name, so never with the code."""

    judge_id: int
    full_name: str
    submitted: int
    held: int
    now: bool | None  # sheet of what is presented now: submitted or not; None without one


class TotalLine(NamedTuple):
    rank: int | None
    code: str
    title: str
    score: int | None  # hundredths


class AwardLine(NamedTuple):
    """One award as it is read aloud; authors only when they may be named."""

    prize: str
    amount_vnd: int
    extra: str
    code: str
    title: str
    authors: list[str]


def final_of(round_id: int) -> LiveFinal | None:
    """The live final of a round, with its round, campaign, order and texts; none that was cancelled. Two queries."""
    return _final_of(round_id, LiveFinal.state != FinalState.CANCELLED)


def cancelled_of(round_id: int) -> LiveFinal | None:
    """The final that this round was to have."""
    return _final_of(round_id, LiveFinal.state == FinalState.CANCELLED)


def _final_of(round_id: int, where: sa.ColumnElement[bool]) -> LiveFinal | None:
    return db.session.scalars(
        sa.select(LiveFinal)
        .where(LiveFinal.round_id == round_id, where)
        .options(
            joinedload(LiveFinal.round, innerjoin=True).joinedload(Round.campaign, innerjoin=True),
            joinedload(LiveFinal.publication),
            selectinload(LiveFinal.presentations)
            .joinedload(Presentation.entry, innerjoin=True)
            .joinedload(Entry.idea_version, innerjoin=True),
        )
    ).first()


def entries_of(round_id: int) -> list[EntryLine]:
    """Entries that take part, by judging code: the order says nothing. One query."""
    rows = db.session.execute(
        sa.select(Entry.id, Entry.judging_code, Version.title)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Version, Entry.version_id == Version.id)
        .where(Entry.round_id == round_id, takes_part())
        .order_by(Entry.judging_code)
    )
    return [EntryLine(*row) for row in rows]


def ideas_of(round_id: int) -> set[int]:
    """The ideas of a round, by id, withdrawn ones too. One query."""
    return set(db.session.scalars(sa.select(Entry.idea_id).where(Entry.round_id == round_id)))


def judges_of(final: LiveFinal) -> list[JudgeLine]:
    """Counts by judge, never a mark. One query."""
    present = final.now_presenting
    submitted = sa.case((ScoreSheet.state == COUNTS, 1))
    here = ScoreSheet.entry_id == (present.entry_id if present else 0)
    rows = db.session.execute(
        sa.select(
            PanelMember.judge_id,
            User.full_name,
            sa.func.count(submitted),
            sa.func.count(ScoreSheet.id),
            sa.func.count(sa.case((here, 1))),
            sa.func.count(sa.case((sa.and_(here, ScoreSheet.state == COUNTS), 1))),
        )
        .select_from(PanelMember)
        .join(User, PanelMember.judge_id == User.id)
        .outerjoin(Entry, Entry.round_id == PanelMember.round_id)
        .outerjoin(
            ScoreSheet,
            sa.and_(
                ScoreSheet.entry_id == Entry.id,
                ScoreSheet.judge_id == PanelMember.judge_id,
                ScoreSheet.state.in_(HOLDING),
            ),
        )
        .where(PanelMember.round_id == final.round_id)
        .group_by(PanelMember.id, User.id)
        .order_by(PanelMember.id)
    )
    return [
        JudgeLine(judge_id, name, done, held, bool(done_now) if has_now else None)
        for judge_id, name, done, held, has_now, done_now in rows
    ]


def sheet_counts(final: LiveFinal, entry_id: int | None = None) -> tuple[int, int]:
    """(submitted, dealt) sheets of the round, or of one entry. One query."""
    submitted, held = db.session.execute(
        sa.select(sa.func.count(sa.case((ScoreSheet.state == COUNTS, 1))), sa.func.count(ScoreSheet.id))
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == final.round_id,
            ScoreSheet.state.in_(HOLDING),
            sa.true() if entry_id is None else Entry.id == entry_id,
        )
    ).one()
    return submitted, held


def own_sheet(judge_id: int, entry_id: int) -> ScoreSheet | None:
    """A judge's own sheet on an entry, unless it was handed back."""
    return db.session.scalars(
        sa.select(ScoreSheet).where(
            ScoreSheet.judge_id == judge_id, ScoreSheet.entry_id == entry_id, ScoreSheet.state.in_(HOLDING)
        )
    ).first()


def totals(round_id: int) -> list[TotalLine]:
    """The frozen ranking under judging codes; nothing before it is frozen. One query."""
    rows = db.session.execute(
        sa.select(RankRow.rank, Entry.judging_code, Version.title, RankRow.score)
        .join(Ranking, RankRow.ranking_id == Ranking.id)
        .join(Entry, RankRow.entry_id == Entry.id)
        .join(Version, Entry.version_id == Version.id)
        .where(Ranking.round_id == round_id)
        .order_by(RankRow.position)
    )
    return [TotalLine(*row) for row in rows]


def stands(publication: Publication) -> bool:
    """Neither withdrawn nor replaced."""
    return publication.state in {PublicationState.PROPOSED, PublicationState.PUBLISHED}


def awards_to_reveal(round_id: int) -> Publication | None:
    """What is proposed for this round, or else published."""
    return db.session.scalars(
        sa.select(Publication)
        .where(
            Publication.round_id == round_id,
            Publication.state.in_([PublicationState.PROPOSED, PublicationState.PUBLISHED]),
        )
        .order_by((Publication.state == PublicationState.PROPOSED).desc(), Publication.id.desc())
        .limit(1)
        .options(selectinload(Publication.awards))
    ).first()


def award_lines(publication: Publication, campaign: Campaign, most: int | None = None) -> list[AwardLine]:
    """Awards from the lowest prize to the first; `most`: only so many of them leave the database. Two queries.

    Authors are named once published, or where judging was not blind; and only those who agreed to be shown.
    """
    rows = db.session.execute(
        sa.select(
            Prize.name,
            Prize.amount_vnd,
            Prize.extra,
            sa.func.coalesce(Entry.judging_code, Idea.code),
            sa.func.coalesce(Version.title, Idea.title),
            Idea.id,
            gallery.shown(),
        )
        .join(Award, Award.prize_id == Prize.id)
        .join(Idea, Award.idea_id == Idea.id)
        .outerjoin(Entry, sa.and_(Entry.idea_id == Idea.id, Entry.round_id == publication.round_id))
        .outerjoin(Version, Entry.version_id == Version.id)
        .outerjoin(
            RankRow, sa.and_(RankRow.entry_id == Entry.id, RankRow.ranking_id == publication.ranking_id)
        )
        .where(Award.publication_id == publication.id)
        .order_by(Prize.position.desc(), sa.func.coalesce(RankRow.position, 0).desc(), Award.id.desc())
        .limit(most)
    ).all()
    named = publication.state is PublicationState.PUBLISHED or not campaign.blind
    names = gallery.names([row[5] for row in rows if row[6]]) if named else {}
    return [
        AwardLine(prize, amount, extra, code or "", title, names.get(idea_id, []))
        for prize, amount, extra, code, title, idea_id, _shown in rows
    ]
