"""A session that ended while somebody was writing: they sign in beside, and nothing typed is gone.

Used by every page with a long text: ideas, score sheets, the council, appeals, paper sheets. In two steps:

1. Nobody is signed in any more: the answer is a page that holds what was typed and sends it here again (401).
2. Somebody is, but the form's token is of the session before: the view runs, its form refuses the token and shows
   the page with everything typed and a fresh token (422). So each of these views must check its form before it acts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.web import csrf, has_token, wants_json

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

LONG_CHARS = 40  # from here on a text is shown on the page too, to be copied should all else fail


def keeps_typed(page: str = "") -> Callable[[View[P]], View[P]]:
    """For a route that takes what somebody wrote. Takes it out of the general check of the token, which answers first.

    `page`: the endpoint to come back to after signing in; the route itself, where it can be read too.
    """

    def keeping(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if request.method != "POST":
                return view(*args, **kwargs)
            if me().is_authenticated:
                if not _sends_files():
                    has_token()  # tells the form, whatever its prefix; the form refuses a wrong one and keeps the text
                return view(*args, **kwargs)
            return _signed_out(url_for(page or request.endpoint or "", **_arguments(page)))

        return csrf.exempt(guarded)

    return keeping


def _arguments(page: str) -> dict[str, Any]:
    """Those of this address that the page to come back to has too."""
    given = request.view_args or {}
    if not page:
        return given
    known = {name for rule in current_app.url_map.iter_rules(page) for name in rule.arguments}
    return {name: value for name, value in given.items() if name in known}


def _signed_out(back: str) -> ResponseReturnValue:
    sign_in = url_for("accounts.sign_in", tiep=back)
    if wants_json():
        return jsonify(sign_in=sign_in), 401
    if _sends_files():
        return redirect(sign_in)
    typed = [(name, text) for name, text in request.form.items(multi=True) if not name.endswith("csrf_token")]
    if not typed:
        return redirect(sign_in)
    long_ones = [text for _name, text in typed if len(text) >= LONG_CHARS]
    return render_template("accounts/signed_out.html", typed=typed, long_ones=long_ones, sign_in=sign_in), 401


def _sends_files() -> bool:
    """A body that nobody has set a limit for yet: its own route reads it, and checks its token, after it has."""
    return request.mimetype == "multipart/form-data"
