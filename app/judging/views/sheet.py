"""One sheet: to read and mark, its receipt, taking it back, handing it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import (
    Response,
    flash,
    g,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.lost_session import keeps_typed
from app.campaigns.rules import RoundState
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404
from app.ideas.rules import IdeaState
from app.judging import queries, service
from app.judging import sheet as sheets
from app.judging.access import own_sheet, this_judge
from app.judging.blind import blind_idea
from app.judging.evening.calibration import service as calibration
from app.judging.evening.time_left import time_left
from app.judging.forms import RecuseForm, SheetForm, typed_text, typed_version
from app.judging.models import ScoreSheet
from app.judging.queries import SheetRow
from app.judging.receipt import Receipt, receipt_of
from app.judging.rules import HOLDING, SCORABLE, SheetState
from app.judging.service import Typed
from app.judging.views.blueprint import bp
from app.judging.views.progress import own_totals, undo
from app.permissions import Action as A
from app.permissions import needs


@bp.get("/<public_id>")
@needs(A.SHEET_READ)
def sheet(public_id: str) -> ResponseReturnValue:
    found = own_sheet(public_id)
    round_ = found.entry.round
    if round_.state is RoundState.OPEN and calibration.comes_first(this_judge(), round_.id):
        return redirect(url_for("calibration.overview", round_id=round_.id))
    return page_of(found)


@bp.get("/<public_id>/bien-nhan")
@needs(A.SHEET_READ)
def receipt(public_id: str) -> ResponseReturnValue:
    """What the judge can hold against us later."""
    found = own_sheet(public_id)
    held: Receipt = or_404(receipt_of(found))
    return render_template("judging/receipt.html", sheet=found, code=found.entry.judging_code, receipt=held)


@bp.get("/<public_id>/bien-nhan.json")
@needs(A.SHEET_READ)
def receipt_file(public_id: str) -> ResponseReturnValue:
    found = own_sheet(public_id)
    held: Receipt = or_404(receipt_of(found))
    return Response(
        held.as_json(),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="bien-nhan-{found.entry.judging_code}.json"'},
    )


@bp.post("/<public_id>/lay-lai")
@needs(A.SHEET_TAKE_BACK)
def take_back(public_id: str) -> ResponseReturnValue:
    """Undo a submit: at once from the message, or later from the sheet itself, until the round is locked."""
    with transaction():
        found = own_sheet(public_id, A.SHEET_TAKE_BACK)
        service.take_back(this_judge(), found, version=typed_version())
    flash(_("Đã lấy lại phiếu %(code)s. Sửa xong, nhớ nộp lại.", code=found.entry.judging_code), "ok")
    return redirect(url_for(".sheet", public_id=public_id))


@bp.route("/<public_id>/xin-khong-cham", methods=["GET", "POST"])
@keeps_typed()
@needs(A.SHEET_RECUSE)
def recuse(public_id: str) -> ResponseReturnValue:
    found = own_sheet(public_id, A.SHEET_RECUSE)
    form = RecuseForm()
    if form.run(service.recuse, this_judge(), found, **form.values):
        flash(
            _("Đã trả lại bài %(code)s. Giám khảo khác sẽ chấm bài này.", code=found.entry.judging_code), "ok"
        )
        return redirect(url_for(".progress", vong=found.entry.round_id))
    return render_template("judging/recuse.html", sheet=found, code=found.entry.judging_code, form=form)


def page_of(
    found: ScoreSheet, typed: Mapping[str, Typed] | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The sheet as it stands; after a refusal with what was typed, each message beside its criterion."""
    if found.state not in HOLDING or found.entry.idea.state is IdeaState.WITHDRAWN:
        return render_template("judging/handed_back.html", sheet=found)
    version = found.entry.idea_version
    g.round_is_over = found.entry.round.state is not RoundState.OPEN
    rows = [row for row in queries.my_sheets(this_judge(), found.entry.round) if row.state in HOLDING]
    here = next(n for n, row in enumerate(rows) if row.public_id == found.public_id)
    return render_template(
        "judging/sheet.html",
        sheet=found,
        idea=blind_idea(version, found.entry.judging_code, version.topic, queries.readable_files(version)),
        lines=sheets.lines(found, typed, errors),
        comment=(typed_text("nx_chung") if typed else None) or found.comment,
        errors=errors or {},
        total=sheets.total(found),
        left=sheets.left(found),
        authors=_authors(found),
        scale=found.rubric.scale,
        open=found.state in SCORABLE and (found.correcting or found.entry.round.state is RoundState.OPEN),
        can_take_back=found.state is SheetState.SUBMITTED and found.entry.round.state is RoundState.OPEN,
        form=SheetForm(formdata=None, version=found.version),
        rows=rows,
        done=sum(row.state is SheetState.SUBMITTED for row in rows),
        totals=own_totals(rows),
        time_left=time_left(found.entry.round.ends_at),
        undo=undo(found.entry.round),
        number=here + 1,
        previous=rows[here - 1] if here else None,
        following=rows[here + 1] if here + 1 < len(rows) else None,
        to_do=next_to_do(found, rows),
        receipt=receipt_of(found),
        owner=f"gk-{this_judge().id}",
    )


def next_to_do(found: ScoreSheet, rows: Sequence[SheetRow]) -> SheetRow | None:
    """The next sheet without a submit: after this one, then from the start."""
    to_do = [row for row in rows if row.state in SCORABLE and row.public_id != found.public_id]
    later = [row for row in to_do if row.position > found.position]
    return next(iter(later or to_do), None)


def _authors(found: ScoreSheet) -> list[str]:
    """Whose idea it is, in a round that is not blind; nobody while another round of the campaign is judged blind."""
    rounds = found.entry.round.campaign.rounds
    if found.entry.round.blind or any(other.blind and other.state is RoundState.OPEN for other in rounds):
        return []
    return [author.full_name for author in found.entry.idea.team]
