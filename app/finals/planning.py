"""Before the evening: a round becomes a final on a stage."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.clock import now
from app.core.db import db
from app.core.events import record
from app.finals import rules
from app.finals.models import LiveFinal, chairs_of
from app.finals.steps import record_step
from app.judging.rules import require_unlocked
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
    final = LiveFinal(round_id=round_.id, planned_at=now())
    final.minutes = rules.sensible_minutes("minutes", minutes)
    final.question_minutes = rules.sensible_minutes("question_minutes", question_minutes)
    round_.is_live = True
    db.session.add(final)
    db.session.flush()
    record_step("final.planned", final, actor)
    record("round.made_live", round_, actor, is_live=True)
    return final
