"""How the pages of the council begin: which round, whose right, which session."""

from __future__ import annotations

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.web import or_404
from app.judging import queries as judging
from app.judging.seats import seats_of
from app.permissions import Action as A
from app.permissions import require
from app.results.council import queries
from app.results.council.models import Council, CouncilCase


def round_for(round_id: int, action: A) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), action, seats_of(round_))
    return round_


def held_council(round_: Round) -> Council:
    found: Council = or_404(queries.council_of(round_.id))
    return found


def case_of(round_: Round, case_id: int) -> CouncilCase:
    found: CouncilCase = or_404(
        next((case for case in held_council(round_).cases if case.id == case_id), None)
    )
    return found
