"""The assignment of judges to ideas: seen first, then stored as it was seen."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.errors import Stale
from app.core.i18n import _
from app.core.signing import signed, unsigned
from app.judging import rounds
from app.judging.methods import design
from app.judging.methods.assignment import Infeasible, Rule
from app.judging.plan import Plan, plan_of
from app.judging.rules import require_open
from app.judging.staff.access import staff_round
from app.judging.staff.forms import SeenForm
from app.judging.stakes import kept_from
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("assignment", __name__, url_prefix="/quan-tri/vong-cham/<int:round_id>/phan-cong")


@bp.route("", methods=["GET", "POST"])
@needs(A.ROUND_MANAGE)
def assign(round_id: int) -> ResponseReturnValue:
    """The plan first, as a difference; the button stores exactly what was seen, or shows what became of it."""
    round_ = staff_round(round_id)
    require_open(round_.state)
    form = SeenForm()
    uneven = bool(form.accept_imbalance.data if form.is_submitted() else request.args.get("chap-nhan"))
    changed = ""
    try:
        try:
            if form.run(
                rounds.assign_judges,
                me(),
                round_,
                seen=form.seen.data or "",
                begun=_begun(form, round_),
                accept_imbalance=uneven,
                sure=bool(form.sure.data),
            ):
                flash(_said(form.result), "ok")
                return redirect(url_for("rounds.one", round_id=round_id))
        except Stale as refused:
            changed, g.status = str(refused.message), refused.status
        plan = plan_of(round_, accept_imbalance=uneven)
    except Infeasible as impossible:
        return _cannot(round_, impossible, changed)
    form.seen.data, form.accept_imbalance.data = plan.fingerprint, "1" if uneven else ""
    form.begun.data = signed(",".join(map(str, sorted(plan.begun))), _purpose(round_))
    return render_template(
        "judging/assign.html",
        round=round_,
        plan=plan.without(kept_from(me(), round_)),
        changes=plan.changes,
        advice=design.advice(plan.result.efficiency),
        form=form,
        changed=changed,
    )


def _begun(form: SeenForm, round_: Round) -> set[int] | None:
    """The sheets that had been begun when the preview was made, if it is ours; else those of now are asked."""
    held = unsigned(form.begun.data or "", _purpose(round_))
    return None if held is None else {int(number) for number in held.split(",") if number}


def _purpose(round_: Round) -> str:
    return f"begun/{round_.id}"


def _cannot(round_: Round, refused: Infeasible, changed: str) -> str:
    return render_template(
        "judging/cannot_assign.html",
        round=round_,
        reasons=refused.reasons,
        may_accept=all(reason.rule is Rule.BALANCE for reason in refused.reasons),
        changed=changed,
    )


def _said(plan: Plan) -> str:
    if not plan.withdrawn:
        return _("Đã phân công %(n)d phiếu mới.", n=len(plan.added))
    return _(
        "Đã phân công %(n)d phiếu mới và rút %(m)d phiếu chưa ai ghi gì khỏi giám khảo trước.",
        n=len(plan.added),
        m=len(plan.withdrawn),
    )
