"""The door of the evening: a judge's personal link, by mail or from a printed card."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import sessions
from app.accounts.identity import me
from app.core.db import transaction
from app.core.errors import WrongState
from app.judging.evening.entrance import service as entrance
from app.judging.models import JudgeLink
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("entrance", __name__, url_prefix=entrance.PATH.rstrip("/"))


@bp.route("/<secret>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def enter(secret: str) -> ResponseReturnValue:
    """Opening the page changes nothing (mail programs open links); the press begins a session that may only judge."""
    g.no_referrer = True
    link = entrance.find(secret)
    if link is None:
        return render_template("judging/link_gone.html"), 410
    onward = url_for("judging.progress", vong=link.round_id)
    if me().id == link.judge_id:
        return redirect(onward)  # signed in already, perhaps with more rights: nothing to begin
    if request.method == "POST":
        with transaction():
            row = entrance.enter(_still(secret))
        sessions.remember(row)
        return redirect(onward)
    return render_template("judging/enter.html", link=link, other=me() if me().is_authenticated else None)


def _still(secret: str) -> JudgeLink:
    """Read anew inside the transaction: revoked a moment ago means revoked."""
    link = entrance.find(secret)
    if link is None:
        raise WrongState
    return link
