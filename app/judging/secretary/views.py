"""The page on which organisers choose the secretary of a round."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.identity import me
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404
from app.ideas.consent import GONE
from app.judging import queries as judging
from app.judging.secretary import queries, service
from app.judging.secretary.forms import SecretaryForm
from app.judging.staff.queries import panel_of
from app.permissions import GRANTS, needs, require
from app.permissions import Action as A

bp = Blueprint("secretaries", __name__, url_prefix="/quan-tri/vong-cham")


@bp.route("/<int:round_id>/thu-ky", methods=["GET", "POST"])
@needs(A.ROUND_MANAGE)
def choose(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    form = _form(round_)
    person = accounts.user_by_id(form.person_id.data or 0) if form.is_submitted() else None
    if form.run(service.appoint_secretary, me(), round_, person):
        flash(_("Đã giao việc Thư ký cho %(name)s.", name=person.full_name if person else ""), "ok")
        return redirect(url_for(".choose", round_id=round_id))
    return render_template(
        "judging/secretary.html",
        round=round_,
        secretaries=queries.secretaries_of(round_),
        form=form,
        changeable=round_.state is not RoundState.CLOSED,
    )


@bp.post("/<int:round_id>/thu-ky/<int:secretary_id>/thoi")
@needs(A.ROUND_MANAGE)
def relieve(round_id: int, secretary_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    secretary = or_404(queries.by_id(round_, secretary_id))
    with transaction():
        service.relieve_secretary(me(), round_, secretary)
    flash(_("Đã thôi việc Thư ký của %(name)s.", name=secretary.person.full_name or GONE), "ok")
    return redirect(url_for(".choose", round_id=round_id))


def _form(round_: Round) -> SecretaryForm:
    """Judges of the panel first, then staff; without those who are secretaries already."""
    form = SecretaryForm()
    judges = panel_of(round_)
    inside = {judge.judge_id for judge in judges}
    form.person_id.choices = [
        *(
            (one.judge_id, _("%(name)s (giám khảo)", name=one.full_name))
            for one in judges
            if not one.is_secretary
        ),
        *(
            (person.id, _("%(name)s (không chấm)", name=person.full_name))
            for person in accounts.staff(*GRANTS[A.SECRETARY_SERVE])
            if person.id not in inside
        ),
    ]
    return form


def _round(round_id: int) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.ROUND_MANAGE, round_)
    return round_
