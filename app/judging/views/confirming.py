"""Before the first sheet: the rules, relations to declare, and the chair's invitations."""

from __future__ import annotations

from flask import (
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.campaigns.models import Round
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404
from app.judging import panel, queries
from app.judging.access import this_judge
from app.judging.conflicts import declare_conflict
from app.judging.evening.entrance import service as entrance
from app.judging.forms import ConflictForm
from app.judging.models import PanelMember
from app.judging.views.blueprint import bp
from app.permissions import Action as A
from app.permissions import needs


@bp.route("/vong/<int:round_id>/xac-nhan", methods=["GET", "POST"])
@needs(A.SHEET_READ)
def confirm(round_id: int) -> ResponseReturnValue:
    """Before the first sheet: the rules, blindness, and what relations there are to declare."""
    member, round_ = _membership(round_id)
    form = ConflictForm(prefix="khai")
    form.unit_id.choices = [(0, _("Không có")), *((unit.id, unit.name) for unit in accounts.units())]
    if request.method == "POST" and "dong-y" in request.form:
        with transaction():
            panel.confirm_rules(this_judge(), member)
        return redirect(url_for(".progress", vong=round_id))
    if form.is_submitted() and _declare(form, round_):
        # the same words whether or not that address has an account: a judge must not find out who takes part
        flash(_("Đã ghi. Bài có liên quan, nếu có, sẽ do giám khảo khác chấm."), "ok")
        return redirect(url_for(".confirm", round_id=round_id))
    return render_template("judging/confirm.html", round=round_, member=member, form=form)


@bp.post("/vong/<int:round_id>/moi-ban")
@needs(A.PANEL_INVITE)
def invite(round_id: int) -> ResponseReturnValue:
    """The chair has everybody's personal link sent to their own mailbox."""
    member, round_ = _membership(round_id)
    with transaction():
        sent = entrance.invite_by_mail(this_judge(), round_, chair=member)
    flash(_("Đang gửi liên kết vào chấm cho %(n)d giám khảo.", n=sent), "ok")
    return redirect(url_for(".progress", vong=round_id))


def _declare(form: ConflictForm, round_: Round) -> bool:
    person = accounts.user_by_email(form.email.data) if form.email.data else None
    if form.email.data and person is None and not form.unit_id.data and form.validate():
        return True  # nobody here has that address, so none of their ideas can be dealt
    return form.run(
        declare_conflict,
        this_judge(),
        this_judge(),
        round_.campaign,
        reason=form.reason.data or "",
        person_id=person.id if person else None,
        unit_id=form.unit_id.data or None,
    )


def _membership(round_id: int) -> tuple[PanelMember, Round]:
    round_ = or_404(queries.round_by_id(round_id))
    return or_404(queries.member_of(this_judge(), round_)), round_
