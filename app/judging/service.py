"""What a judge does with a score sheet, and what staff do with it for cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Criterion, Round
from app.core import formats
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _, _l
from app.judging.conflicts import block_recused
from app.judging.methods.scoring import parse_mark
from app.judging.models import Entry, Mark, PanelMember, SavedKey, ScoreSheet
from app.judging.rules import (
    COMMENT_MAX_CHARS,
    KEY_MAX_CHARS,
    NOTE_MAX_CHARS,
    SHEET_FLOW,
    SheetAction,
    enough_reason,
    needs_note,
    require_open,
    require_scorable,
    short_enough,
)
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require


class Typed(NamedTuple):
    """What stands on the page for one criterion."""

    points: str
    note: str | None = None  # None: the note is left as it is


def mark_criterion(
    actor: User,
    sheet: ScoreSheet,
    criterion: Criterion,
    *,
    points: str,
    comment: str | None,
    version: int,
    key: str = "",
) -> ScoreSheet:
    """Keep one mark at once. Empty points take the mark back; None leaves the note as it is.

    `key` is the device's own name for this save: sent a second time, it changes nothing and is no conflict.
    """
    require(actor, A.SHEET_SCORE, sheet)
    if _kept_before(sheet, key):
        return sheet
    open_for_marks(sheet, version)
    _put_mark(sheet, criterion, Typed(points, comment))
    _keep_key(sheet, key)
    return _touched(sheet)


def comment_on_sheet(
    actor: User, sheet: ScoreSheet, *, comment: str, version: int, key: str = ""
) -> ScoreSheet:
    """A word for the authors, shown to them only once the council releases it."""
    require(actor, A.SHEET_SCORE, sheet)
    if _kept_before(sheet, key):
        return sheet
    open_for_marks(sheet, version)
    _keep_key(sheet, key)
    sheet.comment = short_enough("chung", comment, COMMENT_MAX_CHARS)
    return _touched(sheet)


def fill_sheet(
    actor: User, sheet: ScoreSheet, *, typed: Mapping[str, Typed], comment: str | None, version: int
) -> dict[str, str]:
    """Keep the whole sheet as it was typed. What cannot be taken is named by criterion; the rest is kept."""
    require(actor, A.SHEET_SCORE, sheet)
    open_for_marks(sheet, version)
    errors: dict[str, str] = {}
    for criterion in sheet.criteria:
        if criterion.key in typed:
            try:
                _put_mark(sheet, criterion, typed[criterion.key])
            except Invalid as refused:
                errors[criterion.key] = str(refused.message)
    if comment is not None:
        try:
            sheet.comment = short_enough("chung", comment, COMMENT_MAX_CHARS)
        except Invalid as refused:
            errors["chung"] = str(refused.message)
    _touched(sheet)
    return errors


def submit_sheet(actor: User, sheet: ScoreSheet, *, version: int) -> ScoreSheet:
    """Lock a complete sheet. Raises Invalid beside the first criterion that has no mark."""
    require(actor, A.SHEET_SUBMIT, sheet)
    open_to_its_judge(sheet)
    same_version(sheet.version, version)
    _require_marks(sheet)
    _require_notes(sheet)
    return _lock(actor, sheet)


def take_from_paper(
    actor: User, sheet: ScoreSheet, *, typed: Mapping[str, Typed], comment: str
) -> ScoreSheet:
    """Submit what a paper sheet says, once it is confirmed: the same row and the same event as from a screen.

    Notes that the rubric asks for are on the scan.
    """
    open_for_marks(sheet, sheet.version)
    for criterion in sheet.criteria:
        _put_mark(sheet, criterion, typed[criterion.key])
    sheet.comment = short_enough("chung", comment, COMMENT_MAX_CHARS)
    _touched(sheet)
    _require_marks(sheet)
    return _lock(actor, sheet, paper=True)


def _require_marks(sheet: ScoreSheet) -> None:
    for criterion in sheet.criteria:
        if criterion.id not in sheet.points:
            raise Invalid(criterion.key, _("Cho điểm “%(name)s” trước khi nộp.", name=criterion.name))


def _require_notes(sheet: ScoreSheet) -> None:
    notes = {mark.criterion_id: mark.note for mark in sheet.marks}
    for criterion in sheet.criteria:
        given = sheet.points[criterion.id]
        if needs_note(given, criterion.note_below, criterion.note_above) and not notes[criterion.id].strip():
            raise Invalid(
                criterion.key,
                _(
                    "Ghi chú vì sao cho “%(name)s” %(points)s điểm, rồi nộp.",
                    name=criterion.name,
                    points=formats.mark(given),
                ),
            )


def _lock(actor: User, sheet: ScoreSheet, **how: Any) -> ScoreSheet:
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_SUBMIT)
    sheet.submitted_at, sheet.correcting = now(), False
    record("sheet.submitted", sheet, actor, **how)
    return sheet


def take_back(actor: User, sheet: ScoreSheet, *, version: int) -> ScoreSheet:
    """A judge's second thought: the own submitted sheet is open again, marks and all, until the round is locked."""
    require(actor, A.SHEET_TAKE_BACK, sheet)
    open_round_only(sheet)
    same_version(sheet.version, version)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_TAKE_BACK)
    sheet.submitted_at = None
    record("sheet.taken_back", sheet, actor)
    return sheet


def put_off(actor: User, sheet: ScoreSheet) -> ScoreSheet:
    """Read it last: the sheet goes to the end of the judge's own list, with whatever is marked on it."""
    require(actor, A.SHEET_SCORE, sheet)
    open_round_only(sheet)
    require_scorable(sheet.state)
    last = db.session.execute(
        sa.select(sa.func.max(ScoreSheet.position))
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(ScoreSheet.judge_id == sheet.judge_id, Entry.round_id == sheet.entry.round_id)
    ).scalar_one()
    if sheet.position != last:
        sheet.position = last + 1
        record("sheet.put_off", sheet, actor, position=sheet.position)
    return sheet


def recuse(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Hand an idea back because of a relation; it is never dealt to this judge again."""
    require(actor, A.SHEET_RECUSE, sheet)
    open_round_only(sheet)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_RECUSE)
    sheet.reason = enough_reason(reason)
    conflict = block_recused(actor, sheet.entry, sheet.reason)
    record("sheet.recused", sheet, actor, rows=[conflict])
    return sheet


def reopen_sheet(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Give a submitted sheet back to its judge, while the round is open."""
    require(actor, A.SHEET_REOPEN, sheet)
    require_no_part(actor, sheet)
    open_round_only(sheet)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_REOPEN)
    sheet.reason = enough_reason(reason)
    record("sheet.reopened", sheet, actor)
    return sheet


def void_sheet(actor: User, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """A late conflict or a wrong idea: the sheet stays, and counts for nothing."""
    require(actor, A.SHEET_REOPEN, sheet)
    require_no_part(actor, sheet)
    open_round_only(sheet)
    sheet.state = SHEET_FLOW.after(sheet.state, SheetAction.VOID)
    sheet.reason = enough_reason(reason)
    record("sheet.voided", sheet, actor)
    return sheet


def require_no_part(actor: User, sheet: ScoreSheet) -> None:
    """Raises WrongState for a judge of the round or who has a stake in the idea: others handle the sheets on it."""
    on_panel = sa.select(PanelMember.id).where(
        PanelMember.round_id == sheet.entry.round_id, PanelMember.judge_id == actor.id
    )
    if db.session.execute(on_panel).first() is not None:
        raise WrongState(_l("Giám khảo của vòng không làm việc này. Nhờ người khác."))
    require_no_stake(actor, sheet.campaign_id, {sheet.entry.idea_id})


def open_round_only(sheet: ScoreSheet) -> None:
    """Raises WrongState unless the round is open. Its row is held, so that a lock waits for what is under way."""
    state = sa.select(Round.state).where(Round.id == sheet.entry.round_id).with_for_update(read=True)
    require_open(db.session.execute(state).scalar_one())


def open_to_its_judge(sheet: ScoreSheet) -> None:
    """As `open_round_only`; a sheet that was given back after the lock stays open until it is submitted again."""
    if not sheet.correcting:
        open_round_only(sheet)


def open_for_marks(sheet: ScoreSheet, version: int) -> None:
    """Raises WrongState on a locked sheet or round, Stale when the page is older than the sheet."""
    open_to_its_judge(sheet)
    require_scorable(sheet.state)
    same_version(sheet.version, version)


def _kept_before(sheet: ScoreSheet, key: str) -> bool:
    """A save whose answer was lost on the way: the device sends it again, and it must not count as a second one."""
    return bool(key) and db.session.get(SavedKey, (sheet.id, key[:KEY_MAX_CHARS])) is not None


def _keep_key(sheet: ScoreSheet, key: str) -> None:
    if key:
        db.session.add(SavedKey(sheet_id=sheet.id, key=key[:KEY_MAX_CHARS], saved_at=now()))


def _put_mark(sheet: ScoreSheet, criterion: Criterion, typed: Typed) -> None:
    """Both are read before either is kept: a refused mark changes nothing."""
    hundredths = points_of(typed.points, criterion) if typed.points.strip() else None
    mark = next((mark for mark in sheet.marks if mark.criterion_id == criterion.id), None)
    held = mark.note if mark else ""
    note = held if typed.note is None else short_enough(criterion.key, typed.note, NOTE_MAX_CHARS)
    if hundredths is None and not note:
        if mark is not None:
            sheet.marks.remove(mark)
            db.session.delete(mark)
        return
    if mark is None:
        mark = Mark(criterion_id=criterion.id)
        sheet.marks.append(mark)
    elif (mark.hundredths, mark.note) == (hundredths, note):
        return
    mark.hundredths, mark.note, mark.saved_at = hundredths, note, now()


def _touched(sheet: ScoreSheet) -> ScoreSheet:
    """Every save counts the version on, so that an older page is told."""
    sheet.touched_at = now()
    db.session.flush()
    return sheet


def points_of(points: str, criterion: Criterion) -> int:
    """Hundredths of a mark as typed. Raises Invalid beside the criterion."""
    try:
        return parse_mark(points, criterion.max_points)
    except ValueError as error:
        raise Invalid(criterion.key, str(error)) from error
