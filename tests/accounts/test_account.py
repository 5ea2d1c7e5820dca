from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from app.accounts import consents, links
from app.accounts.models import LoginSession, User
from app.accounts.rules import LinkPurpose, Purpose
from app.core import passwords
from app.core.db import db
from app.permissions import Role
from tests.accounts.mailbox import PASSWORD, event, kinds, link_to
from tests.factories import IdeaFactory, UnitFactory, UserFactory

NEW = "gió lành thổi qua cảng"
HASH = passwords.hash_password(PASSWORD)


@pytest.fixture
def mai(app) -> User:
    return UserFactory(email="mai@example.vn", full_name="Hoàng Ngọc Mai", password_hash=HASH)


def test_a_visitor_is_sent_to_sign_in_and_back(browser):
    assert browser.get("/tai-khoan", status=302).location == "/dang-nhap?tiep=/tai-khoan"


@pytest.mark.parametrize(
    "page", ["", "/ho-so", "/mat-khau", "/dia-chi-thu", "/du-lieu", "/nguoi-giam-ho", "/dong-y/du_thi/rut"]
)
@pytest.mark.parametrize("role", [Role.YOUTH, Role.JUDGE, Role.ADMINISTRATOR])
def test_everybody_with_an_account_keeps_it(browser, page, role):
    browser.as_(UserFactory(role=role)).get(f"/tai-khoan{page}", status=200, queries=12)


def test_staff_are_asked_for_no_contest_consents(browser, judge):
    assert "Đồng ý của tôi" not in browser.as_(judge).get("/tai-khoan")


# --- profile


def test_a_profile_is_corrected(browser, mai):
    unit = UnitFactory()

    browser.as_(mai).post(
        "/tai-khoan/ho-so",
        {"full_name": "Hoàng Ngọc Mây", "unit_id": unit.id, "version": mai.version},
        status=302,
    )

    assert (mai.full_name, mai.unit_id) == ("Hoàng Ngọc Mây", unit.id)
    assert "may" in mai.search_text
    assert kinds() == ["user.profile_changed"]


def test_a_profile_form_that_grew_old_overwrites_nothing(browser, mai):
    browser.as_(mai).post(
        "/tai-khoan/ho-so", {"full_name": "Tên khác", "version": mai.version + 1}, status=409
    )

    assert mai.full_name == "Hoàng Ngọc Mai"


def test_a_profile_without_a_name_is_refused(browser, mai):
    page = browser.as_(mai).post("/tai-khoan/ho-so", {"full_name": "", "version": mai.version}, status=422)

    assert page.errors() == {"full_name": "Nhập họ và tên."}


def test_nobody_changes_role_state_or_birth_date_through_the_profile(browser, mai):
    browser.as_(mai).post(
        "/tai-khoan/ho-so",
        {
            "full_name": "Mai",
            "version": mai.version,
            "birth_date": "2015-01-01",
            "state": "x",
            "role": "leader",
        },
        status=302,
    )

    assert (mai.birth_date.year, mai.roles) == (2000, {Role.YOUTH})


@pytest.mark.parametrize(
    ("role", "had_one", "status"),
    [
        (Role.UNIT_CONTACT, True, 422),
        (Role.UNIT_CONTACT, False, 422),
        (Role.JUDGE, True, 422),
        (Role.JUDGE, False, 302),
        (Role.YOUTH, True, 302),
    ],
)
def test_nobody_moves_to_another_unit_whose_work_or_ideas_the_unit_opens(browser, role, had_one, status):
    old, new = UnitFactory(), UnitFactory()
    person = UserFactory(role=role, unit_id=old.id if had_one else None)
    before = person.unit_id

    browser.as_(person).post(
        "/tai-khoan/ho-so",
        {"full_name": "Mai", "unit_id": new.id, "version": person.version},
        status=status,
    )

    assert person.unit_id == (new.id if status == 302 else before)


def test_a_contact_who_stays_in_the_unit_corrects_the_name(browser):
    unit = UnitFactory()
    contact = UserFactory(role=Role.UNIT_CONTACT, unit_id=unit.id)

    browser.as_(contact).post(
        "/tai-khoan/ho-so", {"full_name": "Mai", "unit_id": unit.id, "version": contact.version}, status=302
    )

    assert contact.full_name == "Mai"


def test_a_number_that_no_unit_can_have_is_refused(browser, mai):
    page = browser.as_(mai).post(
        "/tai-khoan/ho-so", {"full_name": "Mai", "unit_id": "9" * 20, "version": mai.version}
    )

    assert page.status in {302, 422}
    assert mai.unit_id is None


# --- password and address


def test_a_new_password_signs_out_the_other_browsers(browser, mai):
    here, elsewhere = browser.as_(mai), browser.as_(mai)
    raw = link_to(mai.id, LinkPurpose.RESET)

    here.post("/tai-khoan/mat-khau", {"current_password": PASSWORD, "password": NEW}, status=302)

    assert passwords.verify_password(mai.password_hash, NEW)
    here.get("/tai-khoan", status=200)
    elsewhere.get("/tai-khoan", status=302)
    assert links.find(raw, LinkPurpose.RESET) is None
    assert kinds() == ["user.password_changed"]


@pytest.mark.parametrize(
    ("current", "new", "beside"),
    [("sai rồi nhé", NEW, "current_password"), ("", NEW, "current_password"), (PASSWORD, "ngắn", "password")],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(browser, mai, current, new, beside):
    page = browser.as_(mai).post(
        "/tai-khoan/mat-khau", {"current_password": current, "password": new}, status=422
    )

    assert list(page.errors()) == [beside]
    assert mai.password_hash == HASH
    assert PASSWORD not in page.html


def test_a_new_address_counts_once_its_link_is_followed(browser, mai):
    person = browser.as_(mai)
    person.post(
        "/tai-khoan/dia-chi-thu", {"email": "May@example.vn", "current_password": PASSWORD}, status=302
    )
    assert (mai.email, mai.wanted_email) == ("mai@example.vn", "may@example.vn")
    assert "Chờ xác nhận: may@example.vn" in person.get("/tai-khoan")
    raw = link_to(mai.id, LinkPurpose.NEW_ADDRESS)
    other = link_to(mai.id, LinkPurpose.RESET)

    browser.post(f"/xac-nhan/{raw}", status=302)

    assert (mai.email, mai.wanted_email) == ("may@example.vn", None)
    assert links.find(other, LinkPurpose.RESET) is None
    person.get("/tai-khoan", status=302)
    assert kinds() == ["user.address_asked", "user.address_changed"]
    assert all("example.vn" not in str(event(kind).data) for kind in kinds())


def test_a_taken_address_is_told_only_to_its_mailbox(browser, mai):
    UserFactory(email="may@example.vn")

    page = browser.as_(mai).post(
        "/tai-khoan/dia-chi-thu", {"email": "may@example.vn", "current_password": PASSWORD}, status=302
    )
    answer = browser.post("/xac-nhan/" + link_to(mai.id, LinkPurpose.NEW_ADDRESS), status=302)

    assert page.location == "/tai-khoan"
    assert "Địa chỉ thư này đã có tài khoản." in browser.get(answer.location)
    assert mai.email == "mai@example.vn"


def test_an_address_asked_for_later_voids_the_link_before(browser, mai):
    person = browser.as_(mai)
    person.post("/tai-khoan/dia-chi-thu", {"email": "a@example.vn", "current_password": PASSWORD}, status=302)
    raw = link_to(mai.id, LinkPurpose.NEW_ADDRESS)

    person.post("/tai-khoan/dia-chi-thu", {"email": "b@example.vn", "current_password": PASSWORD}, status=302)

    browser.get(f"/xac-nhan/{raw}", status=410)


@pytest.mark.parametrize(
    ("email", "password", "beside"),
    [
        ("mai@example.vn", PASSWORD, "email"),
        ("khong-phai", PASSWORD, "email"),
        ("a@example.vn", "sai", "current_password"),
    ],
)
def test_an_address_is_not_changed_for_nothing_or_without_the_password(browser, mai, email, password, beside):
    page = browser.as_(mai).post(
        "/tai-khoan/dia-chi-thu", {"email": email, "current_password": password}, status=422
    )

    assert list(page.errors()) == [beside]
    assert page.value_of("email") == email
    assert mai.wanted_email is None


# --- sessions


def test_one_browser_is_signed_out_by_another(browser, mai):
    here, elsewhere = browser.as_(mai), browser.as_(mai)
    other = db.session.execute(sa.select(sa.func.max(LoginSession.id))).scalar_one()

    here.post(f"/tai-khoan/phien/{other}/thu-hoi", status=302)

    elsewhere.get("/tai-khoan", status=302)
    here.get("/tai-khoan", status=200)


def test_all_other_browsers_are_signed_out(browser, mai):
    here, *others = [browser.as_(mai) for _ in range(3)]

    here.post("/tai-khoan/phien/thu-hoi-het", status=302)

    assert [other.get("/tai-khoan", status=302).status for other in others] == [302, 302]
    here.get("/tai-khoan", status=200)


def test_nobody_ends_the_session_of_somebody_else(browser, mai):
    other = browser.as_(UserFactory())
    theirs = db.session.execute(sa.select(sa.func.max(LoginSession.id))).scalar_one()

    browser.as_(mai).post(f"/tai-khoan/phien/{theirs}/thu-hoi", status=302)

    other.get("/tai-khoan", status=200)


# --- consents


def test_withdrawing_counts_at_once_and_the_row_stays(browser, mai):
    assert consents.holds_consent(mai, Purpose.PUBLIC_NAME)

    browser.as_(mai).post("/tai-khoan/dong-y/cong_khai/rut", status=302)

    assert not consents.holds_consent(mai, Purpose.PUBLIC_NAME)
    rows = [c for c in mai.consents if c.purpose is Purpose.PUBLIC_NAME]
    assert [(c.given, c.withdrawn_at is not None) for c in rows] == [(True, True)]
    assert event("consent.withdrawn").data == {"purpose": "cong_khai"}


def test_a_consent_is_given_again_as_a_new_row(browser, mai):
    person = browser.as_(mai)
    person.post("/tai-khoan/dong-y/cong_khai/rut", status=302)

    person.post("/tai-khoan/dong-y/cong_khai", status=302)

    assert consents.holds_consent(mai, Purpose.PUBLIC_NAME)
    assert len([c for c in mai.consents if c.purpose is Purpose.PUBLIC_NAME]) == 2
    assert kinds() == ["consent.withdrawn", "consent.given"]


def test_withdrawing_the_contest_says_first_what_it_means(browser, mai):
    person = browser.as_(mai)

    page = person.get("/tai-khoan/dong-y/du_thi/rut")
    other = person.get("/tai-khoan/dong-y/cong_khai/rut")

    warning = "Rút mục này nghĩa là rút bài khỏi cuộc thi."
    assert (warning in page, warning in other) == (True, False)
    assert kinds() == []


def test_without_the_contest_consent_nothing_can_be_submitted(browser, mai):
    person = browser.as_(mai)
    person.post("/tai-khoan/dong-y/du_thi/rut", status=302)

    assert [b.field for b in consents.blockers(mai)] == ["du_thi"]
    assert "Cần xong trước khi gửi bài" in person.get("/tai-khoan")


def test_pressing_twice_changes_nothing_more(browser, mai):
    person = browser.as_(mai)
    for _ in range(2):
        person.post("/tai-khoan/dong-y/cong_khai/rut", status=302)
    for _ in range(2):
        person.post("/tai-khoan/dong-y/cong_khai", status=302)

    assert kinds() == ["consent.withdrawn", "consent.given"]


def test_there_is_no_other_purpose(browser, mai):
    browser.as_(mai).post("/tai-khoan/dong-y/ban_cho_quang_cao", status=404)


def test_no_consent_changes_without_the_token(browser, mai):
    browser.as_(mai).post("/tai-khoan/dong-y/cong_khai/rut", {"csrf_token": "sai"}, status=400)

    assert consents.holds_consent(mai, Purpose.PUBLIC_NAME)


# --- a copy of one's own data


def test_the_copy_holds_the_persons_own_data_and_nobody_elses(browser, mai):
    IdeaFactory(owner=mai, title="Hộp gom pin cũ", answer="<p>Đặt mười hai hộp.</p>")
    IdeaFactory(
        owner=UserFactory(email="khac@example.vn", full_name="Người khác hẳn"), title="Bài của người khác"
    )

    page = browser.as_(mai).post("/tai-khoan/du-lieu", {"current_password": PASSWORD}, status=200)

    copy = page.json
    assert copy["tai_khoan"]["ho_ten"] == "Hoàng Ngọc Mai"
    assert [row["muc_dich"] for row in copy["dong_y"]] == ["du_thi", "cong_khai"]
    assert page.response.headers["Content-Disposition"] == "attachment; filename=du-lieu-cua-toi.json"
    assert [(idea["ten"], idea["cac_phan"]) for idea in copy["y_tuong"]] == [
        ("Hộp gom pin cũ", {"Nội dung giải pháp": "Đặt mười hai hộp."})
    ]
    written = json.dumps(copy, ensure_ascii=False)
    assert not [secret for secret in ("Người khác hẳn", "Bài của người khác", "khac@") if secret in written]
    assert mai.password_hash not in written
    assert kinds() == ["user.data_exported"]


@pytest.mark.parametrize("password", ["", "sai rồi nhé"])
def test_the_copy_is_given_only_after_the_password(browser, mai, password):
    page = browser.as_(mai).post("/tai-khoan/du-lieu", {"current_password": password}, status=422)

    assert list(page.errors()) == ["current_password"]
    assert kinds() == []


# --- language


def test_the_language_is_kept_and_the_page_stays(browser):
    page = browser.post("/ngon-ngu", {"lang": "en", "next": "/dang-nhap"}, status=302)

    assert page.location == "/dang-nhap"
    assert "ngon-ngu=en" in page.response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("lang", "next_"), [("xx", "/"), ("en", "https://xau.example.vn/"), ("en", "//xau.example.vn")]
)
def test_the_language_form_leads_nowhere_else(browser, lang, next_):
    page = browser.post("/ngon-ngu", {"lang": lang, "next": next_}, status=302)

    assert page.location == "/"
    assert ("ngon-ngu=" in page.response.headers.get("Set-Cookie", "")) is (lang == "en")
