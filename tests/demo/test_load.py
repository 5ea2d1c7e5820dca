"""The demo is alive on the day it is loaded: every role finds work waiting, every page opens."""

from __future__ import annotations

from collections import deque

import pytest
import sqlalchemy as sa

from app.accounts.models import User
from app.core import migrate
from app.core.db import db, transaction
from app.demo import load
from app.ideas.models import Idea
from app.initiatives.models import Initiative
from app.initiatives.queue import late
from app.results.models import Publication
from app.results.rules import PublicationState
from tests.browser_client import Browser
from tests.conftest import DATABASE, fresh_postgres, running_app

MOST_PAGES = 70  # of one visitor's walk

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def demo_database(one_app, tmp_path_factory, worker_id) -> str:
    """The demo, loaded once: these tests only read."""
    folder = tmp_path_factory.mktemp("demo")
    is_sqlite = DATABASE == "sqlite"
    url = f"sqlite:///{folder / 'demo.db'}" if is_sqlite else fresh_postgres(f"dong_hai_demo_{worker_id}")
    migrate.upgrade(url)
    with running_app(one_app, url, folder), transaction():
        load.load()
    return url


@pytest.fixture
def demo(one_app, demo_database, tmp_path):
    with running_app(one_app, demo_database, tmp_path) as app:
        yield app


@pytest.fixture
def browser(demo):
    return Browser(demo)


def person(email: str) -> User:
    return db.session.scalars(sa.select(User).where(User.email.contains(email))).one()


def walk(browser, start: str) -> set[str]:
    """Every page that links lead to from here, up to MOST_PAGES, each read by the strict visitor."""
    seen, waiting = set(), deque([start])
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        page = browser._open("GET", address, None, 40)
        assert page.status in {200, 302}, f"{address}: {page.status}"
        if page.tree is None:
            continue
        for link in page.links():
            path = link.split("#")[0]
            if path.startswith("/") and not path.startswith(("/static", "/tep", "/dang-xuat")):
                waiting.append(path)
    return seen


def test_demo_has_ideas_being_judged_while_others_come_in(demo):
    counts = dict(db.session.execute(sa.select(Idea.state, sa.func.count()).group_by(Idea.state)).all())

    assert counts == {
        "draft": 6,
        "submitted": 6,
        "approved": 39,
        "returned": 4,
        "rejected": 3,
        "withdrawn": 2,
    }


def test_last_years_winners_have_become_initiatives(demo):
    publication = db.session.scalars(
        sa.select(Publication).where(Publication.state == PublicationState.PUBLISHED)
    ).one()
    forwarded = set(
        db.session.scalars(sa.select(Initiative.source_idea_id).where(Initiative.source_idea_id.is_not(None)))
    )

    assert {award.idea_id for award in publication.awards} == forwarded


def test_some_initiative_is_late(demo):
    assert db.session.scalars(sa.select(Initiative.id).where(late())).all()


def test_a_loaded_database_is_left_alone(demo):
    assert load.load_if_empty() is False


@pytest.mark.parametrize(
    ("email", "start"),
    [
        (None, "/"),
        ("tn03@", "/cua-toi"),
        ("kd01@", "/quan-tri/duyet"),
        ("gk01@", "/cham-diem"),
        ("cb01@", "/hang-doi"),
        ("dv01@", "/hang-doi"),
        ("ld01@", "/quan-tri/ket-qua"),
        ("qt01@", "/quan-tri/nguoi-dung"),
    ],
)
def test_every_page_opens_for(demo, browser, email, start):
    visitor = browser.as_(person(email)) if email else browser

    assert len(walk(visitor, start)) > 5
