"""The blueprint of a judge's own pages, and what each answer of theirs tells the device."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    g,
)

from app.core.security import kept_to_ourselves
from app.judging.access import Withdrawn, give_back

bp = kept_to_ourselves(Blueprint("judging", __name__, url_prefix="/cham-diem"))
bp.register_error_handler(Withdrawn, give_back)


@bp.after_request
def end_packs(response: Response) -> Response:
    """A sheet of a round that is locked: what this device kept for the evening may go."""
    if g.get("round_is_over"):
        response.headers["X-Pack"] = "over"
    return response
