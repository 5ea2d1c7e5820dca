"""How the pages of judges begin: whose sheet it is, and what becomes of marks when a session has ended."""

from __future__ import annotations

from flask import abort

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core.web import or_404
from app.judging import queries
from app.judging.models import ScoreSheet
from app.permissions import Action as A
from app.permissions import granted, require

keeps_marks = keeps_typed("judging.sheet")


def own_sheet(public_id: str, action: A = A.SHEET_READ) -> ScoreSheet:
    """The judge's own sheet; anybody else's does not exist."""
    found: ScoreSheet = or_404(queries.sheet_by_public_id(public_id))
    require(me(), action, found)
    round_ = found.entry.round
    if round_.blind and round_.state is RoundState.OPEN and granted(me(), A.QUEUE_READ):
        abort(404)  # made a moderator since: whoever reads the authors' names marks no more of this round
    return found


def this_judge() -> User:
    """Who is signed in; only called where @needs let nobody else pass."""
    person = me()
    assert isinstance(person, User)
    return person
