"""Heads leave the building: mailed and printed at every turn of a round, on the public page every hour.

Without copies outside, a chain proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.audit.verification import HEAD_PUBLISHED
from app.campaigns.models import Campaign, Round
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, HeadReason, PublishedHead, Seal, record
from app.core.pagination import Page, page
from app.results.models import Publication, ResultBundle

PUBLISHES = {
    "round.opened": HeadReason.OPENED,
    "round.locked": HeadReason.LOCKED,
    "results.published": HeadReason.PUBLISHED,
}
EVERY = timedelta(hours=1)
NEWS_FOR = timedelta(days=3)  # a mail about something older helps nobody
PAGE, MAILED = "/kiem-chung", "/kiem-chung, thư gửi giám khảo"
SHORTEST = 8  # characters of a head that somebody compares


def publish_due() -> int:
    """What happened and is sealed by now, and the hourly head. Returns how many heads left."""
    turns, hourly = _turns(), _hour_is_over()
    db.session.rollback()
    if not turns and not hourly:
        return 0
    with transaction():
        last = _last_seal()
        if last is None:
            return 0
        for event_id in turns:
            _publish_turn(db.session.get_one(Event, event_id), last)
        if hourly and not turns:
            _add(last, HeadReason.HOURLY, None, PAGE)
    return len(turns) or 1


def _publish_turn(event: Event, last: Seal) -> None:
    is_news = event.at > now() - NEWS_FOR
    own = db.session.execute(sa.select(Seal).where(Seal.event_id == event.id)).scalar_one()
    # the newest head covers most; of the past, the one that would have left then
    head = _add(last if is_news else own, PUBLISHES[event.kind], event, MAILED if is_news else PAGE)
    if is_news:
        record(
            "head.published",
            head,
            None,
            number=head.number,
            head=head.head,
            reason=head.reason.value,
            round_id=_round_of(event),
        )


def _add(last: Seal, reason: HeadReason, event: Event | None, where: str) -> PublishedHead:
    head = PublishedHead(
        number=last.number,
        head=last.head,
        reason=reason,
        event_id=event.id if event else None,
        published_at=now(),
        where=where,
    )
    db.session.add(head)
    db.session.flush()
    return head


def _turns() -> Sequence[int]:
    """Sealed events that a head is published for, and none was."""
    done = sa.exists().where(PublishedHead.event_id == Event.id)
    return db.session.scalars(
        sa.select(Event.id)
        .join(Seal, Seal.event_id == Event.id)
        .where(Event.kind.in_(PUBLISHES), ~done)
        .order_by(Seal.number)
    ).all()


def _hour_is_over() -> bool:
    """Only when something new is sealed; that a head was published is no news."""
    newest = db.session.scalars(
        sa.select(PublishedHead).order_by(PublishedHead.published_at.desc(), PublishedHead.id.desc()).limit(1)
    ).first()
    if newest is not None and newest.published_at > now() - EVERY:
        return False
    after = newest.number if newest else 0
    news = (
        sa.select(Seal.number)
        .join(Event, Event.id == Seal.event_id)
        .where(Seal.number > after, Event.kind != HEAD_PUBLISHED)
    )
    return db.session.execute(news.limit(1)).first() is not None


def _last_seal() -> Seal | None:
    return db.session.scalars(sa.select(Seal).order_by(Seal.number.desc()).limit(1)).first()


def _round_of(event: Event) -> int:
    if event.object_type == Publication.__tablename__:
        return db.session.get_one(Publication, event.object_id).round_id
    return event.object_id


# --- reads of the public page


class HeadRow(NamedTuple):
    id: int
    number: int
    head: str
    reason: HeadReason
    published_at: object
    round_name: str | None


class BundleRow(NamedTuple):
    """A bundle to be downloaded."""

    sha256: str
    size_bytes: int
    published_at: object
    campaign_slug: str
    campaign_name: str


def heads(number: int = 1) -> Page[HeadRow]:
    """Newest first. Two queries."""
    is_round = sa.and_(Event.object_type == Round.__tablename__, Event.object_id == Round.id)
    return page(
        sa.select(
            PublishedHead.id,
            PublishedHead.number,
            PublishedHead.head,
            PublishedHead.reason,
            PublishedHead.published_at,
            Round.name,
        )
        .outerjoin(Event, Event.id == PublishedHead.event_id)
        .outerjoin(Round, is_round)
        .order_by(PublishedHead.number.desc(), PublishedHead.id.desc()),
        HeadRow,
        number,
    )


def bundles() -> list[BundleRow]:
    """Every bundle, newest first: a ward publishes a handful a year."""
    rows = db.session.execute(
        sa.select(
            ResultBundle.sha256,
            ResultBundle.size_bytes,
            Publication.published_at,
            Campaign.slug,
            Campaign.name,
        )
        .join(Publication, ResultBundle.publication_id == Publication.id)
        .join(Campaign, Publication.campaign_id == Campaign.id)
        .order_by(Publication.published_at.desc())
        .limit(100)
    )
    return [BundleRow(*row) for row in rows]


def bundle_by_sha256(sha256: str) -> ResultBundle | None:
    return db.session.scalars(sa.select(ResultBundle).where(ResultBundle.sha256 == sha256)).first()


def head_of_publication(publication_id: int) -> PublishedHead | None:
    """What is printed on the page of results."""
    return db.session.scalars(
        sa.select(PublishedHead)
        .join(Event, Event.id == PublishedHead.event_id)
        .where(
            Event.kind == "results.published",
            Event.object_type == Publication.__tablename__,
            Event.object_id == publication_id,
        )
    ).first()


def agrees(number: int, head: str) -> bool | None:
    """Is this the head with that number? None when there is no such seal: something was cut off, or not yet sealed."""
    held = db.session.scalar(sa.select(Seal.head).where(Seal.number == number))
    return None if held is None else held.startswith(head.lower())
