"""The script of the ceremony, and one award after the other."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.finals import queries, words
from app.finals.ceremony import service
from app.finals.models import LiveFinal
from app.finals.pages import press
from app.finals.rules import TOTALS_HIDDEN
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results.freezing import ranking_of
from app.results.queries import is_kept_from

# the projector's address carries its key
bp = kept_to_ourselves(Blueprint("ceremony", __name__, url_prefix="/chung-khao"))

REVEAL_STEPS: dict[str, Callable[..., LiveFinal]] = {
    "bat-dau": service.begin_reveal,
    "mo-giai": service.reveal_next,
}


@bp.get("/<int:round_id>/kich-ban")
@needs(A.FINAL_REVEAL)
def script(round_id: int) -> ResponseReturnValue:
    """What the master of ceremonies reads, from the lowest prize to the first; each is revealed by its own button."""
    final = _to_reveal(round_id)
    if is_kept_from(me(), final.round, ranking_of(final.round)):
        return render_template("results/kept_back.html", round=final.round)
    publication = final.publication
    if publication is None or not queries.stands(publication):
        publication = None if final.state in TOTALS_HIDDEN else queries.awards_to_reveal(round_id)
    return render_template(
        "finals/script.html",
        final=final,
        begun=publication is not None and final.publication_id == publication.id,
        lines=queries.award_lines(publication, final.round.campaign) if publication else [],
        hidden=final.state in TOTALS_HIDDEN,
        number_words=words.number,
        code_words=words.code,
        may_finish=can(me(), A.FINAL_RUN, final),
    )


@bp.post("/<int:round_id>/kich-ban/<step>")
@needs(A.FINAL_REVEAL)
def reveal(round_id: int, step: str) -> ResponseReturnValue:
    final, command = _to_reveal(round_id), or_404(REVEAL_STEPS.get(step))
    return press(final, command, url_for(".script", round_id=round_id))


def _to_reveal(round_id: int) -> LiveFinal:
    final: LiveFinal = or_404(queries.final_of(round_id))
    require(me(), A.FINAL_REVEAL, final)
    return final
