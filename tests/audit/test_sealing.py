"""The chain over events: whatever is changed, removed or put in between afterwards is found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.audit import sealing
from app.core.chain import ORIGIN
from app.core.db import db, transaction
from app.core.events import Event, Seal, record
from tests.factories import UserFactory
from tests.test_worker import in_threads


def happened(count):
    person = UserFactory(full_name="Lê Đình Quý")
    with transaction():
        for number in range(count):
            record("consent.given", person, person, purpose="du_thi", number=number, words="đồng ý")


def change(statement, **values):
    db.session.rollback()
    with db.engine.begin() as connection:
        if db.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(sa.text(statement), values)


def verdict():
    db.session.rollback()
    return sealing.verify()


def test_every_event_is_sealed_once_in_order(app):
    happened(5)

    assert sealing.seal_events() == 5
    assert sealing.seal_events() == 0

    db.session.rollback()
    assert db.session.scalars(sa.select(Seal.number).order_by(Seal.number)).all() == [1, 2, 3, 4, 5]
    assert (verdict().sealed, verdict().unsealed, verdict().broken_at) == (5, 0, None)


def test_leaf_and_head_can_be_taken_by_hand(app):
    import hashlib
    import json

    happened(1)
    sealing.seal_events()

    event = db.session.scalars(sa.select(Event)).one()

    def text(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    private = {
        "at": event.at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        "actor": event.actor_id,
        "object": ["users", event.object_id],
        "campaign": None,
        "data": {"number": 0, "purpose": "du_thi", "words": "đồng ý"},
        "request": "",
        "facts": [],
    }
    inside = hashlib.sha256(b"\x03" + bytes.fromhex(event.private_salt) + text(private)).hexdigest()
    payload = {"kind": "consent.given", "shown": [], "private": inside}
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(event.salt) + text(payload)).hexdigest()
    start = hashlib.sha256(b"\x02" + ORIGIN.encode()).digest()
    assert event.leaf == leaf
    assert verdict().head == hashlib.sha256(b"\x01" + start + bytes.fromhex(leaf)).hexdigest()


def test_the_same_event_twice_has_two_leaves(app):
    person = UserFactory()
    with transaction():
        leaves = {record("consent.given", person, person).leaf for _ in range(2)}

    assert len(leaves) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor_id = 99 WHERE id = 3",
        "UPDATE events SET kind = 'consent.withdrawn' WHERE id = 3",
        "UPDATE events SET object_id = 99 WHERE id = 3",
        "UPDATE events SET data = '{}' WHERE id = 3",
        "UPDATE events SET at = (SELECT at FROM events WHERE id = 1) WHERE id = 3",
        "UPDATE events SET request_id = 'x' WHERE id = 3",
        "UPDATE events SET salt = (SELECT salt FROM events WHERE id = 1) WHERE id = 3",
        "UPDATE events SET facts = '[[\"users\", 1, {}]]' WHERE id = 3",
        "UPDATE events SET leaf = (SELECT leaf FROM events WHERE id = 1) WHERE id = 3",
        "UPDATE events SET shown = '[1.5]' WHERE id = 3",
    ],
)
def test_a_change_by_hand_is_found_where_it_was_made(app, statement):
    happened(5)
    sealing.seal_events()

    change(statement)

    assert (verdict().broken_at, verdict().why) == (3, "changed event")


def test_a_changed_seal_is_found(app):
    happened(5)
    sealing.seal_events()

    change("UPDATE seals SET head = (SELECT head FROM seals WHERE number = 1) WHERE number = 3")

    assert (verdict().broken_at, verdict().why) == (3, "changed seal")


def test_a_seal_removed_with_its_event_is_found(app):
    happened(5)
    sealing.seal_events()

    change("DELETE FROM seals WHERE number = 3")

    assert (verdict().broken_at, verdict().why) == (3, "missing seal")


def test_an_event_that_became_visible_late_is_sealed_after_the_others(app):
    happened(3)
    late = db.session.scalars(sa.select(Event).where(Event.id == 2)).one()
    values = {column.name: getattr(late, column.name) for column in Event.__table__.columns}
    change("DELETE FROM outbox WHERE event_id = 2")
    change("DELETE FROM events WHERE id = 2")
    sealing.seal_events()
    with transaction() as session:
        session.execute(sa.insert(Event).values(values))

    sealing.seal_events()

    db.session.rollback()
    assert db.session.scalars(sa.select(Seal.event_id).order_by(Seal.number)).all() == [1, 3, 2]
    assert verdict().broken_at is None


def test_a_writer_that_came_very_late_is_sealed_by_the_daily_search(app, monkeypatch):
    happened(5)
    late = db.session.scalars(sa.select(Event).where(Event.id == 1)).one()
    values = {column.name: getattr(late, column.name) for column in Event.__table__.columns}
    change("DELETE FROM outbox WHERE event_id = 1")
    change("DELETE FROM events WHERE id = 1")
    sealing.seal_events()
    with transaction() as session:
        session.execute(sa.insert(Event).values(values))
    monkeypatch.setattr(sealing, "LATE_BY", 2)

    assert sealing.seal_events() == 0
    assert sealing.seal_stragglers() == 1
    assert (verdict().unsealed, verdict().broken_at) == (0, None)


def test_two_sealers_at_once_make_one_chain(app):
    from sqlalchemy.exc import IntegrityError

    happened(60)

    def work():
        with app.app_context(), db.scope():
            try:
                sealing.seal_events()
            except IntegrityError:
                return  # the other one was first; nothing of this one stays

    in_threads(3, work)
    sealing.seal_events()

    assert (verdict().sealed, verdict().unsealed, verdict().broken_at) == (60, 0, None)
