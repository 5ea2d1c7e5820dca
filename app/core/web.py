"""Flask's side of core: settings, session per request, forms' token, language, filters."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, current_app, g, has_request_context, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.core import clock, formats, richtext
from app.core.db import db
from app.core.differences import differences
from app.core.files import FileStore

if TYPE_CHECKING:
    from app.config import Settings

LANGUAGES = ("vi", "en")
MEGABYTE = 1024 * 1024


class Number(IntegerConverter):
    """A number in an address, small enough for a database; any larger one names nothing."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - Werkzeug's own name for it
        super().__init__(map, **{"max": 2**31 - 1, **options})


csrf = CSRFProtect()
babel = Babel()


def is_command() -> bool:
    """`flask …` signs no cookies: an inspector ranks a file on a machine where the site never ran."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings, from ours."""
    if not settings.secret_key and not (settings.testing or is_command()):
        raise RuntimeError("Đặt SECRET_KEY (make run tự tạo và giữ trong instance/secret_key).")
    https = settings.is_https
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        TESTING=settings.testing,
        BASE_URL=settings.base_url,
        TRUSTED_HOSTS=trusted_hosts(settings),
        RATE_LIMITS_ENABLED=settings.rate_limits_enabled,
        SESSION_COOKIE_NAME="__Host-phien" if https else "phien",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open overnight still saves
        WTF_CSRF_SSL_STRICT=False,  # Referrer-Policy may be no-referrer; the token and SameSite stand guard
        MAX_CONTENT_LENGTH=1 * MEGABYTE,  # routes that take files raise it for themselves
        MAX_FORM_MEMORY_SIZE=1 * MEGABYTE,
        MAX_FORM_PARTS=500,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        JSON_AS_ASCII=False,
    )
    app.url_map.converters["int"] = Number
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.auto_reload = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def trusted_hosts(settings: Settings) -> list[str]:
    """Hosts that answer; nothing a visitor sends decides where a link points."""
    if settings.trusted_hosts:
        return [host.strip() for host in settings.trusted_hosts.split(",")]
    host = settings.base_url.split("://", 1)[1].split("/", 1)[0]
    port = host.rpartition(":")[2] if ":" in host else ""
    local = [f"{name}:{port}" if port else name for name in ("127.0.0.1", "localhost")]
    return [host, *local] if host.startswith(("127.", "localhost")) else [host]


def choose_language() -> str:
    if not has_request_context():
        return "vi"
    return request.cookies.get("ngon-ngu") if request.cookies.get("ngon-ngu") in LANGUAGES else "vi"  # type: ignore[return-value]


class EachRequest:
    """Around every request: the moment it came in, and a database session of its own."""

    def __init__(self, wsgi_app: Any) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with clock.receiving(), db.scope():
            return self.wsgi_app(environ, start_response)  # type: ignore[no-any-return]


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.extensions["file_store"] = FileStore(root=file_folder(settings))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_language)
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.filters["rich"] = richtext.render
    app.jinja_env.filters["differences"] = differences
    app.wsgi_app = EachRequest(app.wsgi_app)  # type: ignore[method-assign]
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )

    @app.after_request
    def refused_status(response: Any) -> Any:
        """A form shown again because of what was typed is 422, so that scripts and tests can tell."""
        if g.get("status") and response.status_code == 200:
            response.status_code = g.status
        return response


def file_folder(settings: Settings) -> Any:
    from pathlib import Path  # noqa: PLC0415

    return Path(settings.instance_path) / "files"


def file_store() -> FileStore:
    store: FileStore = current_app.extensions["file_store"]
    return store


def wants_json() -> bool:
    """A script asks, not somebody who reads pages."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def has_token() -> bool:
    """Does the form carry the token of this session? For routes that are exempt from the general check."""
    try:
        csrf.protect()
    except CSRFError:
        return False
    return True


def or_404(thing: Any) -> Any:
    """The thing, or the page that says there is none."""
    if thing is None:
        abort(404)
    return thing


def page_number() -> int:
    """`?trang=`: 1 when it is missing or no number."""
    return max(1, min(request.args.get("trang", 1, type=int), 10_000))


def chosen(asked: str | None, choices: Iterable[tuple[str, Any]]) -> str:
    """What a filter asked for, if it is one of ours; "" for anything else."""
    return asked if asked and asked in {value for value, _words in choices} else ""
