"""How often an account may send and upload."""

from __future__ import annotations

import pytest

from app import create_app
from app.config import Settings
from app.core.limits import limiter
from app.permissions import Role
from tests.browser_client import Browser
from tests.conftest import running_app
from tests.factories import IdeaFactory, UserFactory
from tests.ideas.typed import pledged


@pytest.fixture(scope="module")
def app_with_limits(tmp_path_factory, empty_database):
    return create_app(
        Settings(
            secret_key="a key for tests only, long enough",
            base_url="http://localhost",
            database_url=empty_database,
            instance_path=str(tmp_path_factory.mktemp("limits")),
            testing=True,
        )
    )


@pytest.fixture
def limited(app_with_limits, database, tmp_path):
    """The application with its limits on, and nothing counted yet."""
    with running_app(app_with_limits, database, tmp_path) as app:
        limiter.enabled = True
        limiter.reset()
        yield app
    limiter.enabled = False


@pytest.mark.parametrize(
    ("address", "allowed", "data"),
    [("nop", 10, {"pledge": ""}), ("tep", 30, {})],
)
def test_too_often_waits_and_is_told_how_long(limited, address, allowed, data):
    youth = UserFactory(role=Role.YOUTH)
    idea = IdeaFactory(owner=youth)
    mine = Browser(limited).as_(youth)
    sent = pledged(idea, **data)

    answers = [mine.post(f"/cua-toi/{idea.public_id}/{address}", sent) for _ in range(allowed + 1)]

    assert [answer.status for answer in answers] == [422] * allowed + [429]
    assert int(answers[-1].response.headers["Retry-After"]) > 0
