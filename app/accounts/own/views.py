"""/tai-khoan: what a person sees and changes of their own account."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from app.accounts import consents, pace, queries, sessions
from app.accounts.forms import purpose_words
from app.accounts.identity import me
from app.accounts.models import User
from app.accounts.own import export, service
from app.accounts.own.forms import (
    DeletionForm,
    GuardianForm,
    NewAddressForm,
    PasswordForm,
    ProfileForm,
    ProofForm,
)
from app.accounts.rules import GUARDIAN_PURPOSES, GuardianState, Purpose, needs_guardian
from app.accounts.words import GUARDIAN_STATES, ROLES
from app.core import content
from app.core.clock import today
from app.core.db import db, transaction
from app.core.i18n import _, _l
from app.core.richtext import to_text
from app.ideas.models import Answer, Author, Idea
from app.ideas.rules import AuthorState
from app.permissions import Action as A
from app.permissions import Role, needs

bp = Blueprint("account", __name__, url_prefix="/tai-khoan")

LETTERS_TO_A_GUARDIAN = "3/hour"


@bp.get("")
@needs(A.ACCOUNT_KEEP)
def overview() -> ResponseReturnValue:
    person: User = me()
    is_child = needs_guardian(person.birth_date, today())
    return render_template(
        "accounts/account.html",
        person=person,
        roles=[(ROLES[grant.role], grant.unit_id) for grant in person.grants],
        purposes=consent_rows(person) if takes_part(person) else [],
        is_child=is_child,
        guardian_state=GUARDIAN_STATES[person.guardianship.state] if person.guardianship else None,
        can_ask_again=can_ask_again(person),
        blockers=consents.blockers(person) if takes_part(person) else [],
        sessions=queries.sessions_of(person),
        current=sessions.current_token_hash(),
    )


def takes_part(person: User) -> bool:
    return person.holds(Role.YOUTH)


def can_ask_again(person: User) -> bool:
    guardianship = person.guardianship
    return guardianship is not None and guardianship.state is not GuardianState.CONFIRMED


def consent_rows(person: User) -> list[dict[str, object]]:
    """Each purpose in the words shown at sign-up, with what holds today."""
    is_child = needs_guardian(person.birth_date, today())
    return [
        {
            **purpose_words(purpose),
            "since": consents.standing(person.consents, purpose, by_guardian=False),
            "guardian": consents.holds_guardians(person, purpose)
            if is_child and purpose in GUARDIAN_PURPOSES
            else None,
        }
        for purpose in Purpose
    ]


@bp.route("/ho-so", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def profile() -> ResponseReturnValue:
    person = me()
    form = ProfileForm(full_name=person.full_name, unit_id=person.unit_id, version=person.version)
    if form.run(service.change_profile, person, **form.values):
        flash(_("Đã lưu hồ sơ."))
        return redirect(url_for(".overview"))
    return render_template("accounts/profile.html", form=form)


@bp.route("/mat-khau", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def password() -> ResponseReturnValue:
    person = me()
    form = PasswordForm()
    form.personal = (person.full_name, person.email)
    if form.validate_on_submit():
        if form.run(service.change_password, person, password_hash=form.hashed()):
            flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."))
            return redirect(url_for(".overview"))
    elif form.is_submitted():
        g.status = 422
    return render_template("accounts/password.html", form=form)


@bp.route("/dia-chi-thu", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def address() -> ResponseReturnValue:
    form = NewAddressForm()
    if form.validate_on_submit():
        wait = pace.seconds_to_wait("3/hour", f"address/{me().id}")
        if wait:
            return pace.told_to_wait(form, wait, shown_address, _l("Đã gửi nhiều thư xác nhận."))
        with pace.even():
            done = form.run(service.ask_new_address, me(), email=form.email.data)
        if done:
            flash(
                _("Đã gửi liên kết tới địa chỉ mới. Địa chỉ cũ còn dùng cho đến khi bạn mở liên kết đó."),
                "info",
            )
            return redirect(url_for(".overview"))
    elif form.is_submitted():
        g.status = 422
    return shown_address(form)


def shown_address(form: NewAddressForm) -> str:
    return render_template("accounts/address.html", form=form, person=me())


@bp.post("/phien/<int:session_id>/thu-hoi")
@needs(A.ACCOUNT_KEEP)
def end_session(session_id: int) -> ResponseReturnValue:
    with transaction():
        service.end_session(me(), session_id=session_id)
    flash(_("Đã đăng xuất máy đó."))
    return redirect(url_for(".overview", _anchor="phien"))


@bp.post("/phien/thu-hoi-het")
@needs(A.ACCOUNT_KEEP)
def end_other_sessions() -> ResponseReturnValue:
    with transaction():
        service.end_other_sessions(me())
    flash(_("Đã đăng xuất mọi máy khác."))
    return redirect(url_for(".overview", _anchor="phien"))


@bp.post("/dong-y/<purpose>")
@needs(A.ACCOUNT_KEEP)
def give_consent(purpose: str) -> ResponseReturnValue:
    with transaction():
        service.give_consent(me(), known_purpose(purpose))
    flash(_("Đã ghi nhận bạn đồng ý."))
    return redirect(url_for(".overview", _anchor="dong-y"))


@bp.route("/dong-y/<purpose>/rut", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def withdraw_consent(purpose: str) -> ResponseReturnValue:
    """What withdrawing means is said first; one press takes effect at once."""
    known = known_purpose(purpose)
    if request.method == "POST":
        with transaction():
            service.withdraw_consent(me(), known)
        flash(_("Đã rút lại đồng ý. Có hiệu lực ngay."))
        return redirect(url_for(".overview", _anchor="dong-y"))
    return render_template(
        "accounts/withdraw_consent.html",
        words=purpose_words(known),
        withdraw=content.data("consent_purposes")["withdraw"],
        is_contest=known is Purpose.CONTEST,
    )


def known_purpose(name: str) -> Purpose:
    if name not in set(Purpose):
        abort(404)
    return Purpose(name)


@bp.route("/nguoi-giam-ho", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def guardian() -> ResponseReturnValue:
    """Whom to ask, for somebody under 16."""
    person = me()
    known = person.guardianship
    form = GuardianForm(
        guardian_name=known.guardian_name if known else "",
        guardian_email=known.guardian_email if known else "",
        guardian_relation=known.relation if known else "",
    )
    if form.validate_on_submit():
        wait = pace.seconds_to_wait(LETTERS_TO_A_GUARDIAN, f"guardian/{person.id}")
        if wait:
            return pace.told_to_wait(form, wait, shown_guardian, _l("Đã gửi nhiều thư tới người lớn."))
        if form.run(service.choose_guardian, person, **form.values):
            flash(_("Đã gửi lời xin ý kiến tới người lớn của bạn."))
            return redirect(url_for(".overview", _anchor="nguoi-giam-ho"))
    elif form.is_submitted():
        g.status = 422
    return shown_guardian(form)


def shown_guardian(form: GuardianForm) -> str:
    return render_template("accounts/guardian.html", form=form)


@bp.post("/nguoi-giam-ho/hoi-lai")
@needs(A.ACCOUNT_KEEP)
def ask_guardian_again() -> ResponseReturnValue:
    why = _l("Đã gửi nhiều thư tới người lớn.")
    pace.refuse_if_too_often(LETTERS_TO_A_GUARDIAN, f"guardian/{me().id}", why)
    with transaction():
        service.ask_guardian_again(me())
    flash(_("Đã gửi lại lời xin ý kiến."))
    return redirect(url_for(".overview", _anchor="nguoi-giam-ho"))


def own_ideas(person: User) -> list[dict[str, object]]:
    """The text of every idea this person began or is a member of; of the other members nothing."""
    joined = sa.select(Author.idea_id).where(
        Author.user_id == person.id, Author.state == AuthorState.ACCEPTED
    )
    statement = (
        sa.select(Idea)
        .where(sa.or_(Idea.created_by_id == person.id, Idea.id.in_(joined)))
        .options(selectinload(Idea.answers).joinedload(Answer.question))
        .order_by(Idea.id)
    )
    return [
        {
            "ma": idea.code,
            "ten": idea.title,
            "tom_tat": idea.summary,
            "trang_thai": idea.state,
            "gui_luc": export.moment(idea.submitted_at),
            "cac_phan": {answer.question.label: to_text(answer.html) for answer in idea.answers},
        }
        for idea in db.session.execute(statement).scalars()
    ]


@bp.route("/du-lieu", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def data() -> ResponseReturnValue:
    """A copy of one's own data as a file, after the password was typed again."""
    form = ProofForm()
    if form.validate_on_submit() and form.run(service.note_export, me()):
        answer = jsonify({**export.of(me()), "y_tuong": own_ideas(me())})
        answer.headers["Content-Disposition"] = "attachment; filename=du-lieu-cua-toi.json"
        return answer
    if form.is_submitted():
        g.status = 422
    return render_template("accounts/data.html", form=form)


@bp.route("/xoa", methods=["GET", "POST"])
@needs(A.ACCOUNT_KEEP)
def delete() -> ResponseReturnValue:
    """What becomes of everything is said first; the password and a tick are asked, then the person is gone."""
    form = DeletionForm()
    if form.validate_on_submit() and form.run(service.delete_account, me()):
        session.clear()
        flash(_("Đã xóa tài khoản của bạn."))
        return redirect(url_for("gallery.home"))
    if form.is_submitted():
        g.status = 422
    return render_template("accounts/delete.html", form=form, is_staff=me().is_staff)
