"""What every answer says to the browser, and which requests are not for us."""

import secrets
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, g, request, session
from werkzeug.sansio.utils import host_is_trusted

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY: Final = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
ONE_YEAR_SECONDS: Final = 365 * 24 * 3600
THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1"})
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def init_app(app: Flask) -> None:
    """Check the host, number the request, and put the headers on every answer, refusals included."""
    # taken out of Flask's own setting: Flask would then build no address at all, not even for the page that says 400
    app.extensions["trusted_hosts"] = list(app.config.get("TRUSTED_HOSTS") or [])
    app.config["TRUSTED_HOSTS"] = None

    @app.before_request
    def receive() -> None:
        g.request_id = secrets.token_hex(8)
        hosts: list[str] = app.extensions["trusted_hosts"]
        if hosts and not host_is_trusted(request.host.lower(), hosts):
            abort(400)
        # no text of ours holds it, and PostgreSQL breaks on a question that does
        if "\0" in request.path or b"%00" in request.query_string:
            abort(400)

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        # a view that serves a foreign file sets a stricter policy of its own
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer" if g.get("no_referrer") else "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        if "request_id" in g:
            headers["X-Request-Id"] = g.request_id
        if request.is_secure or str(app.config.get("BASE_URL", "")).startswith("https://"):
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        _keep_private(response)
        return response


def on_this_machine() -> bool:
    """The browser runs here, with no proxy between that brings strangers in."""
    return request.remote_addr in THIS_MACHINE and not any(name in request.headers for name in FORWARDED)


def safe_next(url: str | None, default: str = "/") -> str:
    """Where to go after signing in: a path of this host, or the default when somebody slipped in another address."""
    if not url or len(url) > 2000 or not url.startswith("/") or url.startswith(("//", "/\\")):
        return default
    # browsers drop tabs and line breaks, and read \ as /
    if "\\" in url or any(character <= " " or character == "\x7f" for character in url):
        return default
    try:
        parts = urlsplit(url)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else url


def _keep_private(response: Response) -> None:
    """Nothing that a signed-in person saw stays in a cache; a page that read a session is kept by no shared one."""
    if request.endpoint == "static":
        return
    if _signed_in():
        if not g.get("public_cache"):
            response.headers["Cache-Control"] = "private, no-store"
        response.vary.add("Cookie")
    elif session.accessed:
        response.vary.add("Cookie")
        response.headers.setdefault("Cache-Control", "private, no-cache")


def _signed_in() -> bool:
    """Whether this request was answered for an account (Flask-Login keeps it here once somebody has asked)."""
    return bool(getattr(g.get("_login_user"), "is_authenticated", False))


def kept_to_ourselves(blueprint: Blueprint) -> Blueprint:
    """Pages whose addresses no other site is told of: those of judges, and those that carry a secret."""

    @blueprint.before_request
    def tell_nobody() -> None:
        g.no_referrer = True

    return blueprint
