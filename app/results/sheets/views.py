"""The page of one idea's sheets, whether or not a council sits on it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.db import db
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.judging import queries as judging
from app.judging.access import this_judge
from app.judging.models import Entry
from app.judging.seats import seats_of
from app.judging.stakes import open_to
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results.council import tables

bp = kept_to_ourselves(Blueprint("sheets", __name__, url_prefix="/hoi-dong"))


@bp.get("/<int:round_id>/bai/<code>")
@needs(A.COUNCIL_READ)
def sheets(round_id: int, code: str) -> ResponseReturnValue:
    """`code`: as judges know the idea. Who neither marked it nor leads the panel is told of no such page."""
    round_: Round = or_404(judging.round_by_id(round_id))
    seats = seats_of(round_)
    require(me(), A.COUNCIL_READ, seats)
    if not round_.has_open_figures:
        return render_template("council/not_locked.html", round=round_)
    presides = can(me(), A.COUNCIL_RUN, seats)
    side = tables.side_of(or_404(_entry(round_, code)))
    marked = any(sheet.judge_id == this_judge().id for sheet in side.sheets)
    or_404(side if marked or presides else None)
    return render_template("council/sheets.html", round=round_, side=side, presides=presides)


def _entry(round_: Round, code: str) -> Entry | None:
    """An entry that the reader has no relation to."""
    return db.session.scalars(
        sa.select(Entry)
        .where(Entry.round_id == round_.id, Entry.judging_code == code, open_to(me(), round_))
        .options(joinedload(Entry.idea_version), joinedload(Entry.round))
    ).first()
