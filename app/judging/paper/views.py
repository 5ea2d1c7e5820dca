"""Pages of paper sheets: print, follow, type (organisers); confirm (the judge)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.accounts.models import User
from app.campaigns.models import Round
from app.core import uploads
from app.core.db import db, transaction
from app.core.errors import Refused, Stale, WrongState
from app.core.fields import row_id
from app.core.i18n import _
from app.core.limits import by_account, limiter
from app.core.qr import qr_svg
from app.core.stored_files import keep
from app.core.web import csrf, file_store, or_404, page_number
from app.judging import queries as judging
from app.judging import sheet as sheets
from app.judging.access import Withdrawn, give_back, own_sheet, this_judge
from app.judging.forms import typed_text
from app.judging.holding import gone
from app.judging.models import Entry, ScoreSheet
from app.judging.paper import queries, service
from app.judging.paper.forms import PaperForm, RefusalForm
from app.judging.paper.models import PaperSheet
from app.judging.paper.rules import PaperState, differing
from app.judging.paper.service import Unreadable
from app.judging.service import Typed
from app.judging.stakes import open_to, stakes_of
from app.mail.letters import link
from app.permissions import Action as A
from app.permissions import can, needs, require

bp = Blueprint("paper", __name__)
bp.register_error_handler(Withdrawn, give_back)

UPLOAD_LIMIT_BYTES = uploads.LIMIT_BYTES + 1024 * 1024  # the file and the form around it


@bp.get("/quan-tri/phieu-giay/vong/<int:round_id>")
@needs(A.PAPER_TYPE)
def every(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    wanted = request.args.get("trang-thai", "")
    state = PaperState(wanted) if wanted in set(PaperState) else None
    shown = open_to(me(), round_)
    return render_template(
        "judging/paper/list.html",
        round=round_,
        page=queries.sheets_of(round_, state, page_number(), shown),
        counts=queries.counts(round_, shown),
        state=state,
        states=list(PaperState),
        panel=queries.panel_names(round_),
    )


@bp.get("/quan-tri/phieu-giay/vong/<int:round_id>/in")
@needs(A.PAPER_TYPE)
def printing(round_id: int) -> ResponseReturnValue:
    """A4, one idea a page, of one judge or of all; nothing of the authors."""
    round_ = _round(round_id)
    pages = queries.printed(round_, request.args.get("giam-khao", type=row_id), open_to(me(), round_))
    return render_template(
        "judging/paper/print.html",
        round=round_,
        pages=pages,
        qr={page.public_id: _qr(page.public_id, page.judging_code) for page in pages},
    )


@bp.route("/quan-tri/phieu-giay/<public_id>", methods=["GET", "POST"])
@keeps_typed()
@needs(A.PAPER_TYPE)
def typing(public_id: str) -> ResponseReturnValue:
    """Type what stands on the paper. Whoever types second sees nothing of the first."""
    sheet = _sheet(public_id)
    form = PaperForm()
    typed = {criterion.key: request.form.get(f"diem-{criterion.key}", "") for criterion in sheet.criteria}
    comment = typed_text("chung") or ""
    if form.validate_on_submit():
        try:
            with transaction():
                paper = service.type_marks(
                    me(), sheet, typed=typed, comment=comment, version=form.version.data or 0
                )
        except Unreadable as refused:
            g.status = 422
            return _typing(sheet, form, typed, comment, refused.errors)
        except (WrongState, Stale) as refused:  # said above what was typed, which is kept
            flash(str(refused.message), "bad")
            g.status = refused.status
            return _typing(sheet, form, typed, comment, {})
        return _after_typing(paper, sheet)
    if form.is_submitted():
        g.status = 422
    return _typing(sheet, form, typed if form.is_submitted() else None, comment, {})


@bp.post("/quan-tri/phieu-giay/<public_id>/ban-quet")
@csrf.exempt  # checked inside, once the limit of this route is set: the token lies in the body
@needs(A.PAPER_TYPE)
@limiter.limit("30/minute", key_func=by_account)
def scan(public_id: str) -> ResponseReturnValue:
    request.max_content_length = UPLOAD_LIMIT_BYTES
    sheet = _sheet(public_id)
    try:
        csrf.protect()
        sent = request.files.get("tep")
    except RequestEntityTooLarge:
        flash(_("Tệp quá 20 MB. Hãy quét ở độ phân giải thấp hơn rồi gửi lại."), "bad")
        return _typing(sheet, PaperForm(formdata=None), None, "", {}), 413
    try:
        if sent is None or not sent.filename:
            raise uploads.UploadRefused("empty", _("Chọn bản quét trước khi bấm Tải lên."))
        kept = keep(file_store(), sent.stream, sent.filename)
        with transaction():
            service.attach_scan(me(), sheet, kept=kept)
    except Refused as refused:
        flash(str(refused.message), "bad")
        return _typing(sheet, PaperForm(formdata=None), None, "", {}), refused.status
    flash(_("Đã đính kèm bản quét."), "ok")
    return redirect(url_for(".typing", public_id=public_id))


@bp.route("/cham-diem/<public_id>/phieu-giay", methods=["GET", "POST"])
@keeps_typed()
@needs(A.PAPER_CONFIRM)
def confirm(public_id: str) -> ResponseReturnValue:
    """The judge compares what was typed with the scan: it counts, or it is typed anew."""
    g.no_referrer = True
    sheet = own_sheet(public_id)
    paper = or_404(queries.paper_of(sheet))
    form, refusal = PaperForm(version=paper.version), RefusalForm(prefix="sai", version=paper.version)
    if "sai-version" in request.form:
        if refusal.run(
            service.refuse,
            this_judge(),
            paper,
            version=refusal.version.data or 0,
            reason=refusal.reason.data or "",
        ):
            flash(_("Đã báo sai. Ban Tổ chức sẽ nhập lại phiếu này."), "ok")
            return redirect(url_for("judging.progress", vong=sheet.entry.round_id))
    elif form.run(service.confirm, this_judge(), paper, version=form.version.data or 0):
        flash(_("Đã xác nhận. Phiếu được tính như phiếu chấm trên máy."), "ok")
        return redirect(url_for("judging.progress", vong=sheet.entry.round_id))
    return render_template(
        "judging/paper/confirm.html",
        sheet=sheet,
        paper=paper,
        rows=_compared(sheet, paper),
        form=form,
        refusal=refusal,
    )


def _compared(sheet: ScoreSheet, paper: PaperSheet) -> list[tuple[str, int | None, int | None]]:
    """(criterion, hundredths on paper, hundredths begun on the screen)."""
    read = paper.standing[0].marks if paper.standing else {}
    return [(c.name, read.get(c.key), sheet.points.get(c.id)) for c in sheet.criteria]


def _typing(
    sheet: ScoreSheet,
    form: PaperForm,
    typed: Mapping[str, str] | None,
    comment: str,
    errors: Mapping[str, str],
) -> str:
    paper = queries.paper_of(sheet)
    form.version.data = paper.version if paper else 1
    own = next((one for one in (paper.standing if paper else []) if one.typist_id == me().id), None)
    again = paper is not None and paper.state is PaperState.DIFFERS and own is not None
    if typed is None and again and own is not None:
        typed = {c.key: _comma(own.marks.get(c.key)) for c in sheet.criteria}
        comment = own.comment
    shown = {key: Typed(points) for key, points in (typed or {}).items()}
    blank = {criterion.key: Typed("") for criterion in sheet.criteria}
    return render_template(
        "judging/paper/typing.html",
        sheet=sheet,
        paper=paper,
        state=paper.state if paper else PaperState.WAITING,
        own=own,
        again=again,
        differing=differing(*(one.reading for one in paper.standing)) if paper and again else [],
        lines=sheets.lines(sheet, {**blank, **shown}, errors),
        comment=comment,
        errors=errors,
        judge=db.session.get_one(User, sheet.judge_id).full_name,
        form=form,
    )


def _after_typing(paper: PaperSheet, sheet: ScoreSheet) -> ResponseReturnValue:
    words, look = {
        PaperState.TYPED: (_("Đã nhập lần một. Người khác nhập lần hai mà không thấy số của bạn."), "ok"),
        PaperState.CHECKED: (_("Hai lần nhập khớp nhau. Phiếu chờ giám khảo xác nhận."), "ok"),
        PaperState.DIFFERS: (
            _("Hai lần nhập khác nhau. Hai người xem lại phiếu giấy rồi sửa số của mình."),
            "warn",
        ),
    }[paper.state]
    flash(words, look)
    if paper.state is PaperState.DIFFERS:
        return redirect(url_for(".typing", public_id=sheet.public_id))
    return redirect(url_for(".every", round_id=sheet.entry.round_id))


def _comma(hundredths: int | None) -> str:
    return "" if hundredths is None else f"{hundredths / 100:g}".replace(".", ",")


def _qr(public_id: str, code: str) -> str:
    return qr_svg(link(url_for(".typing", public_id=public_id)), _("Trang nhập phiếu %(code)s", code=code))


def _round(round_id: int) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.PAPER_TYPE, round_)
    return round_


def _sheet(public_id: str) -> ScoreSheet:
    found = judging.sheet_by_public_id(public_id)
    if found is None:
        before = gone(public_id)
        if (
            before is not None
            and can(me(), A.PAPER_TYPE, before.entry.round)
            and not _is_their_own(before.entry)
        ):
            raise WrongState(
                _(
                    "Bài %(code)s đã chuyển cho giám khảo khác trước khi phiếu giấy này được nhập. Báo Ban Tổ chức.",
                    code=before.entry.judging_code,
                )
            )
        abort(404)
    require(me(), A.PAPER_TYPE, found)
    return or_404(None if _is_their_own(found.entry) else found)


def _is_their_own(entry: Entry) -> bool:
    return entry.idea_id in stakes_of(me(), entry.round.campaign_id)
