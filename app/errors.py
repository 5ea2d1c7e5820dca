"""Refusals and breakdowns as designed pages: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.core import formats
from app.core.errors import Refused, Stale, TooMany
from app.core.files import StorageFull
from app.core.i18n import _
from app.core.logs import log
from app.core.web import wants_json

DESIGNED = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503, 507})
RETRY_AFTER_DATABASE_SECONDS = 30


def answer(status: int, message: Any = "", **details: Any) -> Response:
    """The page (or problem+json) of a status."""
    request_id = g.get("request_id", "")
    if wants_json():
        response = jsonify(status=status, message=str(message), request_id=request_id, **details)
        response.mimetype = "application/problem+json"
    else:
        shown = status if status in DESIGNED else (500 if status >= 500 else 400)
        page = render_template(f"errors/{shown}.html", message=message, request_id=request_id, **details)
        response = make_response(page)
    response.status_code = status
    if details.get("retry_after"):
        response.headers["Retry-After"] = str(details["retry_after"])
    return response


def refused(error: Refused) -> Response:
    """A rule said no."""
    if isinstance(error, Stale):
        return answer(409, error.message, mine=error.mine, theirs=error.theirs, typed=error.typed)
    if isinstance(error, TooMany):
        return answer(429, error.message, retry_after=error.retry_after_seconds)
    return answer(error.status, error.message, **({"typed": error.typed} if error.typed else {}))


def no_token(_error: CSRFError) -> Response:
    return answer(400, _("Phiên làm việc đã hết hoặc trang mở quá lâu. Hãy tải lại trang rồi gửi lại."))


def http(error: HTTPException) -> Response:
    """What the framework refuses: no such page, too large, too often."""
    if error.response is not None:
        return make_response(error.response)
    sent = dict(error.get_headers())
    details: dict[str, Any] = {}
    if sent.get("Retry-After"):
        details["retry_after"] = sent["Retry-After"]
    message = ""
    if error.code == 413:
        details["limit_label"] = formats.size(request.max_content_length or 0)
        message = _("Phần gửi lên vượt giới hạn %(limit)s.", limit=details["limit_label"])
    response = answer(error.code or 500, message, **details)
    if "Allow" in sent:
        response.headers["Allow"] = sent["Allow"]
    return response


def storage_full(_error: StorageFull) -> Response:
    return answer(507)


def database_away(error: OperationalError) -> Response:
    """The database does not answer; reading and writing come back by themselves when it does."""
    log.error("database", request_id=g.get("request_id", ""), error=type(error.orig).__name__)
    return answer(503, retry_after=RETRY_AFTER_DATABASE_SECONDS)


def bug(error: Exception) -> Response:
    """Ours to mend. The page has the request's number, and nothing about the program."""
    if current_app.testing and not current_app.config.get("SHOW_ERROR_PAGES"):
        raise error
    log.error("bug", request_id=g.get("request_id", ""), kind=type(error).__name__, exc_info=error)
    return answer(500)


HANDLERS = (
    (Refused, refused),
    (CSRFError, no_token),
    (HTTPException, http),
    (StorageFull, storage_full),
    (OperationalError, database_away),
    (Exception, bug),
)


def init_app(app: Flask) -> None:
    for kind, handler in HANDLERS:
        app.register_error_handler(kind, handler)
