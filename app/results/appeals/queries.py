"""Reads of appeals: a team's own, the queue of those who answer, and counts for everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.campaigns.models import Campaign, Round
from app.campaigns.rules import MARKS_DONE
from app.core.db import db
from app.core.pagination import Page, page
from app.ideas.models import Idea
from app.judging.codes import codes_in, in_order
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COUNTS, SheetState
from app.results.appeals.models import Appeal
from app.results.appeals.rules import ANSWERED, WAITING, AppealState
from app.results.models import Publication

APPEALS_PER_PAGE = 5  # of one team, each with its history


class AppealRow(NamedTuple):
    id: int
    code: str
    idea_code: str
    idea_title: str
    campaign_name: str
    state: AppealState
    filed_at: datetime
    due_on: date


class AppealCounts(NamedTuple):
    """What everybody may know of the appeals against a campaign's results so far."""

    filed: int
    answered: int
    upheld: int


class SheetRow(NamedTuple):
    """A sheet that may have to be corrected, under its judge's code."""

    id: int
    round_name: str
    round_id: int
    judge_code: str
    state: SheetState
    reason: str


def current_of(idea_id: int, publication_id: int) -> Appeal | None:
    """The team's appeal against a publication; the newest one, should an earlier one have been withdrawn."""
    return db.session.scalars(
        sa.select(Appeal)
        .where(Appeal.idea_id == idea_id, Appeal.publication_id == publication_id)
        .order_by(Appeal.id.desc())
        .limit(1)
    ).first()


def of_idea(idea_id: int, number: int = 1) -> Page[Appeal]:
    """Every appeal of a team, newest first. Two queries."""
    return page(
        sa.select(Appeal)
        .where(Appeal.idea_id == idea_id)
        .order_by(Appeal.id.desc())
        .options(joinedload(Appeal.publication)),
        lambda appeal: appeal,
        number,
        per_page=APPEALS_PER_PAGE,
    )


def by_id(appeal_id: int) -> Appeal | None:
    """One appeal with all that its page and its rights are decided on."""
    return db.session.scalars(
        sa.select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(
            joinedload(Appeal.publication).joinedload(Publication.campaign),
            joinedload(Appeal.publication).joinedload(Publication.round),
            joinedload(Appeal.idea).selectinload(Idea.authors),
            joinedload(Appeal.filed_by),
            joinedload(Appeal.taken_by),
            selectinload(Appeal.sheets),
        )
    ).first()


def queue(*, answered: bool, number: int = 1) -> Page[AppealRow]:
    """Appeals that wait, the most pressing first; or those that are over, newest first. Two queries."""
    statement = (
        sa.select(
            Appeal.id,
            Appeal.code,
            Idea.code,
            Idea.title,
            Campaign.name,
            Appeal.state,
            Appeal.filed_at,
            Appeal.due_on,
        )
        .join(Idea, Appeal.idea_id == Idea.id)
        .join(Publication, Appeal.publication_id == Publication.id)
        .join(Campaign, Publication.campaign_id == Campaign.id)
    )
    if answered:
        return page(
            statement.where(Appeal.state.not_in(WAITING)).order_by(Appeal.id.desc()), AppealRow, number
        )
    return page(
        statement.where(Appeal.state.in_(WAITING)).order_by(Appeal.due_on, Appeal.id), AppealRow, number
    )


def waiting() -> int:
    """How many wait for an answer."""
    return db.session.execute(
        sa.select(sa.func.count()).select_from(Appeal).where(Appeal.state.in_(WAITING))
    ).scalar_one()


def counts(publication: Publication) -> AppealCounts:
    """Of this publication and those it has replaced: the appeal that led to it is counted beside it. One query.

    Without names; one that was withdrawn is nobody's business.
    """
    so_far = sa.select(Publication.id).where(
        Publication.campaign_id == publication.campaign_id, Publication.id <= publication.id
    )
    rows = db.session.execute(
        sa.select(Appeal.state, sa.func.count())
        .where(Appeal.publication_id.in_(so_far), Appeal.state != AppealState.WITHDRAWN)
        .group_by(Appeal.state)
    ).all()
    by_state = {row[0]: row[1] for row in rows}
    return AppealCounts(
        filed=sum(by_state.values()),
        answered=sum(by_state.get(state, 0) for state in ANSWERED),
        upheld=by_state.get(AppealState.UPHELD, 0),
    )


def sheets_of(idea_id: int, campaign_id: int) -> list[SheetRow]:
    """The sheets on an idea in locked rounds that count, or are being corrected. Three queries."""
    rows = db.session.execute(
        sa.select(
            ScoreSheet.id, Round.name, Round.id, ScoreSheet.judge_id, ScoreSheet.state, ScoreSheet.reason
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Round, Entry.round_id == Round.id)
        .where(
            Entry.idea_id == idea_id,
            Round.campaign_id == campaign_id,
            Round.state.in_(MARKS_DONE),
            ScoreSheet.state.in_([COUNTS, SheetState.REOPENED, SheetState.VOID]),
        )
        .order_by(Round.position, Round.id)
    ).all()
    codes = codes_in({row[2] for row in rows})
    found = [
        SheetRow(id_, name, round_id, codes[round_id, judge_id], state, reason)
        for id_, name, round_id, judge_id, state, reason in rows
    ]
    places = {round_id: place for place, round_id in enumerate(dict.fromkeys(row.round_id for row in found))}
    return sorted(found, key=lambda row: (places[row.round_id], in_order(row.judge_code)))


def sheet_by_id(sheet_id: int) -> ScoreSheet | None:
    return db.session.get(ScoreSheet, sheet_id)
