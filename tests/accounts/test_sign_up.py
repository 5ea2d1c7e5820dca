from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.accounts import queries
from app.accounts.models import User
from app.accounts.rules import GuardianState, Purpose, UserState
from app.core import passwords
from app.core.clock import set_to
from app.core.db import db
from app.core.events import Event
from app.permissions import Role
from tests.accounts.mailbox import PASSWORD, event, kinds
from tests.factories import UnitFactory, UserFactory

ADULT = {
    "full_name": "Hoàng Ngọc Mai",
    "day": "17",
    "month": "8",
    "year": "2004",
    "email": "mai.hoang@example.vn",
    "password": PASSWORD,
    "du_thi": "y",
}
CHILD = {
    **ADULT,
    "year": "2013",
    "assent": "y",
    "guardian_name": "Hoàng Văn Nam",
    "guardian_email": "nam.hoang@example.vn",
    "guardian_relation": "cha",
}


def joined() -> User:
    return queries.user_by_email(ADULT["email"])


def test_joining_makes_an_unconfirmed_account_of_a_young_person(browser):
    unit = UnitFactory(kind="school", name="Trường THCS Sóng Biển")

    page = browser.post("/dang-ky", {**ADULT, "unit_id": unit.id, "cong_khai": "y"}, status=302)

    user = joined()
    assert page.location == "/dang-ky/da-gui"
    assert (user.full_name, user.state, user.unit_id) == ("Hoàng Ngọc Mai", UserState.PENDING, unit.id)
    assert set(user.roles) == {Role.YOUTH}
    assert {c.purpose for c in user.consents if c.given} == {Purpose.CONTEST, Purpose.PUBLIC_NAME}
    assert {c.purpose for c in user.consents if not c.given} == {
        Purpose.FORWARD_TO_WARD,
        Purpose.SEND_TO_DEPARTMENT,
        Purpose.NEWSLETTER,
    }
    assert kinds() == ["user.joined"]
    assert event("user.joined").data == {}


def test_no_consent_is_ticked_beforehand(browser):
    page = browser.get("/dang-ky")

    ticks = [e for e in page.tree.iter("input") if e.get("type") == "checkbox"]
    assert len(ticks) == len(Purpose) + 1
    assert [e.get("name") for e in ticks if e.get("checked") is not None] == []


def test_joining_without_any_consent_is_possible(browser):
    browser.post("/dang-ky", {**ADULT, "du_thi": ""}, status=302)

    assert [c.purpose for c in joined().consents if c.given] == []


@pytest.mark.parametrize(
    ("field", "typed", "shown_at", "message"),
    [
        ("full_name", "  ", "full_name", "Nhập họ và tên."),
        ("email", "", "email", "Nhập địa chỉ thư điện tử."),
        ("email", "mai", "email", "Viết địa chỉ thư đủ phần trước và sau dấu @, ví dụ ten@example.vn."),
        ("year", "", "day", "Nhập đủ ngày, tháng và năm sinh."),
        ("day", "31", "day", None),
        (
            "password",
            "ngắn",
            "password",
            "Mật khẩu cần ít nhất 10 ký tự. Dài và dễ nhớ tốt hơn ngắn và rắc rối.",
        ),
        ("password", "matkhau123", "password", None),
        (
            "password",
            "Hoàng Ngọc Mai1",
            "password",
            "Mật khẩu không được dựa trên tên hoặc địa chỉ thư của bạn.",
        ),
    ],
)
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(browser, field, typed, shown_at, message):
    filled = {**ADULT, "month": "2" if field == "day" else "8", field: typed}

    page = browser.post("/dang-ky", filled, status=422)

    assert shown_at in page.errors()
    if message:
        assert page.errors()[shown_at] == message
    for name in ("full_name", "day", "month", "year", "email"):
        assert page.value_of(name) == filled[name].strip()
    assert page.value_of("password") == ""
    assert ("Gõ lại mật khẩu" in page) is (shown_at != "password")
    assert PASSWORD not in page.html
    ticked = [e.get("name") for e in page.tree.iter("input") if e.get("checked") is not None]
    assert ticked == ["du_thi"]
    assert joined() is None


def test_every_mistake_is_named_at_once(browser):
    page = browser.post("/dang-ky", {"year": "2013", "day": "1", "month": "1"}, status=422)

    assert set(page.errors()) == {
        "full_name",
        "email",
        "password",
        "assent",
        "guardian_name",
        "guardian_email",
        "guardian_relation",
    }


def test_an_unknown_unit_is_refused(browser):
    page = browser.post("/dang-ky", {**ADULT, "unit_id": "999"}, status=422)

    assert page.errors() == {"unit_id": "Chọn một đơn vị trong danh sách."}


def test_units_are_grouped_by_kind_and_the_chosen_one_is_kept(browser):
    UnitFactory(kind="residential", name="Tổ dân phố số 1")
    school = UnitFactory(kind="school", name="Trường THCS Sóng Biển")

    page = browser.post("/dang-ky", {**ADULT, "email": "", "unit_id": school.id}, status=422)

    groups = [group.get("label") for group in page.tree.iter("optgroup")]
    assert groups == ["Chưa chọn", "Trường học", "Tổ dân phố"]
    assert page.value_of("unit_id") == str(school.id)


# --- under 16


def test_a_child_names_a_guardian_who_is_not_asked_before_the_address_is_confirmed(browser):
    browser.post("/dang-ky", CHILD, status=302)

    guardianship = joined().guardianship
    assert (guardianship.guardian_name, guardianship.guardian_email, guardianship.relation) == (
        "Hoàng Văn Nam",
        "nam.hoang@example.vn",
        "cha",
    )
    assert guardianship.state is GuardianState.ASKED
    assert kinds() == ["user.joined"]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 8, 16, 16, 59, tzinfo=UTC), 422),  # 23:59 on 16 August in Vietnam: 15 years
        (
            datetime(2026, 8, 16, 17, 0, tzinfo=UTC),
            302,
        ),  # midnight in Vietnam, still 16 August in UTC: 16 years
    ],
)
def test_the_sixteenth_birthday_begins_with_the_vietnamese_day(browser, moment, status):
    with set_to(moment):
        browser.post("/dang-ky", {**ADULT, "year": "2010"}, status=status)


def test_the_guardians_part_of_an_adult_is_left_aside(browser):
    browser.post("/dang-ky", {**CHILD, "year": "2004"}, status=302)

    assert joined().guardianship is None


@pytest.mark.parametrize(
    "address", ["mai.hoang@example.vn", "MAI.HOANG@example.vn", "mai.hoang+me@example.vn"]
)
def test_a_guardian_needs_a_mailbox_of_their_own(browser, address):
    page = browser.post("/dang-ky", {**CHILD, "guardian_email": address}, status=422)

    assert page.errors() == {
        "guardian_email": "Địa chỉ này trùng với địa chỉ của bạn. Nhập địa chỉ của người lớn."
    }
    assert page.value_of("guardian_name") == "Hoàng Văn Nam"
    assert page.value_of("guardian_relation") == "cha"


def test_a_child_must_agree_themselves(browser):
    page = browser.post("/dang-ky", {**CHILD, "assent": ""}, status=422)

    assert page.errors() == {"assent": "Nếu em muốn tham gia, hãy đọc rồi đánh dấu ô này."}


# --- addresses that have an account


def test_a_known_address_is_answered_exactly_as_an_unknown_one(app, browser):
    UserFactory(email=ADULT["email"], full_name="Chủ cũ", password_hash=passwords.hash_password(PASSWORD))

    known = browser.post("/dang-ky", ADULT)
    unknown = browser.as_(None).post("/dang-ky", {**ADULT, "email": "khac@example.vn"})

    assert (known.status, known.location, known.html) == (unknown.status, unknown.location, unknown.html)
    assert joined().full_name == "Chủ cũ"
    assert kinds() == ["user.join_repeated", "user.joined"]


def test_joining_again_before_confirming_replaces_what_was_typed(browser):
    browser.post("/dang-ky", CHILD, status=302)

    browser.post("/dang-ky", {**CHILD, "full_name": "Hoàng Ngọc Mây", "cong_khai": "y"}, status=302)

    user = joined()
    assert user.full_name == "Hoàng Ngọc Mây"
    standing = {c.purpose for c in user.consents if c.given and c.withdrawn_at is None}
    assert standing == {Purpose.CONTEST, Purpose.PUBLIC_NAME}
    assert kinds() == ["user.joined", "user.join_repeated"]


def test_somebody_invited_cannot_be_taken_over_by_signing_up(browser):
    invited = UserFactory(email=ADULT["email"], role=None, state=UserState.PENDING, confirmed_at=None)

    browser.post("/dang-ky", ADULT, status=302)

    assert (joined().id, joined().password_hash, joined().roles) == (invited.id, "", set())


def test_signing_up_gives_no_staff_role_whatever_is_sent(browser):
    browser.post(
        "/dang-ky", {**ADULT, "role": "administrator", "roles": "judge", "state": "active"}, status=302
    )

    assert set(joined().roles) == {Role.YOUTH}
    assert joined().state is UserState.PENDING


# --- limits and tokens


def test_who_has_an_account_is_shown_it_instead(browser, youth):
    assert browser.as_(youth).get("/dang-ky", status=302).location == "/tai-khoan"


def test_a_form_without_its_token_is_refused(browser):
    page = browser.post("/dang-ky", {**ADULT, "csrf_token": ""}, status=400)

    assert "tải lại trang" in page
    assert joined() is None


def test_no_personal_data_is_in_the_events(browser):
    browser.post("/dang-ky", CHILD, status=302)

    written = " ".join(map(str, db.session.execute(sa.select(Event.data)).scalars()))
    for secret in ("Mai", "example.vn", "Nam", "2013"):
        assert secret not in written
