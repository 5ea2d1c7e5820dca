"""What an administrator does with other people's accounts."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from app.accounts import links, queries, sessions
from app.accounts.models import RoleGrant, User
from app.accounts.people.queries import roles_last_offered
from app.accounts.rules import STAFF_ROLES, UNIT_ROLES, LinkPurpose, UserState, mail_address, person_name
from app.accounts.service import known_unit
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotFound, WrongState
from app.core.events import record
from app.core.i18n import _l
from app.permissions import Action as A
from app.permissions import Role, require


def invite_staff(
    actor: User | None, *, email: str, full_name: str, roles: Collection[Role], unit_id: int | None = None
) -> User:
    """A mail with a link that sets a name and a password. `actor` is None for the first administrator only."""
    if actor is not None:
        require(actor, A.USER_MANAGE)
    elif queries.has_administrator():
        raise WrongState(_l("Đã có quản trị viên. Mời thêm người ở trang Người dùng."))
    roles = [role for role in STAFF_ROLES if role in roles]
    if not roles:
        raise Invalid("roles", _l("Chọn ít nhất một vai trò."))
    email = mail_address(email)
    if queries.user_by_email(email) is not None:
        raise Invalid(
            "email", _l("Địa chỉ này đã có tài khoản. Tìm người này trong danh sách rồi thêm vai trò.")
        )
    user = User(
        email=email,
        full_name=person_name(full_name),
        unit_id=known_unit(unit_id),
        state=UserState.PENDING,
        created_at=now(),
    )
    db.session.add(user)
    record("user.invited", user, actor, roles=roles, invited_by=actor.id if actor else None)
    return user


def invite_again(actor: User, person: User) -> None:
    """The invitation once more, with a new link; the old one is void."""
    require(actor, A.USER_MANAGE)
    roles = roles_last_offered(person)
    if person.state is not UserState.PENDING or not roles:
        raise WrongState(_l("Người này không có lời mời nào đang chờ."))
    links.void(person.id, LinkPurpose.INVITE_STAFF)
    record("user.invited", person, actor, roles=roles, invited_by=actor.id)


def grant_role(actor: User, person: User, *, role: Role, unit_id: int | None = None) -> None:
    """One more role, perhaps for one unit only. The person signs in again with it."""
    require(actor, A.USER_MANAGE)
    _lock(person)
    if role not in STAFF_ROLES:
        raise Invalid("role", _l("Chọn một vai trò trong danh sách."))
    if person.state is not UserState.ACTIVE:
        raise WrongState(_l("Chỉ thêm vai trò cho tài khoản đang dùng."))
    unit_id = known_unit(unit_id)
    if unit_id is not None and role not in UNIT_ROLES:
        raise Invalid("unit_id", _l("Vai trò này có hiệu lực trong cả phường. Chọn “Cả phường”."))
    if role is Role.UNIT_CONTACT and not (unit_id or person.unit_id):
        raise Invalid("unit_id", _l("Chọn đơn vị mà người này làm đầu mối."))
    if any(grant.role is role and grant.unit_id == unit_id for grant in person.grants):
        raise Invalid("role", _l("Người này đã có vai trò đó."))
    if not person.is_staff:
        # whoever signed up with this address may have known only its password: the mailbox's owner sets a new one
        person.password_hash = ""
        links.void_all(person.id)
        record("user.reset_asked", person, actor)
    person.grants.append(RoleGrant(role=role, unit_id=unit_id, given_by_id=actor.id, given_at=now()))
    _sign_out_everywhere(actor, person)
    record("role.granted", person, actor, role=role, unit_id=unit_id)


def revoke_role(actor: User, person: User, *, grant_id: int) -> None:
    """A role ends at once. Nobody takes the administrator's role from themselves."""
    require(actor, A.USER_MANAGE)
    _lock(person)
    grant = next((grant for grant in person.grants if grant.id == grant_id), None)
    if grant is None:
        raise NotFound
    if grant.role is Role.ADMINISTRATOR:
        if person.id == actor.id:
            raise WrongState(_l("Không thể tự bỏ vai trò quản trị của mình. Hãy nhờ một quản trị viên khác."))
        _one_administrator_stays(person)
    role, unit_id = grant.role, grant.unit_id
    person.grants.remove(grant)
    _sign_out_everywhere(actor, person)
    record("role.revoked", person, actor, role=role, unit_id=unit_id)


def deactivate(actor: User, person: User) -> None:
    """The account stops at once: every browser is out, every link void. What the person did stays."""
    require(actor, A.USER_MANAGE)
    _lock(person)
    if person.id == actor.id:
        raise WrongState(_l("Không thể tự ngừng tài khoản của mình."))
    if person.state is UserState.DEACTIVATED:
        raise WrongState(_l("Tài khoản này đã ngừng rồi."))
    if person.holds(Role.ADMINISTRATOR):
        _one_administrator_stays(person)
    person.state = UserState.DEACTIVATED
    sessions.end(person)
    links.void_all(person.id)
    record("user.deactivated", person, actor)


def reactivate(actor: User, person: User) -> None:
    """The account may be used again, with the roles it had."""
    require(actor, A.USER_MANAGE)
    _lock(person)
    if person.state is not UserState.DEACTIVATED:
        raise WrongState(_l("Tài khoản này đang dùng."))
    person.state = UserState.ACTIVE if person.confirmed_at else UserState.PENDING
    record("user.reactivated", person, actor)


def _sign_out_everywhere(actor: User, person: User) -> None:
    """How long a session lives depends on the roles; a change of roles begins new ones."""
    sessions.end(person, keep_current=person.id == actor.id)


def _lock(person: User) -> None:
    """Two administrators who press at once come one after the other."""
    db.session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
    db.session.refresh(person)


def _one_administrator_stays(person: User) -> None:
    """Two who take the role from each other at once must not both succeed."""
    held = sa.select(RoleGrant.id).where(RoleGrant.role == Role.ADMINISTRATOR).with_for_update()
    db.session.execute(held)
    if queries.other_active_administrators(person) == 0:
        raise WrongState(_l("Đây là quản trị viên duy nhất đang dùng. Hãy thêm một người khác trước."))
