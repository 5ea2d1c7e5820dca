"""What the pages of an evening share: tiny answers to those who ask again, and one step pressed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.errors import Refused, Stale, WrongState
from app.core.forms import VersionForm
from app.core.i18n import _
from app.finals.models import LiveFinal


def press(final: LiveFinal, command: Callable[..., LiveFinal], back: str) -> ResponseReturnValue:
    """One step. Whoever pressed second is told and sees how it stands now; nothing is skipped."""
    form = VersionForm()
    try:
        if not form.run(command, me(), final, version=form.version.data):
            flash(_("Trang mở quá lâu. Bấm lại một lần nữa."), "warn")
    except (Stale, WrongState) as refused:
        flash(told(refused), "warn")
    return redirect(back, 303)


def told(refused: Refused) -> Any:
    if isinstance(refused, Stale):
        return _("Người khác vừa bấm trước bạn, nên lần bấm này không tính. Trang đã được cập nhật.")
    return refused.message


def polled(**answer: Any) -> Response:
    """A tiny answer with a fingerprint of itself: most of the time “nothing new”, without a body."""
    response = jsonify(**answer)
    response.set_etag(short(repr(sorted(answer.items()))))
    response.make_conditional(request)
    return response


def short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
