"""An idea that gets no rank in a round after all: its authors asked for it, or it breaks the rules.

Its sheets stay and still tell how harsh its judges are, so that no other idea's score changes (judging.md 3).
"""

from __future__ import annotations

from app.accounts.models import User
from app.core.db import lock_row
from app.core.errors import WrongState
from app.core.events import record
from app.core.i18n import _l
from app.judging.models import Entry
from app.judging.rules import Exclusion, enough_reason, require_not_closed
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require


def exclude(actor: User, entry: Entry, *, excluded_as: Exclusion, reason: str) -> Entry:
    """Take an idea out of the ranking of a round that is not closed yet. Its authors read the reason."""
    _hold(actor, entry)
    if entry.excluded_as is not None:
        raise WrongState(_l("Bài này đã ra khỏi vòng chấm rồi."))
    entry.excluded_as, entry.excluded_reason = excluded_as, enough_reason(reason)
    record("entry.excluded", entry, actor, idea_id=entry.idea_id, excluded_as=excluded_as.value)
    return entry


def readmit(actor: User, entry: Entry, *, reason: str) -> Entry:
    """It was a mistake: the idea is ranked again, and why is kept."""
    _hold(actor, entry)
    if entry.excluded_as is None:
        raise WrongState(_l("Bài này vẫn ở trong vòng chấm."))
    entry.excluded_as, entry.excluded_reason = None, enough_reason(reason)
    record("entry.readmitted", entry, actor, idea_id=entry.idea_id)
    return entry


def _hold(actor: User, entry: Entry) -> None:
    require(actor, A.ROUND_MANAGE, entry.round)
    require_no_stake(actor, entry.campaign_id, {entry.idea_id})
    lock_row(entry)
    require_not_closed(entry.round.state)
