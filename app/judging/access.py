"""How the pages of judges begin: whose sheet it is, and what becomes of marks when a session has ended."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core.errors import Refused
from app.core.i18n import _
from app.core.web import wants_json
from app.judging import queries
from app.judging.holding import gone
from app.judging.models import Entry, ScoreSheet
from app.permissions import Action as A
from app.permissions import granted, require

keeps_marks = keeps_typed("judging.sheet")


class Withdrawn(Refused):
    """The sheet went to another judge before anything stood on it; a page of it was still open."""

    status = 410

    def __init__(self, public_id: str, entry: Entry) -> None:
        super().__init__(
            _(
                "Bài %(code)s đã chuyển cho giám khảo khác nên không lưu được nữa. Chữ vừa ghi vẫn còn trên trang này.",
                code=entry.judging_code,
            )
        )
        self.public_id, self.entry = public_id, entry


def give_back(error: Withdrawn) -> ResponseReturnValue:
    """Says that the sheet is gone, and shows whatever was sent along with it: nothing typed is lost."""
    if wants_json():
        return jsonify(message=str(error.message)), error.status
    rubric = error.entry.round.rubric.of_topic(error.entry.idea_version.topic_id)
    names = {criterion.key: criterion.name for criterion in rubric.criteria}
    page = render_template(
        "judging/withdrawn.html",
        code=error.entry.judging_code,
        round_id=error.entry.round_id,
        typed=_typed(names),
        names=names,
        public_id=error.public_id,
        owner=f"gk-{this_judge().id}",
    )
    return page, error.status


def _typed(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Mark and note of each criterion, the comment, the reason of a recusal: what there is of them, in words."""
    sent = request.form
    marks = [
        (name, " – ".join(filter(None, (sent.get(key, ""), sent.get(f"nx_{key}", "")))))
        for key, name in names.items()
    ]
    words = [(_("Lời nhắn cho tác giả"), sent.get("nx_chung", "")), (_("Lý do"), sent.get("reason", ""))]
    return [(name, text) for name, text in (*marks, *words) if text.strip()]


def own_sheet(public_id: str, action: A = A.SHEET_READ) -> ScoreSheet:
    """The judge's own sheet; anybody else's does not exist. Raises Withdrawn when it was theirs."""
    found = queries.sheet_by_public_id(public_id)
    if found is None:
        before = gone(public_id)
        if before is not None and before.judge_id == me().id:
            raise Withdrawn(public_id, before.entry)
        abort(404)
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
