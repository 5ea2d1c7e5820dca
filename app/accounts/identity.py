"""Who is asking: the signed-in person of this request, or a visitor."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from flask import Flask, abort, g, redirect, request, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user
from werkzeug.exceptions import HTTPException

from app.accounts import sessions
from app.accounts.models import User
from app.permissions import Action, Role


class Visitor(AnonymousUserMixin):
    """Nobody in particular: what permissions.py asks, answered for everyone."""

    id = None
    roles: Collection[Role] = (Role.ANONYMOUS,)
    only: Collection[Action] | None = None

    def holds(self, role: Role, *, campaign_id: int | None = None) -> bool:
        del campaign_id
        return role is Role.ANONYMOUS

    def unit_ids(self, role: Role) -> Collection[int]:
        del role
        return ()


login_manager = LoginManager()
login_manager.anonymous_user = Visitor
login_manager.session_protection = None  # the session table decides, not the address of a phone on the move


def me() -> User | Visitor:
    """The person, as the object itself (current_user is a proxy)."""
    return current_user._get_current_object()  # noqa: SLF001


def turn_away() -> NoReturn:
    """To sign-in and back again for a visitor; 403 for somebody who may not."""
    if me().is_authenticated or request.method not in {"GET", "HEAD"}:
        abort(403)
    answer = redirect(url_for("accounts.sign_in", tiep=request.full_path.rstrip("?")))
    raise HTTPException(response=answer)


def init_app(app: Flask) -> None:
    login_manager.init_app(app)

    @login_manager.request_loader
    def from_session(_request: object) -> User | None:
        """The user of a live session: one joined query, with roles."""
        user = sessions.user_of_request()
        g.actor_id = user.id if user else None
        return user
