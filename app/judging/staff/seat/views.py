"""One judge of a round, as organisers see them: where each sheet stands, duties, leaving. Never a mark."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns.models import Round
from app.core.db import transaction
from app.core.i18n import _
from app.core.pagination import Page
from app.core.web import or_404, page_number
from app.judging import panel, service
from app.judging import queries as judging
from app.judging.models import PanelMember
from app.judging.rules import HOLDING
from app.judging.staff import queries
from app.judging.staff.access import seat_in, staff_round
from app.judging.staff.forms import DutyForm, LoadForm, SheetStep, SheetStepForm
from app.judging.stakes import open_to
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("seat", __name__, url_prefix="/quan-tri/vong-cham/<int:round_id>/giam-khao/<int:member_id>")


@bp.route("", methods=["GET", "POST"])
@needs(A.SHEET_REOPEN)
def judge(round_id: int, member_id: int) -> ResponseReturnValue:
    """One judge's sheets: where each stands; to give one back, or to void it."""
    round_, member = _seat(round_id, member_id)
    form = _step_form(round_, member)
    if form.run(_step, form):
        flash(_("Đã ghi."), "ok")
        return redirect(url_for(".judge", round_id=round_id, member_id=member_id))
    return _page(round_, member, form=form)


@bp.post("/han-muc")
@needs(A.ROUND_MANAGE)
def set_load(round_id: int, member_id: int) -> ResponseReturnValue:
    """How many ideas at most, and of which topics: what the next assignment follows."""
    round_, member = _seat(round_id, member_id)
    form = _load_form(round_, LoadForm())
    if form.run(panel.set_load, me(), member, **form.values):
        flash(
            _("Đã ghi hạn mức của %(name)s. Xem lại phân công để áp dụng.", name=member.judge.full_name), "ok"
        )
        return redirect(url_for(".judge", round_id=round_id, member_id=member_id))
    return _page(round_, member, load_form=form)


@bp.post("/nhiem-vu")
@needs(A.ROUND_MANAGE)
def appoint(round_id: int, member_id: int) -> ResponseReturnValue:
    """Chair or secretary, also while a council sits and somebody has to take over."""
    _round, member = _seat(round_id, member_id)
    form = DutyForm()
    if form.run(panel.appoint, me(), member, **form.values):
        flash(_("Đã ghi nhiệm vụ của %(name)s.", name=member.judge.full_name), "ok")
    return redirect(url_for(".judge", round_id=round_id, member_id=member_id))


@bp.post("/bo")
@needs(A.ROUND_MANAGE)
def remove_member(round_id: int, member_id: int) -> ResponseReturnValue:
    round_, member = _seat(round_id, member_id)
    with transaction():
        panel.remove_panel_member(me(), round_, member)
    flash(_("Đã bỏ giám khảo khỏi vòng. Phiếu đã nộp vẫn được tính."), "ok")
    return redirect(url_for("rounds.one", round_id=round_id))


def _step(form: SheetStepForm) -> None:
    sheet = or_404(judging.sheet_by_public_id(form.sheet.data))
    command = {SheetStep.REOPEN: service.reopen_sheet, SheetStep.VOID: service.void_sheet}[
        SheetStep(form.step.data)
    ]
    command(me(), sheet, reason=form.reason.data or "")


def _page(
    round_: Round,
    member: PanelMember,
    *,
    form: SheetStepForm | None = None,
    load_form: LoadForm | None = None,
) -> str:
    return render_template(
        "judging/judge.html",
        round=round_,
        member=member,
        page=_sheets(round_, member),
        form=form or _step_form(round_, member, empty=True),
        duty_form=DutyForm(formdata=None, obj=member),
        load_form=load_form or _load_form(round_, LoadForm(formdata=None, obj=member)),
    )


def _sheets(round_: Round, member: PanelMember) -> Page[queries.JudgeSheetRow]:
    """Without those on ideas that the reader has a stake in."""
    return queries.sheets_of(round_, member.judge_id, page_number(), open_to(me(), round_))


def _step_form(round_: Round, member: PanelMember, *, empty: bool = False) -> SheetStepForm:
    form = SheetStepForm(**({"formdata": None} if empty else {}))
    form.sheet.choices = [
        (row.public_id, f"{row.idea_code} – {row.title}"[:90])
        for row in _sheets(round_, member).items
        if row.state in HOLDING
    ]
    return form


def _load_form(round_: Round, form: LoadForm) -> LoadForm:
    form.expertise.choices = campaigns.topics_of(round_.campaign)
    return form


def _seat(round_id: int, member_id: int) -> tuple[Round, PanelMember]:
    round_ = staff_round(round_id)
    return round_, seat_in(round_, member_id)
