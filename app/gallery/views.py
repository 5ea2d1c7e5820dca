"""Home, the list of ideas and one idea, as anyone may see them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.audit import queries as audit
from app.campaigns import queries as campaigns
from app.campaigns.rules import takes_ideas
from app.core.clock import now
from app.core.i18n import _
from app.core.web import chosen, or_404, page_number
from app.gallery import figures, queries
from app.gallery.countdown import Countdown
from app.initiatives import queries as initiatives
from app.initiatives import tracker
from app.initiatives.rules import InitiativeState
from app.initiatives.words import STATE_WORDS
from app.permissions import Action as A
from app.permissions import needs
from app.reports.figures import SMALLEST_GROUP, apart
from app.results import queries as results

bp = Blueprint("gallery", __name__)


@bp.get("/")
@needs(A.PAGE_READ)
def home() -> ResponseReturnValue:
    campaign = campaigns.current_campaign()
    if campaign is None:
        return render_template("gallery/no_campaign.html")
    return render_template(
        "gallery/home.html",
        campaign=campaign,
        takes_ideas=takes_ideas(campaign.state, campaign.opens_at, campaign.closes_at, now()),
        countdown=Countdown.to(campaign.closes_at, now()),
        phases=campaigns.calendar(campaign, only=campaigns.MAIN_PHASES),
        prizes=campaigns.prizes(campaign),
        topics=queries.counts_by_topic(campaign),
        newest=queries.newest(campaign),
        outcomes=tracker.public_outcomes(limit=3),
    )


@bp.get("/y-tuong")
@needs(A.PAGE_READ)
def ideas() -> ResponseReturnValue:
    topics, years = queries.topics(), queries.years()
    filters = queries.Filters(
        text=request.args.get("q", "")[:100],
        topic=chosen(request.args.get("linh-vuc"), topics),
        year=chosen(request.args.get("nam"), years),
    )
    return render_template(
        "gallery/ideas.html",
        page=queries.ideas(filters, page_number()),
        filters=filters,
        topics=topics,
        years=years,
        topic_chips=topic_chips(filters, topics),
    )


def topic_chips(filters: queries.Filters, topics: list[tuple[str, str]]) -> list[dict[str, object]]:
    """One link a topic; the search and the year stay as they are."""
    kept: dict[str, Any] = {"q": filters.text or None, "nam": filters.year or None}
    return [
        {
            "url": url_for("gallery.ideas", **{**kept, "linh-vuc": slug or None}),
            "label": name,
            "slug": slug,
            "current": slug == filters.topic,
        }
        for slug, name in [("", _("Tất cả")), *topics]
    ]


@bp.get("/y-tuong/<code>")
@needs(A.PAGE_READ)
def idea(code: str) -> ResponseReturnValue:
    found = or_404(queries.idea(code))
    return render_template(
        "gallery/idea.html",
        idea=found,
        timeline=audit.timeline("ideas", found.id, public=True),
        award=results.award_of(found.id),
        initiative=initiatives.of_idea(found.id),
    )


@bp.get("/thong-ke")
@needs(A.PAGE_READ)
def statistics() -> ResponseReturnValue:
    """Figures for everybody; a group of fewer than five people is never shown by itself."""
    topics, campaigns_, counts = figures.by_topic(), figures.by_campaign(), tracker.public_counts()
    authors, rest = figures.authors(), _("Các nhóm còn lại")
    enough = authors >= SMALLEST_GROUP
    return render_template(
        "gallery/statistics.html",
        total=sum(group.ideas for group in topics),
        authors=authors,
        topics=figures.bars(*apart(topics, lambda group: group.people), rest) if enough else [],
        campaigns=figures.bars(*apart(campaigns_, lambda group: group.people), rest),
        work=[(words, counts[state]) for state, words in STATE_WORDS.items() if state in counts],
        completed=counts.get(InitiativeState.COMPLETED, 0),
    )
