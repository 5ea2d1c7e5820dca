from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts import consents, links
from app.accounts.consents import Blocker
from app.accounts.models import Consent, Guardianship, User
from app.accounts.rules import CONSENT_TEXT_VERSION, GUARDIAN_PURPOSES, GuardianState, LinkPurpose, Purpose
from app.core import passwords
from app.core.clock import now, set_to
from app.core.db import db
from tests.accounts.mailbox import PASSWORD, event, kinds, link_to, without_token
from tests.factories import CampaignFactory, UserFactory

ALL = {purpose.value: "y" for purpose in GUARDIAN_PURPOSES}
BORN = datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_day_when_the_child_is_13():
    with set_to(BORN):
        yield


@pytest.fixture
def child(app) -> User:
    """Châu, 13, whose guardian was asked and has not answered; she agreed to the contest and to her name."""
    user = UserFactory(
        email="chau@example.vn",
        full_name="Lê Bảo Châu",
        birth_date=datetime(2013, 3, 11).date(),
        password_hash=passwords.hash_password(PASSWORD),
    )
    db.session.add(
        Guardianship(
            child=user,
            guardian_name="Lê Văn Hùng",
            guardian_email="hung@example.vn",
            relation="cha",
            asked_at=now(),
        )
    )
    db.session.commit()
    return user


def asked(child: User) -> str:
    return "/giam-ho/" + link_to(child.id, LinkPurpose.GUARDIAN)


def fields(found: list[Blocker]) -> list[str]:
    return [blocker.field for blocker in found]


def test_from_signing_up_to_the_guardians_yes(browser, app):
    CampaignFactory(name="Ý tưởng sáng tạo trẻ 2026")
    browser.post(
        "/dang-ky",
        {
            "full_name": "Lê Bảo Châu",
            "day": "11",
            "month": "3",
            "year": "2013",
            "email": "chau@example.vn",
            "password": PASSWORD,
            "du_thi": "y",
            "assent": "y",
            "guardian_name": "Lê Văn Hùng",
            "guardian_email": "hung@example.vn",
            "guardian_relation": "cha",
        },
        status=302,
    )
    child = db.session.get(User, event("user.joined").object_id)
    browser.post("/xac-nhan/" + link_to(child.id, LinkPurpose.CONFIRM), status=302)
    assert kinds() == ["user.joined", "user.confirmed", "guardian.asked"]
    assert fields(consents.blockers(child)) == ["nguoi-giam-ho"]
    address = asked(child)

    notice = browser.get(address)
    page = browser.post(address, {"du_thi": "y", "guardian_name": "Lê Văn Hùng"}, status=302)

    assert "Lê Bảo Châu (13 tuổi) muốn tham gia cuộc thi “Ý tưởng sáng tạo trẻ 2026”" in notice
    assert "h***@example.vn" in notice
    assert page.location == "/giam-ho/da-tra-loi?ket_qua=dong-y"
    assert child.guardianship.state is GuardianState.CONFIRMED
    assert consents.blockers(child) == []
    assert kinds()[3:] == ["consent.given", "guardian.answered"]
    assert event("guardian.answered").data == {"answer": "confirmed"}


def test_a_guardian_finds_nothing_ticked_and_no_trace_of_the_page_before(browser, child):
    page = browser.get(asked(child))

    ticks = [e for e in page.tree.iter("input") if e.get("type") == "checkbox"]
    assert len(ticks) == len(GUARDIAN_PURPOSES)
    assert [e for e in ticks if e.get("checked") is not None] == []
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert kinds() == []


def test_each_purpose_is_answered_by_itself(browser, child):
    browser.post(
        asked(child), {"du_thi": "y", "gui_so_khcn": "y", "guardian_name": "Lê Văn Hùng"}, status=302
    )

    answers = {c.purpose: c.given for c in child.consents if c.by_guardian}
    assert answers == {
        Purpose.CONTEST: True,
        Purpose.PUBLIC_NAME: False,
        Purpose.FORWARD_TO_WARD: False,
        Purpose.SEND_TO_DEPARTMENT: True,
    }
    assert {c.text_version for c in child.consents} == {CONSENT_TEXT_VERSION}


def test_the_name_is_shown_only_when_both_agreed(browser, child):
    assert not consents.holds_consent(child, Purpose.PUBLIC_NAME)

    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)

    assert consents.holds_consent(child, Purpose.PUBLIC_NAME)


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"du_thi": "y", "guardian_name": " "}, ["guardian_name"]),
        ({"cong_khai": "y", "guardian_name": "Lê Văn Hùng"}, ["du_thi"]),
        ({}, ["du_thi", "guardian_name"]),
    ],
)
def test_an_incomplete_answer_is_refused_and_keeps_what_was_typed(browser, child, typed, beside):
    address = asked(child)

    page = browser.post(address, typed, status=422)

    assert list(page.errors()) == beside
    assert [name for name in typed if page.value_of(name)] == [name for name in typed if typed[name].strip()]
    ticked = [e.get("name") for e in page.tree.iter("input") if e.get("checked") is not None]
    assert ticked == [name for name in typed if name in ALL]
    assert child.guardianship.state is GuardianState.ASKED
    browser.get(address, status=200)


def test_a_refusal_is_taken_and_the_child_cannot_submit(browser, child):
    page = browser.post(asked(child), {"viec": "khong-dong-y"}, status=302)

    assert "không ảnh hưởng đến việc học" in browser.get(page.location)
    assert child.guardianship.state is GuardianState.REFUSED
    assert fields(consents.blockers(child)) == ["nguoi-giam-ho"]
    assert event("guardian.answered").data == {"answer": "refused"}


def test_a_stranger_who_got_the_mail_is_forgotten(browser, child):
    address, another = asked(child), asked(child)

    page = browser.post(address, {"viec": "khong-phai-toi"}, status=302)

    assert "đã được xóa" in browser.get(page.location)
    assert (child.guardianship.guardian_name, child.guardianship.guardian_email) == ("", "")
    assert child.guardianship.state is GuardianState.REFUSED
    browser.get(another, status=410)


@pytest.mark.parametrize(
    "answer", [{**ALL, "guardian_name": "Lê Văn Hùng"}, {"viec": "khong-dong-y"}, {"viec": "khong-phai-toi"}]
)
def test_the_link_answers_once(browser, child, answer):
    address = asked(child)
    browser.post(address, answer, status=302)

    browser.post(address, {**ALL, "guardian_name": "Kẻ khác"}, status=410)

    assert len([kind for kind in kinds() if kind == "guardian.answered"]) == 1


def test_without_its_token_the_answer_is_refused(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng", "csrf_token": ""}, status=400)

    assert child.guardianship.state is GuardianState.ASKED


def test_a_guardian_takes_back_one_purpose_later(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)
    address = asked(child)

    page = browser.get(address)
    browser.post(address, {"du_thi": "y", "guardian_name": "Lê Văn Hùng"}, status=302)

    ticked = [e.get("name") for e in page.tree.iter("input") if e.get("checked") is not None]
    assert ticked == list(ALL)
    assert not consents.holds_consent(child, Purpose.PUBLIC_NAME)
    assert consents.holds_consent(child, Purpose.CONTEST)
    withdrawn = [k for k in kinds() if k == "consent.withdrawn"]
    assert len(withdrawn) == 3


def test_a_guardian_takes_back_everything(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)

    browser.post(asked(child), {"viec": "khong-dong-y"}, status=302)

    assert child.guardianship.state is GuardianState.WITHDRAWN
    assert [p for p in GUARDIAN_PURPOSES if consents.holds_consent(child, p)] == []
    assert fields(consents.blockers(child)) == ["nguoi-giam-ho"]


def test_a_new_link_is_asked_for_without_an_account_and_tells_nothing(browser, child):
    known = browser.post("/giam-ho", {"email": "HUNG@example.vn"}, status=200)
    unknown = browser.post("/giam-ho", {"email": "la@example.vn"}, status=200)

    assert without_token(known) == without_token(unknown)
    assert kinds() == ["guardian.asked"]
    assert event("guardian.asked").object_id == child.guardianship.id


def test_asking_again_leaves_the_answer_as_it_is(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)

    browser.post("/giam-ho", {"email": "hung@example.vn"}, status=200)

    assert child.guardianship.state is GuardianState.CONFIRMED


def test_a_childs_own_yes_is_needed_too(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)
    for consent in child.consents:
        if not consent.by_guardian:
            consent.withdrawn_at = now()
    db.session.commit()

    assert not consents.holds_consent(child, Purpose.CONTEST)
    assert not consents.holds_consent(child, Purpose.PUBLIC_NAME)
    assert fields(consents.blockers(child)) == ["du_thi"]


def test_from_the_sixteenth_birthday_the_guardian_is_not_needed(child):
    turned = datetime(2029, 3, 10, 17, tzinfo=UTC)  # midnight in Vietnam

    with set_to(turned - timedelta(seconds=1)):
        before = fields(consents.blockers(child))
    with set_to(turned):
        after = fields(consents.blockers(child))

    assert (before, after) == (["nguoi-giam-ho"], [])


def test_a_name_with_markup_in_it_is_only_text(browser, child):
    child.full_name = "Châu <b>{quan_he}</b> [x](http://xau.example.vn)"
    db.session.commit()

    page = browser.get(asked(child))

    assert "Châu <b>{quan_he}</b> [x](http://xau.example.vn)" in page
    assert "xau.example.vn" not in " ".join(page.links())


# --- what the child does on the account page


def test_a_child_sends_the_mail_again(browser, child):
    browser.as_(child).post("/tai-khoan/nguoi-giam-ho/hoi-lai", status=302)

    assert kinds() == ["guardian.asked"]


def test_a_child_names_somebody_else_after_a_refusal(browser, child):
    old = asked(child)
    browser.post(asked(child), {"viec": "khong-dong-y"}, status=302)

    browser.as_(child).post(
        "/tai-khoan/nguoi-giam-ho",
        {"guardian_name": "Trần Thị Lan", "guardian_email": "lan@example.vn", "guardian_relation": "mẹ"},
        status=302,
    )

    assert child.guardianship.state is GuardianState.ASKED
    assert child.guardianship.guardian_email == "lan@example.vn"
    browser.get(old, status=410)


def test_a_guardian_who_agreed_is_not_replaced_by_the_child(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)

    browser.as_(child).post(
        "/tai-khoan/nguoi-giam-ho",
        {"guardian_name": "Ai đó", "guardian_email": "ai@example.vn", "guardian_relation": "mẹ"},
        status=409,
    )

    assert child.guardianship.guardian_name == "Lê Văn Hùng"


def test_the_childs_own_mailbox_is_refused_with_everything_kept(browser, child):
    page = browser.as_(child).post(
        "/tai-khoan/nguoi-giam-ho",
        {"guardian_name": "Trần Thị Lan", "guardian_email": "chau+me@example.vn", "guardian_relation": "mẹ"},
        status=422,
    )

    assert list(page.errors()) == ["guardian_email"]
    assert page.value_of("guardian_name") == "Trần Thị Lan"


def test_an_adult_needs_no_guardian(browser):
    browser.as_(UserFactory()).post("/tai-khoan/nguoi-giam-ho/hoi-lai", status=409)


def test_a_consent_given_twice_counts_once(browser, child):
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)
    browser.post(asked(child), {**ALL, "guardian_name": "Lê Văn Hùng"}, status=302)

    rows = db.session.query(Consent).filter_by(user_id=child.id, by_guardian=True).all()
    assert len(rows) == len(GUARDIAN_PURPOSES)
    assert links.find("khong-co", LinkPurpose.GUARDIAN) is None
