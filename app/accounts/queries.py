"""Reads about people and units."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import LoginSession, RoleGrant, Unit, User
from app.accounts.rules import UserState, same_address
from app.core.clock import now
from app.core.db import db
from app.core.pagination import Page, page
from app.core.text import fold, name_key
from app.permissions import Role


class PersonRow(NamedTuple):
    id: int
    full_name: str
    email: str
    state: UserState
    created_at: datetime
    unit_name: str | None
    roles: list[Role]


class SessionRow(NamedTuple):
    id: int
    device: str
    created_at: datetime
    expires_at: datetime
    token_hash: str


def user_by_email(email: str) -> User | None:
    return db.session.execute(sa.select(User).where(User.email == same_address(email))).scalar_one_or_none()


def user_by_id(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def staff(*roles: Role) -> list[User]:
    """Active people who hold one of these roles, by given name."""
    people = db.session.execute(
        sa.select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role.in_(roles), User.state == UserState.ACTIVE)
        .options(selectinload(User.grants))
        .distinct()
    ).scalars()
    return sorted(people, key=lambda person: name_key(person.full_name))


def units() -> list[Unit]:
    """All units in the order of the ward's tree."""
    return list(db.session.execute(sa.select(Unit).order_by(Unit.position, Unit.id)).scalars())


def sessions_of(user: User) -> list[SessionRow]:
    """Browsers that are signed in now, newest first."""
    rows = db.session.execute(
        sa.select(
            LoginSession.id,
            LoginSession.device,
            LoginSession.created_at,
            LoginSession.expires_at,
            LoginSession.token_hash,
        )
        .where(
            LoginSession.user_id == user.id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now(),
        )
        .order_by(LoginSession.id.desc())
        .limit(50)
    )
    return [SessionRow(*row) for row in rows]


def people(*, words: str = "", role: Role | None = None, number: int = 1) -> Page[PersonRow]:
    """Everybody with an account, newest first; found by name or address without marks. Three queries."""
    statement = (
        sa.select(User.id, User.full_name, User.email, User.state, User.created_at, Unit.short_name)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .order_by(User.id.desc())
    )
    for word in fold(words).split():
        statement = statement.where(User.search_text.contains(word, autoescape=True))
    if role is not None:
        statement = statement.where(User.id.in_(sa.select(RoleGrant.user_id).where(RoleGrant.role == role)))
    found = page(statement, _person_row, number)
    ids = [row.id for row in found.items]
    by_id = {row.id: row for row in found.items}
    grants = (
        sa.select(RoleGrant.user_id, RoleGrant.role).where(RoleGrant.user_id.in_(ids)).order_by(RoleGrant.id)
    )
    for user_id, held in db.session.execute(grants):
        if held not in by_id[user_id].roles:
            by_id[user_id].roles.append(held)
    return found


def _person_row(*columns: Any) -> PersonRow:
    """The roles follow in a query of their own."""
    return PersonRow._make((*columns, []))


def other_active_administrators(person: User) -> int:
    """How many administrators there are besides this person."""
    return db.session.execute(
        sa.select(sa.func.count(sa.distinct(User.id)))
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, User.state == UserState.ACTIVE, User.id != person.id)
    ).scalar_one()


def has_administrator() -> bool:
    """Whether anybody can administer; somebody invited who has not come yet cannot."""
    found = (
        sa.select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, User.state == UserState.ACTIVE)
        .limit(1)
    )
    return db.session.execute(found).first() is not None
