"""Pages of the organisers: a round from its panel to its lock. Progress is shown, never a mark."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns.models import Round
from app.core.db import db, transaction
from app.core.i18n import _
from app.core.web import or_404
from app.ideas import queries as ideas
from app.judging import queries, rounds
from app.judging.assignment import Infeasible
from app.judging.conflicts import declare_conflict
from app.judging.models import PanelMember
from app.judging.plan import plan_of
from app.judging.staff.forms import MemberForm, PinForm, SeenForm
from app.permissions import Action as A
from app.permissions import Role, needs, require

bp = Blueprint("rounds", __name__, url_prefix="/quan-tri/vong-cham")


@bp.get("")
@needs(A.ROUND_READ)
def every() -> ResponseReturnValue:
    return render_template("judging/rounds.html", rounds=queries.rounds())


@bp.get("/<int:round_id>")
@needs(A.ROUND_READ)
def one(round_id: int) -> ResponseReturnValue:
    return _page(_round(round_id))


@bp.post("/<int:round_id>/giam-khao")
@needs(A.ROUND_MANAGE)
def add_member(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    form = _member_form(round_)
    values = form.values
    judge = accounts.user_by_id(values.pop("judge_id") or 0)
    if judge and form.run(rounds.add_panel_member, me(), round_, judge, **values):
        flash(_("Đã thêm %(name)s vào Ban Giám khảo.", name=judge.full_name), "ok")
        return redirect(url_for(".one", round_id=round_id))
    return _page(round_, member_form=form)


@bp.post("/<int:round_id>/giam-khao/<int:member_id>/bo")
@needs(A.ROUND_MANAGE)
def remove_member(round_id: int, member_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    member = or_404(db.session.get(PanelMember, member_id))
    with transaction():
        rounds.remove_panel_member(me(), round_, member)
    flash(_("Đã bỏ giám khảo khỏi vòng. Phiếu đã nộp vẫn được tính."), "ok")
    return redirect(url_for(".one", round_id=round_id))


@bp.post("/<int:round_id>/xung-dot")
@needs(A.ROUND_MANAGE)
def pin_conflict(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    form = _pin_form(round_)
    judge = accounts.user_by_id(form.judge_id.data or 0)
    idea = ideas.by_code(form.idea_code.data) if form.idea_code.data else None
    if judge and form.run(
        declare_conflict,
        me(),
        judge,
        round_.campaign,
        reason=form.reason.data or "",
        idea=idea,
        unit_id=form.unit_id.data or None,
    ):
        flash(_("Đã ghi quan hệ liên quan của %(name)s.", name=judge.full_name), "ok")
        return redirect(url_for(".one", round_id=round_id))
    return _page(round_, pin_form=form)


@bp.post("/<int:round_id>/nhan-bai")
@needs(A.ROUND_MANAGE)
def enter(round_id: int) -> ResponseReturnValue:
    """Take newly valid ideas into an open round (judging goes on while ideas still come)."""
    round_ = _round(round_id)
    with transaction():
        entries = rounds.enter_ideas(me(), round_)
    flash(_("Đã nhận thêm %(n)d bài vào vòng chấm.", n=len(entries)), "ok")
    return redirect(url_for(".one", round_id=round_id))


@bp.route("/<int:round_id>/phan-cong", methods=["GET", "POST"])
@needs(A.ROUND_MANAGE)
def assign(round_id: int) -> ResponseReturnValue:
    """The plan first, with loads and what changes; the button stores exactly what was seen."""
    round_ = _round(round_id)
    form = SeenForm()
    if form.run(rounds.assign_judges, me(), round_, seen=form.seen.data):
        flash(_("Đã phân công %(n)d phiếu mới.", n=len(form.result.added)), "ok")
        return redirect(url_for(".one", round_id=round_id))
    try:
        plan, reasons = plan_of(round_), ()
        form = SeenForm(formdata=None, seen=plan.fingerprint)
    except Infeasible as refused:
        plan, reasons = None, refused.reasons
    return render_template("judging/assign.html", round=round_, plan=plan, reasons=reasons, form=form)


@bp.post("/<int:round_id>/mo")
@needs(A.ROUND_MANAGE)
def open_(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    with transaction():
        rounds.open_round(me(), round_)
    flash(_("Đã mở vòng chấm. Bộ tiêu chí đã khóa."), "ok")
    return redirect(url_for(".one", round_id=round_id))


@bp.post("/<int:round_id>/khoa")
@needs(A.ROUND_MANAGE)
def lock(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    with transaction():
        rounds.lock_round(me(), round_)
    flash(_("Đã khóa vòng chấm."), "ok")
    return redirect(url_for("results.ranking", round_id=round_id))


@bp.post("/<int:round_id>/phieu-binh-chon")
@needs(A.ROUND_MANAGE)
def votes(round_id: int) -> ResponseReturnValue:
    """The community's votes, counted elsewhere, written down before the lock."""
    round_ = _round(round_id)
    counted = {
        row.entry_id: max(0, request.form.get(f"phieu-{row.entry_id}", 0, type=int))
        for row in queries.entries_of(round_)
    }
    with transaction():
        rounds.set_votes(me(), round_, counted)
    flash(_("Đã ghi số phiếu bình chọn."), "ok")
    return redirect(url_for(".one", round_id=round_id))


def _page(
    round_: Round, *, member_form: MemberForm | None = None, pin_form: PinForm | None = None
) -> ResponseReturnValue:
    panel = queries.panel_of(round_)
    entries = queries.entries_of(round_)
    return render_template(
        "judging/round.html",
        round=round_,
        panel=panel,
        entries=entries,
        waiting=queries.waiting_ideas(round_),
        earlier=rounds.earlier_round(round_),
        conflicts=queries.conflicts_of(round_),
        sheets=sum(judge.sheets for judge in panel),
        submitted=sum(judge.submitted for judge in panel),
        member_form=member_form or _member_form(round_, empty=True),
        pin_form=pin_form or _pin_form(round_, empty=True),
    )


def _member_form(round_: Round, *, empty: bool = False) -> MemberForm:
    form = MemberForm(prefix="gk", **({"formdata": None} if empty else {}))
    inside = {judge.judge_id for judge in queries.panel_of(round_)}
    form.judge_id.choices = [
        (judge.id, judge.full_name) for judge in accounts.staff(Role.JUDGE) if judge.id not in inside
    ]
    form.expertise.choices = campaigns.topics_of(round_.campaign)
    return form


def _pin_form(round_: Round, *, empty: bool = False) -> PinForm:
    form = PinForm(prefix="xd", **({"formdata": None} if empty else {}))
    form.judge_id.choices = [(judge.judge_id, judge.full_name) for judge in queries.panel_of(round_)]
    form.unit_id.choices = [(0, _("Không chọn")), *((unit.id, unit.name) for unit in accounts.units())]
    form.idea_code.choices = [("", _("Không chọn")), *queries.idea_choices(round_)]
    return form


def _round(round_id: int) -> Round:
    round_: Round = or_404(queries.round_by_id(round_id))
    require(me(), A.ROUND_READ, round_)
    return round_
