"""The audit page: every event, filtered, and the history of one thing."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import export, queries, words
from app.audit.queries import Filters
from app.core.clock import today
from app.core.logs import log
from app.permissions import Action, needs

bp = Blueprint("audit", __name__, url_prefix="/quan-tri/nhat-ky")


@bp.get("")
@needs(Action.AUDIT_READ)
def audit() -> ResponseReturnValue:
    filters = filters_of_request()
    rows, older = queries.audit(filters, before=number("truoc"))
    return render_template(
        "audit/audit.html",
        rows=rows,
        older=older,
        filters=filters,
        kept={name: value for name, value in request.args.items() if value and name != "truoc"},
        kinds=[(kind, words.of(kind).text) for kind in queries.kinds()],
        things=list(words.THINGS.items()),
    )


@bp.get("/tai-ve")
@needs(Action.AUDIT_READ)
def download() -> ResponseReturnValue:
    """What the filters show, newest first, as a file."""
    rows, older = queries.audit(filters_of_request(), limit=export.MOST_ROWS)
    log.info("security", what="export", actor=me().id, rows=len(rows), cut=older is not None)
    name = f"nhat-ky-{today().isoformat()}.csv"
    return Response(
        export.csv_of(rows),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/<object_type>/<int:object_id>")
@needs(Action.AUDIT_READ)
def history(object_type: str, object_id: int) -> ResponseReturnValue:
    """Everything that happened to one thing."""
    entries = queries.timeline(object_type, object_id)
    if not entries:
        abort(404)
    label = queries.label_of(object_type, object_id)
    return render_template(
        "audit/history.html",
        entries=entries,
        thing=words.thing(object_type),
        label=label,
        object_type=object_type,
        object_id=object_id,
    )


def filters_of_request() -> Filters:
    """What was asked for; whatever cannot be read asks for nothing."""
    given = request.args
    return Filters(
        kind=given.get("loai", ""),
        person=given.get("nguoi", "").strip(),
        object_type=given.get("doi-tuong", ""),
        object_id=number("so"),
        first_day=given.get("tu", type=day),
        last_day=given.get("den", type=day),
        request_id=given.get("yeu-cau", "").strip(),
    )


def number(name: str) -> int | None:
    """A number in the address, small enough for a database."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def day(text: str) -> date:
    return date.fromisoformat(text)
