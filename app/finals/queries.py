"""Reads of a live final. What the projector may show is made here, and nothing else ever reaches it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.campaigns.models import Campaign, Prize, Round
from app.core.clock import now
from app.core.db import db
from app.finals.models import LiveFinal, Presentation
from app.finals.rules import FinalState, Part, left_ms, ticked_ms
from app.gallery import queries as gallery
from app.ideas.models import Idea, Version
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.queries import takes_part
from app.judging.rules import COUNTS, HOLDING
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import PublicationState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


class Clock(NamedTuple):
    """The timer at the moment the page was made."""

    part: Part
    left_ms: int
    running: bool
    ends_ms: int = 0  # while it runs: when time is up, in milliseconds since 1970


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


class Screen(NamedTuple):
    """All that the projector shows now."""

    kind: str  # waiting, lots, presenting, between, closed, totals_held, totals, award, finished
    campaign: str
    round: str
    lines: list[EntryLine] = []  # noqa: RUF012 - a tuple's default, never changed
    lots_of: int = 0
    number: str = ""
    seed: str = ""
    order_reason: str = ""
    place: int = 0
    places: int = 0
    following: EntryLine | None = None
    clock: Clock | None = None
    submitted: int = 0
    sheets: int = 0
    totals: list[TotalLine] = []  # noqa: RUF012
    awards: list[AwardLine] = []  # noqa: RUF012 - revealed ones, the newest last
    awards_of: int = 0
    result_slug: str = ""  # of the public page, once it is published

    @property
    def key(self) -> str:
        """Changes exactly when what is shown changes; the seconds that pass do not count."""
        still = self._replace(
            clock=self.clock and self.clock._replace(left_ms=0 if self.clock.running else self.clock.left_ms)
        )
        return hashlib.sha256(repr(tuple(still)).encode()).hexdigest()[:16]


def final_of(round_id: int) -> LiveFinal | None:
    """The live final of a round, with its round, campaign, order and texts. Two queries."""
    return db.session.scalars(
        sa.select(LiveFinal)
        .where(LiveFinal.round_id == round_id)
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


def clock_of(final: LiveFinal) -> Clock | None:
    present = final.now_presenting
    if present is None:
        return None
    minutes = present.minutes if final.part is Part.TALK else present.question_minutes
    left = left_ms(minutes, final.elapsed_ms, final.ticking_since, now())
    if final.ticking_since is None:
        return Clock(final.part, left, running=False)
    started_ms = ticked_ms(EPOCH, final.ticking_since)
    ends_ms = started_ms + left_ms(minutes, final.elapsed_ms, None, final.ticking_since)
    return Clock(final.part, left, running=True, ends_ms=ends_ms)


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


def screen(final: LiveFinal) -> Screen:
    """What the projector shows in each state. At most three queries."""
    empty = Screen(kind="waiting", campaign=final.round.campaign.name, round=final.round.name)
    match final.state:
        case FinalState.PLANNED:
            return empty._replace(lines=entries_of(final.round_id))
        case FinalState.DRAWING:
            return _lots(final, empty)
        case FinalState.RUNNING:
            return _presenting(final, empty)
        case FinalState.SCORING_CLOSED:
            submitted, held = sheet_counts(final)
            return empty._replace(kind="closed", submitted=submitted, sheets=held)
        case FinalState.TOTALS_OPEN:
            if not final.totals_shown:
                return empty._replace(kind="totals_held")
            return empty._replace(kind="totals", totals=totals(final.round_id))
        case _:
            return _awards(final, empty)


def _line(one: Presentation) -> EntryLine:
    return EntryLine(one.entry_id, one.entry.judging_code, one.entry.idea_version.title)


def _lots(final: LiveFinal, empty: Screen) -> Screen:
    """Before the number: who takes part. After it: lots up to the last that was turned over."""
    if not final.presentations:
        return empty._replace(kind="lots", lines=entries_of(final.round_id))
    return empty._replace(
        kind="lots",
        lines=[_line(one) for one in final.presentations[: final.lots_shown]],
        lots_of=len(final.presentations),
        number=final.number,
        seed=final.seed,
        order_reason=final.order_reason,
    )


def _presenting(final: LiveFinal, empty: Screen) -> Screen:
    present, places = final.now_presenting, len(final.presentations)
    submitted, held = sheet_counts(final, present.entry_id if present else None)
    if present is None:
        return empty._replace(kind="between", places=places, submitted=submitted, sheets=held)
    following = next((one for one in final.presentations if one.position == present.position + 1), None)
    return empty._replace(
        kind="presenting",
        lines=[_line(present)],
        place=present.position,
        places=places,
        following=_line(following) if following else None,
        clock=clock_of(final),
        submitted=submitted,
        sheets=held,
    )


def _awards(final: LiveFinal, empty: Screen) -> Screen:
    publication = final.publication
    if publication is None or not stands(publication):
        return empty._replace(kind="award")
    published = publication.state is PublicationState.PUBLISHED
    over = final.state is FinalState.FINISHED
    return empty._replace(
        kind="finished" if over else "award",
        awards=award_lines(publication, final.round.campaign, final.revealed) if final.revealed else [],
        awards_of=len(publication.awards),
        result_slug=final.round.campaign.slug if over and published else "",
    )
