"""What every step of a final has in common: who may, on which page, from which state, and what the record keeps."""

from __future__ import annotations

from typing import Any

from app.accounts.models import User
from app.core.db import lock_row
from app.core.errors import same_version
from app.core.events import record
from app.finals.models import LiveFinal
from app.finals.rules import FINAL_FLOW, Part
from app.finals.rules import FinalAction as F
from app.permissions import Action as A
from app.permissions import require


def step(actor: User, final: LiveFinal, action: F, version: int, right: A = A.FINAL_RUN) -> None:
    """May they, is the page they pressed on still true, does the table lead there."""
    require(actor, right, final)
    lock_row(final)  # whoever pressed at the same moment waits here, and is then told
    same_version(final.version, version)
    final.state = FINAL_FLOW.after(final.state, action)
    final.steps += 1


def rewind(final: LiveFinal) -> None:
    final.part, final.elapsed_ms, final.ticking_since = Part.TALK, 0, None


def record_step(kind: str, final: LiveFinal, actor: User, **more: Any) -> None:
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
