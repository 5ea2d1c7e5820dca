"""The bands of a rubric, as one form: freely while it is planned, as a new version of the rules afterwards."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns.models import Campaign, Rubric
from app.campaigns.setup import queries, rubrics
from app.campaigns.setup.bands.forms import BandsForm
from app.campaigns.setup.plans import rubric_plan
from app.campaigns.setup.rules import CHANGEABLE, Part, Stage
from app.core.i18n import _
from app.core.web import or_404
from app.judging import changes, frozen
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("bands", __name__, url_prefix="/quan-tri/cuoc-thi/<slug>/bo-tieu-chi/<int:rubric_id>/xep-loai")


@bp.route("", methods=["GET", "POST"])
@needs(A.ROUND_PLAN)
def bands(slug: str, rubric_id: int) -> ResponseReturnValue:
    """Buttons that add a row only show the form again; nothing is kept until it is saved."""
    campaign, rubric = _rubric(slug, rubric_id)
    round_ = queries.round_of_rubric(rubric)
    stage = frozen.stage_of(round_) if round_ else Stage.PLANNED
    form = BandsForm.of(rubric, request.form if request.method == "POST" else None)
    typed = {"version": form.version.data, "bands": form.plans()}
    if request.form.get("viec") == "them":
        form.add()
        done = False
    elif round_ is None or stage is Stage.PLANNED:
        done = form.run(rubrics.save_bands, me(), rubric, **typed)
    else:
        reason = form.reason.data or ""
        done = form.run(changes.change_bands, me(), round_, rubric, reason=reason, **typed)
    if done:
        flash(_("Đã lưu xếp loại."), "ok")
        return redirect(url_for(".bands", slug=slug, rubric_id=rubric_id))
    findings = frozen.findings_of(round_) if round_ and stage is Stage.PLANNED else []
    return render_template(
        "campaigns/setup/bands.html",
        campaign=campaign,
        rubric=rubric,
        round=round_,
        form=form,
        stage=stage,
        findings=[finding for finding in findings if finding.key.startswith("band_")],
        may_write=stage in CHANGEABLE[Part.BANDS],
        names={criterion.key: criterion for criterion in rubric_plan(rubric).scored},
    )


def _rubric(slug: str, rubric_id: int) -> tuple[Campaign, Rubric]:
    """The rubric that a round uses; a variant has the bands of its own rubric."""
    campaign: Campaign = or_404(campaigns.by_slug(slug))
    require(me(), A.ROUND_PLAN, campaign)
    rubric: Rubric = or_404(queries.rubric_by_id(campaign, rubric_id))
    if rubric.variant_of_id is not None:
        abort(404)
    return campaign, rubric
