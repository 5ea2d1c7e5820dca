"""What is not kept: accounts never confirmed or deleted by their owner, sign-ins of long ago."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.accounts import links
from app.accounts.models import Consent, LoginSession, OneTimeLink, User
from app.accounts.rules import LinkPurpose, UserState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import record

UNCONFIRMED_KEPT = timedelta(days=7)  # as the mail of signing up says
SIGN_INS_KEPT = timedelta(days=90)  # as the privacy notice says
AT_ONCE = 200


def forget_unconfirmed() -> int:
    """Empties accounts that nobody confirmed within a week; their address is free again. Returns how many."""
    with transaction():
        forgotten = db.session.execute(
            sa.select(User)
            .where(
                User.state == UserState.PENDING,
                User.confirmed_at.is_(None),
                User.password_hash != "",  # somebody invited waits as long as the invitation
                User.created_at < now() - UNCONFIRMED_KEPT,
            )
            .order_by(User.id)
            .limit(AT_ONCE)
        ).scalars()
        people = list(forgotten)
        for person in people:
            erase(person)
    return len(people)


def forget_sign_ins() -> int:
    """Sessions that ended and links that expired long ago. Returns how many went."""
    before = now() - SIGN_INS_KEPT
    ended = sa.func.coalesce(LoginSession.revoked_at, LoginSession.expires_at)
    with transaction():
        gone = [
            db.session.execute(sa.delete(table).where(old).execution_options(synchronize_session=False))
            for table, old in ((LoginSession, ended < before), (OneTimeLink, OneTimeLink.expires_at < before))
        ]
    return sum(result.rowcount for result in gone)  # type: ignore[attr-defined]


def erase(person: User, actor: User | None = None) -> None:
    """The person is gone, the row stands: whatever points to it keeps pointing to nobody."""
    person.email = f"da-xoa-{person.id}"
    person.full_name = person.title = person.password_hash = person.search_text = ""
    person.wanted_email = person.birth_date = person.unit_id = None
    person.state = UserState.DEACTIVATED
    if person.guardianship is not None:
        person.guardianship.guardian_name = person.guardianship.guardian_email = ""
        person.guardianship.relation = ""
    db.session.execute(
        sa.update(Consent)
        .where(Consent.user_id == person.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
        .execution_options(synchronize_session=False)
    )
    links.void_all(person.id)
    links.void(person.id, LinkPurpose.GUARDIAN)
    record("user.erased", person, actor)
