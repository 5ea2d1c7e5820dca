"""Taking an idea out of a round that may have been ranked already: the ranking follows in the same transaction."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core.db import db
from app.core.errors import WrongState
from app.core.i18n import _l
from app.judging import exclusion
from app.judging.models import Entry
from app.judging.rules import Exclusion
from app.results.council import agenda
from app.results.council.queries import council_of
from app.results.council.rules import CouncilState
from app.results.freezing import computed, hold_round, ranking_of, write_down
from app.results.models import Publication
from app.results.rules import PublicationState

STANDING = (PublicationState.PROPOSED, PublicationState.PUBLISHED)


def exclude(actor: User, entry: Entry, *, excluded_as: Exclusion, reason: str) -> Entry:
    """`judging.exclusion.exclude`, and the ranking without it. Raises WrongState when awards were proposed from it."""
    hold_round(entry.round)
    _require_nothing_proposed(entry.round)
    exclusion.exclude(actor, entry, excluded_as=excluded_as, reason=reason)
    _follow(actor, entry.round)
    return entry


def readmit(actor: User, entry: Entry, *, reason: str) -> Entry:
    hold_round(entry.round)
    _require_nothing_proposed(entry.round)
    exclusion.readmit(actor, entry, reason=reason)
    _follow(actor, entry.round)
    return entry


def _require_nothing_proposed(round_: Round) -> None:
    ranking = ranking_of(round_)
    if ranking is None:
        return
    states = set(
        db.session.scalars(
            sa.select(Publication.state).where(
                Publication.ranking_id == ranking.id, Publication.state.in_(STANDING)
            )
        )
    )
    if PublicationState.PUBLISHED in states:
        raise WrongState(_l("Kết quả đã công bố nên chỉ đổi được khi một khiếu nại được chấp nhận."))
    if states:
        raise WrongState(_l("Giải thưởng đã được đề nghị từ xếp hạng này. Hãy rút đề nghị trước."))


def _follow(actor: User, round_: Round) -> None:
    """What the round has already come to: a council that sits looks at other cases, a ranking has its next number."""
    db.session.flush()
    council = council_of(round_.id, anew=True)
    if council is not None and council.state is CouncilState.OPEN:
        agenda.bring_up_to_date(actor, council)
    before = ranking_of(round_)
    if before is not None:
        write_down(actor, computed(round_, number=before.number + 1), round_)
