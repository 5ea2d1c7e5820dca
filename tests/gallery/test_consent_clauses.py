"""One question in two languages: consent as Python asks it, and as the database does, for a grid of people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
import sqlalchemy as sa

from app.accounts import consent_clauses, consents
from app.accounts.models import Consent, Guardianship, User
from app.accounts.rules import GuardianState, Purpose, UserState, needs_guardian
from app.core.clock import now, set_to, today
from app.core.db import db

TODAY = datetime(2026, 11, 24, 3, tzinfo=UTC)
BORN = (
    None,
    date(2010, 11, 24),  # sixteen today
    date(2010, 11, 25),  # sixteen tomorrow
    date(2012, 2, 29),
    date(1999, 1, 1),
)
ANSWERS = ("none", "no", "yes", "withdrawn")


def answer(kind, purpose, *, by_guardian):
    if kind == "none":
        return []
    return [
        Consent(
            purpose=purpose,
            by_guardian=by_guardian,
            given=kind != "no",
            text_version="1.0",
            means="thử",
            at=now(),
            withdrawn_at=now() if kind == "withdrawn" else None,
        )
    ]


def grid(purpose):
    """Everybody there could be: born when, own answer, guardian's answer, and what the guardian is."""
    people = []
    everything = product(BORN, ANSWERS, ANSWERS, [None, *GuardianState])
    for number, (born, own, guardians, state) in enumerate(everything):
        person = User(
            email=f"n{number}@example.vn",
            full_name=f"Người {number}",
            birth_date=born,
            state=UserState.ACTIVE,
            created_at=now(),
            consents=[
                *answer(own, purpose, by_guardian=False),
                *answer(guardians, purpose, by_guardian=True),
            ],
        )
        if state is not None:
            person.guardianship = Guardianship(
                guardian_name="Phụ huynh",
                guardian_email=f"p{number}@example.vn",
                relation="mẹ",
                state=state,
                asked_at=now(),
            )
        people.append(person)
    return people


@pytest.mark.parametrize("purpose", Purpose)
def test_the_clause_finds_exactly_those_who_hold_it(app, purpose):
    with set_to(TODAY):
        people = grid(purpose)
        db.session.add_all(people)
        db.session.commit()

        found = set(db.session.scalars(sa.select(User.id).where(consent_clauses.holds(purpose, today()))))

        assert found == {person.id for person in people if consents.holds_consent(person, purpose)}
        assert 0 < len(found) < len(people)


def test_another_purpose_does_not_count(app):
    with set_to(TODAY):
        db.session.add_all(grid(Purpose.CONTEST))
        db.session.commit()

        clause = consent_clauses.holds(Purpose.PUBLIC_NAME, today())
        assert db.session.scalars(sa.select(User.id).where(clause)).all() == []


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2027, 2, 28), date(2026, 12, 31)])
def test_birthday_of_the_clause_is_the_birthday_of_the_rule(day):
    limit = consent_clauses.born_on_or_before(day)

    assert not needs_guardian(limit, day)
    assert needs_guardian(date.fromordinal(limit.toordinal() + 1), day)
