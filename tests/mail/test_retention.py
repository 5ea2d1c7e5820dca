"""Mails keep nothing of a person who was erased, and nothing for longer than they are of use."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.core import clock
from app.core.db import db, transaction
from app.core.events import record
from app.mail import retention
from app.mail.models import Mail
from tests.factories import UserFactory
from tests.mail.test_account_mails import asked_guardianship


def written():
    db.session.rollback()
    return db.session.execute(sa.select(Mail.to_address, Mail.subject, Mail.body).order_by(Mail.id)).all()


def test_erasing_a_child_empties_the_mails_to_the_child_and_the_guardian(mails_after):
    guardianship = asked_guardianship()
    other = UserFactory()
    mails_after("user.joined", guardianship.child)
    mails_after("guardian.asked", guardianship)
    mails_after("user.joined", other)

    mails_after("user.erased", guardianship.child)

    assert [address for address, _subject, _body in written()] == ["", "", other.email]
    assert written()[:2] == [("", "", ""), ("", "", "")]


def test_mails_are_emptied_after_half_a_year(mails_after):
    person = UserFactory()
    mails_after("user.join_repeated", person)

    assert retention.forget_old_mails() == 0
    with clock.set_to(clock.now() + retention.KEPT_FOR + timedelta(days=1)):
        assert retention.forget_old_mails() == 1
        assert retention.forget_old_mails() == 0

    assert written() == [("", "", "")]


def test_a_mail_that_waits_for_an_erased_person_is_not_sent(app):
    import msgspec

    from app import worker

    app.config["SETTINGS"] = msgspec.structs.replace(app.config["SETTINGS"], mail_server="mail.example.vn")
    person = UserFactory()
    with transaction():
        record("user.join_repeated", person, None)
    worker.react(10)
    with transaction():
        record("user.erased", person, None)
    worker.react(10)

    db.session.rollback()
    assert db.session.scalars(sa.select(Mail.state)).all() == ["kept"]
