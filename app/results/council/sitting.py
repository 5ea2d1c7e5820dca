"""What every command of a session begins with: the right, the session that is open, who must keep out of a case."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.core.db import db
from app.core.errors import WrongState
from app.core.i18n import _l
from app.judging.conflicts import forbidden_pairs
from app.judging.seats import Seats, seats_of
from app.permissions import Action as A
from app.permissions import require
from app.results.council import queries
from app.results.council.models import Council, CouncilCase
from app.results.council.rules import CouncilState, require_open


def running(actor: User, action: A, council: Council) -> Seats:
    """The actor may, and the session is open and stays so until this command ends."""
    seats = seats_of(council.round)
    require(actor, action, seats)
    hold(council)
    return seats


def hold(council: Council) -> None:
    """One command of a session at a time: what it reads from here on is what it decides on."""
    state = sa.select(Council.state).where(Council.id == council.id).with_for_update()
    require_open(CouncilState(db.session.execute(state).scalar_one()))
    queries.council_of(council.round_id, anew=True)


def relations_of(case: CouncilCase) -> dict[int, set[int]]:
    """Member or secretary → the ideas of the case, by entry, to which they have a relation."""
    entries = {line.entry_id for line in case.entries}
    found: dict[int, set[int]] = {}
    for entry_id, judge_id in forbidden_pairs(case.council.round, with_secretaries=True):
        if entry_id in entries:
            found.setdefault(judge_id, set()).add(entry_id)
    return found


def require_unrelated(actor: User, case: CouncilCase) -> None:
    """Raises WrongState where the actor has a relation to an idea of the case: they neither write nor conclude."""
    if actor.id in relations_of(case):
        raise WrongState(
            _l("Ông/bà có quan hệ liên quan với bài này. Nhờ Trưởng ban hoặc Thư ký khác kết luận.")
        )
