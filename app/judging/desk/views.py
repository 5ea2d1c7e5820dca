"""The chair's desk: progress judge × idea, and reminders."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.clock import local, today
from app.core.db import transaction
from app.core.fields import row_id
from app.core.i18n import _
from app.core.security import kept_to_ourselves
from app.core.web import or_404, page_number
from app.judging import queries as judging
from app.judging.access import this_judge
from app.judging.desk import queries, service
from app.judging.seats import Seats, seats_of
from app.judging.stakes import open_to
from app.permissions import Action as A
from app.permissions import can, needs, require

bp = kept_to_ourselves(Blueprint("desk", __name__, url_prefix="/ban-giam-khao"))


@bp.get("/<int:round_id>")
@needs(A.DESK_READ)
def desk(round_id: int) -> ResponseReturnValue:
    """Who has submitted, begun, not begun, handed back: counts and squares, never a mark."""
    round_, seats = _round(round_id)
    judges, shown = queries.judges_of(round_, page_number()), open_to(me(), round_)
    return render_template(
        "council/desk.html",
        round=round_,
        progress=queries.progress(round_, shown),
        page=judges,
        cells=queries.cells_of(round_, [judge.judge_id for judge in judges.items], shown),
        reminded={
            judge.judge_id
            for judge in judges.items
            if judge.reminded_at is not None and local(judge.reminded_at).date() == today()
        },
        short=queries.short_of_sheets(round_, shown),
        may_read_findings=can(me(), A.FINDINGS_READ, seats),
    )


@bp.post("/<int:round_id>/nhac")
@needs(A.JUDGE_REMIND)
def remind(round_id: int) -> ResponseReturnValue:
    round_, _seats = _round(round_id)
    with transaction():
        reminded = service.remind_judges(
            this_judge(), round_, member_id=request.form.get("member", type=row_id)
        )
    flash(_("Đã nhắc %(n)d giám khảo qua thư.", n=len(reminded)), "ok")
    return redirect(url_for(".desk", round_id=round_id, trang=page_number()))


def _round(round_id: int) -> tuple[Round, Seats]:
    round_: Round = or_404(judging.round_by_id(round_id))
    seats = seats_of(round_)
    require(me(), A.DESK_READ, seats)
    return round_, seats
