"""Mails about accounts: each link opens what it promises, nobody is told what is not theirs."""

from __future__ import annotations

from datetime import date

import pytest

from app.accounts import links
from app.accounts.models import Guardianship
from app.accounts.rules import GuardianState, LinkPurpose, UserState
from app.core.clock import now
from app.core.db import db
from app.permissions import Role
from tests.factories import UserFactory


def link_in(mail, path):
    """The secret of the one link that leads to `path`."""
    line = next(line for line in mail.body.splitlines() if f"http://localhost{path}" in line)
    return line.split(path, 1)[1].split()[0]


@pytest.mark.parametrize(
    ("kind", "path", "purpose", "subject"),
    [
        ("user.joined", "/xac-nhan/", LinkPurpose.CONFIRM, "Xác nhận địa chỉ thư của bạn"),
        ("user.reset_asked", "/dat-lai-mat-khau/", LinkPurpose.RESET, "Đặt lại mật khẩu"),
    ],
)
def test_a_mail_carries_a_link_that_works_for_one_purpose(mails_after, kind, path, purpose, subject):
    person = UserFactory(full_name="Lê Thị Hoa", email="hoa@example.vn")

    (mail,) = mails_after(kind, person)

    assert (mail.subject, mail.to_address, mail.user_id) == (subject, "hoa@example.vn", person.id)
    assert mail.holds_link
    assert "Chào Lê Thị Hoa," in mail.body
    raw = link_in(mail, path)
    assert links.find(raw, purpose).user_id == person.id
    assert [other for other in LinkPurpose if other is not purpose and links.find(raw, other)] == []


def test_an_invitation_names_the_roles_and_its_link_carries_them(mails_after, administrator):
    person = UserFactory(state=UserState.PENDING, role=None)

    (mail,) = mails_after(
        "user.invited", person, administrator, roles=[Role.JUDGE, Role.OFFICER], invited_by=administrator.id
    )

    assert mail.subject == "Mời tham gia với vai trò giám khảo, cán bộ theo dõi"
    link = links.find(link_in(mail, "/loi-moi/"), LinkPurpose.INVITE_STAFF)
    assert link.data == {"roles": ["judge", "officer"], "invited_by": administrator.id}


def test_joining_again_tells_the_owner_of_the_account_only(mails_after):
    person = UserFactory(state=UserState.ACTIVE)

    (mail,) = mails_after("user.join_repeated", person)

    assert mail.template == "already_joined"
    assert "http://localhost/dang-nhap" in mail.body
    assert not mail.holds_link


def test_joining_again_before_confirming_sends_a_new_link(mails_after):
    person = UserFactory(state=UserState.PENDING, confirmed_at=None, password_hash="x")

    (mail,) = mails_after("user.join_repeated", person)

    assert mail.template == "confirm_address"
    assert links.find(link_in(mail, "/xac-nhan/"), LinkPurpose.CONFIRM).user_id == person.id


def test_somebody_invited_does_not_get_in_by_signing_up(mails_after):
    person = UserFactory(state=UserState.PENDING, confirmed_at=None, password_hash="")

    assert mails_after("user.join_repeated", person) == []


def test_a_new_address_is_confirmed_at_the_new_address(mails_after):
    person = UserFactory(email="cu@example.vn", wanted_email="moi@example.vn")

    (mail,) = mails_after("user.address_asked", person, person)

    assert (mail.template, mail.to_address) == ("confirm_new_address", "moi@example.vn")
    assert links.find(link_in(mail, "/xac-nhan/"), LinkPurpose.NEW_ADDRESS).user_id == person.id


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("user.password_changed", "mật khẩu của bạn đã được đổi"),
        ("user.address_changed", "địa chỉ thư của tài khoản đã được đổi"),
    ],
)
def test_the_owner_is_warned_when_the_account_changes(mails_after, kind, words):
    person = UserFactory()

    (mail,) = mails_after(kind, person, person)

    assert mail.template == "security_changed"
    assert words in mail.body


def test_a_stopped_account_gets_no_mail(mails_after):
    person = UserFactory(state=UserState.DEACTIVATED)

    assert mails_after("user.reset_asked", person) == []


def test_withdrawing_a_consent_is_confirmed_by_mail(mails_after):
    person = UserFactory()

    (mail,) = mails_after("consent.withdrawn", person, person, purpose="cong_khai")

    assert "hiện họ tên, đơn vị và ảnh trên trang công khai" in mail.body


def asked_guardianship(**values):
    child = UserFactory(full_name="Vũ Minh Khôi", birth_date=date(2012, 3, 1))
    guardianship = Guardianship(
        child=child,
        guardian_name="Vũ Thị Lan",
        guardian_email="lan@example.vn",
        relation="mẹ",
        asked_at=now(),
        **values,
    )
    db.session.add(guardianship)
    db.session.commit()
    return guardianship


def test_a_guardian_is_asked_at_the_address_the_child_gave(mails_after):
    guardianship = asked_guardianship()

    (mail,) = mails_after("guardian.asked", guardianship)

    assert (mail.to_address, mail.user_id) == ("lan@example.vn", None)
    assert mail.subject == "Vũ Minh Khôi muốn dự thi – cần ý kiến của anh/chị"
    assert "lan@example.vn" not in mail.key
    assert links.find(link_in(mail, "/giam-ho/"), LinkPurpose.GUARDIAN).user_id == guardianship.child_id


def test_a_guardian_who_answered_gets_a_link_to_see_the_answer(mails_after):
    guardianship = asked_guardianship(state=GuardianState.CONFIRMED)

    (mail,) = mails_after("guardian.asked", guardianship)

    assert mail.template == "guardian_link"


def test_a_stranger_whose_address_was_forgotten_is_not_written_to(mails_after):
    guardianship = asked_guardianship(state=GuardianState.REFUSED)
    guardianship.guardian_email = ""
    db.session.commit()

    assert mails_after("guardian.asked", guardianship) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (GuardianState.CONFIRMED, "Em gửi ý tưởng được rồi."),
        (GuardianState.REFUSED, "Bản nháp của em vẫn được giữ."),
    ],
)
def test_a_child_reads_what_the_guardian_answered_and_what_comes_next(mails_after, state, words):
    guardianship = asked_guardianship(state=state)

    (mail,) = mails_after("guardian.answered", guardianship, answer=state)

    assert mail.user_id == guardianship.child_id
    assert words in mail.body
