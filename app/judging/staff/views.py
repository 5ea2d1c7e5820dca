"""Pages of the organisers: a round from its panel to its lock. Progress is shown, never a mark."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.web import or_404, page_number
from app.ideas import queries as ideas
from app.judging import frozen, panel, rounds
from app.judging.conflicts import declare_conflict, lift_conflict, set_and_held
from app.judging.models import Conflict
from app.judging.rules import require_unlocked
from app.judging.secretary import queries as secretaries
from app.judging.staff import queries
from app.judging.staff.access import staff_round
from app.judging.staff.forms import (
    LiftForm,
    MemberForm,
    PinForm,
)
from app.judging.stakes import conflicts_in, open_to, stakes_of
from app.permissions import Action as A
from app.permissions import Role, needs, require
from app.results.freezing import lock_and_rank

bp = Blueprint("rounds", __name__, url_prefix="/quan-tri/vong-cham")


@bp.get("")
@needs(A.ROUND_READ)
def every() -> ResponseReturnValue:
    return render_template("judging/rounds.html", rounds=queries.rounds())


@bp.get("/<int:round_id>")
@needs(A.ROUND_READ)
def one(round_id: int) -> ResponseReturnValue:
    return _page(staff_round(round_id))


@bp.post("/<int:round_id>/giam-khao")
@needs(A.ROUND_MANAGE)
def add_member(round_id: int) -> ResponseReturnValue:
    round_ = staff_round(round_id)
    form = _member_form(round_)
    values = form.values
    judge = accounts.user_by_id(values.pop("judge_id") or 0)
    if form.run(panel.add_panel_member, me(), round_, judge, **values):
        flash(_("Đã thêm %(name)s vào Ban Giám khảo.", name=judge.full_name if judge else ""), "ok")
        return redirect(url_for(".one", round_id=round_id))
    return _page(round_, member_form=form)


@bp.post("/<int:round_id>/xung-dot")
@needs(A.ROUND_MANAGE)
def pin_conflict(round_id: int) -> ResponseReturnValue:
    round_ = staff_round(round_id)
    kept = stakes_of(me(), round_.campaign_id)
    form = _pin_form(round_, secretaries.beside_the_panel(round_.id), kept)
    judge = accounts.user_by_id(form.judge_id.data or 0)
    idea = ideas.by_code(form.idea_code.data) if form.idea_code.data else None
    if form.run(
        declare_conflict,
        me(),
        judge,
        round_.campaign,
        reason=form.reason.data or "",
        idea=idea,
        unit_id=form.unit_id.data or None,
    ):
        flash(_("Đã ghi quan hệ liên quan. Phiếu đã giao cho bài đó, nếu có, không được tính."), "ok")
        return redirect(url_for(".one", round_id=round_id))
    return _page(round_, pin_form=form)


@bp.route("/<int:round_id>/xung-dot/<int:conflict_id>/go", methods=["GET", "POST"])
@needs(A.ROUND_MANAGE)
def lift(round_id: int, conflict_id: int) -> ResponseReturnValue:
    """A conflict that staff set is taken back, with a reason; it stays to be read on the round's page."""
    round_ = staff_round(round_id)
    require(me(), A.ROUND_MANAGE, round_)
    require_unlocked(round_.state)
    kept = stakes_of(me(), round_.campaign_id)
    row = or_404(next((row for row in queries.conflicts_of(round_, kept) if row.id == conflict_id), None))
    form = LiftForm()
    conflict = db.session.get_one(Conflict, conflict_id)
    if form.run(lift_conflict, me(), round_.campaign, conflict, reason=form.reason.data or ""):
        flash(_("Đã gỡ quan hệ liên quan. Lần phân công tới có thể giao lại các bài đó."), "ok")
        return redirect(url_for(".one", round_id=round_id))
    return render_template("judging/lift_conflict.html", round=round_, row=row, form=form)


@bp.post("/<int:round_id>/nhan-bai")
@needs(A.ROUND_MANAGE)
def enter(round_id: int) -> ResponseReturnValue:
    """Take newly valid ideas into an open round (judging goes on while ideas still come)."""
    round_ = staff_round(round_id)
    with transaction():
        entries = rounds.enter_ideas(me(), round_)
    flash(_("Đã nhận thêm %(n)d bài vào vòng chấm.", n=len(entries)), "ok")
    return redirect(url_for(".one", round_id=round_id))


@bp.post("/<int:round_id>/mo")
@needs(A.ROUND_MANAGE)
def open_(round_id: int) -> ResponseReturnValue:
    round_ = staff_round(round_id)
    with transaction():
        rounds.open_round(me(), round_)
    flash(_("Đã mở vòng chấm. Bộ tiêu chí đã khóa."), "ok")
    return redirect(url_for(".one", round_id=round_id))


@bp.post("/<int:round_id>/khoa")
@needs(A.ROUND_MANAGE)
def lock(round_id: int) -> ResponseReturnValue:
    """No more marks, and the ranking that follows from them: one transaction. Or first the council, if it shall sit."""
    round_ = staff_round(round_id)
    if "hoi-dong" in request.form:
        with transaction():
            rounds.lock_round(me(), round_)
        flash(_("Đã khóa vòng chấm. Trưởng ban mở phiên họp hội đồng; họp xong vòng được xếp hạng."), "ok")
        return redirect(url_for("results.ranking", round_id=round_id))
    with transaction():
        lock_and_rank(me(), round_)
    flash(_("Đã khóa vòng chấm và xếp hạng."), "ok")
    return redirect(url_for("results.ranking", round_id=round_id))


@bp.post("/<int:round_id>/phieu-binh-chon")
@needs(A.ROUND_MANAGE)
def votes(round_id: int) -> ResponseReturnValue:
    """The community's votes, counted elsewhere, written down before the lock."""
    round_ = staff_round(round_id)
    typed = {name: text for name, text in request.form.items() if name.startswith("phieu-")}
    try:
        numbers = {name: name.removeprefix("phieu-") for name in typed}
        counted = {
            int(numbers[name]): _votes(text) for name, text in typed.items() if numbers[name].isdecimal()
        }
        with transaction():
            rounds.set_votes(me(), round_, counted)
    except Invalid as refused:
        flash(refused.message, "bad")
        return _page(round_, typed_votes=typed), 422
    flash(_("Đã ghi số phiếu bình chọn."), "ok")
    return redirect(url_for(".one", round_id=round_id, trang=page_number()))


def _votes(text: str) -> int:
    text = text.strip()
    if not text.isdecimal() or len(text) > 7:
        raise Invalid("votes", _("“%(text)s” không phải là số phiếu. Chưa ghi gì.", text=text[:20]))
    return int(text)


def _page(
    round_: Round,
    *,
    member_form: MemberForm | None = None,
    pin_form: PinForm | None = None,
    typed_votes: dict[str, str] | None = None,
) -> str:
    kept = stakes_of(me(), round_.campaign_id)
    shown = open_to(me(), round_, kept)
    judges, beside = queries.panel_of(round_, shown), secretaries.beside_the_panel(round_.id)
    return render_template(
        "judging/round.html",
        round=round_,
        panel=judges,
        secretaries=beside,
        page=queries.entries_of(round_, page_number(), shown),
        waiting=queries.waiting_ideas(round_),
        earlier=rounds.earlier_round(round_),
        conflicts=queries.conflicts_of(round_, kept),
        liftable={conflict.id for conflict in set_and_held(conflicts_in(round_.campaign_id))},
        findings=frozen.findings_of(round_) if round_.state is RoundState.PLANNED else [],
        sheets=sum(judge.sheets for judge in judges),
        submitted=sum(judge.submitted for judge in judges),
        changeable=round_.state in {RoundState.PLANNED, RoundState.OPEN},
        typed_votes=typed_votes or {},
        member_form=member_form or _member_form(round_, empty=True),
        pin_form=pin_form or _pin_form(round_, beside, kept, empty=True),
    )


def _member_form(round_: Round, *, empty: bool = False) -> MemberForm:
    form = MemberForm(prefix="gk", **({"formdata": None} if empty else {}))
    inside = {judge.judge_id for judge in queries.panel_of(round_)}
    form.judge_id.choices = [
        (judge.id, judge.full_name) for judge in accounts.staff(Role.JUDGE) if judge.id not in inside
    ]
    form.expertise.choices = campaigns.topics_of(round_.campaign)
    return form


def _pin_form(
    round_: Round, beside: list[tuple[int, str]], kept: Collection[int], *, empty: bool = False
) -> PinForm:
    form = PinForm(prefix="xd", **({"formdata": None} if empty else {}))
    form.judge_id.choices = [
        *((judge.judge_id, judge.full_name) for judge in queries.panel_of(round_)),
        *beside,
    ]
    form.unit_id.choices = [(0, _("Không chọn")), *((unit.id, unit.name) for unit in accounts.units())]
    form.idea_code.choices = [
        ("", _("Không chọn")),
        *queries.idea_choices(round_, kept),
    ]
    return form
