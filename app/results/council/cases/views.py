"""Pages of one case: sheets side by side, notes, decision, vote; and an own sheet amended."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.campaigns.models import Round
from app.core import formats
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import Invalid, Stale, WrongState
from app.core.i18n import _
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.judging.access import own_sheet, this_judge
from app.judging.models import ScoreSheet
from app.judging.seats import seats_of
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results.council import queries, service, tables, votes, words
from app.results.council.access import case_of, round_for
from app.results.council.forms import AmendForm, CaseForm, ShareForm, VoteForm
from app.results.council.models import CouncilCase
from app.results.council.rules import VOTERS_MIN, CouncilState
from app.results.council.sitting import relations_of

bp = kept_to_ourselves(Blueprint("cases", __name__, url_prefix="/hoi-dong"))


@bp.route("/<int:round_id>/viec/<int:case_id>", methods=["GET", "POST"])
@keeps_typed()
@needs(A.COUNCIL_READ)
def case(round_id: int, case_id: int) -> ResponseReturnValue:
    """One case: sheets side by side, notes, decision or vote."""
    round_ = round_for(round_id, A.COUNCIL_READ)
    found = case_of(round_, case_id)
    form = CaseForm(obj=found)
    if form.is_submitted():
        require(me(), A.COUNCIL_RUN, seats_of(round_))
        if _written(form, found):
            return redirect(url_for("council.council", round_id=round_id))
    return _case_page(round_, found, form=form)


@bp.post("/<int:round_id>/viec/<int:case_id>/mo-bieu-quyet")
@needs(A.COUNCIL_RUN)
def open_vote(round_id: int, case_id: int) -> ResponseReturnValue:
    found = case_of(round_for(round_id, A.COUNCIL_RUN), case_id)
    with transaction():
        votes.open_vote(this_judge(), found)
    flash(_("Đã mở biểu quyết kín."), "ok")
    return redirect(url_for(".case", round_id=round_id, case_id=case_id))


@bp.post("/<int:round_id>/viec/<int:case_id>/cung-huong")
@keeps_typed("cases.case")
@needs(A.COUNCIL_RUN)
def share(round_id: int, case_id: int) -> ResponseReturnValue:
    """The way out of a tie where too few may vote in secret."""
    round_ = round_for(round_id, A.COUNCIL_RUN)
    found = case_of(round_, case_id)
    form = ShareForm(prefix="chung")
    if form.run(
        votes.share_tie, this_judge(), found, reason=form.reason.data or "", version=form.version.data or 0
    ):
        flash(_("Đã ghi kết luận."), "ok")
        return redirect(url_for(".case", round_id=round_id, case_id=case_id))
    return _case_page(round_, found, share_form=form)


@bp.post("/<int:round_id>/viec/<int:case_id>/bo-phieu")
@needs(A.VOTE_CAST)
def vote(round_id: int, case_id: int) -> ResponseReturnValue:
    round_ = round_for(round_id, A.VOTE_CAST)
    found = case_of(round_, case_id)
    form = _vote_form(found)
    if form.run(votes.cast_vote, this_judge(), found, form.entries.data or []):
        flash(_("Đã bỏ phiếu. Hệ thống không giữ ông/bà chọn bài nào."), "ok")
        return redirect(url_for(".case", round_id=round_id, case_id=case_id))
    return _case_page(round_, found, vote_form=form)


@bp.post("/<int:round_id>/viec/<int:case_id>/kiem-phieu")
@needs(A.COUNCIL_RUN)
def close_vote(round_id: int, case_id: int) -> ResponseReturnValue:
    found = case_of(round_for(round_id, A.COUNCIL_RUN), case_id)
    with transaction():
        votes.close_vote(this_judge(), found)
    flash(_("Đã kiểm phiếu."), "ok")
    return redirect(url_for(".case", round_id=round_id, case_id=case_id))


@bp.route("/phieu/<public_id>", methods=["GET", "POST"])
@keeps_typed()
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
        except (Stale, WrongState) as refused:
            marks = [(criterion.name, typed[criterion.key]) for criterion in sheet.criteria]
            refused.typed = [*marks, *form.texts]
            raise
        except Invalid as refused:
            done, errors = False, {refused.field: str(refused.message)}
            if refused.field in form:
                form.refuse(refused)
        if done:
            flash(_("Đã sửa phiếu %(code)s.", code=sheet.entry.judging_code), "ok")
            return redirect(url_for("council.council", round_id=sheet.entry.round_id))
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


def _case_page(
    round_: Round,
    found: CouncilCase,
    *,
    form: CaseForm | None = None,
    vote_form: VoteForm | None = None,
    share_form: ShareForm | None = None,
) -> str:
    seats, judge = seats_of(round_), this_judge()
    relations = relations_of(found)
    related = relations.get(judge.id, set())
    presides = can(judge, A.COUNCIL_RUN, seats)
    voter = next((voter for voter in found.voters if voter.judge_id == judge.id), None)
    return render_template(
        "council/case.html",
        round=round_,
        council=found.council,
        case=found,
        sides=tables.sides(found, judge.id, sees_all=presides, related=related),
        title=words.title_of(found, queries.prize_names(round_)),
        outcome_words=words.outcome_words,
        voters=len(votes.who_may_vote(found, relations)) if found.kind.is_tie else 0,
        voters_min=VOTERS_MIN,
        related=related,
        presides=presides,
        running=found.council.state is CouncilState.OPEN,
        voter=voter,
        voted=sum(one.has_voted for one in found.voters),
        form=form or CaseForm(formdata=None, obj=found),
        vote_form=vote_form or _vote_form(found, empty=True),
        share_form=share_form or ShareForm(None, prefix="chung", version=found.version),
        now=now(),
    )


def _vote_form(found: CouncilCase, *, empty: bool = False) -> VoteForm:
    form = VoteForm(**({"formdata": None} if empty else {}))
    form.entries.choices = [
        (line.entry_id, f"{line.entry.judging_code} – {line.entry.idea_version.title}")
        for line in found.entries
    ]
    return form
