from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import links
from app.accounts.models import OneTimeLink, User
from app.accounts.rules import LINK_LIFE, LinkPurpose, UserState
from app.core import passwords
from app.core.clock import now, set_to
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.permissions import Role
from tests.accounts.mailbox import PASSWORD, kinds, link_to, without_token
from tests.factories import UserFactory

NEW = "gió lành thổi qua cảng"
P = LinkPurpose


@pytest.fixture
def pending(app) -> User:
    return UserFactory(
        email="mai@example.vn",
        password_hash=passwords.hash_password(PASSWORD),
        state=UserState.PENDING,
        confirmed_at=None,
    )


# --- the links themselves


def test_only_the_hash_of_a_link_is_stored(app, youth):
    raw = link_to(youth.id, P.RESET)

    row = db.session.execute(sa.select(OneTimeLink)).scalar_one()
    assert len(raw) >= 43  # 256 bits in base64
    assert raw not in (row.token_hash, str(row.data))


@pytest.mark.parametrize("purpose", list(P))
def test_a_link_works_until_its_time_is_over(app, youth, purpose):
    raw, issued = link_to(youth.id, purpose), now()

    with set_to(issued + LINK_LIFE[purpose] - timedelta(minutes=1)):
        assert links.find(raw, purpose) is not None
    with set_to(issued + LINK_LIFE[purpose] + timedelta(minutes=1)):
        assert links.find(raw, purpose) is None


def test_a_link_is_good_for_its_own_purpose_only(app, youth):
    raw = link_to(youth.id, P.CONFIRM)

    assert [purpose for purpose in P if links.find(raw, purpose)] == [P.CONFIRM]


def test_a_link_is_consumed_once(app, youth):
    raw = link_to(youth.id, P.RESET)
    link = links.find(raw, P.RESET)
    with transaction():
        links.consume(link)

    with pytest.raises(WrongState), transaction():
        links.consume(link)

    assert links.find(raw, P.RESET) is None


@pytest.mark.parametrize(
    ("purpose", "dead"),
    [
        (P.CONFIRM, True),
        (P.RESET, True),
        (P.INVITE_STAFF, True),
        (P.NEW_ADDRESS, True),
        (P.GUARDIAN, False),
        (P.COAUTHOR, False),
    ],
)
def test_a_new_password_voids_what_opens_the_account_and_not_what_others_hold(app, youth, purpose, dead):
    raw = link_to(youth.id, purpose)

    with transaction():
        links.void_all(youth.id)

    assert (links.find(raw, purpose) is None) is dead


# --- confirming an address


def test_opening_the_page_of_a_link_changes_nothing(browser, pending):
    raw = link_to(pending.id, P.CONFIRM)

    page = browser.get(f"/xac-nhan/{raw}")

    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert pending.state is UserState.PENDING
    assert kinds() == []


def test_the_button_confirms_the_address(browser, pending):
    raw = link_to(pending.id, P.CONFIRM)

    page = browser.post(f"/xac-nhan/{raw}", status=302)

    assert page.location == "/dang-nhap"
    assert (pending.state, pending.confirmed_at is not None) == (UserState.ACTIVE, True)
    assert kinds() == ["user.confirmed"]
    browser.post("/dang-nhap", {"email": "mai@example.vn", "password": PASSWORD}, status=302)


@pytest.mark.parametrize(
    ("address", "way_on"),
    [
        ("/xac-nhan", "/dang-nhap"),
        ("/dat-lai-mat-khau", "/quen-mat-khau"),
        ("/loi-moi", "/dang-nhap"),
        ("/giam-ho", "/giam-ho"),
    ],
)
def test_a_link_that_works_no_more_says_what_to_do(browser, address, way_on):
    for method in (browser.get, browser.post):
        page = method(f"{address}/khong-co-that", status=410)

        assert page.h1 == "Liên kết không còn dùng được"
        assert way_on in page.links()


def test_a_link_used_twice_is_refused_kindly(browser, pending):
    raw = link_to(pending.id, P.CONFIRM)
    browser.post(f"/xac-nhan/{raw}", status=302)

    page = browser.post(f"/xac-nhan/{raw}", status=410)

    assert "đã được dùng" in page
    assert kinds() == ["user.confirmed"]


def test_a_stopped_account_is_not_confirmed_back_to_life(browser, pending):
    raw = link_to(pending.id, P.CONFIRM)
    pending.state = UserState.DEACTIVATED
    db.session.commit()

    browser.post(f"/xac-nhan/{raw}", status=409)

    assert pending.state is UserState.DEACTIVATED
    assert links.find(raw, P.CONFIRM) is not None  # the refused transaction kept nothing


# --- forgotten passwords


def test_asking_for_a_reset_answers_alike_and_tells_only_the_mailbox(browser, pending):
    known = browser.post("/quen-mat-khau", {"email": "mai@example.vn"}, status=200)
    unknown = browser.post("/quen-mat-khau", {"email": "la@example.vn"}, status=200)

    assert without_token(known) == without_token(unknown)
    assert kinds() == ["user.reset_asked"]


def test_a_reset_sets_the_password_and_ends_everything_else(browser, pending):
    pending.state, pending.confirmed_at = UserState.ACTIVE, now()
    db.session.commit()
    elsewhere = browser.as_(pending)
    raw, other = link_to(pending.id, P.RESET), link_to(pending.id, P.CONFIRM)

    page = browser.post(f"/dat-lai-mat-khau/{raw}", {"password": NEW}, status=302)

    assert page.location == "/dang-nhap"
    assert passwords.verify_password(pending.password_hash, NEW)
    elsewhere.get("/tai-khoan", status=302)
    assert links.find(other, P.CONFIRM) is None
    assert kinds() == ["user.password_changed"]
    browser.get(f"/dat-lai-mat-khau/{raw}", status=410)


def test_a_reset_also_confirms_the_address(browser, pending):
    raw = link_to(pending.id, P.RESET)

    browser.post(f"/dat-lai-mat-khau/{raw}", {"password": NEW}, status=302)

    assert pending.state is UserState.ACTIVE
    assert kinds() == ["user.confirmed", "user.password_changed"]


@pytest.mark.parametrize("weak", ["", "ngắn", "matkhau123", "mai@example.vn"])
def test_a_weak_new_password_is_refused_and_the_link_still_works(browser, pending, weak):
    raw = link_to(pending.id, P.RESET)

    page = browser.post(f"/dat-lai-mat-khau/{raw}", {"password": weak}, status=422)

    assert list(page.errors()) == ["password"]
    assert links.find(raw, P.RESET) is not None


def test_a_new_reset_link_voids_the_one_before(browser, pending):
    raw = link_to(pending.id, P.RESET)

    browser.post("/quen-mat-khau", {"email": "mai@example.vn"}, status=200)

    browser.get(f"/dat-lai-mat-khau/{raw}", status=410)


# --- invitations of staff


@pytest.fixture
def invited(app) -> User:
    return UserFactory(
        email="gk@example.vn",
        full_name="Trần Văn Bình",
        role=None,
        state=UserState.PENDING,
        confirmed_at=None,
    )


def test_an_invitation_gives_the_roles_it_carries(browser, invited):
    raw = link_to(invited.id, P.INVITE_STAFF, roles=["judge", "moderator"])
    assert "Giám khảo" in browser.get(f"/loi-moi/{raw}")

    page = browser.post(f"/loi-moi/{raw}", {"full_name": "Trần Văn Bình", "password": NEW}, status=302)

    assert page.location == "/quan-tri/duyet"
    assert invited.roles == {Role.JUDGE, Role.MODERATOR}
    assert invited.state is UserState.ACTIVE
    assert kinds() == ["user.confirmed", "role.granted", "role.granted"]
    assert browser.get("/tai-khoan").status == 200


def test_an_invitation_cannot_carry_a_role_that_signing_up_gives(browser, invited):
    raw = link_to(invited.id, P.INVITE_STAFF, roles=["youth", "anonymous", "judge"])

    browser.post(
        f"/loi-moi/{raw}", {"full_name": "Trần Văn Bình", "password": NEW, "roles": "leader"}, status=302
    )

    assert invited.roles == {Role.JUDGE}


def test_an_invitation_keeps_the_typed_name_when_the_password_is_refused(browser, invited):
    raw = link_to(invited.id, P.INVITE_STAFF, roles=["judge"])

    page = browser.post(f"/loi-moi/{raw}", {"full_name": "Trần Bình An", "password": "ngắn"}, status=422)

    assert list(page.errors()) == ["password"]
    assert page.value_of("full_name") == "Trần Bình An"
    assert invited.state is UserState.PENDING


def test_an_invitation_cannot_reopen_a_stopped_account(browser, invited):
    raw = link_to(invited.id, P.INVITE_STAFF, roles=["judge"])
    invited.state = UserState.DEACTIVATED
    db.session.commit()

    browser.post(f"/loi-moi/{raw}", {"full_name": "Trần Văn Bình", "password": NEW}, status=409)

    assert invited.roles == set()
