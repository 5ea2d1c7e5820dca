"""The council's pages: findings, session, cases, votes, an own sheet amended, minutes."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core import formats
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.pagination import page_of
from app.core.security import kept_to_ourselves
from app.core.web import or_404, page_number
from app.judging import queries as judging
from app.judging.access import own_sheet, this_judge
from app.judging.findings import findings_of, trust
from app.judging.models import ScoreSheet
from app.judging.seats import seats_of
from app.judging.stakes import kept_from
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.reports import minutes as word_file
from app.results.council import minutes as papers
from app.results.council import queries, service, tables
from app.results.council.forms import AmendForm, CaseForm, ConveneForm, PresentForm, VoteForm
from app.results.council.models import Council, CouncilCase
from app.results.council.rules import CouncilState
from app.results.freezing import ranking_of
from app.results.queries import is_kept_from

bp = kept_to_ourselves(Blueprint("council", __name__, url_prefix="/hoi-dong"))


@bp.get("/<int:round_id>/so-lieu")
@needs(A.FINDINGS_READ)
def findings(round_id: int) -> ResponseReturnValue:
    """What the sheets say: for chair and secretary, after the lock."""
    round_ = _round(round_id, A.FINDINGS_READ)
    if not round_.has_open_figures:
        return render_template("council/not_locked.html", round=round_)
    found = findings_of(round_)
    hidden = {str(entry_id) for entry_id in kept_from(this_judge(), round_)}
    names = tables.names_of(round_, tables.spoken_of(found, page_number(), hidden))
    return render_template(
        "council/findings.html",
        round=round_,
        found=found,
        result=found.result,
        page=tables.rank_rows(found, names, page_number(), hidden=hidden),
        hidden=[names.entries[idea][0] for idea in sorted(hidden)],
        scattered=tables.disagreement_rows(found, names, hidden=hidden),
        odd_sheets=tables.sheet_rows(found, names, hidden=hidden),
        judges=tables.judge_rows(found, names),
        trust=trust(found.result.reliability),
        trust_of_one=trust(found.single_sheet),
        ranking=ranking_of(round_),
    )


@bp.get("/<int:round_id>")
@needs(A.COUNCIL_READ)
def council(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id, A.COUNCIL_READ)
    return _session(round_, queries.council_of(round_id))


@bp.post("/<int:round_id>/mo")
@needs(A.COUNCIL_RUN)
def convene(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id, A.COUNCIL_RUN)
    form = ConveneForm()
    if form.run(service.convene, this_judge(), round_, place=form.place.data or ""):
        flash(_("Đã mở phiên họp hội đồng."), "ok")
        return redirect(url_for(".council", round_id=round_id))
    return _session(round_, None, convene_form=form)


@bp.post("/<int:round_id>/co-mat")
@needs(A.COUNCIL_RUN)
def attend(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id, A.COUNCIL_RUN)
    held = _council(round_)
    form = _present_form(held)
    if form.run(service.mark_present, this_judge(), held, form.present_ids.data or []):
        flash(_("Đã ghi thành viên có mặt."), "ok")
        return redirect(url_for(".council", round_id=round_id))
    return _session(round_, held, present_form=form)


@bp.route("/<int:round_id>/viec/<int:case_id>", methods=["GET", "POST"])
@needs(A.COUNCIL_READ)
def case(round_id: int, case_id: int) -> ResponseReturnValue:
    """One case: sheets side by side, notes, decision or vote."""
    round_ = _round(round_id, A.COUNCIL_READ)
    found = _case(round_, case_id)
    form = CaseForm(obj=found)
    if form.is_submitted():
        require(me(), A.COUNCIL_RUN, seats_of(round_))
        if _written(form, found):
            return redirect(url_for(".council", round_id=round_id))
    return _case_page(round_, found, form=form)


@bp.post("/<int:round_id>/viec/<int:case_id>/mo-bieu-quyet")
@needs(A.COUNCIL_RUN)
def open_vote(round_id: int, case_id: int) -> ResponseReturnValue:
    found = _case(_round(round_id, A.COUNCIL_RUN), case_id)
    with transaction():
        service.open_vote(this_judge(), found)
    flash(_("Đã mở biểu quyết kín."), "ok")
    return redirect(url_for(".case", round_id=round_id, case_id=case_id))


@bp.post("/<int:round_id>/viec/<int:case_id>/bo-phieu")
@needs(A.VOTE_CAST)
def vote(round_id: int, case_id: int) -> ResponseReturnValue:
    round_ = _round(round_id, A.VOTE_CAST)
    found = _case(round_, case_id)
    form = _vote_form(found)
    if form.run(service.cast_vote, this_judge(), found, form.entries.data or []):
        flash(_("Đã bỏ phiếu. Hệ thống không giữ ông/bà chọn bài nào."), "ok")
        return redirect(url_for(".case", round_id=round_id, case_id=case_id))
    return _case_page(round_, found, vote_form=form)


@bp.post("/<int:round_id>/viec/<int:case_id>/kiem-phieu")
@needs(A.COUNCIL_RUN)
def close_vote(round_id: int, case_id: int) -> ResponseReturnValue:
    found = _case(_round(round_id, A.COUNCIL_RUN), case_id)
    with transaction():
        service.close_vote(this_judge(), found)
    flash(_("Đã kiểm phiếu."), "ok")
    return redirect(url_for(".case", round_id=round_id, case_id=case_id))


@bp.route("/phieu/<public_id>", methods=["GET", "POST"])
@needs(A.SHEET_AMEND)
def amend(public_id: str) -> ResponseReturnValue:
    """A judge's own sheet, replaced once while the council sits."""
    sheet = own_sheet(public_id, A.SHEET_AMEND)
    held = or_404(queries.council_of(sheet.entry.round_id))
    form = AmendForm(version=sheet.version)
    typed = typed_points(sheet)
    errors: dict[str, str] = {}
    if form.is_submitted():
        try:
            done = form.validate() and _amended(form, sheet, typed)
        except Invalid as refused:
            done, errors = False, {refused.field: str(refused.message)}
            if refused.field in form:
                form.refuse(refused)
        if done:
            flash(_("Đã sửa phiếu %(code)s.", code=sheet.entry.judging_code), "ok")
            return redirect(url_for(".council", round_id=sheet.entry.round_id))
        g.status = 422
    return render_template(
        "council/amend.html",
        sheet=sheet,
        round=sheet.entry.round,
        council=held,
        form=form,
        typed=typed,
        errors=errors,
        revision=queries.revision_of(sheet),
        may_amend=held.state is CouncilState.OPEN and this_judge().id in held.present_ids,
    )


@bp.post("/<int:round_id>/ket-thuc")
@needs(A.COUNCIL_RUN)
def close(round_id: int) -> ResponseReturnValue:
    held = _council(_round(round_id, A.COUNCIL_RUN))
    version = request.form.get("version", 0, type=int)
    with transaction():
        service.close_council(this_judge(), held, version=version)
    flash(_("Phiên họp đã kết thúc, vòng đã xếp hạng. Biên bản ở dưới đây."), "ok")
    return redirect(url_for(".minutes", round_id=round_id))


@bp.get("/<int:round_id>/bien-ban")
@needs(A.MINUTES_READ)
def minutes(round_id: int) -> ResponseReturnValue:
    """What the council did, to be printed and signed."""
    round_ = _round(round_id, A.MINUTES_READ)
    held = _council(round_)
    if held.state is not CouncilState.CLOSED:
        abort(404)
    if _minutes_wait(round_):
        return render_template("results/kept_back.html", round=round_)
    return render_template("council/minutes.html", round=round_, minutes=papers.minutes_of(held))


@bp.get("/<int:round_id>/bien-ban.docx")
@needs(A.MINUTES_READ)
def minutes_file(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id, A.MINUTES_READ)
    held = _council(round_)
    if held.state is not CouncilState.CLOSED:
        abort(404)
    if _minutes_wait(round_):
        return render_template("results/kept_back.html", round=round_)
    return send_file(
        BytesIO(word_file.build(papers.minutes_of(held))),
        mimetype="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        as_attachment=True,
        download_name=f"bien-ban-hoi-dong-{round_id}.docx",
    )


def _minutes_wait(round_: Round) -> bool:
    """Whoever was not at the session and has a stake in it reads the minutes once the results are public."""
    return not can(me(), A.COUNCIL_READ, seats_of(round_)) and is_kept_from(me(), round_, ranking_of(round_))


def typed_points(sheet: ScoreSheet) -> dict[str, str]:
    """Marks as they stand in the boxes: typed, or kept."""
    return {
        criterion.key: request.form.get(
            f"diem-{criterion.key}", formats.mark(sheet.points.get(criterion.id))
        )[:20]
        for criterion in sheet.criteria
    }


def _amended(form: AmendForm, sheet: ScoreSheet, typed: dict[str, str]) -> bool:
    with transaction():
        service.amend_sheet(
            this_judge(), sheet, points=typed, reason=form.reason.data or "", version=form.version.data or 0
        )
    return True


def _written(form: CaseForm, found: CouncilCase) -> bool:
    """One form, two buttons: keep the notes, or conclude."""
    version, note = form.version.data or 0, form.note.data or ""
    if request.form.get("viec") != "ket-luan":
        done = form.run(service.note_case, this_judge(), found, note=note, version=version)
        words = _("Đã lưu ghi chép.")
    else:
        done = form.run(
            service.decide_case,
            this_judge(),
            found,
            note=note,
            decision=form.decision.data or "",
            reason=form.reason.data or "",
            version=version,
        )
        words = _("Đã ghi kết luận.")
    if done:
        flash(words, "ok")
    return done


def _session(
    round_: Round,
    held: Council | None,
    *,
    convene_form: ConveneForm | None = None,
    present_form: PresentForm | None = None,
) -> str:
    seats = seats_of(round_)
    mine = queries.own_sheets(this_judge().id, round_.id) if held is not None else []
    return render_template(
        "council/council.html",
        round=round_,
        council=held,
        page=page_of(tables.in_order(held) if held is not None else [], page_number()),
        members=queries.members_of(round_.id),
        prizes=queries.prize_names(round_),
        ranking=ranking_of(round_),
        may_run=can(me(), A.COUNCIL_RUN, seats),
        amended=queries.amended_of(round_.id) if held is not None else [],
        mine=mine,
        here=held is not None and this_judge().id in held.present_ids,
        convene_form=convene_form or ConveneForm(formdata=None),
        present_form=present_form or (_present_form(held, empty=True) if held is not None else None),
    )


def _case_page(
    round_: Round, found: CouncilCase, *, form: CaseForm | None = None, vote_form: VoteForm | None = None
) -> str:
    seats, judge = seats_of(round_), this_judge()
    related = service.relations_of(found).get(judge.id, set())
    presides = can(judge, A.COUNCIL_RUN, seats)
    voter = next((voter for voter in found.voters if voter.judge_id == judge.id), None)
    return render_template(
        "council/case.html",
        round=round_,
        council=found.council,
        case=found,
        sides=tables.sides(found, judge.id, sees_all=presides, related=related),
        prizes=queries.prize_names(round_),
        related=related,
        presides=presides,
        running=found.council.state is CouncilState.OPEN,
        voter=voter,
        voted=sum(one.has_voted for one in found.voters),
        form=form or CaseForm(formdata=None, obj=found),
        vote_form=vote_form or _vote_form(found, empty=True),
        now=now(),
    )


def _present_form(held: Council, *, empty: bool = False) -> PresentForm:
    form = PresentForm(**({"formdata": None, "present_ids": sorted(held.present_ids)} if empty else {}))
    form.present_ids.choices = [
        (member.judge_id, member.full_name) for member in queries.members_of(held.round_id)
    ]
    return form


def _vote_form(found: CouncilCase, *, empty: bool = False) -> VoteForm:
    form = VoteForm(**({"formdata": None} if empty else {}))
    form.entries.choices = [
        (line.entry_id, f"{line.entry.judging_code} – {line.entry.idea_version.title}")
        for line in found.entries
    ]
    return form


def _round(round_id: int, action: A) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), action, seats_of(round_))
    return round_


def _council(round_: Round) -> Council:
    found: Council = or_404(queries.council_of(round_.id))
    return found


def _case(round_: Round, case_id: int) -> CouncilCase:
    found: CouncilCase = or_404(next((case for case in _council(round_).cases if case.id == case_id), None))
    return found
