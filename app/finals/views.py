"""The evening of a final: the chair's phone, the hall's projector, the judges' phones, the script of the ceremony."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.models import User
from app.campaigns.models import Round
from app.core.errors import Refused, Stale, WrongState
from app.core.forms import VersionForm
from app.core.i18n import _
from app.core.qr import qr_svg
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.finals import queries, service, words
from app.finals.forms import DrawForm, LeftForm, MinutesForm, OrderForm, PlanForm, TotalsForm
from app.finals.models import LiveFinal
from app.finals.rules import TOTALS_HIDDEN, FinalState
from app.judging import queries as judging
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results.freezing import ranking_of
from app.results.queries import is_kept_from

# the projector's address carries its key
bp = kept_to_ourselves(Blueprint("finals", __name__, url_prefix="/chung-khao"))

# the buttons of the control page that need nothing typed
STEPS: dict[str, Callable[..., LiveFinal]] = {
    "mo-boc-tham": service.open_draw,
    "mo-la-tham": service.show_lot,
    "bat-dau": service.begin,
    "bai-sau": service.next_presentation,
    "bai-truoc": service.previous_presentation,
    "chay": service.start_timer,
    "dung": service.pause_timer,
    "dat-lai": service.reset_timer,
    "hoi-dap": service.begin_questions,
    "khoa-phieu": service.close_scoring,
    "bang-diem": service.show_totals,
    "ket-thuc": service.finish,
}
REVEAL_STEPS: dict[str, Callable[..., LiveFinal]] = {
    "bat-dau": service.begin_reveal,
    "mo-giai": service.reveal_next,
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
    if form.run(service.plan_final, me(), round_, **form.values):
        flash(_("Đã lập buổi chung khảo."), "ok")
        return redirect(url_for(".control", round_id=round_id))
    return render_template("finals/plan.html", round=round_, form=form)


@bp.post("/<int:round_id>/buoc/<step>")
@needs(A.FINAL_RUN)
def step(round_id: int, step: str) -> ResponseReturnValue:
    """One button of the control page."""
    final, command = _mine(round_id), or_404(STEPS.get(step))
    return _press(final, command, url_for(".control", round_id=round_id))


@bp.post("/<int:round_id>/boc-tham")
@needs(A.FINAL_RUN)
def draw(round_id: int) -> ResponseReturnValue:
    return _send(_mine(round_id), DrawForm(prefix="so"), service.draw_lots)


@bp.post("/<int:round_id>/thu-tu")
@needs(A.FINAL_RUN)
def order(round_id: int) -> ResponseReturnValue:
    form = OrderForm(prefix="tt")
    return _send(_mine(round_id), form, service.set_order, order=(form.order.data or "").split())


@bp.post("/<int:round_id>/so-phut")
@needs(A.FINAL_RUN)
def minutes(round_id: int) -> ResponseReturnValue:
    return _send(_mine(round_id), MinutesForm(prefix="ph"), service.set_minutes)


@bp.post("/<int:round_id>/bo-phieu")
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
    return _polled(key=_short(f"{final.version} {counts}"), version=final.version)


@bp.get("/<int:round_id>/man-chieu")
@needs(A.PAGE_READ)
def projector(round_id: int) -> ResponseReturnValue:
    """For the hall's computer, which nobody signs in to: the secret link opens it."""
    final = _shown(round_id)
    screen = queries.screen(final)
    address = _result_address(screen.result_slug)
    return render_template(
        "finals/projector.html",
        final=final,
        screen=screen,
        state_url=url_for(".projector_state", round_id=round_id, khoa=projector_key(final)),
        result_address=address,
        qr=qr_svg(address, _("Mã QR mở trang kết quả")) if address else "",
        ground={"toi": "dark", "sang": "light"}.get(request.args.get("nen", "")),
    )


@bp.get("/<int:round_id>/man-chieu.json")
@needs(A.PAGE_READ)
def projector_state(round_id: int) -> ResponseReturnValue:
    """A fingerprint of what the projector shows: when it changes, the projector reads its page again."""
    return _polled(key=queries.screen(_shown(round_id)).key)


@bp.get("/<int:round_id>/cham")
@needs(A.SHEET_READ)
def judge(round_id: int) -> ResponseReturnValue:
    """Where a judge's own sheet of what is presented now lies."""
    final = _as_judge(round_id)
    present = final.now_presenting
    following = next((one for one in final.presentations if one.position == final.position + 1), None)
    return render_template(
        "finals/judge.html",
        final=final,
        present=present,
        following=following if present else None,
        sheet=queries.own_sheet(_person().id, present.entry_id) if present else None,
        places=len(final.presentations),
        key=_judge_key(final),
    )


@bp.get("/<int:round_id>/cham.json")
@needs(A.SHEET_READ)
def judge_state(round_id: int) -> ResponseReturnValue:
    """Which entry is on the stage now, by its judging code."""
    final = _as_judge(round_id)
    present = final.now_presenting
    return _polled(key=_judge_key(final), code=present.entry.judging_code if present else "")


@bp.get("/<int:round_id>/kich-ban")
@needs(A.FINAL_REVEAL)
def script(round_id: int) -> ResponseReturnValue:
    """What the master of ceremonies reads, from the lowest prize to the first; each is revealed by its own button."""
    final = _to_reveal(round_id)
    if is_kept_from(me(), final.round, ranking_of(final.round)):
        return render_template("results/kept_back.html", round=final.round)
    publication = final.publication
    if publication is None or not queries.stands(publication):
        publication = None if final.state in TOTALS_HIDDEN else queries.awards_to_reveal(round_id)
    return render_template(
        "finals/script.html",
        final=final,
        begun=publication is not None and final.publication_id == publication.id,
        lines=queries.award_lines(publication, final.round.campaign) if publication else [],
        hidden=final.state in TOTALS_HIDDEN,
        number_words=words.number,
        code_words=words.code,
        may_finish=can(me(), A.FINAL_RUN, final),
    )


@bp.post("/<int:round_id>/kich-ban/<step>")
@needs(A.FINAL_REVEAL)
def reveal(round_id: int, step: str) -> ResponseReturnValue:
    final, command = _to_reveal(round_id), or_404(REVEAL_STEPS.get(step))
    return _press(final, command, url_for(".script", round_id=round_id))


def projector_key(final: LiveFinal) -> str:
    """The secret of the projector's link: follows from the site's key, so no table holds it."""
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), f"man-chieu/{final.id}".encode(), hashlib.sha256).hexdigest()[:32]


def _press(final: LiveFinal, command: Callable[..., LiveFinal], back: str) -> ResponseReturnValue:
    """One step. Whoever pressed second is told and sees how it stands now; nothing is skipped."""
    form = VersionForm()
    try:
        if not form.run(command, me(), final, version=form.version.data):
            flash(_("Trang mở quá lâu. Bấm lại một lần nữa."), "warn")
    except (Stale, WrongState) as refused:
        flash(_told(refused), "warn")
    return redirect(back, 303)


def _send(final: LiveFinal, form: Any, command: Callable[..., LiveFinal], **more: Any) -> ResponseReturnValue:
    """One step with something typed; a refused field keeps it."""
    try:
        if form.run(command, me(), final, **{**form.values, **more}):
            return redirect(url_for(".control", round_id=final.round_id), 303)
    except (Stale, WrongState) as refused:
        flash(_told(refused), "warn")
        return redirect(url_for(".control", round_id=final.round_id), 303)
    return _control(or_404(queries.final_of(final.round_id)), typed=form)


def _told(refused: Refused) -> Any:
    if isinstance(refused, Stale):
        return _("Người khác vừa bấm trước bạn, nên lần bấm này không tính. Trang đã được cập nhật.")
    return refused.message


def _control(final: LiveFinal, typed: Any = None) -> ResponseReturnValue:
    judges = queries.judges_of(final)
    forms = {
        "draw_form": DrawForm(None, prefix="so", version=final.version),
        "order_form": OrderForm(None, prefix="tt", version=final.version, order=_codes(final)),
        "minutes_form": MinutesForm(
            None,
            prefix="ph",
            version=final.version,
            minutes=final.minutes,
            question_minutes=final.question_minutes,
        ),
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
        key=_short(f"{final.version} {counts}"),
        present=final.now_presenting,
        clock=queries.clock_of(final),
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


def _polled(**answer: Any) -> Response:
    """A tiny answer with a fingerprint of itself: most of the time “nothing new”, without a body."""
    response = jsonify(**answer)
    response.set_etag(_short(repr(sorted(answer.items()))))
    response.make_conditional(request)
    return response


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _judge_key(final: LiveFinal) -> str:
    present = final.now_presenting
    sheet = queries.own_sheet(_person().id, present.entry_id) if present else None
    return _short(f"{final.state} {final.position} {sheet.state if sheet else ''}")


def _result_address(slug: str) -> str:
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for("results.public", slug=slug) if slug else ""


def _round(round_id: int) -> Round:
    """A round that is to become live: its chair or an administrator may know of it here."""
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.FINAL_RUN, service.Unplanned(round_))
    return round_


def _mine(round_id: int) -> LiveFinal:
    final: LiveFinal = or_404(queries.final_of(round_id))
    require(me(), A.FINAL_RUN, final)
    return final


def _to_reveal(round_id: int) -> LiveFinal:
    final: LiveFinal = or_404(queries.final_of(round_id))
    require(me(), A.FINAL_REVEAL, final)
    return final


def _as_judge(round_id: int) -> LiveFinal:
    """For the panel alone."""
    final: LiveFinal = or_404(queries.final_of(round_id))
    or_404(judging.member_of(_person(), final.round))
    return final


def _shown(round_id: int) -> LiveFinal:
    """By the secret link, or by whoever runs the final; to anybody else there is no such page."""
    final: LiveFinal = or_404(queries.final_of(round_id))
    given = request.args.get("khoa", "").encode("utf-8", "surrogatepass")
    by_link = hmac.compare_digest(given, projector_key(final).encode())
    return or_404(final if by_link or can(me(), A.FINAL_RUN, final) else None)


def _person() -> User:
    """Who is signed in; only called where @needs let nobody else pass."""
    person = me()
    assert isinstance(person, User)
    return person
