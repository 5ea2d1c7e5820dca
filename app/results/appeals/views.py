"""Pages of appeals: a team's own, and the queue of those who answer."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.audit import queries as audit
from app.campaigns.models import Round
from app.core import clock
from app.core.db import transaction
from app.core.forms import VersionForm
from app.core.i18n import _
from app.core.web import or_404, page_number
from app.ideas import queries as ideas
from app.ideas.models import Idea
from app.judging import queries as judging
from app.judging.models import ScoreSheet
from app.judging.rules import COUNTS
from app.judging.stakes import has_stake
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results import letters
from app.results import queries as results
from app.results.appeals import queries, service
from app.results.appeals.forms import AnswerForm, AppealForm, CorrectionForm, CorrectionStep
from app.results.appeals.models import Appeal
from app.results.appeals.rules import WAITING, AppealState, appeals_until
from app.results.models import Publication
from app.results.rules import PublicationState

bp = Blueprint("appeals", __name__)


@bp.route("/cua-toi/<public_id>/khieu-nai", methods=["GET", "POST"])
@keeps_typed()
@needs(A.APPEAL_FILE)
def mine(public_id: str) -> ResponseReturnValue:
    """A team's appeal against what is public now: to write it, or to follow it; and its earlier ones."""
    idea, publication = _own(public_id)
    form = AppealForm()
    if form.run(service.file_appeal, me(), idea, publication, reason=form.reason.data or ""):
        flash(_("Đã nhận khiếu nại %(code)s.", code=form.result.code), "ok")
        return redirect(url_for(".mine", public_id=public_id))
    filed = queries.of_idea(idea.id, page_number())
    current = queries.current_of(idea.id, publication.id)
    until = _until(publication)
    return render_template(
        "appeals/mine.html",
        idea=idea,
        publication=publication,
        page=filed,
        histories={one.id: audit.timeline("appeals", one.id, public=True) for one in filed.items},
        until=until,
        may_file=clock.received_at() <= until and (current is None or current.state is AppealState.WITHDRAWN),
        waiting=WAITING,
        form=form,
    )


@bp.post("/cua-toi/<public_id>/khieu-nai/<int:appeal_id>/rut")
@needs(A.APPEAL_FILE)
def withdraw(public_id: str, appeal_id: int) -> ResponseReturnValue:
    idea, _publication = _own(public_id)
    appeal: Appeal = or_404(queries.by_id(appeal_id))
    or_404(appeal if appeal.idea_id == idea.id else None)
    form = VersionForm()
    if form.run(service.withdraw_appeal, me(), appeal, version=form.version.data):
        flash(_("Đã rút khiếu nại %(code)s.", code=appeal.code), "ok")
    return redirect(url_for(".mine", public_id=public_id))


@bp.get("/quan-tri/khieu-nai")
@needs(A.APPEAL_READ)
def queue() -> ResponseReturnValue:
    answered = request.args.get("xem") == "da-xong"
    return render_template(
        "appeals/queue.html",
        page=queries.queue(answered=answered, number=page_number()),
        answered=answered,
        waiting=queries.waiting(),
        today=clock.today(),
    )


@bp.get("/quan-tri/khieu-nai/<int:appeal_id>")
@needs(A.APPEAL_READ)
def one(appeal_id: int) -> ResponseReturnValue:
    return _page(_appeal(appeal_id))


@bp.post("/quan-tri/khieu-nai/<int:appeal_id>/nhan")
@needs(A.APPEAL_ANSWER)
def take_up(appeal_id: int) -> ResponseReturnValue:
    appeal, form = _appeal(appeal_id), VersionForm()
    if form.run(service.take_up, me(), appeal, version=form.version.data):
        flash(_("Bạn đã nhận giải quyết %(code)s.", code=appeal.code), "ok")
    return redirect(url_for(".one", appeal_id=appeal_id))


@bp.post("/quan-tri/khieu-nai/<int:appeal_id>/tra-loi")
@keeps_typed("appeals.one")
@needs(A.APPEAL_ANSWER)
def answer(appeal_id: int) -> ResponseReturnValue:
    appeal, form = _appeal(appeal_id), AnswerForm()
    if form.run(
        service.answer_appeal,
        me(),
        appeal,
        upheld=form.decision.data == AppealState.UPHELD,
        answer=form.answer.data or "",
        version=form.version.data,
    ):
        flash(_("Đã trả lời khiếu nại %(code)s.", code=appeal.code), "ok")
        return redirect(url_for(".one", appeal_id=appeal_id))
    return _page(appeal, answer_form=form)


@bp.post("/quan-tri/khieu-nai/<int:appeal_id>/phieu")
@keeps_typed("appeals.one")
@needs(A.APPEAL_ANSWER)
def correct(appeal_id: int) -> ResponseReturnValue:
    """Void or reopen a locked sheet on the idea of an upheld appeal."""
    appeal = _appeal(appeal_id)
    form = _correction_form(appeal, queries.sheets_of(appeal.idea_id, appeal.campaign_id))
    if form.run(_correct, appeal, form):
        flash(_("Đã ghi. Xếp hạng lại khi không còn phiếu nào mở."), "ok")
        return redirect(url_for(".one", appeal_id=appeal_id))
    return _page(appeal, correction_form=form)


@bp.post("/quan-tri/khieu-nai/<int:appeal_id>/xep-hang/<int:round_id>")
@needs(A.APPEAL_ANSWER)
def rank_again(appeal_id: int, round_id: int) -> ResponseReturnValue:
    appeal = _appeal(appeal_id)
    round_: Round = or_404(judging.round_by_id(round_id))
    with transaction():
        service.rank_again(me(), appeal, round_)
    flash(_("Đã xếp hạng lại. Kết quả công khai chưa đổi: hãy đề nghị giải theo bảng mới."), "ok")
    return redirect(url_for("results.ranking", round_id=round_id))


def _correct(appeal: Appeal, form: CorrectionForm) -> ScoreSheet:
    sheet: ScoreSheet = or_404(queries.sheet_by_id(form.sheet.data))
    step = service.void_sheet if form.step.data == CorrectionStep.VOID else service.reopen_sheet
    return step(me(), appeal, sheet, reason=form.reason.data or "")


def _page(
    appeal: Appeal, *, answer_form: AnswerForm | None = None, correction_form: CorrectionForm | None = None
) -> ResponseReturnValue:
    """One appeal with the working of its idea's score. Who has a stake in it reads, and does nothing."""
    may_answer = can(me(), A.APPEAL_ANSWER, appeal) and not has_stake(
        me(), appeal.campaign_id, {appeal.idea_id}
    )
    sheets = queries.sheets_of(appeal.idea_id, appeal.campaign_id)
    upheld = appeal.state is AppealState.UPHELD
    may_correct = may_answer and upheld and appeal.publication.state is PublicationState.PUBLISHED
    return render_template(
        "appeals/one.html",
        appeal=appeal,
        letter=letters.letter(appeal.publication, appeal.idea_id),
        history=audit.timeline("appeals", appeal.id),
        may_answer=may_answer,
        may_correct=may_correct,
        sheets=sheets,
        rounds=list(dict.fromkeys((sheet.round_id, sheet.round_name) for sheet in sheets)),
        answer_form=answer_form or AnswerForm(formdata=None, version=appeal.version),
        version_form=VersionForm(formdata=None, version=appeal.version),
        correction_form=correction_form or _correction_form(appeal, sheets),
        form=answer_form or correction_form,
        today=clock.today(),
    )


def _correction_form(appeal: Appeal, sheets: list[queries.SheetRow]) -> CorrectionForm:
    form = CorrectionForm() if request.endpoint == f"{bp.name}.correct" else CorrectionForm(formdata=None)
    form.sheet.choices = [
        (row.id, f"{row.round_name} – {row.judge_code}") for row in sheets if row.state is COUNTS
    ]
    return form


def _own(public_id: str) -> tuple[Idea, Publication]:
    """A team's own judged idea, and what is public of its campaign."""
    idea: Idea = or_404(ideas.by_public_id(public_id))
    require(me(), A.APPEAL_FILE, idea)
    publication: Publication = or_404(results.published(idea.campaign_id))
    or_404(letters.letter(publication, idea.id))
    return idea, publication


def _appeal(appeal_id: int) -> Appeal:
    appeal: Appeal = or_404(queries.by_id(appeal_id))
    require(me(), A.APPEAL_READ, appeal)
    return appeal


def _until(publication: Publication) -> datetime:
    assert publication.published_at is not None
    return appeals_until(publication.published_at, publication.campaign.appeal_days)
