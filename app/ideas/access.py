"""How the pages of authors begin: whose idea it is, and what becomes of the text when a session has ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.web import or_404
from app.ideas import queries
from app.ideas.models import Idea
from app.permissions import Action, require

P = ParamSpec("P")


def keeps_text(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A session that ended while somebody was writing: they sign in beside, and nothing typed is gone."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.method != "POST" or me().is_authenticated:
            return view(*args, **kwargs)
        writing = url_for("ideas.edit", **request.view_args or {})
        sign_in = url_for("accounts.sign_in", tiep=writing)
        if wants_json():
            return jsonify(sign_in=sign_in), 401
        if request.path != writing:
            return redirect(sign_in)
        typed = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
        return render_template("ideas/signed_out.html", typed=typed, sign_in=sign_in), 401

    return guarded


def own_idea(public_id: str, action: Action) -> Idea:
    """The idea, for those who may do this with it; for others there is none."""
    found: Idea = or_404(queries.by_public_id(public_id))
    require(me(), action, found)
    return found


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
