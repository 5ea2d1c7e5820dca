"""Before the evening: a round becomes a final on a stage, is planned anew, or is judged without one after all."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import db, lock_row
from app.core.errors import same_version
from app.core.events import record
from app.finals import queries, rules
from app.finals.models import LiveFinal, chairs_of
from app.finals.rules import FINAL_FLOW
from app.finals.rules import FinalAction as F
from app.finals.steps import record_step, rewind, step
from app.judging.rules import enough_reason, require_unlocked
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require


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
    final = queries.cancelled_of(round_.id)
    if final is None:
        final = LiveFinal(round_id=round_.id)
        db.session.add(final)
    else:
        lock_row(final)
        final.state = FINAL_FLOW.after(final.state, F.PLAN)
        final.steps += 1
        final.link_number += 1  # whoever kept the link of the cancelled one is not led here
    final.planned_at = now()
    _set_minutes(final, minutes, question_minutes)
    round_.is_live = True
    db.session.flush()
    record_step("final.planned", final, actor)
    record("round.made_live", round_, actor, is_live=True)
    return final


def replan_final(
    actor: User, final: LiveFinal, *, minutes: int, question_minutes: int, reason: str, version: int
) -> LiveFinal:
    """From the start, with new minutes and without the lots that were drawn. The hall reads the reason."""
    step(actor, final, F.REPLAN, version)
    require_unlocked(final.round.state)
    _may_forget_order(actor, final)
    final.plan_reason = enough_reason(reason)
    _set_minutes(final, minutes, question_minutes)
    _forget_order(final)
    final.planned_at = now()
    record_step("final.replanned", final, actor)
    return final


def cancel_final(actor: User, final: LiveFinal, *, reason: str, version: int) -> LiveFinal:
    """No stage after all: the round is locked and ranked like any other. Only before the first presentation."""
    step(actor, final, F.CANCEL, version)
    _may_forget_order(actor, final)
    final.plan_reason = enough_reason(reason)
    _forget_order(final)
    final.round.is_live = False
    record_step("final.cancelled", final, actor)
    record("round.made_live", final.round, actor, is_live=False)
    return final


def change_link(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """A new link for the projector; the one before opens nothing from now on."""
    require(actor, A.FINAL_RUN, final)
    lock_row(final)
    same_version(final.version, version)
    final.link_number += 1
    final.steps += 1
    record_step("final.link_changed", final, actor, link_number=final.link_number)
    return final


def _may_forget_order(actor: User, final: LiveFinal) -> None:
    """Raises WrongState for whoever has a stake in an order that would be drawn again."""
    require_no_stake(actor, final.campaign_id, {one.entry.idea_id for one in final.presentations})


def _set_minutes(final: LiveFinal, minutes: int, question_minutes: int) -> None:
    final.minutes = rules.sensible_minutes("minutes", minutes)
    final.question_minutes = rules.sensible_minutes("question_minutes", question_minutes)


def _forget_order(final: LiveFinal) -> None:
    """Lots that were drawn stay in the record (`final.lots_drawn`), not on the stage."""
    final.presentations.clear()
    final.number = final.seed = final.order_reason = ""
    final.lots_shown = 0
    rewind(final)
