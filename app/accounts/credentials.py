"""Passwords of accounts: chosen, checked, proved again. All outside transactions: a hash takes a tenth of a second."""

from __future__ import annotations

from app.accounts import queries
from app.accounts.models import User
from app.accounts.rules import UserState
from app.core import passwords
from app.core.db import db
from app.core.errors import Invalid
from app.core.i18n import _, _l
from app.core.limits import sign_in_wait
from app.core.logs import log

WRONG = _l("Địa chỉ thư hoặc mật khẩu chưa đúng.")


def check_new(password: str, *personal: str, field: str = "password") -> None:
    """Refuse a password that a stranger would guess. Raises Invalid."""
    whole_addresses = [fact.replace("@", " ") for fact in personal if "@" in fact]
    try:
        passwords.check_password(password, personal=[*filter(None, personal), *whole_addresses])
    except passwords.PasswordRefused as refused:
        raise Invalid(field, refused.message) from refused


def choose(password: str, *personal: str, field: str = "password") -> str:
    """The line to keep of a new password. Raises Invalid."""
    check_new(password, *personal, field=field)
    return passwords.hash_password(password)


def person_of(email: str, password: str) -> User:
    """Whose address and password these are. An unknown address is answered alike, and as slowly. Raises Invalid."""
    wait_if_told(email)
    user = queries.user_by_email(email)
    stored = user.password_hash if user and user.password_hash else None
    db.session.rollback()  # no read transaction is held open while the password is checked
    if not passwords.verify_password(stored, password) or user is None:
        _count_wrong(email)
        log.info("security", what="sign_in.refused")
        raise Invalid("password", WRONG)
    sign_in_wait.succeeded(email)
    if user.state is UserState.DEACTIVATED:
        raise Invalid("password", _l("Tài khoản này đã ngừng. Hãy liên hệ Văn phòng Đoàn phường."))
    return user


def prove(user: User, password: str, field: str = "current_password") -> None:
    """The signed-in person shows again that it is them. Raises Invalid."""
    wait_if_told(user.email, field)
    if not passwords.verify_password(user.password_hash, password):
        _count_wrong(user.email)
        log.info("security", what="proof.refused", actor=user.id)
        raise Invalid(field, _l("Mật khẩu hiện tại chưa đúng."))
    sign_in_wait.succeeded(user.email)


def wait_if_told(email: str, field: str = "password") -> None:
    """After some wrong passwords from one address for one account, each next try waits longer. Raises Invalid."""
    seconds = sign_in_wait.seconds_left(email)
    if seconds:
        log.info("security", what="sign_in.wait")
        raise Invalid(field, _("Đã thử sai nhiều lần. Chờ %(n)d giây rồi thử lại.", n=seconds))


def _count_wrong(email: str) -> None:
    sign_in_wait.failed(email)
