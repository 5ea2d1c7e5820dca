"""The chair's page on the evening of a final."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.campaigns.models import Round
from app.core.errors import Stale, WrongState
from app.core.i18n import _
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.finals import lots, planning, queries, service
from app.finals.ceremony import service as ceremony
from app.finals.forms import (
    CancelForm,
    DrawForm,
    LeftForm,
    MinutesForm,
    OrderForm,
    PlanForm,
    ReplanForm,
    TotalsForm,
)
from app.finals.link import projector_key
from app.finals.models import LiveFinal
from app.finals.pages import polled, press, short, told
from app.finals.rules import TOTALS_HIDDEN, FinalState
from app.finals.screen import clock_of
from app.judging import queries as judging
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results.freezing import ranking_of
from app.results.queries import is_kept_from

# the projector's address carries its key
bp = kept_to_ourselves(Blueprint("finals", __name__, url_prefix="/chung-khao"))

# the buttons of the control page that need nothing typed
STEPS: dict[str, Callable[..., LiveFinal]] = {
    "mo-boc-tham": lots.open_draw,
    "mo-la-tham": lots.show_lot,
    "bat-dau": service.begin,
    "bai-sau": service.next_presentation,
    "bai-truoc": service.previous_presentation,
    "chay": service.start_timer,
    "dung": service.pause_timer,
    "dat-lai": service.reset_timer,
    "hoi-dap": service.begin_questions,
    "khoa-phieu": service.close_scoring,
    "bang-diem": service.show_totals,
    "ket-thuc": ceremony.finish,
    "doi-lien-ket": planning.change_link,
}


@bp.route("/<int:round_id>", methods=["GET", "POST"])
@needs(A.FINAL_RUN)
def control(round_id: int) -> ResponseReturnValue:
    """The chair's page; before there is a final, the form that plans it."""
    final = queries.final_of(round_id)
    if final is not None:
        require(me(), A.FINAL_RUN, final)
        return _control(final)
    round_ = _round(round_id)
    form = PlanForm()
    if form.run(planning.plan_final, me(), round_, **form.values):
        flash(_("Đã lập buổi chung khảo."), "ok")
        return redirect(url_for(".control", round_id=round_id))
    return render_template(
        "finals/plan.html", round=round_, form=form, cancelled=queries.cancelled_of(round_id)
    )


@bp.post("/<int:round_id>/lap-lai")
@keeps_typed("finals.control")
@needs(A.FINAL_RUN)
def replan(round_id: int) -> ResponseReturnValue:
    """From the start, before anybody has presented."""
    return _send(_mine(round_id), ReplanForm(prefix="ll"), planning.replan_final)


@bp.post("/<int:round_id>/huy")
@keeps_typed("finals.control")
@needs(A.FINAL_RUN)
def cancel(round_id: int) -> ResponseReturnValue:
    """No stage after all; the page shows how to plan another one."""
    return _send(_mine(round_id), CancelForm(prefix="huy"), planning.cancel_final)


@bp.post("/<int:round_id>/buoc/<step>")
@needs(A.FINAL_RUN)
def step(round_id: int, step: str) -> ResponseReturnValue:
    """One button of the control page."""
    final, command = _mine(round_id), or_404(STEPS.get(step))
    return press(final, command, url_for(".control", round_id=round_id))


@bp.post("/<int:round_id>/boc-tham")
@needs(A.FINAL_RUN)
def draw(round_id: int) -> ResponseReturnValue:
    return _send(_mine(round_id), DrawForm(prefix="so"), lots.draw_lots)


@bp.post("/<int:round_id>/thu-tu")
@keeps_typed("finals.control")
@needs(A.FINAL_RUN)
def order(round_id: int) -> ResponseReturnValue:
    form = OrderForm(prefix="tt")
    return _send(_mine(round_id), form, lots.set_order, order=(form.order.data or "").split())


@bp.post("/<int:round_id>/so-phut")
@needs(A.FINAL_RUN)
def minutes(round_id: int) -> ResponseReturnValue:
    return _send(_mine(round_id), MinutesForm(prefix="ph"), service.set_minutes)


@bp.post("/<int:round_id>/bo-phieu")
@keeps_typed("finals.control")
@needs(A.FINAL_RUN)
def void(round_id: int) -> ResponseReturnValue:
    """All sheets of a judge who left."""
    final = _mine(round_id)
    return _send(final, _left_form(final), service.void_judge)


@bp.post("/<int:round_id>/mo-diem")
@needs(A.FINAL_RUN)
def totals(round_id: int) -> ResponseReturnValue:
    return _send(_mine(round_id), TotalsForm(prefix="md"), service.open_totals)


@bp.get("/<int:round_id>/tien-do.json")
@needs(A.FINAL_RUN)
def control_state(round_id: int) -> ResponseReturnValue:
    """Whether the page in the hand is still true, and whether counts changed. Counts only."""
    final = _mine(round_id)
    counts = repr([(judge.submitted, judge.held, judge.now) for judge in queries.judges_of(final)])
    return polled(key=short(f"{final.version} {counts}"), version=final.version)


def _send(final: LiveFinal, form: Any, command: Callable[..., LiveFinal], **more: Any) -> ResponseReturnValue:
    """One step with something typed; a refused field keeps it."""
    try:
        if form.run(command, me(), final, **{**form.values, **more}):
            return redirect(url_for(".control", round_id=final.round_id), 303)
    except (Stale, WrongState) as refused:
        flash(told(refused), "warn")
        return redirect(url_for(".control", round_id=final.round_id), 303)
    return _control(or_404(queries.final_of(final.round_id)), typed=form)


def _control(final: LiveFinal, typed: Any = None) -> ResponseReturnValue:
    judges = queries.judges_of(final)
    minutes = {"minutes": final.minutes, "question_minutes": final.question_minutes}
    forms = {
        "draw_form": DrawForm(None, prefix="so", version=final.version),
        "order_form": OrderForm(None, prefix="tt", version=final.version, order=_codes(final)),
        "minutes_form": MinutesForm(None, prefix="ph", version=final.version, **minutes),
        "replan_form": ReplanForm(None, prefix="ll", version=final.version, **minutes),
        "cancel_form": CancelForm(None, prefix="huy", version=final.version),
        "left_form": _left_form(final, judges, empty=True),
        "totals_form": TotalsForm(None, prefix="md", version=final.version),
    }
    for name, form in forms.items():
        if type(form) is type(typed):
            forms[name] = typed
    counts = repr([(one.submitted, one.held, one.now) for one in judges])
    return render_template(
        "finals/control.html",
        final=final,
        judges=judges,
        key=short(f"{final.version} {counts}"),
        present=final.now_presenting,
        clock=clock_of(final),
        places=len(final.presentations),
        sheets=sum(one.held for one in judges),
        submitted=sum(one.submitted for one in judges),
        totals_hidden=final.state in TOTALS_HIDDEN,
        totals=queries.totals(final.round_id) if _may_read_totals(final) else [],
        projector_key=projector_key(final),
        may_reveal=can(me(), A.FINAL_REVEAL, final),
        **forms,
    )


def _may_read_totals(final: LiveFinal) -> bool:
    """Once they are open; for whoever has a stake in an idea only when the whole hall reads them."""
    if final.state in TOTALS_HIDDEN:
        return False
    on_screen = final.state is FinalState.TOTALS_OPEN and final.totals_shown
    return on_screen or not is_kept_from(me(), final.round, ranking_of(final.round))


def _left_form(final: LiveFinal, judges: Any = None, *, empty: bool = False) -> LeftForm:
    form = LeftForm(prefix="gk", version=final.version, **({"formdata": None} if empty else {}))
    form.judge_id.choices = [
        (one.judge_id, one.full_name)
        for one in (judges if judges is not None else queries.judges_of(final))
        if one.held
    ]
    return form


def _codes(final: LiveFinal) -> str:
    codes = [one.entry.judging_code for one in final.presentations]
    if not codes and final.state is FinalState.DRAWING:
        codes = [entry.code for entry in queries.entries_of(final.round_id)]
    return "\n".join(codes)


def _round(round_id: int) -> Round:
    """A round that is to become live: its chair or an administrator may know of it here."""
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.FINAL_RUN, planning.Unplanned(round_))
    return round_


def _mine(round_id: int) -> LiveFinal:
    final: LiveFinal = or_404(queries.final_of(round_id))
    require(me(), A.FINAL_RUN, final)
    return final
