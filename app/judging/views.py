"""The judge's evening: progress, one sheet after another, handing back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.identity import me
from app.accounts.models import User
from app.campaigns.models import Criterion, Round
from app.core import formats
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import Invalid, Stale
from app.core.i18n import _
from app.core.web import or_404
from app.judging import queries, rounds, service
from app.judging import sheet as sheets
from app.judging.blind import blind_idea
from app.judging.conflicts import declare_conflict
from app.judging.forms import ConflictForm, RecuseForm, SheetForm
from app.judging.models import PanelMember, ScoreSheet
from app.judging.rules import SCORABLE, SheetState
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("judging", __name__, url_prefix="/cham-diem")


@bp.before_request
def keep_addresses_to_ourselves() -> None:
    g.no_referrer = True


@bp.get("")
@needs(A.SHEET_READ)
def progress() -> ResponseReturnValue:
    """Where the judge stands, in the round that is open (or the one asked for)."""
    mine = queries.my_rounds(_judge())
    if not mine:
        return render_template("judging/nothing.html")
    asked = request.args.get("vong", type=int)
    member, round_ = next((pair for pair in mine if pair[1].id == asked), mine[0])
    if member.confirmed_at is None and round_.state.value == "open":
        return redirect(url_for(".confirm", round_id=round_.id))
    rows = queries.my_sheets(_judge(), round_)
    held = [row for row in rows if row.state not in {SheetState.RECUSED, SheetState.VOID}]
    to_do = [row for row in held if row.state in SCORABLE]
    return render_template(
        "judging/progress.html",
        round=round_,
        member=member,
        rounds=[pair[1] for pair in mine],
        rows=rows,
        held=held,
        done=len(held) - len(to_do),
        next=to_do[0] if to_do else None,
        totals=[row.total for row in held if row.state is SheetState.SUBMITTED and row.total is not None],
        criteria=len(round_.rubric.criteria),
        days_left=max(0, (round_.ends_at - now()).days),
    )


@bp.route("/vong/<int:round_id>/xac-nhan", methods=["GET", "POST"])
@needs(A.SHEET_READ)
def confirm(round_id: int) -> ResponseReturnValue:
    """Before the first sheet: the rules, blindness, and what relations there are to declare."""
    member, round_ = _membership(round_id)
    form = ConflictForm(prefix="khai")
    form.unit_id.choices = [(0, _("Không có")), *((unit.id, unit.name) for unit in accounts.units())]
    if request.method == "POST" and "dong-y" in request.form:
        with transaction():
            rounds.confirm_rules(_judge(), member)
        return redirect(url_for(".progress", vong=round_.id))
    if form.is_submitted() and _declare(form, round_):
        flash(_("Đã ghi quan hệ liên quan. Bài có liên quan sẽ không giao cho bạn."), "ok")
        return redirect(url_for(".confirm", round_id=round_id))
    return render_template("judging/confirm.html", round=round_, member=member, form=form)


@bp.get("/<public_id>")
@needs(A.SHEET_READ)
def sheet(public_id: str) -> ResponseReturnValue:
    return _page(_sheet(public_id))


@bp.post("/<public_id>/diem")
@needs(A.SHEET_SCORE)
def mark(public_id: str) -> ResponseReturnValue:
    """One mark or comment, saved at once; answers scripts in JSON."""
    found = _sheet(public_id)
    key = request.form.get("criterion", "")
    version = request.form.get("version", 0, type=int)
    try:
        with transaction():
            if key == "chung":
                service.comment_on_sheet(
                    _judge(), found, comment=request.form.get("comment", ""), version=version
                )
            else:
                service.mark_criterion(
                    _judge(),
                    found,
                    _criterion(found, key),
                    points=request.form.get("points", ""),
                    comment=request.form.get("comment"),
                    version=version,
                )
    except Stale:
        found = _sheet(public_id)
        line = next((line for line in sheets.lines(found) if line.key == key), None)
        theirs = {"points": line.points, "comment": line.note} if line else {"comment": found.comment}
        return jsonify(conflict=True, version=found.version, theirs=theirs), 409
    except Invalid as refused:
        return jsonify(message=str(refused.message)), 422
    return jsonify(
        ok=True,
        version=found.version,
        total=formats.mark(sheets.total(found)),
        left=sheets.left(found),
        saved_at=formats.clock_time(now()),
    )


@bp.post("/<public_id>")
@needs(A.SHEET_SCORE)
def save(public_id: str) -> ResponseReturnValue:
    """The whole sheet by one button: keep it, put it off, or submit it and go on. Works without scripts."""
    found = _sheet(public_id)
    typed = {line.key: request.form.get(line.key, "") for line in sheets.lines(found)}
    errors = _keep_all(found, typed)
    wanted = request.form.get("viec", "luu")
    if not errors and wanted == "nop":
        errors = _submit(found)
    if errors:
        g.status = 422
        return _page(_sheet(public_id), typed, errors)
    if wanted == "luu":
        flash(_("Đã lưu."), "ok")
        return redirect(url_for(".sheet", public_id=public_id))
    following = _following(found)
    return redirect(url_for(".sheet", public_id=following) if following else url_for(".progress", vong=found.entry.round_id))


@bp.route("/<public_id>/xin-khong-cham", methods=["GET", "POST"])
@needs(A.SHEET_RECUSE)
def recuse(public_id: str) -> ResponseReturnValue:
    found = _sheet(public_id)
    form = RecuseForm()
    if form.run(service.recuse, _judge(), found, **form.values):
        flash(_("Đã trả lại bài. Bài sẽ giao cho giám khảo khác."), "ok")
        return redirect(url_for(".progress", vong=found.entry.round_id))
    return render_template("judging/recuse.html", sheet=found, code=found.entry.judging_code, form=form)


def _keep_all(found: ScoreSheet, typed: dict[str, str]) -> dict[str, str]:
    """Keep every mark that can be taken; messages for those that cannot. Nothing typed is lost."""
    errors: dict[str, str] = {}
    with transaction():
        service.open_for_marks(found)
        service.same_version(found, request.form.get("version", 0, type=int))
        for criterion in sheets.criteria_of(found):
            try:
                service.mark_criterion(
                    _judge(),
                    found,
                    criterion,
                    points=typed[criterion.key],
                    comment=request.form.get(f"nx_{criterion.key}"),
                    version=found.version,
                )
            except Invalid as refused:
                errors[criterion.key] = str(refused.message)
        if "nx_chung" in request.form:
            service.comment_on_sheet(
                _judge(), found, comment=request.form["nx_chung"], version=found.version
            )
    return errors


def _submit(found: ScoreSheet) -> dict[str, str]:
    try:
        with transaction():
            service.submit_sheet(_judge(), found, version=found.version)
    except Invalid as refused:
        return {refused.field: str(refused.message)}
    flash(_("Đã nộp phiếu %(code)s.", code=found.entry.judging_code), "ok")
    return {}


def _page(
    found: ScoreSheet, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    rows = [
        row
        for row in queries.my_sheets(_judge(), found.entry.round)
        if row.state not in {SheetState.RECUSED, SheetState.VOID}
    ]
    here = next((n for n, row in enumerate(rows) if row.public_id == found.public_id), None)
    topic = found.entry.idea.topic
    return render_template(
        "judging/sheet.html",
        sheet=found,
        idea=blind_idea(found.entry, topic.slug, topic.name),
        lines=sheets.lines(found, typed, errors),
        errors=errors or {},
        total=sheets.total(found),
        left=sheets.left(found),
        scale=found.entry.round.rubric.scale,
        open=found.state in SCORABLE and found.entry.round.state.value == "open",
        form=SheetForm(formdata=None, version=found.version),
        rows=rows,
        done=sum(row.state is SheetState.SUBMITTED for row in rows),
        number=(here or 0) + 1,
        previous=rows[here - 1] if here else None,
        following=rows[here + 1] if here is not None and here + 1 < len(rows) else None,
        owner=f"gk-{_judge().id}",
    )


def _following(found: ScoreSheet) -> str | None:
    """The next sheet still to be marked, after this one and then from the start."""
    rows = [row for row in queries.my_sheets(_judge(), found.entry.round) if row.state in SCORABLE]
    later = [row for row in rows if row.position > found.position]
    rest = later or [row for row in rows if row.public_id != found.public_id]
    return rest[0].public_id if rest else None


def _declare(form: ConflictForm, round_: Round) -> bool:
    person = accounts.user_by_email(form.email.data) if form.email.data else None
    return form.run(
        declare_conflict,
        _judge(),
        _judge(),
        round_.campaign,
        reason=form.reason.data or "",
        person_id=person.id if person else None,
        unit_id=form.unit_id.data or None,
    )


def _criterion(found: ScoreSheet, key: str) -> Criterion:
    return next((c for c in sheets.criteria_of(found) if c.key == key), None) or abort(404)


def _sheet(public_id: str) -> ScoreSheet:
    """The judge's own sheet; anybody else's does not exist."""
    found: ScoreSheet = or_404(queries.sheet_by_public_id(public_id))
    require(me(), A.SHEET_READ, found)
    return found


def _membership(round_id: int) -> tuple[PanelMember, Round]:
    round_ = or_404(queries.round_by_id(round_id))
    return or_404(queries.member_of(_judge(), round_)), round_


def _judge() -> User:
    person = me()
    assert isinstance(person, User)
    return person
