"""How the pages of judges begin: whose sheet it is, and what becomes of marks when a session has ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from app.accounts.identity import me
from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core.web import csrf, or_404
from app.judging import queries
from app.judging.models import ScoreSheet
from app.permissions import Action as A
from app.permissions import granted, require

P = ParamSpec("P")


def keeps_marks_of(
    page: str,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """A session that ended in the middle of a sheet: they sign in beside, and nothing typed is gone.

    `page` is the endpoint to come back to. The routes are exempt from the general check of the token, which would
    answer first and lose what was typed; each checks it itself.
    """

    def keeping(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if me().is_authenticated or request.method == "GET":
                return view(*args, **kwargs)
            sign_in = url_for("accounts.sign_in", tiep=url_for(page, **request.view_args or {}))
            if wants_json():
                return jsonify(sign_in=sign_in), 401
            typed = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
            return render_template("judging/signed_out.html", typed=typed, sign_in=sign_in), 401

        return guarded

    return keeping


keeps_marks = keeps_marks_of("judging.sheet")


def has_token() -> bool:
    """Does the form carry the token of this session?"""
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


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


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
