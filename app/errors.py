"""Refusals and breakdowns as designed pages: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import Any

import sqlalchemy.exc
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.core.errors import Refused, Stale, TooMany
from app.core.files import StorageFull
from app.core.i18n import _
from app.core.logs import log

DESIGNED = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503, 507})


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def answer(status: int, message: Any = "", **details: Any) -> Response:
    """The page (or problem+json) of a status."""
    shown = status if status in DESIGNED else (500 if status >= 500 else 400)  # noqa: PLR2004
    if wants_json():
        body = {"status": status, "message": str(message), "request_id": g.get("request_id", ""), **details}
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = make_response(
            render_template(
                f"errors/{shown}.html", message=message, request_id=g.get("request_id", ""), **details
            )
        )
    response.status_code = status
    return response


def init_app(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        if isinstance(error, Stale):
            return answer(409, error.message, mine=error.mine, theirs=error.theirs)
        response = answer(error.status, error.message)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    @app.errorhandler(CSRFError)
    def no_token(_error: CSRFError) -> Response:
        return answer(400, _("Phiên làm việc đã hết hoặc trang mở quá lâu. Hãy tải lại trang rồi gửi lại."))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        response = answer(error.code or 500)
        for name, value in error.get_headers():
            if name in {"Retry-After", "Allow"}:
                response.headers[name] = value
        return response

    @app.errorhandler(StorageFull)
    def full(_error: StorageFull) -> Response:
        return answer(507)

    @app.errorhandler(sqlalchemy.exc.OperationalError)
    def database_away(error: sqlalchemy.exc.OperationalError) -> Response:
        log.error("database", request_id=g.get("request_id", ""), error=type(error.orig).__name__)
        return answer(503)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Response:
        if app.testing and not app.config.get("SHOW_ERROR_PAGES"):
            raise error
        log.exception("bug", request_id=g.get("request_id", ""), kind=type(error).__name__, exc_info=error)
        return answer(500)
