"""What the chair does on the evening of a final. Each command names the version of the page it was pressed on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.finals import queries, rules
from app.finals.models import LiveFinal, Presentation, chairs_of
from app.finals.rules import FINAL_FLOW, Part
from app.finals.rules import FinalAction as F
from app.finals.rules import FinalState as S
from app.judging import rounds
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import HOLDING, SHEET_FLOW, SheetAction, enough_reason, require_open, require_unlocked
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require
from app.results.freezing import keep_ranking


class Unplanned(NamedTuple):
    """A round that has no final yet, as far as rights are concerned."""

    round: Round

    @property
    def owner_ids(self) -> Collection[int]:
        return chairs_of(self.round.id)

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


def plan_final(actor: User, round_: Round, *, minutes: int, question_minutes: int) -> LiveFinal:
    """Make a round end on a stage. From now on only the final locks and ranks it."""
    require(actor, A.FINAL_RUN, Unplanned(round_))
    require_unlocked(round_.state)
    final = LiveFinal(round_id=round_.id, planned_at=now())
    final.minutes = rules.sensible_minutes("minutes", minutes)
    final.question_minutes = rules.sensible_minutes("question_minutes", question_minutes)
    round_.is_live = True
    db.session.add(final)
    db.session.flush()
    _record("final.planned", final, actor)
    record("round.made_live", round_, actor, is_live=True)
    return final


def open_draw(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The hall sees who takes part; lots are drawn next."""
    _step(actor, final, F.OPEN_DRAW, version)
    _record("final.draw_opened", final, actor)
    return final


def draw_lots(actor: User, final: LiveFinal, *, number: str, version: int) -> LiveFinal:
    """Fix the order by a number that was read aloud. Once: who could draw again could choose."""
    _step(actor, final, F.DRAW_LOTS, version)
    if final.presentations:
        raise WrongState(_l("Đã bốc thăm xong. Muốn đổi thứ tự phải ghi lý do."))
    number = rules.number_read_aloud(number)
    entries = _entries_by_code(final)
    drawn = rules.draw(final.round_id, entries, number)
    final.number, final.seed = number, drawn.seed
    _put_in_order(final, [entries[code] for code in drawn.order])
    _record("final.lots_drawn", final, actor, number=number, seed=drawn.seed, codes=drawn.order)
    return final


def show_lot(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The next lot, from the first place on."""
    _step(actor, final, F.SHOW_LOT, version)
    if final.lots_shown >= len(final.presentations):
        raise WrongState(_l("Không còn lá thăm nào để mở."))
    final.lots_shown += 1
    _record("final.lot_shown", final, actor)
    return final


def set_order(actor: User, final: LiveFinal, *, order: Sequence[str], reason: str, version: int) -> LiveFinal:
    """An order without lots, by judging codes; the reason is shown to the hall."""
    _step(actor, final, F.SET_ORDER, version)
    entries = _entries_by_code(final)
    codes = rules.every_code_once(order, entries)
    ideas = sa.select(Entry.idea_id).where(Entry.round_id == final.round_id)
    require_no_stake(actor, final.campaign_id, set(db.session.scalars(ideas)))
    final.order_reason = enough_reason(reason)
    final.number = final.seed = ""
    _put_in_order(final, [entries[code] for code in codes])
    final.lots_shown = len(codes)
    _record("final.order_set", final, actor, codes=codes)
    return final


def begin(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The first presentation is called."""
    _step(actor, final, F.BEGIN, version)
    require_open(final.round.state)
    if not final.presentations or final.lots_shown < len(final.presentations):
        raise WrongState(_l("Bốc thăm và mở hết các lá thăm trước khi bắt đầu."))
    final.position = 1
    _rewind(final)
    _record("final.begun", final, actor)
    return final


def next_presentation(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """End this presentation and call the next one; after the last one all are over."""
    _step(actor, final, F.PRESENT, version)
    present = final.now_presenting
    if present is None:
        raise WrongState(_l("Bài cuối cùng đã trình bày xong."))
    present.ended_at = now()
    final.position += 1
    _rewind(final)
    _record("final.moved_on", final, actor)
    return final


def previous_presentation(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Back to the presentation before: somebody pressed too early."""
    _step(actor, final, F.PRESENT, version)
    if final.position <= 1:
        raise WrongState(_l("Đây là bài đầu tiên."))
    final.position -= 1
    for one in final.presentations:
        if one.position == final.position:
            one.ended_at = None
    _rewind(final)
    _record("final.moved_back", final, actor)
    return final


def start_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Count down, from where the timer stands."""
    present = _present(actor, final, version)
    if final.ticking_since is not None:
        raise WrongState(_l("Đồng hồ đang chạy."))
    final.ticking_since = now()
    present.started_at = present.started_at or now()
    _record("final.timer_started", final, actor)
    return final


def pause_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Stand still; what has passed stays."""
    _present(actor, final, version)
    if final.ticking_since is None:
        raise WrongState(_l("Đồng hồ đang dừng."))
    final.elapsed_ms += rules.ticked_ms(final.ticking_since, now())
    final.ticking_since = None
    _record("final.timer_paused", final, actor)
    return final


def reset_timer(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """This part from its start, standing still."""
    _present(actor, final, version)
    final.elapsed_ms, final.ticking_since = 0, None
    _record("final.timer_reset", final, actor)
    return final


def begin_questions(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The talk is over: count down the questions."""
    present = _present(actor, final, version)
    if final.part is Part.QUESTIONS:
        raise WrongState(_l("Đang ở phần hỏi đáp."))
    final.part, final.elapsed_ms, final.ticking_since = Part.QUESTIONS, 0, now()
    present.started_at = present.started_at or now()
    _record("final.questions_begun", final, actor)
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
    _record("final.minutes_set", final, actor)
    return final


def close_scoring(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """After the last presentation: no more marks. Totals stay closed, nothing is computed yet."""
    _step(actor, final, F.CLOSE_SCORING, version)
    rules.require_all_over(final.position, len(final.presentations))
    rounds.stop_marks(actor, final.round)
    _record("final.scoring_closed", final, actor)
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
    _record("final.judge_left", final, actor, judge_id=judge_id, sheet_ids=[sheet.id for sheet in sheets])
    return final


def open_totals(actor: User, final: LiveFinal, *, shown: bool, version: int) -> LiveFinal:
    """Compute the ranking, for the first time and for ever. Before this nobody has seen a total, on any page."""
    _step(actor, final, F.OPEN_TOTALS, version)
    final.round.is_live = False
    final.totals_shown = shown
    keep_ranking(actor, final.round)
    _record("final.totals_opened", final, actor)
    record("round.made_live", final.round, actor, is_live=False)
    return final


def show_totals(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Put the totals on the projector, or take them off it."""
    _step(actor, final, F.SHOW_TOTALS, version)
    final.totals_shown = not final.totals_shown
    _record("final.totals_shown", final, actor)
    return final


def begin_reveal(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Take the awards that are proposed for this round; from the start again only when the proposal was withdrawn."""
    _step(actor, final, F.BEGIN_REVEAL, version, right=A.FINAL_REVEAL)
    if final.publication is not None and queries.stands(final.publication):
        raise WrongState(_l("Đang công bố giải trên màn chiếu."))
    found = queries.awards_to_reveal(final.round_id)
    if found is None or not found.awards:
        raise WrongState(
            _l("Chưa có đề nghị giải thưởng cho vòng này. Ban Tổ chức đề nghị trước khi mở giải.")
        )
    final.publication, final.revealed = found, 0
    _record("final.reveal_begun", final, actor, publication_id=found.id)
    return final


def reveal_next(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """One award more on the projector, from the lowest prize to the first."""
    _step(actor, final, F.REVEAL, version, right=A.FINAL_REVEAL)
    publication = final.publication
    if publication is None or not queries.stands(publication):
        raise WrongState(_l("Đề nghị giải thưởng vừa được rút. Bắt đầu lại với đề nghị mới."))
    if final.revealed >= len(publication.awards):
        raise WrongState(_l("Mọi giải đã mở."))
    final.revealed += 1
    _record("final.award_revealed", final, actor)
    return final


def finish(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Every award is on the projector; the ceremony is over. Publishing stays with those who may."""
    _step(actor, final, F.FINISH, version)
    if final.publication is None or final.revealed < len(final.publication.awards):
        raise WrongState(_l("Còn giải chưa mở."))
    _record("final.finished", final, actor)
    return final


def _step(actor: User, final: LiveFinal, action: F, version: int, right: A = A.FINAL_RUN) -> None:
    """May they, is the page they pressed on still true, does the table lead there."""
    require(actor, right, final)
    lock_row(final)  # whoever pressed at the same moment waits here, and is then told
    same_version(final.version, version)
    final.state = FINAL_FLOW.after(final.state, action)
    final.steps += 1


def _present(actor: User, final: LiveFinal, version: int) -> Presentation:
    """A step of the timer, which needs somebody on the stage."""
    _step(actor, final, F.PRESENT, version)
    present = final.now_presenting
    if present is None:
        raise WrongState(_l("Không có bài nào đang trình bày."))
    return present


def _rewind(final: LiveFinal) -> None:
    final.part, final.elapsed_ms, final.ticking_since = Part.TALK, 0, None


def _entries_by_code(final: LiveFinal) -> dict[str, int]:
    entries = queries.entries_of(final.round_id)
    if not entries:
        raise WrongState(_l("Chưa có bài nào vào vòng này."))
    return {entry.code: entry.entry_id for entry in entries}


def _put_in_order(final: LiveFinal, entry_ids: Sequence[int]) -> None:
    final.presentations.clear()
    db.session.flush()  # places are taken once each: the old order must be gone before the new one
    final.lots_shown = 0
    final.presentations.extend(
        Presentation(
            entry_id=entry_id,
            position=place,
            minutes=final.minutes,
            question_minutes=final.question_minutes,
        )
        for place, entry_id in enumerate(entry_ids, start=1)
    )
    db.session.flush()


def _record(kind: str, final: LiveFinal, actor: User, **more: Any) -> None:
    """The event with all that the rows hold after it."""
    record(
        kind,
        final,
        actor,
        **{
            "round_id": final.round_id,
            "state": final.state.value,
            "steps": final.steps,
            "lots_shown": final.lots_shown,
            "position": final.position,
            "part": final.part.value,
            "elapsed_ms": final.elapsed_ms,
            "revealed": final.revealed,
            "presentations": [
                [
                    one.position,
                    one.entry_id,
                    one.minutes,
                    one.question_minutes,
                    _iso(one.started_at),
                    _iso(one.ended_at),
                ]
                for one in final.presentations
            ],
            **more,
        },
    )


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""
