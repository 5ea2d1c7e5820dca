"""What two people, or one person twice, do in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from app.accounts import links, service
from app.accounts.identity import Visitor
from app.accounts.models import RoleGrant, User
from app.accounts.people import service as people
from app.accounts.rules import LinkPurpose, Purpose, UserState
from app.core.db import db, transaction
from app.core.errors import Refused
from app.permissions import Role
from tests.accounts.mailbox import kinds, link_to
from tests.factories import UserFactory


def together(app, *tasks: Callable[[], object]) -> list[str]:
    """Runs all at the same moment, each with a session of its own; the name of each refusal, or "done"."""
    gate = threading.Barrier(len(tasks))
    ends: list[str] = []

    def run(task: Callable[[], object]) -> None:
        with db.scope(), app.test_request_context("/"):
            gate.wait()
            try:
                with transaction():
                    task()
                ends.append("done")
            except Refused as refused:
                ends.append(type(refused).__name__)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    db.session.expire_all()
    return sorted(ends)


def sign_up() -> None:
    service.join(
        Visitor(),
        full_name="Hoàng Ngọc Mai",
        email="mai@example.vn",
        born=date(2004, 8, 17),
        unit_id=None,
        password_hash="x",
        consents=[Purpose.CONTEST],
    )


def test_one_address_makes_one_account_and_both_are_answered_alike(app):
    ends = together(app, *[sign_up] * 4)

    assert ends == ["done"] * 4
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
    assert sorted(kinds()) == ["user.join_repeated"] * 3 + ["user.joined"]
    user = db.session.scalars(sa.select(User)).one()
    assert len([c for c in user.consents if c.given and c.withdrawn_at is None]) == 1


def test_a_link_confirms_once(app):
    user = UserFactory(state=UserState.PENDING, confirmed_at=None, password_hash="x")
    raw = link_to(user.id, LinkPurpose.CONFIRM)

    def confirm() -> None:
        link = links.find(raw, LinkPurpose.CONFIRM)
        assert link is None or service.confirm_address(link)

    together(app, *[confirm] * 4)

    assert kinds() == ["user.confirmed"]


def test_two_administrators_do_not_unseat_each_other(app):
    one, other = UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.ADMINISTRATOR)
    ids = [(one.id, other.id, other.grants[0].id), (other.id, one.id, one.grants[0].id)]

    def unseat(actor_id: int, person_id: int, grant_id: int) -> None:
        actor, person = db.session.get_one(User, actor_id), db.session.get_one(User, person_id)
        people.revoke_role(actor, person, grant_id=grant_id)

    together(app, *[lambda facts=facts: unseat(*facts) for facts in ids])

    left = db.session.scalars(sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.ADMINISTRATOR)).all()
    assert len(left) == 1


def test_a_role_given_twice_at_once_is_held_once(app, administrator, judge):
    ids = (administrator.id, judge.id)

    def grant() -> None:
        actor, person = (db.session.get_one(User, number) for number in ids)
        people.grant_role(actor, person, role=Role.MODERATOR)

    ends = together(app, grant, grant)

    assert ends == ["Invalid", "done"]
    held = sa.select(RoleGrant.role).where(RoleGrant.user_id == ids[1]).order_by(RoleGrant.id)
    assert db.session.scalars(held).all() == [Role.JUDGE, Role.MODERATOR]
