"""/kiem-chung: what anybody can check, with what, and what the proof does not protect against."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.audit import heads
from app.core.web import file_store, or_404, page_number
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("proof", __name__)


@bp.get("/kiem-chung")
@needs(A.PAGE_READ)
def proof() -> ResponseReturnValue:
    number, head = request.args.get("so", "").strip(), request.args.get("dau", "").strip().lower()
    return render_template(
        "audit/proof.html",
        page=heads.heads(page_number()),
        bundles=heads.bundles(),
        asked=(number, head),
        answer=answer(number, head) if number or head else None,
        args={"so": number, "dau": head} if number or head else {},
    )


@bp.get("/kiem-chung/<sha256>.zip")
@needs(A.PAGE_READ)
def bundle(sha256: str) -> ResponseReturnValue:
    """A bundle under its own hash: whoever has the name can tell that the content is right."""
    found = or_404(heads.bundle_by_sha256(sha256))
    path = file_store().path(found.sha256)
    or_404(path.is_file() or None)
    response = send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=f"{found.sha256}.zip", etag=False
    )
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers.pop("Last-Modified", None)
    g.public_cache = True
    return response


def answer(number: str, head: str) -> str:
    """same, other, none (no such seal), or unreadable."""
    readable = (
        number.isascii()
        and number.isdecimal()
        and len(number) < 10
        and heads.SHORTEST <= len(head) <= 64
        and set(head) <= set("0123456789abcdef")
    )
    if not readable:
        return "unreadable"
    agrees = heads.agrees(int(number), head)
    return "none" if agrees is None else "same" if agrees else "other"
