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
from app.results.freezing import computed, hold_round, ranking_of, write_down
from app.results.models import Publication
from app.results.rules import PublicationState

STANDING = (PublicationState.PROPOSED, PublicationState.PUBLISHED)


def exclude(actor: User, entry: Entry, *, excluded_as: Exclusion, reason: str) -> Entry:
    """`judging.exclusion.exclude`, and the ranking without it. Raises WrongState when awards were proposed from it."""
    hold_round(entry.round)
    _require_nothing_proposed(entry.round)
    exclusion.exclude(actor, entry, excluded_as=excluded_as, reason=reason)
    _rank_again(actor, entry.round)
    return entry


def readmit(actor: User, entry: Entry, *, reason: str) -> Entry:
    hold_round(entry.round)
    _require_nothing_proposed(entry.round)
    exclusion.readmit(actor, entry, reason=reason)
    _rank_again(actor, entry.round)
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


def _rank_again(actor: User, round_: Round) -> None:
    before = ranking_of(round_)
    if before is not None:
        db.session.flush()
        write_down(actor, computed(round_, number=before.number + 1), round_)
