"""Migrations go up and down on both databases, also when the tables are full, and say what the models say."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app.core import migrate
from app.core.db import Base, make_engine, transaction
from app.initiatives.models import Initiative
from app.permissions import Role
from app.results.appeals import service as appeals
from app.results.appeals.rules import AppealState
from tests.conftest import DATABASE, fresh_postgres, running_app
from tests.factories import AppealFactory, IdeaFactory, InitiativeFactory, RoundFactory, UserFactory
from tests.results.podium import podium, published

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(tmp_path, worker_id) -> str:
    """An empty database that no other test uses."""
    if DATABASE == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    return fresh_postgres(f"dong_hai_migrations_{worker_id}")


def tables(url: str) -> set[str]:
    engine = make_engine(url)
    found = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return found


def test_models_and_migrations_agree(url):
    migrate.upgrade(url)

    try:
        command.check(migrate.config(url))
    except CommandError as difference:
        pytest.fail(f"run `alembic revision --autogenerate`: {difference}")


def test_every_table_is_made_and_taken_away_again(url):
    migrate.upgrade(url)
    made = tables(url)

    migrate.downgrade(url)

    assert made == set(Base.metadata.tables)
    assert tables(url) == set()


def test_full_tables_survive_going_up_again_and_can_be_taken_down(url, one_app, tmp_path):
    migrate.upgrade(url)
    with running_app(one_app, url, tmp_path):
        RoundFactory()
        IdeaFactory()
        InitiativeFactory(title="Thu gom pin cũ")

    migrate.upgrade(url)

    engine = make_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(Initiative.title)).scalars().all() == ["Thu gom pin cũ"]
    engine.dispose()
    migrate.downgrade(url)
    assert tables(url) == set()


def test_history_is_one_line():
    script = ScriptDirectory.from_config(migrate.config("sqlite://"))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_results_that_were_replaced_can_be_taken_down(url, one_app, tmp_path):
    """A second ranking and its publication go; what they replaced is public again."""
    migrate.upgrade(url)
    with running_app(one_app, url, tmp_path):
        people = [UserFactory(role=role) for role in (Role.MODERATOR, Role.LEADER)]
        stage = podium()
        first = published(stage, *people)
        appeal = AppealFactory(publication=first, idea=stage.ideas[3], state=AppealState.UPHELD)
        sheet = next(one for one in stage.made.sheets if one.entry_id == stage.made.entries[2].id)
        with transaction():
            appeals.void_sheet(people[0], appeal, sheet, reason="Giám khảo có quan hệ với tác giả.")
            appeals.rank_again(people[0], appeal, stage.made.round)
        published(stage, *people)
        first_id = first.id

    script = ScriptDirectory.from_config(migrate.config("sqlite://"))
    migrate.downgrade(url, script.get_revision("0005").down_revision)

    engine = make_engine(url)
    with engine.connect() as connection:
        left = connection.execute(sa.text("SELECT id, state FROM publications")).all()
        rankings = connection.execute(sa.text("SELECT count(*) FROM rankings")).scalar_one()
    engine.dispose()
    assert [tuple(row) for row in left] == [(first_id, "published")]
    assert rankings == 1
    migrate.downgrade(url)
    assert tables(url) == set()
