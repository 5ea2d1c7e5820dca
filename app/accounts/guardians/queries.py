"""Reads about guardians and the children who named them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Guardianship, OneTimeLink, User
from app.accounts.rules import UserState
from app.core.db import db


def guardianship_of(link: OneTimeLink) -> Guardianship | None:
    """Whom the link of a guardian's mail is about, with the child and what was agreed."""
    return db.session.execute(
        sa.select(Guardianship)
        .where(Guardianship.child_id == link.user_id, Guardianship.guardian_email != "")
        .options(joinedload(Guardianship.child).selectinload(User.consents))
    ).scalar_one_or_none()


def guardianships_of(email: str) -> list[Guardianship]:
    """Every child who named this mailbox and has confirmed their own."""
    return list(
        db.session.execute(
            sa.select(Guardianship)
            .join(Guardianship.child)
            .where(Guardianship.guardian_email == email, User.state == UserState.ACTIVE)
            .options(selectinload(Guardianship.child))
            .order_by(Guardianship.id)
            .limit(20)
        ).scalars()
    )
