"""The judge's evening: progress, one sheet after another, handing back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.campaigns.models import Criterion, Round
from app.campaigns.rules import RoundState
from app.core import formats
from app.core.db import transaction
from app.core.errors import Invalid, Refused, Stale, WrongState
from app.core.i18n import _
from app.core.security import kept_to_ourselves
from app.core.web import csrf, or_404
from app.ideas.rules import IdeaState
from app.judging import panel, queries, service
from app.judging import sheet as sheets
from app.judging.access import has_token, keeps_marks, own_sheet, this_judge
from app.judging.blind import blind_idea
from app.judging.conflicts import declare_conflict
from app.judging.evening import offline
from app.judging.evening.calibration import service as calibration
from app.judging.evening.entrance import service as entrance
from app.judging.evening.time_left import time_left
from app.judging.findings import own_findings
from app.judging.forms import ConflictForm, RecuseForm, SheetForm, typed_marks, typed_text, typed_version
from app.judging.models import PanelMember, ScoreSheet
from app.judging.paper import queries as papers
from app.judging.queries import SheetRow
from app.judging.receipt import Receipt, receipt_of
from app.judging.rules import HOLDING, SCORABLE, SheetState
from app.judging.service import Typed
from app.permissions import Action as A
from app.permissions import needs

FOR_THE_PACK = "X-Pack"  # a page that is fetched ahead, for when there is no network
UNDO = "vua-nop"  # in the cookie until the next page has shown it: which sheet, its version, its code

bp = kept_to_ourselves(Blueprint("judging", __name__, url_prefix="/cham-diem"))


@bp.after_request
def end_packs(response: Response) -> Response:
    """A sheet of a round that is locked: what this device kept for the evening may go."""
    if g.get("round_is_over"):
        response.headers["X-Pack"] = "over"
    return response


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
        totals=_own_totals(held),
        time_left=time_left(round_.ends_at),
        undo=_undo(round_),
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


@bp.route("/vong/<int:round_id>/xac-nhan", methods=["GET", "POST"])
@needs(A.SHEET_READ)
def confirm(round_id: int) -> ResponseReturnValue:
    """Before the first sheet: the rules, blindness, and what relations there are to declare."""
    member, round_ = _membership(round_id)
    form = ConflictForm(prefix="khai")
    form.unit_id.choices = [(0, _("Không có")), *((unit.id, unit.name) for unit in accounts.units())]
    if request.method == "POST" and "dong-y" in request.form:
        with transaction():
            panel.confirm_rules(this_judge(), member)
        return redirect(url_for(".progress", vong=round_id))
    if form.is_submitted() and _declare(form, round_):
        # the same words whether or not that address has an account: a judge must not find out who takes part
        flash(_("Đã ghi. Bài có liên quan, nếu có, sẽ do giám khảo khác chấm."), "ok")
        return redirect(url_for(".confirm", round_id=round_id))
    return render_template("judging/confirm.html", round=round_, member=member, form=form)


@bp.post("/vong/<int:round_id>/moi-ban")
@needs(A.PANEL_INVITE)
def invite(round_id: int) -> ResponseReturnValue:
    """The chair has everybody's personal link sent to their own mailbox."""
    member, round_ = _membership(round_id)
    with transaction():
        sent = entrance.invite_by_mail(this_judge(), round_, chair=member)
    flash(_("Đang gửi liên kết vào chấm cho %(n)d giám khảo.", n=sent), "ok")
    return redirect(url_for(".progress", vong=round_id))


@bp.get("/<public_id>")
@needs(A.SHEET_READ)
def sheet(public_id: str) -> ResponseReturnValue:
    found = own_sheet(public_id)
    round_ = found.entry.round
    if round_.state is RoundState.OPEN and calibration.comes_first(this_judge(), round_.id):
        return redirect(url_for("calibration.overview", round_id=round_.id))
    return _page(found)


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


@bp.post("/<public_id>/diem")
@csrf.exempt
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
@csrf.exempt
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


def _kept(found: ScoreSheet) -> ResponseReturnValue:
    """What a script is told of a sheet that has just been kept."""
    return jsonify(
        ok=True,
        version=found.version,
        total=formats.mark(sheets.total(found)),
        left=sheets.left(found),
        saved_at=formats.clock_time(found.touched_at),
    )


@bp.post("/<public_id>")
@csrf.exempt
@keeps_marks
@needs(A.SHEET_SCORE)
def save(public_id: str) -> ResponseReturnValue:
    """The whole sheet by one button: keep it, put it off, or submit it and go on. Works without scripts."""
    wanted = request.form.get("viec", "luu")
    if not has_token():
        found, g.status = own_sheet(public_id), 422
        again = _("Phiên làm việc đã đổi từ khi mở trang. Điểm vẫn còn đây, hãy lưu lại.")
        return _page(found, typed_marks(found), {"chung": again})
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
        return _page(own_sheet(public_id), typed, errors)
    return _onward(found, wanted)


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
    following = _next_to_do(found, queries.my_sheets(this_judge(), found.entry.round))
    if following is None:
        return redirect(url_for(".progress", vong=round_id))
    return redirect(url_for(".sheet", public_id=following.public_id))


def _undo(round_: Round) -> list[str] | None:
    """The sheet that was submitted a moment ago, said once; nothing once the round is locked."""
    if FOR_THE_PACK in request.headers:
        return None  # kept for later: the message is for the page that is read now
    just_now: list[str] | None = session.pop(UNDO, None)
    return just_now if round_.state is RoundState.OPEN else None


def _own_totals(rows: Sequence[SheetRow]) -> list[int]:
    """Hundredths of the judge's own submitted sheets: never anybody else's."""
    return [row.total for row in rows if row.state is SheetState.SUBMITTED and row.total is not None]


def _next_to_do(found: ScoreSheet, rows: Sequence[SheetRow]) -> SheetRow | None:
    """The next sheet without a submit: after this one, then from the start."""
    to_do = [row for row in rows if row.state in SCORABLE and row.public_id != found.public_id]
    later = [row for row in to_do if row.position > found.position]
    return next(iter(later or to_do), None)


def _page(
    found: ScoreSheet, typed: Mapping[str, Typed] | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
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
        totals=_own_totals(rows),
        time_left=time_left(found.entry.round.ends_at),
        undo=_undo(found.entry.round),
        number=here + 1,
        previous=rows[here - 1] if here else None,
        following=rows[here + 1] if here + 1 < len(rows) else None,
        to_do=_next_to_do(found, rows),
        receipt=receipt_of(found),
        owner=f"gk-{this_judge().id}",
    )


def _authors(found: ScoreSheet) -> list[str]:
    """Whose idea it is, in a round that is not blind; nobody while another round of the campaign is judged blind."""
    rounds = found.entry.round.campaign.rounds
    if found.entry.round.blind or any(other.blind and other.state is RoundState.OPEN for other in rounds):
        return []
    return [author.full_name for author in found.entry.idea.team]


def _declare(form: ConflictForm, round_: Round) -> bool:
    person = accounts.user_by_email(form.email.data) if form.email.data else None
    if form.email.data and person is None and not form.unit_id.data and form.validate():
        return True  # nobody here has that address, so none of their ideas can be dealt
    return form.run(
        declare_conflict,
        this_judge(),
        this_judge(),
        round_.campaign,
        reason=form.reason.data or "",
        person_id=person.id if person else None,
        unit_id=form.unit_id.data or None,
    )


def _criterion(found: ScoreSheet, key: str) -> Criterion:
    return next((criterion for criterion in found.criteria if criterion.key == key), None) or abort(404)


def _membership(round_id: int) -> tuple[PanelMember, Round]:
    round_ = or_404(queries.round_by_id(round_id))
    return or_404(queries.member_of(this_judge(), round_)), round_
