"""Ý tưởng sáng tạo trẻ: a ward's youth idea competition, from idea to outcome."""

from __future__ import annotations

from flask import Flask

from app import models  # noqa: F401 - every table is known before the first question
from app.config import ROOT, Settings, read
from app.core import assets, limits, logs, security, web
from app.core.db import db


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application, in the order it is put together."""
    settings = settings or read()
    app = Flask(__name__, instance_path=settings.instance_path, static_folder=None)
    web.configure(app, settings)
    logs.init_app(app)
    db.connect(settings.database_url)
    security.init_app(app)
    limits.init_app(app)
    assets.init_app(app)
    web.init_app(app)

    from app import blueprints, commands, context, errors  # noqa: PLC0415 - they need the app's parts in place

    context.init_app(app)
    errors.init_app(app)
    blueprints.init_app(app)
    commands.init_app(app)
    return app


__all__ = ["ROOT", "create_app"]
