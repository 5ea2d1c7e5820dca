"""What the administrator's page of one person shows."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import RoleGrant, Unit, User
from app.core.db import db
from app.core.events import Event
from app.permissions import Role


class GrantRow(NamedTuple):
    id: int
    role: Role
    unit_name: str | None
    given_at: datetime
    given_by: str | None


def grants_of(person: User) -> list[GrantRow]:
    """Roles with who gave them. One query."""
    giver = sa.orm.aliased(User)
    rows = db.session.execute(
        sa.select(RoleGrant.id, RoleGrant.role, Unit.short_name, RoleGrant.given_at, giver.full_name)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .outerjoin(giver, giver.id == RoleGrant.given_by_id)
        .where(RoleGrant.user_id == person.id)
        .order_by(RoleGrant.id)
    )
    return [GrantRow(*row) for row in rows]


def roles_last_offered(person: User) -> list[Role]:
    """The roles of the last invitation; empty for somebody who signed up."""
    data = db.session.execute(
        sa.select(Event.data)
        .where(Event.kind == "user.invited", Event.object_type == "users", Event.object_id == person.id)
        .order_by(Event.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return [Role(name) for name in (data or {}).get("roles", [])]
