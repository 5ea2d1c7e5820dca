"""What people do at the door: join, confirm, sign in, reset, accept an invitation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.accounts import links, queries, sessions
from app.accounts.guardians.service import ask as ask_guardian
from app.accounts.guardians.service import name_guardian
from app.accounts.models import Consent, LoginSession, OneTimeLink, RoleGrant, Unit, User, searchable
from app.accounts.rules import (
    CONSENT_TEXT_VERSION,
    STAFF_ROLES,
    LinkPurpose,
    Purpose,
    UserState,
    mail_address,
    needs_guardian,
    person_name,
)
from app.core import passwords
from app.core.clock import now, today
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _l
from app.core.logs import log
from app.permissions import Action as A
from app.permissions import Person, Role, require

SIGNED_UP = "đánh dấu khi đăng ký"


def join(
    actor: Person,
    *,
    full_name: str,
    email: str,
    born: date,
    unit_id: int | None,
    password_hash: str,
    consents: Collection[Purpose],
    guardian_name: str = "",
    guardian_email: str = "",
    guardian_relation: str = "",
) -> None:
    """Sign up to take part; the guardian counts under 16 only. That an address has an account is told by mail only."""
    require(actor, A.ACCOUNT_JOIN)
    email, full_name = mail_address(email), person_name(full_name)
    user, is_new = _person_at(email)
    if not is_new and not replaceable(user):
        record("user.join_repeated", user, None)
        return
    user.full_name, user.birth_date, user.password_hash = full_name, born, password_hash
    user.created_at = now()
    user.search_text = searchable(full_name, email)
    user.unit_id = known_unit(unit_id)
    answer_purposes(user, consents)
    if needs_guardian(born, today()):
        name_guardian(
            user,
            guardian_name=guardian_name,
            guardian_email=guardian_email,
            guardian_relation=guardian_relation,
        )
    links.void_all(user.id)
    record("user.joined" if is_new else "user.join_repeated", user, None)


def _person_at(email: str) -> tuple[User, bool]:
    """Whoever has this address, or a new young person. Of two who sign up at once, the second finds the first."""
    known = queries.user_by_email(email)
    if known is not None:
        return _held(known), False
    user = User(email=email, full_name="", created_at=now(), state=UserState.PENDING)
    user.grants.append(RoleGrant(role=Role.YOUTH, given_at=now()))
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        first = queries.user_by_email(email)
        if first is None:
            raise
        return _held(first), False
    return user, True


def _held(user: User) -> User:
    """Nobody else changes this row until we are done."""
    lock_row(user)
    return user


def replaceable(user: User) -> bool:
    """Signed up by whoever typed the address, never confirmed: the latest sign-up counts."""
    return user.state is UserState.PENDING and user.confirmed_at is None and bool(user.password_hash)


def answer_purposes(user: User, agreed: Collection[Purpose], means: str = SIGNED_UP) -> None:
    """One row a purpose, yes or no; what was answered before counts no more."""
    db.session.flush()
    for earlier in user.consents:
        if earlier.given and earlier.withdrawn_at is None and not earlier.by_guardian:
            earlier.withdrawn_at = now()
    for purpose in Purpose:
        user.consents.append(
            Consent(
                purpose=purpose,
                given=purpose in agreed,
                text_version=CONSENT_TEXT_VERSION,
                means=means,
                at=now(),
            )
        )


def known_unit(unit_id: int | None) -> int | None:
    """The unit chosen from the list, or none. Raises Invalid."""
    if unit_id is not None and db.session.get(Unit, unit_id) is None:
        raise Invalid("unit_id", _l("Chọn một đơn vị trong danh sách."))
    return unit_id


def confirm_address(link: OneTimeLink) -> User:
    """The mail arrived: the account may be used, and a guardian who was named is asked now."""
    links.consume(link)
    user = _person_of(link)
    if user.state is UserState.DEACTIVATED:
        raise WrongState(_l("Tài khoản này đã ngừng. Hãy liên hệ Văn phòng Đoàn phường."))
    _confirmed(user)
    return user


def _confirmed(user: User) -> None:
    if user.confirmed_at is not None:
        return
    user.state, user.confirmed_at = UserState.ACTIVE, now()
    record("user.confirmed", user, user)
    # not before: whoever types a stranger's address must not send mail to a third one
    if user.guardianship is not None and needs_guardian(user.birth_date, today()):
        ask_guardian(user.guardianship, user)


def ask_for_link(user: User) -> None:
    """The mail of signing up once more, for somebody who knows the password but lost the mail."""
    links.void(user.id, LinkPurpose.CONFIRM)
    record("user.join_repeated", user, user)


def sign_in(user: User, password: str = "") -> LoginSession:
    """A new session for this browser; the one it held before ends. Raises WrongState for a stopped account."""
    if user.state is not UserState.ACTIVE:
        raise WrongState(_l("Tài khoản này chưa dùng được. Hãy liên hệ Văn phòng Đoàn phường."))
    if password and passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    sessions.end_current()
    row = sessions.begin(user)
    log.info("security", what="sign_in", actor=user.id)
    return row


def sign_out(user: User) -> None:
    """The session ends on the server, not only in the cookie."""
    sessions.end_current()
    log.info("security", what="sign_out", actor=user.id)


def ask_reset(actor: Person, *, email: str) -> None:
    """A link for a new password, if there is such an account; nothing tells whether there is."""
    require(actor, A.ACCOUNT_JOIN)
    user = queries.user_by_email(mail_address(email))
    if (
        user is not None
        and user.state is not UserState.DEACTIVATED
        and (user.password_hash or user.confirmed_at)
    ):
        links.void(user.id, LinkPurpose.RESET)
        record("user.reset_asked", user, None)


def reset_password(link: OneTimeLink, *, password_hash: str) -> User:
    """A new password by the link of a mail: every session ends, every other link is void."""
    links.consume(link)
    user = _person_of(link)
    if user.state is UserState.DEACTIVATED:
        raise WrongState(_l("Tài khoản này đã ngừng. Hãy liên hệ Văn phòng Đoàn phường."))
    set_password(user, password_hash)
    sessions.end(user)
    _confirmed(user)  # the mailbox has just been shown to be theirs
    record("user.password_changed", user, user)
    return user


def set_password(user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    links.void_all(user.id)


def accept_invitation(link: OneTimeLink, *, full_name: str, password_hash: str) -> User:
    """Somebody invited takes the roles of the invitation, with a name and a password of their own."""
    links.consume(link)
    user = _person_of(link)
    if user.state is not UserState.PENDING:
        raise WrongState(_l("Lời mời này không còn hiệu lực. Hãy nhờ quản trị viên gửi lại."))
    user.full_name = person_name(full_name)
    user.search_text = searchable(user.full_name, user.email)
    user.state, user.confirmed_at = UserState.ACTIVE, now()
    set_password(user, password_hash)
    roles = invited_roles(link)
    for role in roles:
        user.grants.append(RoleGrant(role=role, given_at=now(), given_by_id=link.data.get("invited_by")))
    record("user.confirmed", user, user)
    for role in roles:
        record("role.granted", user, user, role=role)
    return user


def invited_roles(link: OneTimeLink) -> list[Role]:
    """The roles an invitation carries; never one that signing up gives."""
    names: list[Any] = link.data.get("roles", [])
    return [Role(name) for name in names if name in STAFF_ROLES]


def _person_of(link: OneTimeLink) -> User:
    user = db.session.get(User, link.user_id)
    if user is None:
        raise WrongState(_l("Liên kết này không còn hiệu lực."))
    return user
