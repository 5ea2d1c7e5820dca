"""The database: engine, column types, the session of a request, and the transaction of a command.

Reads use a plain BEGIN. Every transaction that may write begins with BEGIN IMMEDIATE on SQLite: a deferred one
fails at once when it upgrades, whatever the timeout.
"""

from __future__ import annotations

import enum
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from app.core.errors import Refused, Stale
from app.core.faults import fault

try:  # carries a SQLite without the WAL-reset bug; no wheel on some machines (see `flask doctor`)
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:  # pragma: no cover - depends on the machine
    import sqlite3 as sqlite_driver

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose the last acknowledged commits at a power cut
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-16000",
    "PRAGMA temp_store=MEMORY",
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC, to the microsecond, on both databases."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _enum_values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


big_integer = sa.BigInteger().with_variant(sa.Integer, "sqlite")
pk = Annotated[int, mapped_column(big_integer, primary_key=True)]
moment = Annotated[datetime, mapped_column(UtcDateTime)]
long_text = Annotated[str, mapped_column(sa.Text, default="")]


class Base(DeclarativeBase):
    """Every table. Constraint names are derived, so that a broken one can be told by its name."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
        enum.Enum: sa.Enum(enum.Enum, native_enum=False, values_callable=_enum_values, length=32),
    }


class Database:
    """One engine and the session of whoever is asking: a request, a job, a command line."""

    def __init__(self) -> None:
        self._scope: ContextVar[object] = ContextVar("db_scope")
        self._factory = sessionmaker(expire_on_commit=False, autoflush=True)
        self.session: scoped_session[Session] = scoped_session(self._factory, scopefunc=self._current_scope)
        self.engine: sa.Engine | None = None

    def _current_scope(self) -> object:
        return self._scope.get(threading.get_ident())

    def connect(self, url: str) -> None:
        self.use(make_engine(url))

    def use(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._factory.configure(bind=engine)

    @property
    def is_sqlite(self) -> bool:
        return self.engine is not None and self.engine.dialect.name == "sqlite"

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A session of one's own inside the block, closed at its end."""
        token = self._scope.set(object())
        try:
            yield
        finally:
            self.session.remove()
            self._scope.reset(token)


db = Database()


def make_engine(url: str) -> sa.Engine:
    """An engine with the settings of both databases (quality.md 3, performance.md)."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, module=sqlite_driver, pool_size=8, max_overflow=40)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(
        url, pool_size=8, max_overflow=40, pool_pre_ping=True, connect_args={"connect_timeout": 5}
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; we say BEGIN
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


# What a broken constraint means to the person; each feature adds its own beside its models.
MEANINGS: dict[str, Refused] = {}

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)$")


def constraint_of(error: IntegrityError) -> str:
    """The name of the broken constraint on either database, "" if it cannot be told."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return str(name)
    found = _SQLITE_UNIQUE.search(str(error.orig))
    if not found:
        return ""
    pairs = [column.strip().split(".") for column in found["columns"].split(",")]
    return "uq_" + "_".join([pairs[0][0], *(column for _table, column in pairs)])


@contextmanager
def transaction() -> Iterator[Session]:
    """One command: everything inside is committed together, or nothing is. Blocks do not nest.

    Raises the refusal that a broken constraint means, and Stale when two pressed at once.
    """
    session = db.session()
    if session.info.get("in_command"):
        raise RuntimeError("commands compose; transactions do not nest")
    session.rollback()  # leave the read snapshot, so that the block decides on fresh rows
    session.expire_all()  # also those that were read before the last commit
    session.info["in_command"] = True
    try:
        session.connection(execution_options={"write": True})
        yield session
        session.flush()
        fault("commit.before")
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale from error
    except IntegrityError as error:
        session.rollback()
        meaning = MEANINGS.get(constraint_of(error))
        if meaning is None:
            raise
        raise meaning from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["in_command"] = False
    fault("commit.after")


def lock_row(row: Base) -> None:
    """Read a row anew; nobody else changes it until the command ends. What is joined to it stays free."""
    db.session.refresh(row, with_for_update={"of": type(row)})
