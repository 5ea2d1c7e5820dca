"""/quan-tri/nguoi-dung: everybody with an account."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries
from app.accounts.identity import me
from app.accounts.models import User
from app.accounts.people import service
from app.accounts.people.forms import GrantForm, InviteForm
from app.accounts.people.queries import grants_of, roles_last_offered
from app.accounts.rules import UserState
from app.accounts.words import ROLES, USER_STATES
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404, page_number
from app.permissions import Action as A
from app.permissions import Role, needs

bp = Blueprint("people", __name__, url_prefix="/quan-tri/nguoi-dung")

SHOWN_ROLES = [role for role in ROLES if role is not Role.GUARDIAN]


@bp.get("")
@needs(A.USER_MANAGE)
def people() -> ResponseReturnValue:
    words, role = request.args.get("q", ""), request.args.get("vai-tro", "")
    return render_template(
        "accounts/people.html",
        page=queries.people(
            words=words, role=Role(role) if role in set(Role) else None, number=page_number()
        ),
        words=words,
        role=role,
        roles=ROLES,
        role_options=[("", _("Mọi vai trò")), *((shown.value, ROLES[shown]) for shown in SHOWN_ROLES)],
        states=USER_STATES,
    )


@bp.route("/moi", methods=["GET", "POST"])
@needs(A.USER_MANAGE)
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if form.run(service.invite_staff, me(), **form.values):
        flash(_("Đã gửi lời mời tới %(email)s.", email=form.result.email))
        return redirect(url_for(".person", person_id=form.result.id))
    return render_template("accounts/invite.html", form=form)


@bp.route("/<int:person_id>", methods=["GET", "POST"])
@needs(A.USER_MANAGE)
def person(person_id: int) -> ResponseReturnValue:
    """One person: state and roles; the form adds a role."""
    known = found(person_id)
    form = GrantForm()
    role = Role(form.role.data) if form.role.data in set(Role) else Role.ANONYMOUS
    if form.run(service.grant_role, me(), known, role=role, unit_id=form.unit_id.data):
        flash(_("Đã thêm vai trò. Người này cần đăng nhập lại."))
        return redirect(url_for(".person", person_id=person_id))
    return render_template(
        "accounts/person.html",
        form=form,
        person=known,
        grants=grants_of(known),
        offered=roles_last_offered(known) if known.state is UserState.PENDING else [],
        state=USER_STATES[known.state],
        roles=ROLES,
    )


@bp.post("/<int:person_id>/vai-tro/<int:grant_id>/bo")
@needs(A.USER_MANAGE)
def revoke_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    with transaction():
        service.revoke_role(me(), found(person_id), grant_id=grant_id)
    flash(_("Đã bỏ vai trò."))
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/<int:person_id>/moi-lai")
@needs(A.USER_MANAGE)
def invite_again(person_id: int) -> ResponseReturnValue:
    return done(person_id, service.invite_again, _("Đã gửi lại lời mời."))


@bp.post("/<int:person_id>/ngung")
@needs(A.USER_MANAGE)
def deactivate(person_id: int) -> ResponseReturnValue:
    return done(person_id, service.deactivate, _("Đã ngừng tài khoản. Người này không vào được nữa."))


@bp.post("/<int:person_id>/mo-lai")
@needs(A.USER_MANAGE)
def reactivate(person_id: int) -> ResponseReturnValue:
    return done(person_id, service.reactivate, _("Tài khoản dùng lại được."))


def done(person_id: int, command: Callable[[User, User], None], message: str) -> ResponseReturnValue:
    with transaction():
        command(me(), found(person_id))
    flash(message)
    return redirect(url_for(".person", person_id=person_id))


def found(person_id: int) -> User:
    person: User = or_404(queries.user_by_id(person_id))
    return person
