from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts import queries
from app.accounts.models import User
from app.accounts.people import service
from app.accounts.rules import LinkPurpose, UserState
from app.core.db import db, transaction
from app.core.errors import NotAllowed, WrongState
from app.permissions import Role
from tests.accounts.mailbox import event, kinds, link_to
from tests.browser_client import counted_queries
from tests.factories import UnitFactory, UserFactory

LIST = "/quan-tri/nguoi-dung"
GUEST = {"email": "gk@example.vn", "full_name": "Trần Văn Bình", "roles": ["judge"]}
OTHERS = [role for role in Role if role not in {Role.ADMINISTRATOR, Role.ANONYMOUS}]


@pytest.fixture
def admin(browser, administrator):
    return browser.as_(administrator)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("page", ["", "/moi", "/1"])
def test_only_administrators_see_the_list(browser, role, page):
    browser.as_(UserFactory(role=role)).get(LIST + page, status=403)


def test_people_are_found_by_name_or_address_without_marks(admin):
    UserFactory(full_name="Hoàng Ngọc Mai", email="mai.hoang@example.vn")
    UserFactory(full_name="Đỗ Đức Đạt", email="dat@example.vn")

    for words in ("hoang mai", "MAI.HOANG", "Ngọc"):
        page = admin.get(f"{LIST}?q={words}")
        assert ("Hoàng Ngọc Mai" in page, "Đỗ Đức Đạt" in page) == (True, False)
    assert "Đỗ Đức Đạt" in admin.get(f"{LIST}?q=do duc dat")
    assert "Không tìm thấy ai" in admin.get(f"{LIST}?q=100%25")


def test_people_are_listed_by_role(admin, judge, moderator):
    page = admin.get(f"{LIST}?vai-tro=judge")

    assert (judge.full_name in page, moderator.full_name in page) == (True, False)
    admin.get(f"{LIST}?vai-tro=khong-co&trang=abc", status=200)


def test_the_list_takes_as_many_queries_for_many_as_for_few(admin):
    def cost() -> int:
        with counted_queries() as counter:
            queries.people()
        return counter["statements"]

    few = cost()
    for _ in range(25):
        UserFactory()

    assert cost() == few == 3
    assert len(admin.get(f"{LIST}?trang=2").tree.findall(".//tbody/tr")) == 6


# --- invitations


def test_an_invited_person_waits_without_any_role(admin, administrator):
    unit = UnitFactory()

    page = admin.post(
        f"{LIST}/moi", {**GUEST, "unit_id": unit.id, "roles": ["judge", "moderator"]}, status=302
    )

    user = queries.user_by_email("gk@example.vn")
    assert page.location == f"{LIST}/{user.id}"
    assert (user.state, user.roles, user.unit_id) == (UserState.PENDING, set(), unit.id)
    assert event("user.invited").data == {"roles": ["judge", "moderator"], "invited_by": administrator.id}
    assert "Lời mời đang chờ" in admin.get(page.location)


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"email": "gk"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"roles": []}, "roles"),
        ({"roles": ["youth"]}, "roles"),
    ],
)
def test_an_invitation_is_refused_beside_its_field_with_everything_kept(admin, typed, beside):
    filled = {**GUEST, **typed}

    page = admin.post(f"{LIST}/moi", filled, status=422)

    assert list(page.errors()) == [beside]
    assert page.value_of("email") == filled["email"]
    assert kinds() == []


def test_who_has_an_account_is_not_invited_again(admin, judge):
    page = admin.post(f"{LIST}/moi", {**GUEST, "email": judge.email}, status=422)

    assert list(page.errors()) == ["email"]


def test_an_invitation_is_sent_again_with_the_same_roles(admin):
    admin.post(f"{LIST}/moi", GUEST, status=302)
    user = queries.user_by_email("gk@example.vn")
    raw = link_to(user.id, LinkPurpose.INVITE_STAFF, roles=["judge"])

    admin.post(f"{LIST}/{user.id}/moi-lai", status=302)

    assert kinds() == ["user.invited", "user.invited"]
    admin.get(f"/loi-moi/{raw}", status=410)


def test_somebody_who_signed_up_has_no_invitation_to_repeat(admin):
    pending = UserFactory(state=UserState.PENDING, confirmed_at=None)

    admin.post(f"{LIST}/{pending.id}/moi-lai", status=409)


# --- roles


def test_a_role_is_given_and_the_person_signs_in_anew(admin, browser, judge):
    person = browser.as_(judge)

    admin.post(f"{LIST}/{judge.id}", {"role": "moderator"}, status=302)

    assert judge.roles == {Role.JUDGE, Role.MODERATOR}
    assert event("role.granted").data == {"role": "moderator", "unit_id": None}
    person.get("/tai-khoan", status=302)


@pytest.mark.parametrize("role", ["", "youth", "anonymous", "guardian", "vua"])
def test_other_roles_cannot_be_given(admin, judge, role):
    page = admin.post(f"{LIST}/{judge.id}", {"role": role}, status=422)

    assert list(page.errors()) == ["role"]
    assert judge.roles == {Role.JUDGE}


def test_a_role_is_held_once(admin, judge):
    page = admin.post(f"{LIST}/{judge.id}", {"role": "judge"}, status=422)

    assert page.errors() == {"role": "Người này đã có vai trò đó."}


def test_a_unit_contact_needs_a_unit(admin, judge):
    unit = UnitFactory()
    page = admin.post(f"{LIST}/{judge.id}", {"role": "unit_contact"}, status=422)
    assert list(page.errors()) == ["unit_id"]

    admin.post(f"{LIST}/{judge.id}", {"role": "unit_contact", "unit_id": unit.id}, status=302)

    assert judge.unit_ids(Role.UNIT_CONTACT) == {unit.id}


@pytest.mark.parametrize("role", ["moderator", "officer", "judge", "administrator"])
def test_a_role_of_the_whole_ward_is_not_given_as_if_for_one_unit(admin, role):
    person, unit = UserFactory(), UnitFactory()

    page = admin.post(f"{LIST}/{person.id}", {"role": role, "unit_id": unit.id}, status=422)

    assert list(page.errors()) == ["unit_id"]
    assert person.roles == {Role.YOUTH}


def test_a_role_is_taken_away_at_once(admin, browser, moderator):
    person = browser.as_(moderator)

    admin.post(f"{LIST}/{moderator.id}/vai-tro/{moderator.grants[0].id}/bo", status=302)

    assert moderator.roles == set()
    assert kinds() == ["role.revoked"]
    person.get("/tai-khoan", status=302)


def test_nobody_takes_the_administrators_role_from_themselves(admin, administrator):
    UserFactory(role=Role.ADMINISTRATOR)

    admin.post(f"{LIST}/{administrator.id}/vai-tro/{administrator.grants[0].id}/bo", status=409)

    assert administrator.roles == {Role.ADMINISTRATOR}
    assert f"/vai-tro/{administrator.grants[0].id}/bo" not in admin.get(f"{LIST}/{administrator.id}").html


def test_the_last_administrator_stays(app, administrator):
    other = UserFactory(role=Role.ADMINISTRATOR)
    with transaction():
        service.deactivate(administrator, other)
    with transaction():
        service.reactivate(administrator, other)
    administrator.state = UserState.DEACTIVATED
    db.session.commit()

    with pytest.raises(WrongState), transaction():
        service.deactivate(administrator, other)


def test_the_grant_of_another_person_is_not_found(admin, judge, moderator):
    admin.post(f"{LIST}/{judge.id}/vai-tro/{moderator.grants[0].id}/bo", status=404)

    assert moderator.roles == {Role.MODERATOR}


# --- stopping an account


def test_a_stopped_person_is_out_at_once_and_back_later(admin, browser, judge):
    person = browser.as_(judge)
    raw = link_to(judge.id, LinkPurpose.RESET)

    admin.post(f"{LIST}/{judge.id}/ngung", status=302)

    person.get("/tai-khoan", status=302)
    browser.get(f"/dat-lai-mat-khau/{raw}", status=410)
    assert "Cho dùng lại" in admin.get(f"{LIST}/{judge.id}")
    admin.post(f"{LIST}/{judge.id}/mo-lai", status=302)
    assert (judge.state, judge.roles) == (UserState.ACTIVE, {Role.JUDGE})
    assert kinds() == ["user.deactivated", "user.reactivated"]


def test_nobody_stops_their_own_account(admin, administrator):
    admin.post(f"{LIST}/{administrator.id}/ngung", status=409)

    assert administrator.state is UserState.ACTIVE


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_does_any_of_it(app, role):
    actor, person = UserFactory(role=role), UserFactory(role=Role.JUDGE)

    for command in (
        lambda: service.invite_staff(actor, email="a@example.vn", full_name="Anh", roles=[Role.JUDGE]),
        lambda: service.invite_again(actor, person),
        lambda: service.grant_role(actor, person, role=Role.LEADER),
        lambda: service.revoke_role(actor, person, grant_id=person.grants[0].id),
        lambda: service.deactivate(actor, person),
        lambda: service.reactivate(actor, person),
    ):
        with pytest.raises(NotAllowed), transaction():
            command()

    assert kinds() == []


# --- the first administrator


def test_the_first_administrator_gets_a_link_and_sets_a_password(app, browser):
    result = app.test_cli_runner().invoke(
        args=["init", "--email", "qt@example.vn", "--name", "Phạm Thị Quản Trị"]
    )

    address = next(line for line in result.output.splitlines() if "/loi-moi/" in line).removeprefix(
        "http://localhost"
    )
    page = browser.post(
        address, {"full_name": "Phạm Thị Quản Trị", "password": "gió lành thổi qua cảng"}, status=302
    )
    assert page.status == 302
    user = db.session.execute(sa.select(User)).scalar_one()
    assert (user.email, user.roles) == ("qt@example.vn", {Role.ADMINISTRATOR})
    browser.get(LIST, status=200)


def test_a_lost_first_link_is_printed_anew(app, browser):
    def printed() -> str:
        result = app.test_cli_runner().invoke(args=["init", "--email", "qt@example.vn", "--name", "Quản Trị"])
        return result.output.split("http://localhost")[1].strip()

    first, second = printed(), printed()

    browser.get(first, status=410)
    browser.get(second, status=200)


def test_there_is_a_first_administrator_only_once(app, administrator):
    result = app.test_cli_runner().invoke(args=["init", "--email", "xau@example.vn", "--name", "Kẻ xấu"])

    assert result.exit_code == 1
    assert "Đã có quản trị viên" in result.output
    assert queries.user_by_email("xau@example.vn") is None


@pytest.mark.parametrize(("email", "name"), [("khong-phai", "Quản Trị"), ("qt@example.vn", "  ")])
def test_a_first_administrator_needs_an_address_and_a_name(app, email, name):
    result = app.test_cli_runner().invoke(args=["init", "--email", email, "--name", name])

    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_first_staff_role_voids_the_password_somebody_signed_up_with(admin, youth):
    youth.password_hash = "what a stranger may know"
    db.session.commit()

    admin.post(f"/quan-tri/nguoi-dung/{youth.id}", {"role": "moderator", "unit_id": ""})

    assert youth.holds(Role.MODERATOR)
    assert youth.password_hash == ""
    assert "user.reset_asked" in kinds()
