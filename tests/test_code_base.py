"""Tests that watch the code base itself: rights and addresses change only where somebody sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.core.db import db
from app.core.events import Event, Outbox
from app.permissions import GRANTS, Action, Role
from tests.factories import UserFactory

GOLDEN = Path(__file__).parent / "golden"
NOT_OURS = {"static"}


def routes(app: Flask):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in NOT_OURS]


def test_every_route_names_its_action(app):
    nameless = [rule.rule for rule in routes(app) if not hasattr(app.view_functions[rule.endpoint], "action")]

    assert nameless == []


def test_every_action_has_a_grant():
    assert set(GRANTS) == set(Action)


def test_no_address_has_vanished(app):
    written = (GOLDEN / "addresses.txt").read_text(encoding="utf-8").splitlines()

    assert sorted({rule.rule for rule in routes(app)}) == written


def permission_table() -> str:
    """Role × action as text: the condition's name, or a dot."""
    lines = []
    for action in Action:
        granted = [
            f"{role}:{GRANTS[action][role].__name__.rstrip('_')}" for role in Role if role in GRANTS[action]
        ]
        lines.append(f"{action:24} {' '.join(granted)}")
    return "\n".join(lines) + "\n"


def test_permission_table_is_the_one_that_was_reviewed():
    assert permission_table() == (GOLDEN / "permissions.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", Role)
def test_reading_changes_nothing(app, browser, role):
    """What changes something takes POST: a page that is only read leaves no event and sends no mail."""
    reader = browser.as_(UserFactory(role=role)) if role is not Role.ANONYMOUS else browser
    pages = [rule.rule for rule in routes(app) if "POST" not in rule.methods and not rule.arguments]
    before = traces()

    seen = {reader.get(page, status=None).status for page in pages}

    assert 200 in seen
    assert traces() == before


def traces() -> tuple[int, ...]:
    return tuple(db.session.query(kind).count() for kind in (Event, Outbox))
