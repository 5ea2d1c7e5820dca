"""The anchors a judge marks before the first sheet, and how the own scale compares."""

from __future__ import annotations

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.lost_session import keeps_typed
from app.campaigns.models import Criterion, Round
from app.campaigns.rules import RoundState
from app.core import formats
from app.core.db import transaction
from app.core.errors import Invalid, Stale, WrongState
from app.core.security import kept_to_ourselves
from app.core.web import csrf, or_404
from app.judging import queries
from app.judging import sheet as sheets
from app.judging.access import this_judge
from app.judging.blind import blind_idea
from app.judging.evening.calibration import service as calibration
from app.judging.forms import SheetForm, typed_version
from app.judging.models import Anchor, AnchorSheet
from app.permissions import Action as A
from app.permissions import needs

bp = kept_to_ourselves(Blueprint("calibration", __name__, url_prefix="/cham-diem/hieu-chuan/<int:round_id>"))
keeps_marks = keeps_typed("calibration.anchor")


@bp.get("")
@needs(A.SHEET_READ)
def overview(round_id: int) -> ResponseReturnValue:
    """What is to be marked; once all is submitted, the own marks beside the panel's."""
    round_ = _round(round_id)
    anchors = calibration.anchors_of(round_)
    lines = calibration.compared(this_judge(), round_, anchors)
    return render_template(
        "judging/calibration.html",
        round=round_,
        anchors=anchors,
        own=calibration.own_sheets(this_judge(), round_),
        lines=lines,
        few=calibration.ENOUGH_JUDGES,
    )


@bp.route("/<code>", methods=["GET", "POST"])
@keeps_marks
@needs(A.SHEET_SCORE)
def anchor(round_id: int, code: str) -> ResponseReturnValue:
    """One anchor. The form works without scripts; with them each mark is kept at once, as on any sheet."""
    found = _anchor(_round(round_id), code)
    errors: dict[str, str] = {}
    if request.method == "POST":
        csrf.protect()
        errors = _keep(found)
        if not errors:
            return redirect(_onward(found) if request.form.get("viec") == "nop" else request.url)
        g.status = 422
    return _page(found, errors)


@bp.post("/<code>/diem")
@keeps_marks
@needs(A.SHEET_SCORE)
def mark(round_id: int, code: str) -> ResponseReturnValue:
    csrf.protect()
    found = _anchor(_round(round_id), code)
    criterion = _criterion(found, request.form.get("criterion", ""))
    try:
        with transaction():
            sheet = calibration.mark_anchor(
                this_judge(),
                found,
                criterion,
                points=request.form.get("points", ""),
                version=typed_version(),
            )
    except Stale:
        held = calibration.sheet_of(this_judge(), found)
        theirs = formats.mark(held.points.get(criterion.key)) if held else ""
        return jsonify(conflict=True, version=held.version if held else 0, theirs={"points": theirs}), 409
    except WrongState as refused:
        return jsonify(message=str(refused.message)), 423
    except Invalid as refused:
        return jsonify(message=str(refused.message)), refused.status
    return _kept(found, sheet)


@bp.post("/<code>/nop")
@keeps_marks
@needs(A.SHEET_SUBMIT)
def submit(round_id: int, code: str) -> ResponseReturnValue:
    csrf.protect()
    found = _anchor(_round(round_id), code)
    try:
        with transaction():
            sheet = calibration.sheet_of(this_judge(), found)
            if sheet is None or sheet.submitted_at is None:
                sheet = calibration.submit_anchor(this_judge(), found, version=sheet.version if sheet else 0)
    except WrongState as refused:
        return jsonify(message=str(refused.message)), 423
    except Invalid as refused:
        return jsonify(message=str(refused.message)), refused.status
    return _kept(found, sheet)


def _keep(found: Anchor) -> dict[str, str]:
    """Keep what can be kept, submit when asked to; messages by criterion."""
    with transaction():
        sheet, errors = calibration.fill_anchor(
            this_judge(), found, typed=request.form, version=typed_version()
        )
        if request.form.get("viec") == "nop" and not errors:
            try:
                calibration.submit_anchor(this_judge(), found, version=sheet.version)
            except Invalid as refused:
                errors[refused.field] = str(refused.message)
    return errors


def _page(found: Anchor, errors: dict[str, str]) -> ResponseReturnValue:
    sheet = calibration.sheet_of(this_judge(), found)
    points = sheet.points if sheet else {}
    typed = request.form if errors else {}
    version = found.idea_version
    return render_template(
        "judging/anchor.html",
        round=found.round,
        code=found.code,
        idea=blind_idea(version, found.code, version.topic, ()),
        lines=sheets.anchor_lines(found.round.rubric.criteria, points, typed, errors),
        errors=errors,
        total=sum(points.values()),
        left=len(found.round.rubric.criteria) - len(points),
        scale=found.round.rubric.scale,
        open=found.round.state is RoundState.OPEN and not (sheet and sheet.submitted_at),
        form=SheetForm(formdata=None, version=sheet.version if sheet else 0),
        onward=_onward(found),
        owner=f"gk-{this_judge().id}",
    )


def _onward(found: Anchor) -> str:
    """The next anchor to mark, or the comparison."""
    own = calibration.own_sheets(this_judge(), found.round)
    to_do = [
        anchor
        for anchor in calibration.anchors_of(found.round)
        if anchor.id != found.id and not (anchor.id in own and own[anchor.id].submitted_at)
    ]
    if to_do:
        return url_for(".anchor", round_id=found.round_id, code=to_do[0].code)
    return url_for(".overview", round_id=found.round_id)


def _kept(found: Anchor, sheet: AnchorSheet) -> ResponseReturnValue:
    return jsonify(
        ok=True,
        version=sheet.version,
        total=formats.mark(sum(sheet.points.values())),
        left=len(found.round.rubric.criteria) - len(sheet.points),
    )


def _criterion(found: Anchor, key: str) -> Criterion:
    return next((one for one in found.round.rubric.criteria if one.key == key), None) or abort(404)


def _round(round_id: int) -> Round:
    round_: Round = or_404(queries.round_by_id(round_id))
    or_404(queries.member_of(this_judge(), round_))
    return round_


def _anchor(round_: Round, code: str) -> Anchor:
    return or_404(calibration.anchor_by_code(round_, code))
