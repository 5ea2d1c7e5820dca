from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
import sqlalchemy as sa

from app.accounts import consent_clauses, consents
from app.accounts.models import Consent, Guardianship, User
from app.accounts.rules import CONSENT_TEXT_VERSION, GUARDIAN_PURPOSES, GuardianState, Purpose
from app.core import content
from app.core.clock import now, set_to, today
from app.core.db import db
from tests.factories import UserFactory

DAY = datetime(2026, 11, 24, 5, tzinfo=UTC)
NO, YES, WITHDRAWN = "no", "yes", "withdrawn"
ANSWERS = (None, NO, YES, WITHDRAWN)


@pytest.fixture(autouse=True)
def _on_one_day():
    with set_to(DAY):
        yield


def answer(user: User, kind: str | None, purpose: Purpose, *, by_guardian: bool = False) -> None:
    if kind is None:
        return
    user.consents.append(
        Consent(
            purpose=purpose,
            by_guardian=by_guardian,
            given=kind != NO,
            text_version=CONSENT_TEXT_VERSION,
            means="thử",
            at=now(),
            withdrawn_at=now() if kind == WITHDRAWN else None,
        )
    )


def person(
    born: date | None,
    own: str | None,
    purpose: Purpose,
    *,
    guardian: str | None = None,
    state: GuardianState | None = None,
) -> User:
    user = UserFactory(birth_date=born, consents=[])
    answer(user, own, purpose)
    answer(user, guardian, purpose, by_guardian=True)
    if state is not None:
        db.session.add(
            Guardianship(
                child=user, guardian_name="Hùng", guardian_email="h@example.vn", state=state, asked_at=now()
            )
        )
    db.session.commit()
    return user


ADULT, CHILD = date(2000, 1, 1), date(2013, 1, 1)


@pytest.mark.parametrize(("own", "holds"), [(None, False), (NO, False), (YES, True), (WITHDRAWN, False)])
def test_an_adult_decides_alone(app, own, holds):
    user = person(ADULT, own, Purpose.CONTEST, guardian=NO)

    assert consents.holds_consent(user, Purpose.CONTEST) is holds


@pytest.mark.parametrize(
    ("own", "guardian", "state", "holds"),
    [
        (YES, YES, GuardianState.CONFIRMED, True),
        (YES, NO, GuardianState.CONFIRMED, False),
        (NO, YES, GuardianState.CONFIRMED, False),
        (YES, WITHDRAWN, GuardianState.CONFIRMED, False),
        (YES, YES, GuardianState.ASKED, False),
        (YES, YES, GuardianState.WITHDRAWN, False),
        (YES, None, None, False),
    ],
)
def test_a_child_needs_both(app, own, guardian, state, holds):
    user = person(CHILD, own, Purpose.PUBLIC_NAME, guardian=guardian, state=state)

    assert consents.holds_consent(user, Purpose.PUBLIC_NAME) is holds


def test_the_where_clause_says_the_same_for_everybody(app):
    sixteen_today, sixteen_tomorrow = date(2010, 11, 24), date(2010, 11, 25)
    for purpose in (Purpose.CONTEST, Purpose.NEWSLETTER):
        for born, own, guardian, state in product(
            (ADULT, sixteen_today, sixteen_tomorrow, None),
            (YES, WITHDRAWN),
            ANSWERS,
            (None, GuardianState.CONFIRMED, GuardianState.REFUSED),
        ):
            person(born, own, purpose, guardian=guardian, state=state)

    for purpose in Purpose:
        by_clause = set(db.session.scalars(sa.select(User.id).where(consent_clauses.holds(purpose, today()))))
        one_by_one = {
            user.id for user in db.session.scalars(sa.select(User)) if consents.holds_consent(user, purpose)
        }
        assert by_clause == one_by_one, purpose
    assert len(by_clause) > 0


def test_blockers_name_everything_that_is_missing(app):
    user = person(CHILD, None, Purpose.CONTEST)
    user.confirmed_at = None

    assert [blocker.field for blocker in consents.blockers(user)] == ["email", "du_thi", "nguoi-giam-ho"]


@pytest.mark.parametrize("state", [None, *GuardianState])
def test_each_state_of_the_guardian_has_words_of_its_own(app, state):
    user = person(CHILD, YES, Purpose.CONTEST, state=state)

    words = [str(blocker.text) for blocker in consents.blockers(user)]
    assert words == [str(consents.GUARDIAN_WORDS[state])]


def test_the_texts_shown_are_those_whose_version_is_stored():
    purposes = content.data("consent_purposes")
    versions = {
        purposes["version"],
        *(content.document(name).version for name in ("guardian_consent", "child_assent")),
    }

    assert versions == {CONSENT_TEXT_VERSION}
    assert [row["id"] for row in purposes["purposes"]] == [purpose.value for purpose in Purpose]
    assert purposes["guardian_purposes"] == [purpose.value for purpose in GUARDIAN_PURPOSES]
