"""Migrations: Alembic from code, so that the launcher, the tests and the command line run the same."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent.parent / "migrations"


def config(database_url: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["database_url"] = database_url
    return settings


def upgrade(database_url: str, revision: str = "head") -> None:
    command.upgrade(config(database_url), revision)


def downgrade(database_url: str, revision: str = "base") -> None:
    command.downgrade(config(database_url), revision)
