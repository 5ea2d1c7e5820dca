from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from app import create_app
from app.accounts import credentials, pace, sessions
from app.accounts.models import LoginSession, User
from app.accounts.rules import UserState
from app.config import Settings
from app.core import passwords
from app.core.clock import now, set_to
from app.core.db import db
from app.core.errors import Invalid
from app.core.limits import limiter
from app.demo.accounts import PASSWORD as DEMO_PASSWORD
from app.demo.accounts import accounts
from app.permissions import Role
from tests.accounts.mailbox import PASSWORD, kinds, without_token
from tests.browser_client import Browser
from tests.conftest import running_app
from tests.factories import UserFactory

HASH = passwords.hash_password(PASSWORD)


@pytest.fixture
def mai(app) -> User:
    return UserFactory(email="mai@example.vn", password_hash=HASH)


def signs_in(browser, email="mai@example.vn", password=PASSWORD, at="/dang-nhap", **kwargs):
    return browser.post(at, {"email": email, "password": password}, **kwargs)


def test_the_right_password_opens_the_account(browser, mai):
    page = signs_in(browser, status=302)

    assert page.location == "/cua-toi"
    assert browser.get("/tai-khoan").status == 200


@pytest.mark.parametrize("email", ["MAI@example.vn", "  mai@example.vn "])
def test_case_and_spaces_of_the_address_do_not_count(browser, mai, email):
    signs_in(browser, email=email, status=302)


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.MODERATOR, "/quan-tri/duyet"), (Role.JUDGE, "/cham-diem"), (Role.OFFICER, "/hang-doi")],
)
def test_staff_land_where_their_work_is(browser, role, home):
    UserFactory(email="mai@example.vn", password_hash=HASH, role=role)

    assert signs_in(browser, status=302).location == home


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(browser, mai):
    wrong = signs_in(browser, password="mật khẩu khác hẳn", status=422)
    unknown = signs_in(browser, email="la@example.vn", status=422)

    assert wrong.errors() == unknown.errors() == {"password": "Địa chỉ thư hoặc mật khẩu chưa đúng."}
    assert wrong.value_of("email") == "mai@example.vn"
    assert without_token(wrong, "mai@example.vn") == without_token(unknown, "la@example.vn")


def test_an_unknown_address_takes_the_same_work(app, mai, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "verify_password", lambda stored, typed: checked.append(stored) or False)

    with app.test_request_context("/"):
        for email in ("mai@example.vn", "la@example.vn"):
            with pytest.raises(Invalid):
                credentials.person_of(email, "bất kỳ chuỗi nào")

    assert checked == [HASH, None]


@pytest.mark.parametrize(
    ("email", "password", "beside"), [("", PASSWORD, "email"), ("mai@example.vn", "", "password")]
)
def test_both_fields_are_needed(browser, mai, email, password, beside):
    assert list(signs_in(browser, email, password, status=422).errors()) == [beside]


def test_a_stopped_account_cannot_sign_in(browser, mai):
    mai.state = UserState.DEACTIVATED
    db.session.commit()

    page = signs_in(browser, status=422)

    assert page.errors() == {"password": "Tài khoản này đã ngừng. Hãy liên hệ Văn phòng Đoàn phường."}


def test_before_the_address_is_confirmed_the_mail_is_sent_once_more(browser):
    UserFactory(email="mai@example.vn", password_hash=HASH, state=UserState.PENDING, confirmed_at=None)

    page = signs_in(browser, status=200)

    assert page.h1 == "Xem thư của bạn"
    assert kinds() == ["user.join_repeated"]
    browser.get("/tai-khoan", status=302)


# --- where to go afterwards


def test_after_signing_in_the_wanted_page_opens(browser, mai):
    turned_away = browser.get("/tai-khoan?x=1", status=302)

    page = signs_in(browser, at=turned_away.location, status=302)

    assert page.location == "/tai-khoan?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://xau.example.vn/",
        "//xau.example.vn",
        "/\\xau.example.vn",
        "\\\\xau.example.vn",
        "javascript:alert(1)",
        "/%09/xau.example.vn",
        "http:xau.example.vn",
    ],
)
def test_no_other_site_can_be_slipped_in_as_the_next_page(browser, mai, elsewhere):
    page = signs_in(browser, at=f"/dang-nhap?tiep={elsewhere}", status=302)

    assert page.location == "/cua-toi"


def test_who_is_signed_in_already_goes_on(browser, mai):
    assert browser.as_(mai).get("/dang-nhap?tiep=/tai-khoan", status=302).location == "/tai-khoan"


# --- sessions


def test_signing_in_begins_a_new_session_and_ends_the_one_before(browser, mai):
    signs_in(browser)
    signs_in(browser)

    rows = db.session.execute(sa.select(LoginSession).order_by(LoginSession.id)).scalars().all()
    assert [row.revoked_at is None for row in rows] == [False, True]


def test_signing_out_ends_the_session_on_the_server(browser, mai):
    signs_in(browser)
    with browser.client.session_transaction(base_url="http://localhost") as cookie:
        stolen = dict(cookie)

    assert browser.post("/dang-xuat", status=302).location == "/dang-nhap"

    thief = Browser(browser.app)
    with thief.client.session_transaction(base_url="http://localhost") as cookie:
        cookie.update(stolen)
    thief.get("/tai-khoan", status=302)


def test_signing_out_needs_a_post(browser, mai):
    browser.as_(mai).get("/dang-xuat", status=405)


@pytest.mark.parametrize(
    ("role", "hours", "status"),
    [(Role.YOUTH, 11, 200), (Role.YOUTH, 13, 302), (Role.JUDGE, 1, 200), (Role.JUDGE, 3, 302)],
)
def test_a_session_ends_when_nobody_uses_it(browser, role, hours, status):
    person = browser.as_(UserFactory(role=role))

    with set_to(now() + timedelta(hours=hours)):
        person.get("/tai-khoan", status=status)


@pytest.mark.parametrize(("role", "hours", "steps"), [(Role.YOUTH, 10, 73), (Role.JUDGE, 1, 13)])
def test_a_session_ends_in_any_case_after_its_longest_life(browser, role, hours, steps):
    person = browser.as_(UserFactory(role=role))
    began = now()

    statuses = []
    for step in range(1, steps + 1):
        with set_to(began + timedelta(hours=hours * step)):
            statuses.append(person.get("/tai-khoan", status=None).status)

    assert statuses == [200] * (steps - 2) + [200 if statuses[-2] == 200 else 302] + [302]
    assert statuses[-1] == 302


def test_a_session_that_was_revoked_is_out_at_once(browser, mai):
    person = browser.as_(mai)
    person.get("/tai-khoan", status=200)

    with browser.app.test_request_context("/"):
        sessions.end(mai)
        db.session.commit()

    person.get("/tai-khoan", status=302)


def test_an_old_hash_is_renewed_at_sign_in(browser, mai, monkeypatch):
    monkeypatch.setattr(passwords, "needs_rehash", lambda stored: stored == HASH)

    signs_in(browser, status=302)

    db.session.refresh(mai)
    assert mai.password_hash != HASH
    assert passwords.verify_password(mai.password_hash, PASSWORD)


# --- waiting


@pytest.fixture(scope="module")
def app_with_limits(tmp_path_factory, empty_database):
    return create_app(
        Settings(
            secret_key="a key for tests only, long enough",
            base_url="http://localhost",
            database_url=empty_database,
            instance_path=str(tmp_path_factory.mktemp("limits")),
            sign_ups_per_hour=2,
            testing=True,
        )
    )


@pytest.fixture
def limited(app_with_limits, database, tmp_path):
    """The application with its limits on, and nothing counted yet."""
    with running_app(app_with_limits, database, tmp_path) as app:
        limiter.enabled = True
        limiter.reset()
        yield app
    limiter.enabled = False


def test_after_five_wrong_passwords_even_the_right_one_waits(limited):
    UserFactory(email="mai@example.vn", password_hash=HASH)
    browser = Browser(limited)
    for _ in range(5):
        signs_in(browser, password="mật khẩu khác hẳn", status=422)

    page = signs_in(browser)

    assert "Đã thử sai nhiều lần. Chờ" in page.errors()["password"]
    assert page.value_of("email") == "mai@example.vn"
    with set_to(now() + timedelta(seconds=10)):
        signs_in(browser, status=302)


def test_an_address_without_account_waits_just_the_same(limited):
    browser = Browser(limited)
    for _ in range(5):
        signs_in(browser, email="la@example.vn", status=422)

    assert "Chờ" in signs_in(browser, email="la@example.vn").errors()["password"]


def test_one_network_makes_so_many_accounts_an_hour_and_loses_nothing_typed(limited):
    browser = Browser(limited)
    form = {
        "full_name": "Hoàng Ngọc Mai",
        "day": "17",
        "month": "8",
        "year": "2004",
        "password": PASSWORD,
        "du_thi": "y",
    }
    browser.post("/dang-ky", {**form, "email": "ba"}, status=422)  # a refused form does not count
    for number in range(2):
        browser.post("/dang-ky", {**form, "email": f"mai{number}@example.vn"}, status=302)

    page = browser.post("/dang-ky", {**form, "email": "mai3@example.vn"}, status=429)

    assert "Mạng này vừa tạo nhiều tài khoản" in page
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.value_of("email") == "mai3@example.vn"
    assert page.value_of("full_name") == "Hoàng Ngọc Mai"


def test_a_mailbox_is_sent_three_reset_links_an_hour_whether_or_not_it_has_an_account(limited):
    UserFactory(email="mai@example.vn", password_hash=HASH)
    for email in ("mai@example.vn", "la@example.vn"):
        browser = Browser(limited)
        for _ in range(3):
            browser.post("/quen-mat-khau", {"email": email}, status=200)

        page = browser.post("/quen-mat-khau", {"email": email.upper()}, status=429)

        assert page.value_of("email") == email.upper()


def test_a_guardian_is_written_to_three_times_an_hour(limited):
    child = UserFactory(email="chau@example.vn", birth_date=(now() - timedelta(days=4800)).date())
    browser = Browser(limited, child)
    form = {"guardian_name": "Lê Văn Hùng", "guardian_email": "hung@example.vn", "guardian_relation": "cha"}
    browser.post("/tai-khoan/nguoi-giam-ho", form, status=302)
    for _ in range(2):
        browser.post("/tai-khoan/nguoi-giam-ho/hoi-lai", status=302)

    pressed = browser.post("/tai-khoan/nguoi-giam-ho/hoi-lai", status=429)
    page = browser.post("/tai-khoan/nguoi-giam-ho", {**form, "guardian_name": "Lê Thị Lan"}, status=429)

    assert int(pressed.response.headers["Retry-After"]) > 0
    assert page.value_of("guardian_name") == "Lê Thị Lan"
    assert kinds() == ["guardian.asked"] * 3


def test_one_network_tries_sixty_times_a_minute_whatever_the_account(limited):
    browser = Browser(limited)
    with limited.test_request_context("/", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(60):
            pace.seconds_to_wait("60/minute", "sign-in/address:127.0.0.1")

    page = signs_in(browser, status=429)

    assert "Mạng này vừa đăng nhập quá nhiều lần. Chờ 1 phút" in page
    assert page.value_of("email") == "mai@example.vn"


# --- the demo


@pytest.mark.parametrize(
    ("demo", "address", "shown"),
    [(True, "127.0.0.1", True), (True, "203.0.113.9", False), (False, "127.0.0.1", False)],
)
def test_demo_accounts_are_offered_in_the_demo_and_on_this_machine_only(app, browser, demo, address, shown):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=demo)
    email = accounts()[1][1]
    UserFactory(email=email, password_hash=passwords.hash_password(DEMO_PASSWORD))
    here = {"environ_overrides": {"REMOTE_ADDR": address}}

    assert ("Tài khoản minh họa" in browser.get("/dang-nhap", **here)) is shown
    page = browser.post("/dang-nhap/minh-hoa", {"email": email}, **here)

    assert page.status == (302 if shown else 404)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_a_proxy_on_this_machine_brings_no_stranger_into_a_demo_account(app, browser, header):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=True)
    email = accounts()[1][1]
    UserFactory(email=email, password_hash=passwords.hash_password(DEMO_PASSWORD))
    through = {"headers": {header: "203.0.113.9"}}

    assert "Tài khoản minh họa" not in browser.get("/dang-nhap", **through)
    browser.post("/dang-nhap/minh-hoa", {"email": email}, status=404, **through)


def test_the_demo_button_opens_no_account_outside_its_list(app, browser, mai):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=True)

    browser.post("/dang-nhap/minh-hoa", {"email": "mai@example.vn"}, status=404)
