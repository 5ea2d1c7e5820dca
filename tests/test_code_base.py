"""Tests that watch the code base itself: rights and addresses change only where somebody sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.permissions import GRANTS, Action, Role

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


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_nothing(app, browser, method):
    """A route that changes something takes POST only; forms shown by GET are the same function."""
    reading_only = [rule for rule in routes(app) if method in rule.methods and "POST" not in rule.methods]

    assert reading_only
    assert not [
        rule.rule for rule in reading_only if rule.endpoint.split(".")[-1].startswith(("delete", "create"))
    ]
