"""What people do with their own account."""

from __future__ import annotations

from app.accounts import links, sessions
from app.accounts.consents import holds_own, standing
from app.accounts.guardians.service import ask, name_guardian
from app.accounts.models import Consent, OneTimeLink, User, searchable
from app.accounts.retention import erase
from app.accounts.rules import (
    CONSENT_TEXT_VERSION,
    GuardianState,
    LinkPurpose,
    Purpose,
    UserState,
    mail_address,
    needs_guardian,
    person_name,
)
from app.accounts.service import known_unit, set_password
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.permissions import Action as A
from app.permissions import Role, require

ON_ACCOUNT_PAGE = "đánh dấu ở trang Tài khoản"


def change_profile(actor: User, *, full_name: str, unit_id: int | None, version: int) -> None:
    """A corrected name, another school or workplace."""
    require(actor, A.ACCOUNT_KEEP)
    same_version(actor.version, version)
    if unit_id != actor.unit_id:
        _may_move(actor)
    actor.full_name, actor.unit_id = person_name(full_name), known_unit(unit_id)
    actor.search_text = searchable(actor.full_name, actor.email)
    record("user.profile_changed", actor, actor)


def _may_move(actor: User) -> None:
    """Raises Invalid where the unit opens a queue, or keeps a judge from the ideas of their own school."""
    follows_the_person = any(
        grant.role is Role.UNIT_CONTACT and grant.unit_id is None for grant in actor.grants
    )
    if follows_the_person or (actor.holds(Role.JUDGE) and actor.unit_id is not None):
        raise Invalid("unit_id", _l("Đơn vị gắn với việc được giao nên bạn không tự đổi được."))


def change_password(actor: User, *, password_hash: str) -> None:
    """Every other browser is signed out, every link sent before is void."""
    require(actor, A.ACCOUNT_KEEP)
    set_password(actor, password_hash)
    sessions.end(actor, keep_current=True)
    record("user.password_changed", actor, actor)


def ask_new_address(actor: User, *, email: str) -> None:
    """The new address counts once the link sent to it is followed; whether it is taken is told only there."""
    require(actor, A.ACCOUNT_KEEP)
    email = mail_address(email)
    if email == actor.email:
        raise Invalid("email", _l("Đây là địa chỉ bạn đang dùng."))
    actor.wanted_email = email
    links.void(actor.id, LinkPurpose.NEW_ADDRESS)
    record("user.address_asked", actor, actor)


def confirm_new_address(link: OneTimeLink) -> User:
    """The mail reached the new address. Every browser is signed out. Raises Invalid where it is somebody else's."""
    links.consume(link)
    user = db.session.get(User, link.user_id)
    if user is None or user.wanted_email is None or user.state is not UserState.ACTIVE:
        raise WrongState(_l("Liên kết này không còn hiệu lực."))
    user.email, user.wanted_email = user.wanted_email, None
    user.search_text = searchable(user.full_name, user.email)
    links.void_all(user.id)
    sessions.end(user)
    record("user.address_changed", user, user)
    return user


def end_session(actor: User, *, session_id: int) -> None:
    """One browser is signed out at once. Somebody else's session is simply not found by this."""
    require(actor, A.ACCOUNT_KEEP)
    sessions.end(actor, session_id=session_id)
    record("session.ended", actor, actor, session_id=session_id)


def end_other_sessions(actor: User) -> None:
    require(actor, A.ACCOUNT_KEEP)
    sessions.end(actor, keep_current=True)
    record("session.ended", actor, actor)


def give_consent(actor: User, purpose: Purpose) -> None:
    """A yes for one purpose, on top of what was answered before."""
    require(actor, A.ACCOUNT_KEEP)
    if holds_own(actor, purpose):
        return
    actor.consents.append(
        Consent(
            purpose=purpose, given=True, text_version=CONSENT_TEXT_VERSION, means=ON_ACCOUNT_PAGE, at=now()
        )
    )
    record("consent.given", actor, actor, purpose=purpose)


def withdraw_consent(actor: User, purpose: Purpose) -> None:
    """The yes counts no more from now on; what was done before stays lawful."""
    require(actor, A.ACCOUNT_KEEP)
    consent = standing(actor.consents, purpose, by_guardian=False)
    if consent is None:
        return
    consent.withdrawn_at = now()
    record("consent.withdrawn", actor, actor, purpose=purpose)


def choose_guardian(actor: User, *, guardian_name: str, guardian_email: str, guardian_relation: str) -> None:
    """A child under 16 names the adult to ask, and the adult is asked."""
    require(actor, A.ACCOUNT_KEEP)
    _still_a_child(actor)
    guardianship = name_guardian(
        actor,
        guardian_name=guardian_name,
        guardian_email=guardian_email,
        guardian_relation=guardian_relation,
    )
    ask(guardianship, actor)


def ask_guardian_again(actor: User) -> None:
    """The same mail once more, while there is no yes."""
    require(actor, A.ACCOUNT_KEEP)
    _still_a_child(actor)
    guardianship = actor.guardianship
    if guardianship is None or not guardianship.guardian_email:
        raise WrongState(_l("Hãy cho biết cha, mẹ hoặc người giám hộ trước."))
    if guardianship.state is GuardianState.CONFIRMED:
        raise WrongState(_l("Người giám hộ đã đồng ý rồi."))
    ask(guardianship, actor)


def delete_account(actor: User) -> None:
    """The person goes, for good; ideas follow by the event. Raises WrongState while an office is held."""
    require(actor, A.ACCOUNT_KEEP)
    if actor.is_staff:
        raise WrongState(
            _l(
                "Bạn đang giữ vai trò trên trang này. Nhờ quản trị viên thu lại vai trò rồi hãy xóa tài khoản."
            )
        )
    sessions.end(actor)
    erase(actor, actor)


def note_export(actor: User) -> None:
    """That a copy of the data was taken is itself on record."""
    require(actor, A.ACCOUNT_KEEP)
    record("user.data_exported", actor, actor)


def _still_a_child(person: User) -> None:
    if not needs_guardian(person.birth_date, today()):
        raise WrongState(_l("Bạn đã đủ 16 tuổi, không cần người giám hộ xác nhận."))
