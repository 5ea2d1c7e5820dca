"""Who presents when: lots drawn in public, or an order with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.models import User
from app.core.db import db
from app.core.errors import WrongState
from app.core.i18n import _l
from app.finals import queries, rules
from app.finals.models import LiveFinal, Presentation
from app.finals.rules import FinalAction as F
from app.finals.steps import record_step, step
from app.judging.rules import enough_reason
from app.judging.stakes import require_no_stake


def open_draw(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The hall sees who takes part; lots are drawn next."""
    step(actor, final, F.OPEN_DRAW, version)
    record_step("final.draw_opened", final, actor)
    return final


def draw_lots(actor: User, final: LiveFinal, *, number: str, version: int) -> LiveFinal:
    """Fix the order by a number that was read aloud. Once: who could draw again could choose."""
    step(actor, final, F.DRAW_LOTS, version)
    if final.presentations:
        raise WrongState(_l("Đã bốc thăm xong. Muốn đổi thứ tự phải ghi lý do."))
    number = rules.number_read_aloud(number)
    entries = _entries_by_code(final)
    drawn = rules.draw(final.round_id, entries, number)
    final.number, final.seed = number, drawn.seed
    _put_in_order(final, [entries[code] for code in drawn.order])
    record_step("final.lots_drawn", final, actor, number=number, seed=drawn.seed, codes=drawn.order)
    return final


def show_lot(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """The next lot, from the first place on."""
    step(actor, final, F.SHOW_LOT, version)
    if final.lots_shown >= len(final.presentations):
        raise WrongState(_l("Không còn lá thăm nào để mở."))
    final.lots_shown += 1
    record_step("final.lot_shown", final, actor)
    return final


def set_order(actor: User, final: LiveFinal, *, order: Sequence[str], reason: str, version: int) -> LiveFinal:
    """An order without lots, by judging codes; the reason is shown to the hall."""
    step(actor, final, F.SET_ORDER, version)
    entries = _entries_by_code(final)
    codes = rules.every_code_once(order, entries)
    require_no_stake(actor, final.campaign_id, queries.ideas_of(final.round_id))
    final.order_reason = enough_reason(reason)
    final.number = final.seed = ""
    _put_in_order(final, [entries[code] for code in codes])
    final.lots_shown = len(codes)
    record_step("final.order_set", final, actor, codes=codes)
    return final


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
