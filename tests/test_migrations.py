"""Migrations go up and down on both databases, also when the tables are full, and say what the models say."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from app.campaigns.models import RoundRules
from app.core import migrate
from app.core.db import Base, db, make_engine, transaction
from app.finals import planning
from app.initiatives.models import Initiative
from app.judging.frozen import hash_of, rules_of
from app.judging.rounds import open_round
from app.judging.secretary.service import appoint_secretary
from app.permissions import Role
from app.results.appeals import service as appeals
from app.results.appeals.rules import AppealState
from tests.conftest import DATABASE, fresh_postgres, running_app
from tests.factories import (
    AppealFactory,
    CampaignFactory,
    EntryFactory,
    IdeaFactory,
    InitiativeFactory,
    RoundFactory,
    UserFactory,
)
from tests.finals.stage import stage
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


def test_rounds_take_blindness_and_tie_break_with_them_and_give_the_tie_break_back(url, one_app, tmp_path):
    migrate.upgrade(url)
    with running_app(one_app, url, tmp_path):
        RoundFactory(campaign=CampaignFactory(blind=False), tie_break=["hieu_qua"])

    migrate.downgrade(url, "0001")
    offered = read(url, "SELECT tie_break FROM rubrics")
    migrate.upgrade(url)

    assert offered in (['["hieu_qua"]'], [["hieu_qua"]])
    assert read(url, "SELECT tie_break FROM rounds") == offered
    assert [bool(blind) for blind in read(url, "SELECT blind FROM rounds")] == [False]


def test_round_opened_before_versions_were_kept_has_its_rules_as_version_one(url, one_app, tmp_path):
    migrate.upgrade(url)
    with running_app(one_app, url, tmp_path), transaction():
        round_ = open_round(UserFactory(role=Role.MODERATOR), EntryFactory(round=RoundFactory()).round)
        rules = rules_of(round_)
        # as the release before hashed it: fewer values
        for name in ("blind", "full_panel", "gives_awards", "variants"):
            del rules[name]
        for criterion in rules["criteria"]:
            for name in ("question", "informs_only", "note_below", "note_above"):
                del criterion[name]
        round_.rules_hash = hash_of(rules)

    migrate.downgrade(url, "0001")
    migrate.upgrade(url)

    with running_app(one_app, url, tmp_path):
        (version,) = db.session.scalars(sa.select(RoundRules))
        assert (version.number, version.hash, version.reason) == (1, hash_of(rules), "")
        assert hash_of(version.rules) == version.hash
        assert version.made_at is not None


def read(url: str, statement: str) -> list[object]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = list(connection.exec_driver_sql(statement).scalars())
    engine.dispose()
    return found


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


def test_finals_and_secretaries_can_be_taken_down_and_a_cancelled_final_is_none(url, one_app, tmp_path):
    migrate.upgrade(url)
    with running_app(one_app, url, tmp_path):
        planned, cancelled = stage(), stage()
        cancelled.do(planning.cancel_final, reason="Hội trường mất điện, chấm tại nhà.")
        with transaction():
            appoint_secretary(
                UserFactory(role=Role.MODERATOR), planned.made.round, UserFactory(role=Role.OFFICER)
            )
        planned_id = planned.final.id

    script = ScriptDirectory.from_config(migrate.config("sqlite://"))
    migrate.downgrade(url, script.get_revision("0010").down_revision)
    left = read(url, "SELECT id FROM live_finals")
    migrate.upgrade(url)

    assert left == [planned_id]
    assert read(url, "SELECT link_number FROM live_finals") == [1]
    assert read(url, "SELECT count(*) FROM secretaries") == [0]
