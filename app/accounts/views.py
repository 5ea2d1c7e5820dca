"""The door: sign-up, confirmation, sign-in and out, forgotten passwords, invitations, language."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts import credentials, links, pace, service, sessions
from app.accounts.forms import AddressForm, InvitationForm, NewPasswordForm, SignInForm, SignUpForm
from app.accounts.identity import me
from app.accounts.models import LoginSession, User
from app.accounts.own import service as own
from app.accounts.rules import LinkPurpose, UserState
from app.accounts.words import ROLES
from app.core import content
from app.core.clock import today
from app.core.db import db, transaction
from app.core.errors import Invalid
from app.core.i18n import _, _l
from app.core.limits import by_address, by_target
from app.core.security import on_this_machine, safe_next
from app.core.web import LANGUAGES
from app.permissions import Action as A
from app.permissions import can, needs

bp = Blueprint("accounts", __name__)

ONE_YEAR_SECONDS = 365 * 24 * 3600
SIGN_INS_OF_A_NETWORK = "60/minute"  # a school's pupils together; each account has its own, shorter patience


# --- joining


@bp.route("/dang-ky", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def sign_up() -> ResponseReturnValue:
    form = SignUpForm()
    if me().is_authenticated:
        return redirect(url_for("account.overview"))
    if form.validate_on_submit():
        rule = f"{current_app.config['SETTINGS'].sign_ups_per_hour}/hour"
        wait = pace.seconds_to_wait(rule, f"sign-up/{by_address()}")
        if wait:
            return pace.told_to_wait(form, wait, shown_sign_up, _l("Mạng này vừa tạo nhiều tài khoản."))
        typed = form.values  # the password is hashed here, whoever signs up
        with pace.even():
            done = form.run(service.join, me(), **typed)
        if done:
            return redirect(url_for(".signed_up"))
    elif form.is_submitted():
        g.status = 422
    return shown_sign_up(form)


def shown_sign_up(form: SignUpForm) -> str:
    return render_template(
        "accounts/sign_up.html",
        form=form,
        assent=content.document("child_assent"),
        notice=content.document("guardian_consent"),
        today=today().isoformat(),
    )


@bp.get("/dang-ky/da-gui")
@needs(A.ACCOUNT_JOIN)
def signed_up() -> ResponseReturnValue:
    return render_template("accounts/signed_up.html")


@bp.route("/xac-nhan/<token>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def confirm(token: str) -> ResponseReturnValue:
    """The address of a new account, or a new address of an old one. Opening the page changes nothing."""
    g.no_referrer = True
    link = links.find(token, LinkPurpose.CONFIRM)
    command = service.confirm_address if link else own.confirm_new_address
    link = link or links.find(token, LinkPurpose.NEW_ADDRESS)
    if link is None:
        return gone("confirm")
    is_new_address = link.purpose is LinkPurpose.NEW_ADDRESS
    if request.method == "POST":
        try:
            with transaction():
                command(link)
        except Invalid as refused:
            flash(str(refused.message), "bad")
            return redirect(url_for(".sign_in"))
        flash(_("Đã xác nhận địa chỉ thư. Mời bạn đăng nhập."))
        return redirect(url_for(".sign_in"))
    return render_template("accounts/confirm.html", is_new_address=is_new_address)


# --- signing in and out


@bp.route("/dang-nhap", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit():
        wait = pace.seconds_to_wait(SIGN_INS_OF_A_NETWORK, f"sign-in/{by_address()}")
        if wait:
            return pace.told_to_wait(form, wait, shown_sign_in, _l("Mạng này vừa đăng nhập quá nhiều lần."))
        try:
            user = credentials.person_of(form.email.data or "", form.password.data or "")
        except Invalid as refused:
            form.refuse(refused)
            return shown_sign_in(form)
        if user.state is UserState.PENDING:
            return unconfirmed(user)
        with transaction():
            row = service.sign_in(user, form.password.data or "")
        return enter(user, row)
    if form.is_submitted():
        g.status = 422
    elif me().is_authenticated:
        return redirect(safe_next(request.args.get("tiep"), default=home_of(me())))
    return shown_sign_in(form)


def shown_sign_in(form: SignInForm) -> str:
    """With a button for each demo account, when this is the demo and the visitor sits at this machine."""
    demo_accounts: list[tuple[str, str]] = []
    if is_demo_here():
        from app.demo.accounts import accounts  # noqa: PLC0415 - only where the demo is

        demo_accounts = accounts()
    return render_template("accounts/sign_in.html", form=form, demo_accounts=demo_accounts)


@bp.post("/dang-nhap/minh-hoa")
@needs(A.ACCOUNT_JOIN)
def sign_in_demo() -> ResponseReturnValue:
    """One press into an account of the demo. Anywhere else this address does not exist."""
    from app.demo.accounts import PASSWORD, accounts  # noqa: PLC0415 - only where the demo is

    email = request.form.get("email", "")
    if not is_demo_here() or email not in {address for _words, address in accounts()}:
        return render_template("errors/404.html"), 404
    user = credentials.person_of(email, PASSWORD)
    with transaction():
        row = service.sign_in(user)
    return enter(user, row)


def is_demo_here() -> bool:
    return bool(current_app.config["SETTINGS"].demo) and on_this_machine()


def enter(user: User, row: LoginSession) -> ResponseReturnValue:
    """The new session goes into the cookie, the person to where they wanted, or to their work."""
    sessions.remember(row)
    return redirect(safe_next(request.args.get("tiep"), default=home_of(user)))


def home_of(person: User) -> str:
    from app.context import WORK  # noqa: PLC0415 - it reads the signed-in person, as this module does

    return next((address for action, address, *_rest in WORK if can(person, action)), "/cua-toi")


def unconfirmed(user: User) -> ResponseReturnValue:
    """The right password before the address was confirmed: the mail is sent once more, at most three times an hour."""
    if not pace.seconds_to_wait("3/hour", f"confirm/{user.id}"):
        with transaction():
            service.ask_for_link(user)
    return render_template("accounts/signed_up.html", is_again=True)


@bp.post("/dang-xuat")
@needs(A.ACCOUNT_JOIN)
def sign_out() -> ResponseReturnValue:
    person = me()
    if isinstance(person, User):
        with transaction():
            service.sign_out(person)
    session.clear()
    flash(_("Đã đăng xuất."))
    return redirect(url_for(".sign_in"))


# --- forgotten passwords and invitations


@bp.route("/quen-mat-khau", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def forgotten() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        wait = pace.seconds_to_wait("3/hour", f"reset/{by_target('email')()}")
        if wait:
            return pace.told_to_wait(form, wait, shown_forgotten, _l("Đã gửi nhiều thư tới địa chỉ này."))
        with pace.even():
            done = form.run(service.ask_reset, me(), **form.values)
        if done:
            return render_template("accounts/forgotten_sent.html")
    elif form.is_submitted():
        g.status = 422
    return shown_forgotten(form)


def shown_forgotten(form: AddressForm) -> str:
    return render_template("accounts/forgotten.html", form=form)


@bp.route("/dat-lai-mat-khau/<token>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def reset(token: str) -> ResponseReturnValue:
    g.no_referrer = True
    link = links.find(token, LinkPurpose.RESET)
    if link is None:
        return gone("reset")
    form = NewPasswordForm()
    form.personal = facts_about(link.user_id)
    if form.validate_on_submit():
        if form.run(service.reset_password, link, password_hash=form.hashed()):
            session.clear()
            flash(_("Đã đặt mật khẩu mới. Mời bạn đăng nhập."))
            return redirect(url_for(".sign_in"))
    elif form.is_submitted():
        g.status = 422
    return render_template("accounts/reset.html", form=form)


@bp.route("/loi-moi/<token>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def invitation(token: str) -> ResponseReturnValue:
    g.no_referrer = True
    link = links.find(token, LinkPurpose.INVITE_STAFF)
    user = db.session.get(User, link.user_id) if link else None
    if link is None or user is None:
        return gone("invitation")
    form = InvitationForm(full_name=user.full_name)
    form.personal = (form.full_name.data or "", user.email)
    if form.validate_on_submit():
        if form.run(
            service.accept_invitation, link, full_name=form.full_name.data, password_hash=form.hashed()
        ):
            with transaction():
                row = service.sign_in(form.result)
            flash(_("Chào mừng. Tài khoản đã sẵn sàng."))
            return enter(form.result, row)
    elif form.is_submitted():
        g.status = 422
    roles = [ROLES[role] for role in service.invited_roles(link)]
    return render_template("accounts/invitation.html", form=form, email=user.email, roles=roles)


@bp.post("/ngon-ngu")
@needs(A.PAGE_READ)
def language() -> ResponseReturnValue:
    """The language of the pages, kept in a cookie."""
    answer = make_response(redirect(safe_next(request.form.get("next"))))
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            "ngon-ngu",
            chosen,
            max_age=ONE_YEAR_SECONDS,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return answer


# --- shared by the pages above


def gone(what: str) -> ResponseReturnValue:
    """A link that was used, is too old, or never was: what to do now."""
    return render_template("accounts/link_gone.html", what=what), 410


def facts_about(user_id: int | None) -> tuple[str, ...]:
    user = db.session.get(User, user_id) if user_id else None
    return (user.full_name, user.email) if user else ()
