"""How migrations run. On SQLite a changed table is rebuilt, so foreign keys are off meanwhile and checked at the end:
otherwise ON DELETE would empty the children."""

from __future__ import annotations

from alembic import context

import app.models  # noqa: F401 - every table
from app.config import read
from app.core.db import Base, make_engine

target_metadata = Base.metadata
url = context.config.attributes.get("database_url") or read().database_url


def migrate() -> None:
    engine = make_engine(url)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(write=True) as connection:
        if is_sqlite:
            # straight to the driver: inside a transaction, which SQLAlchemy would begin, the pragma does nothing
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"migration left rows without their parent: {broken[:5]}")
    engine.dispose()


migrate()
