"""What people do with a paper sheet: attach its scan, type it, confirm it. Every attempt is an event."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from app.accounts.models import User
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.core.stored_files import Kept, StoredFile, stored
from app.judging import service as judging
from app.judging.models import ScoreSheet
from app.judging.paper.models import PaperSheet, Typing
from app.judging.paper.rules import PAPER_FLOW, PaperAction, PaperState, Reading, differing, require_typist
from app.judging.rules import (
    COMMENT_MAX_CHARS,
    enough_reason,
    require_scorable,
    short_enough,
)
from app.judging.service import Typed
from app.permissions import Action as A
from app.permissions import require


class Unreadable(Invalid):
    """Marks that cannot be taken, by criterion: nothing of this typing was kept."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("marks", _l("Sửa các ô được đánh dấu rồi lưu lại."))
        self.errors = dict(errors)


def attach_scan(actor: User, sheet: ScoreSheet, *, kept: Kept) -> StoredFile:
    """The paper as a picture or PDF; a better one takes its place until the judge has confirmed."""
    require(actor, A.PAPER_TYPE, sheet)
    judging.require_no_part(actor, sheet)
    paper = paper_of(sheet)
    if paper.state in {PaperState.CHECKED, PaperState.CONFIRMED}:
        raise WrongState(_l("Phiếu đã nhập xong nên không thay bản quét được nữa."))
    paper.scan = stored(kept, actor.id)
    record("paper.scanned", paper, actor, sheet_id=sheet.id)
    return paper.scan


def type_marks(
    actor: User, sheet: ScoreSheet, *, typed: Mapping[str, str], comment: str, version: int
) -> PaperSheet:
    """Keep what one person read on the paper. The second time it is compared with the first.

    Raises Unreadable with a message for each criterion, WrongState when it is somebody else's turn, Stale when the
    paper went on since the page was opened.
    """
    require(actor, A.PAPER_TYPE, sheet)
    judging.require_no_part(actor, sheet)
    judging.open_round_only(sheet)
    require_scorable(sheet.state)
    paper = paper_of(sheet)
    same_version(paper.version, version)
    before = paper.standing
    require_typist(paper.state, actor.id, [typing.typist_id for typing in before])
    if paper.state is PaperState.TYPED and paper.scan_id is None:
        raise WrongState(_l("Đính kèm bản quét của phiếu trước khi nhập lần hai."))
    reading = _read(sheet, typed, comment)
    others = [typing for typing in before if typing.typist_id != actor.id]
    action = PaperAction.TYPE
    if others:
        action = PaperAction.DIFFER if differing(reading, others[0].reading) else PaperAction.AGREE
    paper.state = PAPER_FLOW.after(paper.state, action)
    paper.typings.append(
        Typing(typist_id=actor.id, marks=dict(reading.marks), comment=reading.comment, typed_at=now())
    )
    record(action.value, paper, actor, sheet_id=sheet.id)
    return paper


def confirm(actor: User, paper: PaperSheet, *, version: int) -> ScoreSheet:
    """The paper counts: its judge has compared it with the scan. Marks begun on the screen give way to it."""
    lock_row(paper)
    sheet = paper.sheet
    require(actor, A.PAPER_CONFIRM, paper)
    same_version(paper.version, version)
    paper.state = PAPER_FLOW.after(paper.state, PaperAction.CONFIRM)
    paper.confirmed_at = now()
    read = paper.standing[0].reading
    typed = {
        criterion.key: Typed(_as_typed(read.marks[criterion.key]))
        for criterion in sheet.criteria
        if criterion.key in read.marks
    }
    judging.take_from_paper(actor, sheet, typed=typed, comment=read.comment)
    record(PaperAction.CONFIRM.value, paper, actor, sheet_id=sheet.id)
    return sheet


def refuse(actor: User, paper: PaperSheet, *, version: int, reason: str) -> PaperSheet:
    """Not what the paper says: it is typed anew, by two people, and what was typed stays on record."""
    lock_row(paper)
    require(actor, A.PAPER_CONFIRM, paper)
    same_version(paper.version, version)
    paper.note = enough_reason(reason)
    paper.state = PAPER_FLOW.after(paper.state, PaperAction.REFUSE)
    for typing in paper.typings:
        typing.stands = False
    record(PaperAction.REFUSE.value, paper, actor, sheet_id=paper.sheet_id)
    return paper


def paper_of(sheet: ScoreSheet) -> PaperSheet:
    """The paper of this sheet, held until the command ends; begun here if it is the first that is heard of it."""
    paper = db.session.scalars(sa.select(PaperSheet).where(PaperSheet.sheet_id == sheet.id)).one_or_none()
    if paper is None:
        paper = PaperSheet(sheet_id=sheet.id, begun_at=now())
        db.session.add(paper)
        db.session.flush()
    else:
        lock_row(paper)
        db.session.expire(paper, ["typings"])
    return paper


def _read(sheet: ScoreSheet, typed: Mapping[str, str], comment: str) -> Reading:
    errors: dict[str, str] = {}
    marks: dict[str, int] = {}
    for criterion in sheet.criteria:
        try:
            marks[criterion.key] = judging.points_of(typed.get(criterion.key, ""), criterion)
        except Invalid as refused:
            errors[criterion.key] = str(refused.message)
    try:
        words = short_enough("chung", comment, COMMENT_MAX_CHARS)
    except Invalid as refused:
        errors["chung"] = str(refused.message)
    if errors:
        raise Unreadable(errors)
    return Reading(marks, words)


def _as_typed(hundredths: int) -> str:
    """As a judge would have typed it, with a comma."""
    return f"{hundredths // 100},{hundredths % 100:02}"
