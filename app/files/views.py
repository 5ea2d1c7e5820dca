"""One address for every stored file."""

from __future__ import annotations

from flask import Blueprint, g, send_file
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.web import file_store, or_404
from app.files.reading import Reading, by_public_id, reading_of
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("files", __name__)


@bp.get("/tep/<public_id>")
@needs(A.FILE_READ)
def file(public_id: str) -> ResponseReturnValue:
    """A download that can do nothing in the browser; 404 for whoever may not know of it."""
    found = or_404(by_public_id(public_id))
    reading: Reading = or_404(reading_of(me(), found))
    response = send_file(
        file_store().path(reading.sha256),
        mimetype=found.mime,
        as_attachment=True,
        download_name=reading.name,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "public, max-age=3600" if reading.is_public else "private, no-store"
    response.headers.pop("Last-Modified", None)  # when it was stored is nobody's business
    g.public_cache = reading.is_public
    return response
