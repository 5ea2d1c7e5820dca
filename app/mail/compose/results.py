"""Mails when results are published: to winners, and to the other teams that were judged."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.db import db
from app.core.events import Event
from app.ideas.models import Idea
from app.judging.models import Entry
from app.mail.compose.ideas import own_page
from app.mail.letters import PreviewMail, authors_of, letter, link
from app.results.models import Publication


def award_won(event: Event) -> list[PreviewMail]:
    return to_winners(db.session.get_one(Publication, event.object_id))


def results_published(event: Event) -> list[PreviewMail]:
    return to_others(db.session.get_one(Publication, event.object_id))


def to_winners(publication: Publication) -> list[PreviewMail]:
    """One mail for every award and member; a team with two awards reads of both."""
    teams = authors_of(award.idea_id for award in publication.awards)
    return [
        letter(
            "award_won",
            to,
            {"ten_giai": award.prize.name, **_values(publication, award.idea)},
            campaign=publication.campaign,
            about=f"a{award.id}",
        )
        for award in sorted(publication.awards, key=lambda award: (award.prize.position, award.id))
        for to in teams.get(award.idea_id, [])
    ]


def to_others(publication: Publication) -> list[PreviewMail]:
    """Everybody whose idea was judged in this campaign and has no award."""
    awarded = {award.idea_id for award in publication.awards}
    judged = db.session.scalars(
        sa.select(Idea)
        .where(
            Idea.id.in_(
                sa.select(Entry.idea_id)
                .join(Round, Round.id == Entry.round_id)
                .where(Round.campaign_id == publication.campaign_id, Entry.excluded_as.is_(None))
            ),
            Idea.id.not_in(awarded),
        )
        .order_by(Idea.id)
    ).all()
    teams = authors_of(idea.id for idea in judged)
    return [
        letter(
            "results_published",
            to,
            _values(publication, idea),
            campaign=publication.campaign,
            about=f"i{idea.id}",
        )
        for idea in judged
        for to in teams.get(idea.id, [])
    ]


def _values(publication: Publication, idea: Idea) -> dict[str, Any]:
    return {
        "ten_cuoc_thi": publication.campaign.name,
        "ten_y_tuong": idea.title,
        "ma": idea.code or "",
        "lien_ket_ket_qua": link(f"/ket-qua/{publication.campaign.slug}"),
        "lien_ket": own_page(idea, "/ket-qua"),
    }
