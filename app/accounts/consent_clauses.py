"""Consent as a where clause: the same answer as consents.holds_consent, for lists (a test compares the two)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.accounts.models import Consent, Guardianship, User
from app.accounts.rules import GUARDIAN_BELOW_AGE, GUARDIAN_PURPOSES, GuardianState, Purpose


def born_on_or_before(day: date) -> date:
    """Whoever was born then or earlier no longer needs a guardian on that day."""
    try:
        return day.replace(year=day.year - GUARDIAN_BELOW_AGE)
    except ValueError:  # 29 February: the birthday of such a year counts from 1 March
        return date(day.year - GUARDIAN_BELOW_AGE, 2, 28)


def holds(purpose: Purpose, day: date) -> sa.ColumnElement[bool]:
    """True for a row of `users`: their own yes stands and, under 16, their guardian's too."""
    if purpose not in GUARDIAN_PURPOSES:
        return _given(purpose, by_guardian=False)
    confirmed = sa.exists().where(
        Guardianship.child_id == User.id, Guardianship.state == GuardianState.CONFIRMED
    )
    grown = sa.or_(User.birth_date.is_(None), User.birth_date <= born_on_or_before(day))
    return sa.and_(
        _given(purpose, by_guardian=False),
        sa.or_(grown, sa.and_(confirmed, _given(purpose, by_guardian=True))),
    )


def _given(purpose: Purpose, *, by_guardian: bool) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Consent.user_id == User.id,
        Consent.purpose == purpose,
        Consent.by_guardian.is_(by_guardian),
        Consent.given.is_(True),
        Consent.withdrawn_at.is_(None),
    )
