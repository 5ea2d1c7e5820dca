"""What an administrator types: flask db upgrade, flask init, flask demo load, flask doctor."""

from __future__ import annotations

import click
from flask import Flask, current_app

from app.accounts.commands import init
from app.audit.commands import audit
from app.core import migrate
from app.operations.commands import doctor


def init_app(app: Flask) -> None:
    app.cli.add_command(database)
    app.cli.add_command(init)
    app.cli.add_command(demo)
    app.cli.add_command(doctor)
    app.cli.add_command(audit)


@click.group("db")
def database() -> None:
    """Bảng dữ liệu: nâng và hạ phiên bản."""


@database.command("upgrade")
def upgrade() -> None:
    migrate.upgrade(current_app.config["SETTINGS"].database_url)


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    migrate.downgrade(current_app.config["SETTINGS"].database_url, revision)


@click.group("demo")
def demo() -> None:
    """Dữ liệu minh họa."""


@demo.command("load")
def load() -> None:
    """Nạp dữ liệu minh họa vào cơ sở dữ liệu trống."""
    from app.demo.load import load_if_empty  # noqa: PLC0415 - the demo needs every feature

    load_if_empty()
