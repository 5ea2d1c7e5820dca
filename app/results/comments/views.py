"""The page of chair and secretary: which of the judges' words each team may read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.db import db
from app.core.i18n import _
from app.core.security import kept_to_ourselves
from app.core.web import or_404, page_number
from app.judging import queries as judging
from app.judging.access import this_judge
from app.judging.models import ScoreSheet
from app.judging.seats import seats_of
from app.judging.stakes import kept_from
from app.permissions import Action as A
from app.permissions import needs, require
from app.results import service
from app.results.comments import queries
from app.results.forms import ReleaseForm

bp = kept_to_ourselves(Blueprint("comments", __name__, url_prefix="/hoi-dong"))


@bp.route("/<int:round_id>/nhan-xet", methods=["GET", "POST"])
@needs(A.COMMENT_RELEASE)
def comments(round_id: int) -> ResponseReturnValue:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.COMMENT_RELEASE, seats_of(round_))
    if not round_.is_locked:
        return render_template("council/not_locked.html", round=round_)
    form = ReleaseForm()
    if form.run(_release, round_, form):
        flash(_("Đã ghi lời nhận xét cho tác giả."), "ok")
        return redirect(url_for(".comments", round_id=round_id, trang=page_number()))
    return render_template(
        "results/comments.html",
        round=round_,
        page=queries.comments_of(round_, page_number(), kept=kept_from(this_judge(), round_)),
        form=form,
    )


def _release(round_: Round, form: ReleaseForm) -> None:
    sheet: ScoreSheet = or_404(db.session.get(ScoreSheet, form.sheet.data or 0))
    or_404(sheet if sheet.entry.round_id == round_.id else None)
    service.release_comment(this_judge(), sheet, text="" if form.hide.data else form.text.data or "")
