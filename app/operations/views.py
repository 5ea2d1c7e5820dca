"""Health addresses for machines, and the operations page for administrators."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.operations import checkup
from app.permissions import Action, needs

bp = Blueprint("operations", __name__)

UNKEPT = {"Cache-Control": "no-store"}


@bp.get("/healthz")
@needs(Action.PAGE_READ)
def healthz() -> ResponseReturnValue:
    """The process answers. It asks nothing of the database, so that a busy one restarts nobody."""
    return {"status": "ok"}, 200, UNKEPT


@bp.get("/readyz")
@needs(Action.PAGE_READ)
def readyz() -> ResponseReturnValue:
    """May visitors be sent here: yes or no for each part, nothing that tells a stranger more."""
    parts = checkup.readiness()
    ready = all(parts.values())
    return {"status": "ok" if ready else "unready", "checks": parts}, 200 if ready else 503, UNKEPT


@bp.get("/quan-tri/van-hanh")
@needs(Action.AUDIT_READ)
def operations() -> ResponseReturnValue:
    return render_template("operations/operations.html", checks=checkup.checks(), jobs=checkup.job_lines())
