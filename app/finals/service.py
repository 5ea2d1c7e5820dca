"""What the chair does on the evening of a final. Each command names the version of the page it was pressed on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.finals import rules
from app.finals.models import LiveFinal, Presentation
from app.finals.rules import FinalAction as F
from app.finals.rules import FinalState as S
from app.finals.rules import Part
from app.finals.steps import record_step, rewind, step
from app.judging import rounds
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import HOLDING, SHEET_FLOW, SheetAction, enough_reason, require_open
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require
from app.results.freezing import keep_ranking


def begin(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The first presentation is called."""
    step(actor, final, F.BEGIN, version)
    require_open(final.round.state)
    if not final.presentations or final.lots_shown < len(final.presentations):
        raise WrongState(_l("Bốc thăm và mở hết các lá thăm trước khi bắt đầu."))
    final.position = 1
    rewind(final)
    record_step("final.begun", final, actor)
    return final


def next_presentation(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """End this presentation and call the next one; after the last one all are over."""
    step(actor, final, F.PRESENT, version)
    present = final.now_presenting
    if present is None:
        raise WrongState(_l("Bài cuối cùng đã trình bày xong."))
    present.ended_at = now()
    final.position += 1
    rewind(final)
    record_step("final.moved_on", final, actor)
    return final


def previous_presentation(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Back to the presentation before: somebody pressed too early."""
    step(actor, final, F.PRESENT, version)
    if final.position <= 1:
        raise WrongState(_l("Đây là bài đầu tiên."))
    final.position -= 1
    for one in final.presentations:
        if one.position == final.position:
            one.ended_at = None
    rewind(final)
    record_step("final.moved_back", final, actor)
    return final


def start_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Count down, from where the timer stands."""
    present = presenting(actor, final, version)
    if final.ticking_since is not None:
        raise WrongState(_l("Đồng hồ đang chạy."))
    final.ticking_since = now()
    present.started_at = present.started_at or now()
    record_step("final.timer_started", final, actor)
    return final


def pause_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Stand still; what has passed stays."""
    presenting(actor, final, version)
    if final.ticking_since is None:
        raise WrongState(_l("Đồng hồ đang dừng."))
    final.elapsed_ms += rules.ticked_ms(final.ticking_since, now())
    final.ticking_since = None
    record_step("final.timer_paused", final, actor)
    return final


def reset_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """This part from its start, standing still."""
    presenting(actor, final, version)
    final.elapsed_ms, final.ticking_since = 0, None
    record_step("final.timer_reset", final, actor)
    return final


def begin_questions(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The talk is over: count down the questions."""
    present = presenting(actor, final, version)
    if final.part is Part.QUESTIONS:
        raise WrongState(_l("Đang ở phần hỏi đáp."))
    final.part, final.elapsed_ms, final.ticking_since = Part.QUESTIONS, 0, now()
    present.started_at = present.started_at or now()
    record_step("final.questions_begun", final, actor)
    return final


def set_minutes(
    actor: User, final: LiveFinal, *, minutes: int, question_minutes: int, version: int
) -> LiveFinal:
    """Minutes of the presentation at hand and of all that follow."""
    require(actor, A.FINAL_RUN, final)
    lock_row(final)
    same_version(final.version, version)
    if final.state not in {S.PLANNED, S.DRAWING, S.RUNNING}:
        raise WrongState(_l("Phần trình bày đã xong."))
    final.minutes = rules.sensible_minutes("minutes", minutes)
    final.question_minutes = rules.sensible_minutes("question_minutes", question_minutes)
    for one in final.presentations:
        if one.position >= final.position:
            one.minutes, one.question_minutes = final.minutes, final.question_minutes
    final.steps += 1
    record_step("final.minutes_set", final, actor)
    return final


def close_scoring(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """After the last presentation: no more marks. Totals stay closed, nothing is computed yet."""
    step(actor, final, F.CLOSE_SCORING, version)
    rules.require_all_over(final.position, len(final.presentations))
    rounds.stop_marks(actor, final.round)
    record_step("final.scoring_closed", final, actor)
    return final


def void_judge(actor: User, final: LiveFinal, *, judge_id: int, reason: str, version: int) -> LiveFinal:
    """A judge left midway: before totals open, all sheets of that judge count for nothing (judging.md 4)."""
    require(actor, A.FINAL_RUN, final)
    lock_row(final)
    same_version(final.version, version)
    rules.require_hidden(final.state)
    reason = enough_reason(reason)
    sheets = db.session.scalars(
        sa.select(ScoreSheet)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == final.round_id, ScoreSheet.judge_id == judge_id, ScoreSheet.state.in_(HOLDING)
        )
        .order_by(ScoreSheet.id)
        .options(joinedload(ScoreSheet.entry))
    ).all()
    if not sheets:
        raise Invalid("judge_id", _l("Giám khảo này không còn phiếu nào được tính."))
    require_no_stake(actor, final.campaign_id, {sheet.entry.idea_id for sheet in sheets})
    for sheet in sheets:
        sheet.state = SHEET_FLOW.after(sheet.state, SheetAction.VOID)
        sheet.reason = reason
        record("sheet.voided", sheet, actor)
    final.steps += 1
    record_step("final.judge_left", final, actor, judge_id=judge_id, sheet_ids=[sheet.id for sheet in sheets])
    return final


def open_totals(actor: User, final: LiveFinal, *, shown: bool, version: int) -> LiveFinal:
    """Compute the ranking, for the first time and for ever. Before this nobody has seen a total, on any page."""
    step(actor, final, F.OPEN_TOTALS, version)
    final.round.is_live = False
    final.totals_shown = shown
    keep_ranking(actor, final.round)
    record_step("final.totals_opened", final, actor)
    record("round.made_live", final.round, actor, is_live=False)
    return final


def show_totals(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Put the totals on the projector, or take them off it."""
    step(actor, final, F.SHOW_TOTALS, version)
    final.totals_shown = not final.totals_shown
    record_step("final.totals_shown", final, actor)
    return final


def presenting(actor: User, final: LiveFinal, version: int) -> Presentation:
    """A step of the timer, which needs somebody on the stage."""
    step(actor, final, F.PRESENT, version)
    present = final.now_presenting
    if present is None:
        raise WrongState(_l("Không có bài nào đang trình bày."))
    return present
