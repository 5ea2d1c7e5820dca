"""Pages of the administrators: the rounds of a campaign, and the rubrics that judges mark by."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns import standard
from app.campaigns.models import Campaign, Round, Rubric
from app.campaigns.rules import RoundState
from app.campaigns.setup import queries
from app.campaigns.setup import rounds as commands
from app.campaigns.setup import rubrics as rubric_commands
from app.campaigns.setup.forms import NewRubricForm, VariantForm
from app.campaigns.setup.round_form import RoundForm, as_typed, offered
from app.campaigns.setup.rubric_form import RubricForm, moved
from app.campaigns.setup.rules import CHANGEABLE, Part, Stage
from app.core.db import transaction
from app.core.forms import VersionForm
from app.core.i18n import _
from app.core.web import or_404
from app.judging import changes, frozen, sheet
from app.judging import queries as judging
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("setup", __name__, url_prefix="/quan-tri/cuoc-thi/<slug>")


@bp.get("/vong-cham")
@needs(A.ROUND_PLAN)
def rounds(slug: str) -> ResponseReturnValue:
    campaign = _campaign(slug)
    sizes = judging.panel_sizes(campaign)
    return render_template(
        "campaigns/setup/rounds.html",
        campaign=campaign,
        rounds=[
            (round_, frozen.findings_of(round_, panel=sizes.get(round_.id, 0)))
            for round_ in queries.rounds_of(campaign)
        ],
        form=VersionForm(formdata=None),
    )


@bp.route("/vong-cham/moi", methods=["GET", "POST"])
@needs(A.ROUND_PLAN)
def new_round(slug: str) -> ResponseReturnValue:
    """A round as it is offered: the screening first, then the final."""
    campaign = _campaign(slug)
    kind = request.args.get("mau") or ("chung-khao" if campaign.rounds else "so-khao")
    form = _round_form(campaign, None, RoundForm(data=offered(campaign, kind)))
    if form.run(commands.add_round, me(), campaign, **form.plan):
        flash(_("Đã thêm %(name)s.", name=form.result.name), "ok")
        return redirect(url_for(".round_", slug=slug, key=form.result.key))
    return render_template(
        "campaigns/setup/round.html", campaign=campaign, round=None, form=form, findings=[], opened=False
    )


@bp.route("/vong-cham/<key>", methods=["GET", "POST"])
@needs(A.ROUND_PLAN)
def round_(slug: str, key: str) -> ResponseReturnValue:
    """How one round is judged: freely while it is planned, as a new version of its rules afterwards."""
    campaign, found = _campaign(slug), _round(slug, key)
    form = _round_form(campaign, found, RoundForm(data=as_typed(found)))
    opened = found.state is not RoundState.PLANNED
    if opened:
        done = form.run(changes.change_round, me(), found, reason=form.reason.data or "", **form.plan)
    else:
        done = form.run(commands.plan_round, me(), found, **form.plan)
    if done:
        flash(_("Đã lưu cách chấm %(name)s.", name=found.name), "ok")
        return redirect(url_for(".round_", slug=slug, key=key))
    return render_template(
        "campaigns/setup/round.html",
        campaign=campaign,
        round=found,
        form=form,
        findings=frozen.findings_of(found),
        opened=opened,
        locked=frozen.stage_of(found) is Stage.LOCKED,
        versions=queries.rules_versions(campaign).get(found.id, []),
    )


@bp.post("/vong-cham/<key>/<any(len, xuong):way>")
@needs(A.ROUND_PLAN)
def move_round(slug: str, key: str, way: str) -> ResponseReturnValue:
    found, form = _round(slug, key), VersionForm()
    form.run(commands.move_round, me(), found, later=way == "xuong", version=form.version.data)
    return redirect(url_for(".rounds", slug=slug))


@bp.post("/vong-cham/<key>/xoa")
@needs(A.ROUND_PLAN)
def delete_round(slug: str, key: str) -> ResponseReturnValue:
    found, form = _round(slug, key), VersionForm()
    if form.run(changes.delete_round, me(), found, version=form.version.data):
        flash(_("Đã xóa vòng chấm. Bộ tiêu chí của vòng vẫn còn."), "ok")
    return redirect(url_for(".rounds", slug=slug))


@bp.route("/bo-tieu-chi", methods=["GET", "POST"])
@needs(A.ROUND_PLAN)
def rubrics(slug: str) -> ResponseReturnValue:
    """The rubrics of a campaign, and a new one from a preset or empty."""
    campaign, form = _campaign(slug), NewRubricForm()
    presets = [(key, f"{key}: {name}") for key, name in standard.presets()]
    form.preset.choices = [*presets, ("", _("Trang trống"))]
    if form.run(rubric_commands.new_rubric, me(), campaign, **form.values):
        flash(_("Đã lập bộ tiêu chí. Sửa cho hợp rồi lưu."), "ok")
        return redirect(url_for(".rubric", slug=slug, rubric_id=form.result.id))
    return render_template(
        "campaigns/setup/rubrics.html", campaign=campaign, rows=queries.rubrics_of(campaign), form=form
    )


@bp.route("/bo-tieu-chi/<int:rubric_id>", methods=["GET", "POST"])
@needs(A.ROUND_PLAN)
def rubric(slug: str, rubric_id: int) -> ResponseReturnValue:
    """One rubric as one form. Buttons that add or move a row only show it again; nothing is kept until it is saved."""
    campaign, found = _campaign(slug), _rubric(slug, rubric_id)
    user = queries.round_of_rubric(found)
    stage = frozen.stage_of(user) if user else Stage.PLANNED
    wanted = request.form.get("viec", "luu")
    if request.method == "POST" and wanted != "luu":
        return _rubric_page(campaign, found, user, stage, _rearranged(found, wanted))
    form = RubricForm.of(found, request.form if request.method == "POST" else None)
    kept = {name: form[name].data for name in ("scale", "community_points") if name in form}
    kept = {name: value or 0 for name, value in kept.items()}
    if user is None or stage is Stage.PLANNED:
        same = {"scale": found.scale, "community_points": found.community_points} | kept
        done = form.run(
            rubric_commands.save_rubric,
            me(),
            found,
            name=form.name.data or "",
            criteria=form.plans(),
            version=form.version.data,
            **same,
        )
    else:
        done = form.run(
            changes.change_rubric,
            me(),
            user,
            found,
            name=form.name.data or "",
            criteria=form.plans(),
            version=form.version.data,
            reason=form.reason.data or "",
            **kept,
        )
    if done:
        flash(_("Đã lưu bộ tiêu chí."), "ok")
        return redirect(url_for(".rubric", slug=slug, rubric_id=rubric_id))
    return _rubric_page(campaign, found, user, stage, form)


@bp.get("/bo-tieu-chi/<int:rubric_id>/xem-truoc")
@needs(A.ROUND_PLAN)
def preview(slug: str, rubric_id: int) -> ResponseReturnValue:
    """The rubric as a judge sees it, drawn by the very macro of the score sheet."""
    found = _rubric(slug, rubric_id)
    return render_template(
        "campaigns/setup/preview.html", campaign=_campaign(slug), rubric=found, lines=sheet.unmarked(found)
    )


@bp.post("/bo-tieu-chi/<int:rubric_id>/sao-chep")
@needs(A.ROUND_PLAN)
def copy_rubric(slug: str, rubric_id: int) -> ResponseReturnValue:
    found = _rubric(slug, rubric_id)
    with transaction():
        copy = rubric_commands.copy_rubric(me(), found)
    flash(_("Đã sao chép. Đây là bản mới."), "ok")
    return redirect(url_for(".rubric", slug=slug, rubric_id=copy.id))


@bp.post("/bo-tieu-chi/<int:rubric_id>/linh-vuc")
@needs(A.ROUND_PLAN)
def add_variant(slug: str, rubric_id: int) -> ResponseReturnValue:
    """A rubric of its own for one topic, begun as a copy."""
    found = _rubric(slug, rubric_id)
    topics = {topic.id: topic for topic in queries.free_topics(found)}
    form = VariantForm()
    form.topic_id.choices = [(topic.id, topic.name) for topic in topics.values()]
    if form.run(rubric_commands.copy_rubric, me(), found, topic=topics.get(form.topic_id.data)):
        flash(_("Đã lập bộ tiêu chí riêng cho lĩnh vực này."), "ok")
        return redirect(url_for(".rubric", slug=slug, rubric_id=form.result.id))
    flash(_("Chọn một lĩnh vực chưa có bộ riêng."), "bad")
    return redirect(url_for(".rubric", slug=slug, rubric_id=rubric_id))


@bp.post("/bo-tieu-chi/<int:rubric_id>/xoa")
@needs(A.ROUND_PLAN)
def delete_rubric(slug: str, rubric_id: int) -> ResponseReturnValue:
    found, form = _rubric(slug, rubric_id), VersionForm()
    if form.run(rubric_commands.delete_rubric, me(), found, version=form.version.data):
        flash(_("Đã xóa bộ tiêu chí."), "ok")
    return redirect(url_for(".rubrics", slug=slug))


def _rubric_page(
    campaign: Campaign, found: Rubric, user: Round | None, stage: Stage, form: RubricForm
) -> ResponseReturnValue:
    topics = VariantForm(formdata=None)
    topics.topic_id.choices = [(topic.id, topic.name) for topic in queries.free_topics(found)]
    findings = frozen.findings_of(user) if user and stage is Stage.PLANNED else []
    return render_template(
        "campaigns/setup/rubric.html",
        campaign=campaign,
        rubric=found,
        round=user,
        form=form,
        findings=[finding for finding in findings if finding.stops],
        stage=stage,
        may_weigh=stage in CHANGEABLE[Part.CRITERIA],
        may_write=stage in CHANGEABLE[Part.WORDING],
        topics=topics,
    )


def _rearranged(found: Rubric, wanted: str) -> RubricForm:
    """What was typed with a row more, or two criteria changed about: “len-2” moves the third one up."""
    way, _dash, place = wanted.partition("-")
    if way in {"len", "xuong"} and place.isdecimal():
        to = int(place) + (1 if way == "xuong" else -1)
        return RubricForm.of(found, moved(request.form, int(place), to) if to >= 0 else request.form)
    form = RubricForm.of(found, request.form)
    form.add(wanted.removeprefix("them-"))
    return form


def _round_form(campaign: Campaign, round_: Round | None, form: RoundForm) -> RoundForm:
    rows = queries.rubrics_of(campaign)
    own = round_.rubric_id if round_ else None
    free = [row.rubric for row in rows if row.round_name is None or row.rubric.id == own]
    opened = round_ is not None and round_.state is not RoundState.PLANNED
    if opened:
        return form.choose([rubric for rubric in free if rubric.id == own], [])
    return form.choose(free, standard.presets())


def _campaign(slug: str) -> Campaign:
    campaign: Campaign = or_404(campaigns.by_slug(slug))
    require(me(), A.ROUND_PLAN, campaign)
    return campaign


def _round(slug: str, key: str) -> Round:
    found = next((one for one in queries.rounds_of(_campaign(slug)) if one.key == key), None)
    found_: Round = or_404(found)
    return found_


def _rubric(slug: str, rubric_id: int) -> Rubric:
    return or_404(queries.rubric_by_id(_campaign(slug), rubric_id))
