"""What a judge typed is kept: one mark by script, the whole sheet by its button, submitted or put off."""

from __future__ import annotations

from collections.abc import Mapping

from flask import (
    abort,
    flash,
    g,
    jsonify,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.campaigns.models import Criterion
from app.core import formats
from app.core.db import transaction
from app.core.errors import Invalid, Refused, Stale, WrongState
from app.core.i18n import _
from app.core.web import csrf, has_token
from app.judging import queries, service
from app.judging import sheet as sheets
from app.judging.access import keeps_marks, own_sheet, this_judge
from app.judging.forms import typed_marks, typed_text, typed_version
from app.judging.models import ScoreSheet
from app.judging.receipt import receipt_of
from app.judging.rules import SheetState
from app.judging.service import Typed
from app.judging.views.blueprint import bp
from app.judging.views.progress import UNDO
from app.judging.views.sheet import next_to_do, page_of
from app.permissions import Action as A
from app.permissions import needs


@bp.post("/<public_id>/diem")
@keeps_marks
@needs(A.SHEET_SCORE)
def mark(public_id: str) -> ResponseReturnValue:
    """One mark or comment, saved at once; answers scripts in JSON."""
    csrf.protect()  # on 400 the script asks for a fresh token and sends again
    key, comment = request.form.get("criterion", ""), typed_text("comment")
    device_key = typed_text("key") or ""
    try:
        with transaction():
            found = own_sheet(public_id, A.SHEET_SCORE)
            if key == "chung":
                service.comment_on_sheet(
                    this_judge(), found, comment=comment or "", version=typed_version(), key=device_key
                )
            else:
                service.mark_criterion(
                    this_judge(),
                    found,
                    _criterion(found, key),
                    points=request.form.get("points", ""),
                    comment=comment,
                    version=typed_version(),
                    key=device_key,
                )
    except Stale:
        found = own_sheet(public_id)
        kept = sheets.kept_on(found).get(key)
        theirs = {"points": kept.points, "comment": kept.note} if kept else {"comment": found.comment}
        return jsonify(conflict=True, version=found.version, theirs=theirs), 409
    except WrongState as refused:
        return jsonify(message=str(refused.message)), 423
    except Invalid as refused:
        return jsonify(message=str(refused.message)), refused.status
    return _kept(found)


@bp.post("/<public_id>/nop")
@keeps_marks
@needs(A.SHEET_SUBMIT)
def submit(public_id: str) -> ResponseReturnValue:
    """“Lưu và tiếp” that waited on the device for the network; answers scripts in JSON. Twice is once."""
    csrf.protect()
    try:
        with transaction():
            found = own_sheet(public_id, A.SHEET_SUBMIT)
            if found.state is not SheetState.SUBMITTED:
                service.submit_sheet(this_judge(), found, version=found.version)
    except WrongState as refused:
        return jsonify(message=str(refused.message)), 423
    except Invalid as refused:
        return jsonify(message=str(refused.message)), refused.status
    session[UNDO] = [found.public_id, found.version, found.entry.judging_code]
    return _kept(found)


@bp.post("/<public_id>")
@keeps_marks
@needs(A.SHEET_SCORE)
def save(public_id: str) -> ResponseReturnValue:
    """The whole sheet by one button: keep it, put it off, or submit it and go on. Works without scripts."""
    wanted = request.form.get("viec", "luu")
    if not has_token():
        found, g.status = own_sheet(public_id), 422
        again = _("Phiên làm việc đã đổi từ khi mở trang. Điểm vẫn còn đây, hãy lưu lại.")
        return page_of(found, typed_marks(found), {"chung": again})
    try:
        with transaction():
            found = own_sheet(public_id, A.SHEET_SCORE)
            typed, errors = typed_marks(found), {}
            if not _sent_before(found, typed, wanted):
                errors = _keep(found, typed, submit=wanted == "nop")
            if wanted == "bo-qua" and not errors:
                service.put_off(this_judge(), found)
    except (Stale, WrongState) as refused:
        raise _both(public_id, refused) from refused
    if errors:
        g.status = 422
        return page_of(own_sheet(public_id), typed, errors)
    return _onward(found, wanted)


def _kept(found: ScoreSheet) -> ResponseReturnValue:
    """What a script is told of a sheet that has just been kept."""
    return jsonify(
        ok=True,
        version=found.version,
        total=formats.mark(sheets.total(found)),
        left=sheets.left(found),
        saved_at=formats.clock_time(found.touched_at),
    )


def _keep(found: ScoreSheet, typed: Mapping[str, Typed], *, submit: bool) -> dict[str, str]:
    """Keep what can be kept; submit when asked to and nothing is wrong. Messages by criterion."""
    errors = service.fill_sheet(
        this_judge(), found, typed=typed, comment=typed_text("nx_chung"), version=typed_version()
    )
    if submit and not errors:
        try:
            service.submit_sheet(this_judge(), found, version=found.version)
        except Invalid as refused:
            return {refused.field: str(refused.message)}
    return errors


def _sent_before(found: ScoreSheet, typed: Mapping[str, Typed], wanted: str) -> bool:
    """The same sheet, sent twice: the first time counts, the second only goes on."""
    held = {key: kept.points for key, kept in sheets.kept_on(found).items()}
    same = all(held[key] == mark.points.replace(".", ",") for key, mark in typed.items())
    return wanted == "nop" and found.state is SheetState.SUBMITTED and same


def _both(public_id: str, refused: Refused) -> Stale:
    """The refusal with both texts, so that nothing typed is lost."""
    found = own_sheet(public_id)
    mine = sheets.side_by_side(found, typed_marks(found), typed_text("nx_chung") or "")
    return Stale(
        refused.message, mine=mine, theirs=sheets.side_by_side(found, sheets.kept_on(found), found.comment)
    )


def _onward(found: ScoreSheet, wanted: str) -> ResponseReturnValue:
    """Where a kept sheet leads: to itself, to the next one to do, or back to the progress page."""
    code, round_id = found.entry.judging_code, found.entry.round_id
    if wanted == "luu":
        flash(_("Đã lưu phiếu %(code)s.", code=code), "ok")
        return redirect(url_for(".sheet", public_id=found.public_id))
    if wanted == "nop":
        held = receipt_of(found)
        session[UNDO] = [found.public_id, found.version, code, held.short if held else ""]
    following = next_to_do(found, queries.my_sheets(this_judge(), found.entry.round))
    if following is None:
        return redirect(url_for(".progress", vong=round_id))
    return redirect(url_for(".sheet", public_id=following.public_id))


def _criterion(found: ScoreSheet, key: str) -> Criterion:
    return next((criterion for criterion in found.criteria if criterion.key == key), None) or abort(404)
