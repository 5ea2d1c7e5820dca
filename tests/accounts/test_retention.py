from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import retention
from app.accounts.models import Guardianship, LoginSession, OneTimeLink
from app.accounts.rules import LinkPurpose, UserState
from app.core.clock import now
from app.core.db import db
from tests.accounts.mailbox import kinds
from tests.factories import UserFactory


def unconfirmed(days: float, **facts):
    return UserFactory(
        **{
            "state": UserState.PENDING,
            "confirmed_at": None,
            "password_hash": "x",
            "full_name": "Mai",
            **facts,
        },
        created_at=now() - timedelta(days=days),
    )


def test_an_address_never_confirmed_is_forgotten_after_a_week(app, browser):
    user = unconfirmed(7.1, email="mai@example.vn")
    db.session.add(
        Guardianship(child=user, guardian_name="Hùng", guardian_email="h@example.vn", asked_at=now())
    )
    db.session.commit()

    assert retention.forget_unconfirmed() == 1

    db.session.refresh(user)
    assert (user.full_name, user.birth_date, user.password_hash, user.search_text) == ("", None, "", "")
    assert "@" not in user.email
    assert (user.guardianship.guardian_name, user.guardianship.guardian_email) == ("", "")
    assert [c for c in user.consents if c.withdrawn_at is None] == []
    assert kinds() == ["user.erased"]
    assert retention.forget_unconfirmed() == 0


@pytest.mark.parametrize(
    ("days", "facts"),
    [
        (6.9, {}),
        (30, {"password_hash": ""}),  # invited
        (30, {"state": UserState.ACTIVE, "confirmed_at": now()}),
        (30, {"state": UserState.DEACTIVATED, "confirmed_at": now()}),
    ],
)
def test_nobody_else_is_forgotten(app, days, facts):
    unconfirmed(days, **facts)

    assert retention.forget_unconfirmed() == 0


def test_the_address_is_free_again(browser):
    unconfirmed(8, email="mai@example.vn")
    retention.forget_unconfirmed()

    browser.post(
        "/dang-ky",
        {
            "full_name": "Hoàng Mai",
            "day": "1",
            "month": "1",
            "year": "2004",
            "email": "mai@example.vn",
            "password": "thuyền buồm nắng sớm",
        },
        status=302,
    )

    assert kinds() == ["user.erased", "user.joined"]


def test_sign_ins_and_links_of_long_ago_are_forgotten(app):
    person = UserFactory()
    for days in (91, 89):
        moment = now() - timedelta(days=days)
        db.session.add(
            LoginSession(token_hash=f"s{days}", user_id=person.id, created_at=moment, expires_at=moment)
        )
        db.session.add(
            OneTimeLink(
                token_hash=f"l{days}",
                purpose=LinkPurpose.RESET,
                user_id=person.id,
                created_at=moment,
                expires_at=moment,
            )
        )
    db.session.commit()

    assert retention.forget_sign_ins() == 2

    assert db.session.scalars(sa.select(LoginSession.token_hash)).all() == ["s89"]
    assert db.session.scalars(sa.select(OneTimeLink.token_hash)).all() == ["l89"]
