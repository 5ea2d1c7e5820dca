"""Pages of the administrators about campaigns."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import queries as audit
from app.campaigns import queries, service
from app.campaigns.manage.forms import DeadlineForm, EditForm, NewForm
from app.campaigns.models import Campaign
from app.campaigns.rules import CampaignState
from app.core.clock import local
from app.core.forms import VersionForm
from app.core.i18n import _
from app.core.web import or_404
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("campaigns_manage", __name__, url_prefix="/quan-tri/cuoc-thi")


@bp.get("")
@needs(A.CAMPAIGN_MANAGE)
def every() -> ResponseReturnValue:
    return render_template("campaigns/manage/every.html", campaigns=queries.every_campaign(planned=True))


@bp.route("/moi", methods=["GET", "POST"])
@needs(A.CAMPAIGN_MANAGE)
def new() -> ResponseReturnValue:
    form = NewForm()
    if form.run(service.create_campaign, me(), **form.values):
        flash(_("Đã lập cuộc thi. Xem lại rồi mở."), "ok")
        return redirect(url_for(".one", slug=form.result.slug))
    return render_template("campaigns/manage/new.html", form=form)


@bp.route("/<slug>", methods=["GET", "POST"])
@needs(A.CAMPAIGN_MANAGE)
def one(slug: str) -> ResponseReturnValue:
    campaign = _campaign(slug)
    form = EditForm(obj=campaign)
    if form.run(service.edit_campaign, me(), campaign, **form.values):
        flash(_("Đã lưu."), "ok")
        return redirect(url_for(".one", slug=slug))
    return _page(campaign, form=form)


@bp.post("/<slug>/han-nop")
@needs(A.CAMPAIGN_MANAGE)
def deadline(slug: str) -> ResponseReturnValue:
    campaign = _campaign(slug)
    form = DeadlineForm(prefix="han")
    if form.run(service.move_deadline, me(), campaign, **form.values):
        flash(_("Đã dời hạn nộp. Mọi người thấy hạn mới ngay."), "ok")
        return redirect(url_for(".one", slug=slug))
    return _page(campaign, deadline_form=form)


@bp.post("/<slug>/mo")
@needs(A.CAMPAIGN_MANAGE)
def open_(slug: str) -> ResponseReturnValue:
    campaign, form = _campaign(slug), VersionForm()
    if form.run(service.open_campaign, me(), campaign, version=form.version.data):
        flash(_("Đã mở cuộc thi."), "ok")
    return redirect(url_for(".one", slug=slug))


@bp.post("/<slug>/dong")
@needs(A.CAMPAIGN_MANAGE)
def close(slug: str) -> ResponseReturnValue:
    campaign, form = _campaign(slug), VersionForm()
    if form.run(service.close_campaign, me(), campaign, version=form.version.data):
        flash(_("Đã đóng cuộc thi."), "ok")
    return redirect(url_for(".one", slug=slug))


@bp.get("/<slug>/vong/<key>")
@needs(A.ROUND_PLAN)
def plan_round(slug: str, key: str) -> ResponseReturnValue:
    """Where rounds were planned before they had pages of their own."""
    return redirect(url_for("setup.round_", slug=slug, key=key))


def _page(
    campaign: Campaign, *, form: EditForm | None = None, deadline_form: DeadlineForm | None = None
) -> ResponseReturnValue:
    return render_template(
        "campaigns/manage/one.html",
        campaign=campaign,
        form=form or EditForm(formdata=None, obj=campaign),
        deadline_form=deadline_form
        or DeadlineForm(
            formdata=None,
            prefix="han",
            version=campaign.version,
            closes_on=local(campaign.closes_at).date(),
        ),
        is_open=campaign.state is CampaignState.OPEN,
        phases=queries.calendar(campaign),
        prizes=queries.prizes(campaign),
        timeline=audit.timeline("campaigns", campaign.id),
    )


def _campaign(slug: str) -> Campaign:
    campaign: Campaign = or_404(queries.by_slug(slug))
    require(me(), A.CAMPAIGN_MANAGE, campaign)
    return campaign
