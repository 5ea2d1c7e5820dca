"""Whoever changes what a live final left behind is found out, down to the field."""

from __future__ import annotations

import pytest

from app.audit.service import adopt
from app.core.db import transaction
from app.finals.ceremony import service as ceremony
from tests.audit.story import change, found, seal
from tests.finals.stage import stage

pytestmark = pytest.mark.postgres


@pytest.fixture
def shown(app):
    """A final to its reveal; the rows made by factories are on record as they stood when it was planned."""
    made = stage()
    with transaction():
        adopt()
    made.to_reveal()
    made.do(ceremony.reveal_next)
    seal()
    return made


def test_every_step_of_an_evening_is_on_record(shown):
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        ("UPDATE live_finals SET number = '11111'", "number"),
        ("UPDATE live_finals SET seed = 'ab'", "seed"),
        ("UPDATE live_finals SET order_reason = 'Theo bốc thăm.'", "order_reason"),
        ("UPDATE live_finals SET revealed = 0", "revealed"),
        ("UPDATE live_finals SET publication_id = NULL", "publication"),
        ("UPDATE presentations SET position = position + 10", "presentations"),
        ("UPDATE presentations SET minutes = 30 WHERE position = 1", "presentations"),
        ("UPDATE presentations SET ended_at = NULL WHERE position = 1", "presentations"),
        ("DELETE FROM presentations WHERE position = 3", "presentations"),
    ],
)
def test_a_changed_final_is_named(shown, statement, field):
    change(statement)

    assert found() == [("table", "other value", "live_finals", field)]


def test_a_final_that_was_made_away_with_is_missed(shown):
    change("DELETE FROM presentations")
    change("DELETE FROM live_finals")

    assert found() == [("table", "row gone", "live_finals", "")]


def test_a_round_that_is_no_longer_live_without_a_word_is_named(app):
    made = stage()
    with transaction():
        adopt()
    seal()
    assert found() == []

    change("UPDATE rounds SET is_live = :no WHERE id = :id", no=False, id=made.made.round.id)

    assert found() == [("table", "other value", "rounds", "is_live")]
