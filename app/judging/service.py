"""What a judge does with a score sheet, and what staff do with it for cause."""

from __future__ import annotations

from app.accounts.models import User
from app.campaigns.models import Criterion
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, Stale, WrongState
from app.core.events import record
from app.core.i18n import _, _l
from app.judging.conflicts import block_recused
from app.judging.models import Mark, ScoreSheet
from app.judging.rules import SCORABLE, SHEET_FLOW, SheetState
from app.judging.scoring import parse_mark
from app.permissions import Action as A
from app.permissions import require

REASON_MIN_CHARS = 10
COMMENT_MAX_CHARS = 2000


def mark_criterion(
    actor: User, sheet: ScoreSheet, criterion: Criterion, *, points: str, comment: str | None, version: int
) -> ScoreSheet:
    """Keep one mark at once. Empty points take the mark back; None leaves the comment as it is."""
    require(actor, A.SHEET_SCORE, sheet)
    open_for_marks(sheet)
    same_version(sheet, version)
    if comment is not None and len(comment) > COMMENT_MAX_CHARS:
        raise Invalid("comment", _l("Rút gọn nhận xét, nhiều nhất 2.000 ký tự."))
    mark = next((mark for mark in sheet.marks if mark.criterion_id == criterion.id), None)
    if not points.strip():
        if mark is not None:
            sheet.marks.remove(mark)
            db.session.delete(mark)
    else:
        hundredths = points_of(points, criterion)
        if mark is None:
            mark = Mark(criterion_id=criterion.id, hundredths=hundredths, saved_at=now())
            sheet.marks.append(mark)
        mark.hundredths, mark.saved_at = hundredths, now()
        if comment is not None:
            mark.note = comment.strip()
    sheet.touched_at = now()
    db.session.flush()
    return sheet


def comment_on_sheet(actor: User, sheet: ScoreSheet, *, comment: str, version: int) -> ScoreSheet:
    """A word for the authors, shown to them only once the council releases it."""
    require(actor, A.SHEET_SCORE, sheet)
    open_for_marks(sheet)
    same_version(sheet, version)
    if len(comment) > COMMENT_MAX_CHARS:
        raise Invalid("comment", _l("Rút gọn nhận xét, nhiều nhất 2.000 ký tự."))
    sheet.comment = comment.strip()
    sheet.touched_at = now()
    db.session.flush()
    return sheet


def submit_sheet(actor: User, sheet: ScoreSheet, *, version: int) -> ScoreSheet:
    """Lock a complete sheet. Raises Invalid beside the first criterion that has no mark."""
    require(actor, A.SHEET_SUBMIT, sheet)
    open_round_only(sheet)
    same_version(sheet, version)
    marked = {mark.criterion_id for mark in sheet.marks}
    for criterion in sheet.entry.round.rubric.criteria:
        if criterion.id not in marked:
            raise Invalid(criterion.key, _("Cho điểm “%(name)s” trước khi nộp.", name=criterion.name))
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_SUBMIT)
    sheet.submitted_at = now()
    record("sheet.submitted", sheet, actor)
    return sheet


def recuse(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Hand an idea back because of a relation; it is never dealt to this judge again."""
    require(actor, A.SHEET_RECUSE, sheet)
    open_round_only(sheet)
    reason = enough_reason(reason)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_RECUSE)
    sheet.reason = reason
    block_recused(actor, sheet.entry, reason)
    record("sheet.recused", sheet, actor)
    return sheet


def reopen_sheet(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Give a submitted sheet back to its judge, while the round is open."""
    require(actor, A.SHEET_REOPEN, sheet)
    open_round_only(sheet)
    sheet.reason = enough_reason(reason)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_REOPEN)
    record("sheet.reopened", sheet, actor)
    return sheet


def void_sheet(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """A late conflict or a wrong idea: the sheet stays, and counts for nothing."""
    require(actor, A.SHEET_REOPEN, sheet)
    open_round_only(sheet)
    sheet.reason = enough_reason(reason)
    sheet.state = SheetState.VOID
    record("sheet.voided", sheet, actor)
    return sheet


def open_round_only(sheet: ScoreSheet) -> None:
    """Raises WrongState unless the round is open."""
    if sheet.entry.round.state is not RoundState.OPEN:
        raise WrongState(_l("Vòng chấm không mở, không ghi điểm được."))


def open_for_marks(sheet: ScoreSheet) -> None:
    """Raises WrongState on a locked sheet or round."""
    open_round_only(sheet)
    if sheet.state not in SCORABLE:
        raise WrongState(_l("Phiếu đã nộp. Nhờ Ban Tổ chức mở lại nếu cần sửa."))


def same_version(sheet: ScoreSheet, version: int) -> None:
    """Raises Stale when the sheet changed in another tab or on another device."""
    if sheet.version != version:
        raise Stale


def points_of(points: str, criterion: Criterion) -> int:
    """Hundredths of a mark as typed. Raises Invalid beside the criterion."""
    try:
        return parse_mark(points, criterion.max_points)
    except ValueError as error:
        raise Invalid(criterion.key, str(error)) from error


def enough_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < REASON_MIN_CHARS:
        raise Invalid("reason", _l("Ghi lý do, ít nhất 10 ký tự."))
    return reason[:500]
