"""People of the demo, with their roles, consents and guardians."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.accounts.models import Consent, Guardianship, RoleGrant, Unit, User
from app.accounts.rules import CONSENT_TEXT_VERSION, GuardianState, Purpose, UserState
from app.core.clock import now
from app.core.db import db
from app.core.passwords import hash_password
from app.demo import sources
from app.demo.accounts import PASSWORD
from app.demo.script import Script
from app.permissions import Role

SIGNED_UP = "đánh dấu khi đăng ký"
GUARDIAN_STATES = {
    "pending": GuardianState.ASKED,
    "confirmed": GuardianState.CONFIRMED,
    "withdrawn": GuardianState.CONFIRMED,
}


def load_people(units: dict[str, Unit]) -> dict[str, User]:
    """Everybody of the demo, with one password; returned by their demo name (tn01, gk02 …)."""
    password_hash = hash_password(PASSWORD)
    rows = sources.read("people")["people"]
    people = {row["id"]: _person(row, units, password_hash) for row in rows}
    db.session.add_all(people.values())
    db.session.flush()
    for row in rows:
        if row["role"] != "citizen":
            _grant(people[row["id"]], Role(row["role"]), units.get(row.get("unit_scope", "")))
        for consent in row.get("consents", []):
            _consent(people[row["id"]], consent)
    for row in rows:
        if row["role"] == "guardian":
            _guardian(row, people)
    return people


def _person(row: dict[str, Any], units: dict[str, Unit], password_hash: str) -> User:
    joined = sources.moment(row.get("registered_day", -350))
    return User(
        email=row["email"],
        password_hash=password_hash,
        full_name=row["name"],
        birth_date=sources.born(row["age"], row["birthday_days_ago"]),
        unit_id=units[row["unit"]].id,
        title=row.get("title", ""),
        state=UserState.ACTIVE,
        created_at=joined,
        confirmed_at=joined,
    )


def _grant(person: User, role: Role, unit: Unit | None) -> None:
    person.grants.append(RoleGrant(role=role, unit_id=unit.id if unit else None, given_at=person.created_at))


def _consent(person: User, row: dict[str, Any], *, by_guardian: bool = False) -> None:
    """One answer. What is taken back later is part of the script: see take_back."""
    if row.get("withdrawn"):
        return
    at = sources.moment(row["day"])
    purpose = Purpose(row["purpose"])
    person.consents.append(
        Consent(
            purpose=purpose,
            by_guardian=by_guardian,
            given=bool(row["given"]),
            text_version=row.get("text_version", CONSENT_TEXT_VERSION),
            means=SIGNED_UP,
            at=at,
        )
    )


def _guardian(row: dict[str, Any], people: dict[str, User]) -> None:
    answer = row["guardian_consent"]
    withdrawn = answer["state"] == "withdrawn"  # later: see take_back
    for name in row["children"]:
        child = people[name]
        answered = sources.moment(answer["day"]) if answer["day"] is not None else None
        db.session.add(
            Guardianship(
                child_id=child.id,
                guardian_name=row["name"],
                guardian_email=row["email"],
                relation=row["relation"],
                guardian_user_id=people[row["id"]].id,
                state=GUARDIAN_STATES[answer["state"]],
                asked_at=child.created_at,
                answered_at=answered,
            )
        )
        for purpose in answer["purposes"] if answered else []:
            _consent(
                child,
                {**purpose, "day": answer["day"], "given": purpose["given"] or withdrawn},
                by_guardian=True,
            )


def take_back(script: Script, people: dict[str, User]) -> None:
    """Consents that were withdrawn later, by the person or by their guardian, at their days."""
    for row in sources.read("people")["people"]:
        for consent in row.get("consents", []):
            if consent.get("withdrawn"):
                at = sources.moment(consent["day"])
                script.at(
                    at, partial(_withdraw, people[row["id"]], Purpose(consent["purpose"]), by_guardian=False)
                )
        answer = row.get("guardian_consent", {})
        if answer.get("state") == "withdrawn":
            for name in row["children"]:
                at = sources.moment(answer["withdrawn_day"])
                script.at(at, partial(_guardian_withdraws, people[name]))


def _withdraw(person: User, purpose: Purpose, *, by_guardian: bool) -> None:
    for earlier in person.consents:
        if (earlier.purpose, earlier.by_guardian) == (purpose, by_guardian) and earlier.withdrawn_at is None:
            earlier.withdrawn_at = now()


def _guardian_withdraws(child: User) -> None:
    for purpose in Purpose:
        _withdraw(child, purpose, by_guardian=True)
    assert child.guardianship is not None
    child.guardianship.state = GuardianState.WITHDRAWN
