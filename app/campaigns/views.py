"""Pages of a campaign, and the texts that hold for all: rules, privacy, help."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from app.campaigns import queries, texts
from app.campaigns.rules import takes_ideas
from app.campaigns.setup import queries as setup
from app.core.clock import now
from app.core.web import or_404
from app.gallery import queries as gallery
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("campaigns", __name__)


@bp.get("/cuoc-thi")
@needs(A.PAGE_READ)
def every() -> ResponseReturnValue:
    return render_template("campaigns/every.html", campaigns=queries.every_campaign())


@bp.get("/cuoc-thi/<slug>")
@needs(A.PAGE_READ)
def one(slug: str) -> ResponseReturnValue:
    campaign = or_404(queries.by_slug(slug))
    return render_template(
        "campaigns/one.html",
        campaign=campaign,
        takes_ideas=takes_ideas(campaign.state, campaign.opens_at, campaign.closes_at, now()),
        phases=queries.calendar(campaign),
        prizes=queries.prizes(campaign),
        counts=gallery.counts_by_topic(campaign),
        newest=gallery.newest(campaign, limit=6),
    )


@bp.get("/the-le", defaults={"slug": None})
@bp.get("/cuoc-thi/<slug>/the-le")
@needs(A.PAGE_READ)
def rules(slug: str | None) -> ResponseReturnValue:
    campaign = or_404(queries.by_slug(slug) if slug else queries.current_campaign())
    return render_template(
        "campaigns/rules.html",
        campaign=campaign,
        text=or_404(queries.rules_text(campaign)),
        faq=queries.faq(campaign),
        rounds=setup.rounds_of(campaign),
        versions=setup.rules_versions(campaign),
    )


@bp.get("/quyen-rieng-tu")
@needs(A.PAGE_READ)
def privacy() -> ResponseReturnValue:
    return render_template(
        "campaigns/text.html", text=texts.page("privacy_notice", current_app.config["SETTINGS"])
    )


@bp.get("/tro-giup")
@needs(A.PAGE_READ)
def help_() -> ResponseReturnValue:
    return render_template("campaigns/text.html", text=texts.page("help", current_app.config["SETTINGS"]))
