"""Signed-in browsers: begun, looked up on every request, ended. The cookie carries a secret, the table its hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import request, session
from sqlalchemy.orm import joinedload

from app.accounts.models import LoginSession, User
from app.accounts.rules import ABSOLUTE, IDLE, UserState
from app.core.clock import now
from app.core.db import db
from app.core.tokens import hash_token, new_token
from app.permissions import JUDGING_ONLY

TOKEN, SEEN = "phien", "xem"
REFRESH_AFTER = timedelta(minutes=5)


def clock_of(user: User) -> str:
    return "staff" if user.is_staff else "youth"


def begin(user: User, *, judging_only: bool = False, until: datetime | None = None) -> LoginSession:
    """A new session for this browser, perhaps limited, perhaps shorter. Call in a transaction; then `remember`."""
    raw, hashed = new_token()
    row = LoginSession(
        token_hash=hashed,
        user_id=user.id,
        created_at=now(),
        expires_at=min(now() + ABSOLUTE[clock_of(user)], until or datetime.max.replace(tzinfo=UTC)),
        judging_only=judging_only,
        device=device_of(request.user_agent.string),
    )
    db.session.add(row)
    db.session.flush()
    row.raw_token = raw
    return row


def remember(row: LoginSession) -> None:
    """Put the secret into the cookie; whatever the cookie held before is gone."""
    session.clear()
    session.permanent = False
    session[TOKEN] = row.raw_token
    session[SEEN] = int(now().timestamp())


def user_of_request() -> User | None:
    """The user whose live session this browser holds. Idle time is in the signed cookie: reading writes nothing."""
    raw = session.get(TOKEN)
    if not raw:
        return None
    statement = (
        sa.select(User, LoginSession.judging_only)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(
            LoginSession.token_hash == hash_token(raw),
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now(),
            User.state == UserState.ACTIVE,
        )
        .options(joinedload(User.grants))
    )
    found = db.session.execute(statement).unique().first()
    if found is None:
        return None
    user: User = found[0]
    user.only = JUDGING_ONLY if found.judging_only else None  # type: ignore[misc]
    seen = datetime.fromtimestamp(session.get(SEEN, 0), tz=now().tzinfo)
    if now() - seen > IDLE[clock_of(user)]:
        return None
    if now() - seen > REFRESH_AFTER:
        session[SEEN] = int(now().timestamp())
    return user


def current_token_hash() -> str:
    raw = session.get(TOKEN)
    return hash_token(raw) if raw else ""


def end(user: User, *, session_id: int | None = None, keep_current: bool = False) -> None:
    """Revoke one session, or all (but the current one)."""
    wanted = sa.update(LoginSession).where(LoginSession.user_id == user.id, LoginSession.revoked_at.is_(None))
    if session_id is not None:
        wanted = wanted.where(LoginSession.id == session_id)
    if keep_current:
        wanted = wanted.where(LoginSession.token_hash != current_token_hash())
    db.session.execute(wanted.values(revoked_at=now()).execution_options(synchronize_session=False))


def end_current() -> None:
    """The session this browser holds ends, if it holds one."""
    ended = sa.update(LoginSession).where(
        LoginSession.token_hash == current_token_hash(), LoginSession.revoked_at.is_(None)
    )
    db.session.execute(ended.values(revoked_at=now()).execution_options(synchronize_session=False))


def device_of(agent: str) -> str:
    """A word or two that lets a person recognise a browser: "Chrome, Android"."""
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "Trình duyệt")
    system = next((name for name in systems if name in agent), "")
    return f"{browser}, {system}" if system else browser
