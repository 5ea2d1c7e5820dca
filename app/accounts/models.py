"""Accounts, units, roles, sessions, one-time links, consents, guardians. Personal data lives here and in Author."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.rules import GuardianState, LinkPurpose, Purpose, UserState
from app.core.db import MEANINGS, Base, moment, pk
from app.core.errors import Invalid
from app.core.i18n import _l
from app.core.text import fold
from app.permissions import Action, Role


def searchable(full_name: str, email: str) -> str:
    """What the list of people is searched in."""
    return fold(f"{full_name} {email}")


class Unit(Base):
    """A department, school, residential group, branch or enterprise: a tree under the ward."""

    __tablename__ = "units"

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(80))
    receives_initiatives: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


def _search_text(context: Any) -> str:
    row = context.get_current_parameters()
    return searchable(row["full_name"], row["email"])


class User(Base):
    """A person with an account. Erasure empties the personal columns and leaves the row standing."""

    __tablename__ = "users"

    id: Mapped[pk]
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)  # lower case, NFC
    wanted_email: Mapped[str | None] = mapped_column(sa.String(254))  # until its link is followed
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    full_name: Mapped[str] = mapped_column(sa.String(120))
    birth_date: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(160), default="")
    state: Mapped[UserState] = mapped_column(default=UserState.PENDING)
    created_at: Mapped[moment]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    search_text: Mapped[str] = mapped_column(sa.String(400), default=_search_text)  # folded, for /quan-tri

    unit: Mapped[Unit | None] = relationship()
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", cascade="all, delete-orphan"
    )
    consents: Mapped[list[Consent]] = relationship(foreign_keys="Consent.user_id", order_by="Consent.id")
    guardianship: Mapped[Guardianship | None] = relationship(
        back_populates="child", foreign_keys="Guardianship.child_id", uselist=False
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    # what Flask-Login asks
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.state is UserState.ACTIVE

    def get_id(self) -> str:
        return str(self.id)

    # what permissions.py asks
    only: ClassVar[Collection[Action] | None] = None  # set on the person of a limited session, never stored

    @property
    def roles(self) -> Collection[Role]:
        return {grant.role for grant in self.grants}

    def holds(self, role: Role, *, campaign_id: int | None = None) -> bool:
        """A grant without a campaign holds in every campaign."""
        return any(
            grant.role is role
            and (campaign_id is None or grant.campaign_id is None or grant.campaign_id == campaign_id)
            for grant in self.grants
        )

    def unit_ids(self, role: Role) -> Collection[int]:
        units = (grant.unit_id or self.unit_id for grant in self.grants if grant.role is role)
        return {unit for unit in units if unit is not None}

    @property
    def owner_ids(self) -> Collection[int]:
        return {self.id}

    @property
    def is_staff(self) -> bool:
        return bool(set(self.roles) - {Role.YOUTH, Role.GUARDIAN})


class RoleGrant(Base):
    """A role that somebody gave a person, perhaps for one campaign or one unit only."""

    __tablename__ = "role_grants"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", "campaign_id", "unit_id"),)

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    given_at: Mapped[moment]

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class LoginSession(Base):
    """One signed-in browser. Revoked by one update; the cookie holds a secret, the table its hash."""

    __tablename__ = "login_sessions"

    id: Mapped[pk]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[moment]
    expires_at: Mapped[moment]
    revoked_at: Mapped[datetime | None]
    judging_only: Mapped[bool] = mapped_column(default=False)  # began with a personal link of the evening
    device: Mapped[str] = mapped_column(
        sa.String(120), default=""
    )  # browser and system, for the account page

    raw_token = ""  # only in the moment of signing in, never stored


class OneTimeLink(Base):
    """A link in a mail: 256 random bits, stored hashed, for one purpose, used once, soon void."""

    __tablename__ = "one_time_links"

    id: Mapped[pk]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[LinkPurpose]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[moment]
    expires_at: Mapped[moment]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]


class Consent(Base):
    """One yes or no for one purpose: which text, when, how, by whom. Withdrawn, never erased."""

    __tablename__ = "consents"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    purpose: Mapped[Purpose]
    by_guardian: Mapped[bool] = mapped_column(default=False)
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(sa.String(16))
    means: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[moment]
    withdrawn_at: Mapped[datetime | None]


class Guardianship(Base):
    """The parent or guardian whom a child under 16 named, and what they answered."""

    __tablename__ = "guardianships"

    id: Mapped[pk]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), unique=True)
    guardian_name: Mapped[str] = mapped_column(sa.String(120))
    guardian_email: Mapped[str] = mapped_column(sa.String(254))
    relation: Mapped[str] = mapped_column(sa.String(40), default="")
    guardian_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[GuardianState] = mapped_column(default=GuardianState.ASKED)
    asked_at: Mapped[moment]
    answered_at: Mapped[datetime | None]

    child: Mapped[User] = relationship(back_populates="guardianship", foreign_keys=[child_id])


MEANINGS["uq_users_email"] = Invalid("email", _l("Địa chỉ thư này đã có tài khoản."))
