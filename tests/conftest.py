"""A migrated database for each test, on SQLite or PostgreSQL, and a strict visitor who reads pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import event

from app import create_app
from app.accounts.models import User
from app.config import Settings
from app.core import migrate
from app.core.db import Base, db, make_engine
from app.core.files import FileStore
from app.core.limits import limiter
from app.permissions import Role
from tests.browser_client import Browser
from tests.factories import UserFactory

DATABASE = os.environ.get("TEST_DATABASES", "sqlite")
HOST = "localhost"
USED_SEQUENCES = (
    "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever touches the database runs on PostgreSQL too."""
    for item in items:
        if {"app", "database"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """One migrated, empty database a process: the address of it (PostgreSQL) or of the file to copy (SQLite)."""
    if DATABASE == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'empty.db'}"
    else:
        url = fresh_postgres(f"dong_hai_{worker_id}")
    migrate.upgrade(url)
    return url


@cache
def engine_of(url: str) -> sa.Engine:
    """One engine an address: what it has compiled for one test serves the next."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_waiting_for_the_disk)
    return engine


def _without_waiting_for_the_disk(connection, _record) -> None:
    """These files live no longer than a test; that ours are safe on disk is asked in operations and core."""
    connection.execute("PRAGMA synchronous=OFF")


def fresh_postgres(name: str) -> str:
    """A new, empty database on the server of TEST_DATABASE_URL."""
    server = sa.make_url(os.environ["TEST_DATABASE_URL"])
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(empty_database: str, database_of_this_process: str) -> Iterator[str]:
    """The address of a database that is empty when the test begins."""
    if DATABASE == "sqlite":
        for rest in ("-wal", "-shm"):
            Path(path_of(database_of_this_process) + rest).unlink(missing_ok=True)
        shutil.copy(path_of(empty_database), path_of(database_of_this_process))
        yield database_of_this_process
        return
    yield empty_database
    empty_again(empty_database)


@pytest.fixture(scope="session")
def database_of_this_process(tmp_path_factory: pytest.TempPathFactory, empty_database: str) -> str:
    """One address for all tests of a process, so that statements are compiled once."""
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.db'}"


def path_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def empty_again(url: str) -> None:
    """Take every row away on PostgreSQL. Looking which tables hold any is far cheaper than TRUNCATE of all."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    held = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    with engine_of(url).begin() as connection:
        # Triggers and foreign keys rest: all goes, in whatever order.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in connection.exec_driver_sql(held).scalars().all():
            connection.exec_driver_sql(f"DELETE FROM {name}")
        for sequence in connection.exec_driver_sql(USED_SEQUENCES).scalars():
            connection.exec_driver_sql(f"ALTER SEQUENCE {sequence} RESTART")


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory, empty_database: str) -> Flask:
    """The application is put together once a process: routes and templates are compiled once."""
    return create_app(
        Settings(
            secret_key="a key for tests only, long enough",
            base_url=f"http://{HOST}",
            database_url=empty_database,
            instance_path=str(tmp_path_factory.mktemp("instance")),
            rate_limits_enabled=False,
            testing=True,
        )
    )


@pytest.fixture
def app(one_app: Flask, database: str, tmp_path: Path) -> Iterator[Flask]:
    with running_app(one_app, database, tmp_path) as app:
        yield app


@contextmanager
def running_app(app: Flask, database: str, folder: Path) -> Iterator[Flask]:
    """The application on a database and a folder of its own; what a test sets is undone after it."""
    before = dict(app.config), dict(app.extensions)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], database_url=database, instance_path=str(folder))
    app.extensions["file_store"] = FileStore(root=folder / "files")
    limiter.enabled = False
    db.use(engine_of(database))
    try:
        with db.scope(), app.app_context():
            yield app
    finally:
        assert db.engine is not None
        db.engine.dispose()
        for held, kept in zip((app.config, app.extensions), before, strict=True):
            held.clear()
            held.update(kept)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def youth(app: Flask) -> User:
    return UserFactory(role=Role.YOUTH)


@pytest.fixture
def moderator(app: Flask) -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def judge(app: Flask) -> User:
    return UserFactory(role=Role.JUDGE)


@pytest.fixture
def officer(app: Flask) -> User:
    return UserFactory(role=Role.OFFICER)


@pytest.fixture
def leader(app: Flask) -> User:
    return UserFactory(role=Role.LEADER)


@pytest.fixture
def administrator(app: Flask) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)
