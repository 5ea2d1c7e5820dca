"""The awards, one after the other on the projector, from the lowest prize to the first."""

from __future__ import annotations

from app.accounts.models import User
from app.core.errors import WrongState
from app.core.i18n import _l
from app.finals import queries
from app.finals.models import LiveFinal
from app.finals.rules import FinalAction as F
from app.finals.steps import record_step, step
from app.permissions import Action as A


def begin_reveal(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Take the awards that are proposed for this round; from the start again only when the proposal was withdrawn."""
    step(actor, final, F.BEGIN_REVEAL, version, right=A.FINAL_REVEAL)
    if final.publication is not None and queries.stands(final.publication):
        raise WrongState(_l("Đang công bố giải trên màn chiếu."))
    found = queries.awards_to_reveal(final.round_id)
    if found is None or not found.awards:
        raise WrongState(
            _l("Chưa có đề nghị giải thưởng cho vòng này. Ban Tổ chức đề nghị trước khi mở giải.")
        )
    final.publication, final.revealed = found, 0
    record_step("final.reveal_begun", final, actor, publication_id=found.id)
    return final


def reveal_next(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """One award more on the projector, from the lowest prize to the first."""
    step(actor, final, F.REVEAL, version, right=A.FINAL_REVEAL)
    publication = final.publication
    if publication is None or not queries.stands(publication):
        raise WrongState(_l("Đề nghị giải thưởng vừa được rút. Bắt đầu lại với đề nghị mới."))
    if final.revealed >= len(publication.awards):
        raise WrongState(_l("Mọi giải đã mở."))
    final.revealed += 1
    record_step("final.award_revealed", final, actor)
    return final


def finish(actor: User, final: LiveFinal, *, version: int) -> LiveFinal:
    """Every award is on the projector; the ceremony is over. Publishing stays with those who may."""
    step(actor, final, F.FINISH, version)
    if final.publication is None or final.revealed < len(final.publication.awards):
        raise WrongState(_l("Còn giải chưa mở."))
    record_step("final.finished", final, actor)
    return final
