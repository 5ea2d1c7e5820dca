"""Where a judge stands, and the worker that shows the pack of pages without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from flask import (
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.judging import queries
from app.judging.access import this_judge
from app.judging.evening import offline
from app.judging.evening.calibration import service as calibration
from app.judging.evening.time_left import time_left
from app.judging.findings import own_findings
from app.judging.paper import queries as papers
from app.judging.queries import SheetRow
from app.judging.rules import HOLDING, SCORABLE, SheetState
from app.judging.views.blueprint import bp
from app.permissions import Action as A
from app.permissions import needs

FOR_THE_PACK = "X-Pack"  # a page that is fetched ahead, for when there is no network
UNDO = "vua-nop"  # in the cookie until the next page has shown it: which sheet, its version, its code


@bp.get("")
@needs(A.SHEET_READ)
def progress() -> ResponseReturnValue:
    """Where the judge stands, in the round that is open (or the one asked for)."""
    mine = queries.my_rounds(this_judge())
    if not mine:
        return render_template("judging/nothing.html")
    asked = request.args.get("vong", type=int)
    member, round_ = next((pair for pair in mine if pair[1].id == asked), mine[0])
    if member.confirmed_at is None and round_.state is RoundState.OPEN:
        return redirect(url_for(".confirm", round_id=round_.id))
    if round_.state is RoundState.OPEN and calibration.comes_first(this_judge(), round_.id):
        return redirect(url_for("calibration.overview", round_id=round_.id))
    rows = queries.my_sheets(this_judge(), round_)
    held = [row for row in rows if row.state in HOLDING]
    to_do = [row for row in held if row.state in SCORABLE]
    return render_template(
        "judging/progress.html",
        round=round_,
        member=member,
        calibrated=calibration.in_use(calibration.anchors_of(round_)),
        rounds=[pair[1] for pair in mine],
        rows=rows,
        held=held,
        to_do=to_do,
        done=len(held) - len(to_do),
        totals=own_totals(held),
        time_left=time_left(round_.ends_at),
        undo=undo(round_),
        papers=papers.waiting_for(this_judge().id, round_.id),
        own=own_findings(round_, member.judge_id),
        presides=member.is_chair or member.is_secretary,
    )


@bp.get("/ngoai-tuyen.js")
@needs(A.PAGE_READ)
def offline_worker() -> ResponseReturnValue:
    """The script that shows a judge's pack of pages when there is no network; its scope is this part of the site."""
    answer = make_response(
        offline.worker_script(cast("Callable[[str], str]", current_app.jinja_env.globals["asset"]))
    )
    answer.mimetype = "text/javascript"
    answer.headers["Service-Worker-Allowed"] = bp.url_prefix or ""
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def undo(round_: Round) -> list[str] | None:
    """The sheet that was submitted a moment ago, said once; nothing once the round is locked."""
    if FOR_THE_PACK in request.headers:
        return None  # kept for later: the message is for the page that is read now
    just_now: list[str] | None = session.pop(UNDO, None)
    return just_now if round_.state is RoundState.OPEN else None


def own_totals(rows: Sequence[SheetRow]) -> list[int]:
    """Hundredths of the judge's own submitted sheets: never anybody else's."""
    return [row.total for row in rows if row.state is SheetState.SUBMITTED and row.total is not None]
