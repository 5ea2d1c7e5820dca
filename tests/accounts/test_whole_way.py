"""From signing up to a guardian's yes, through the mails that really arrive."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app import worker
from app.accounts import consents
from app.accounts.models import User
from app.core.db import db
from app.mail.models import Mail
from app.permissions import Role
from tests.accounts.mailbox import PASSWORD
from tests.factories import UserFactory


def link_in_the_last_mail_to(address: str) -> str:
    while worker.run_once():
        pass
    body = db.session.scalars(
        sa.select(Mail.body).where(Mail.to_address == address).order_by(Mail.id.desc()).limit(1)
    ).one()
    return re.search(r"http://localhost(/[\w-]+/[\w-]{43})", body)[1]


def test_a_child_joins_and_the_guardian_agrees(browser):
    browser.post(
        "/dang-ky",
        {
            "full_name": "Lê Bảo Châu",
            "day": "11",
            "month": "3",
            "year": "2015",
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
    browser.post(link_in_the_last_mail_to("chau@example.vn"), status=302)
    browser.post("/dang-nhap", {"email": "chau@example.vn", "password": PASSWORD}, status=302)
    assert "Chờ trả lời" in browser.get("/tai-khoan")

    guardian = browser.as_(None)
    guardian.post(
        link_in_the_last_mail_to("hung@example.vn"),
        {"du_thi": "y", "guardian_name": "Lê Văn Hùng"},
        status=302,
    )

    child = db.session.scalars(sa.select(User)).one()
    assert consents.blockers(child) == []
    guardian.post("/giam-ho", {"email": "hung@example.vn"}, status=200)
    guardian.post(link_in_the_last_mail_to("hung@example.vn"), {"viec": "khong-dong-y"}, status=302)
    db.session.expire_all()
    assert [blocker.field for blocker in consents.blockers(child)] == ["nguoi-giam-ho"]


def test_a_judge_is_invited_and_comes(browser, administrator):
    browser.as_(administrator).post(
        "/quan-tri/nguoi-dung/moi",
        {"email": "gk@example.vn", "full_name": "Trần Văn Bình", "roles": ["judge"]},
        status=302,
    )

    address = link_in_the_last_mail_to("gk@example.vn")
    browser.post(address, {"full_name": "Trần Văn Bình", "password": PASSWORD}, status=302)

    assert db.session.scalars(sa.select(User).where(User.email == "gk@example.vn")).one().roles == {
        Role.JUDGE
    }
    browser.get(address, status=410)


def test_a_forgotten_password_is_set_anew(browser):
    UserFactory(email="mai@example.vn", password_hash="x")
    browser.post("/quen-mat-khau", {"email": "mai@example.vn"}, status=200)

    browser.post(link_in_the_last_mail_to("mai@example.vn"), {"password": PASSWORD}, status=302)

    browser.post("/dang-nhap", {"email": "mai@example.vn", "password": PASSWORD}, status=302)


def test_a_new_address_is_confirmed_from_its_own_mailbox(browser):
    from app.core.passwords import hash_password

    mai = UserFactory(email="mai@example.vn", password_hash=hash_password(PASSWORD))
    browser.as_(mai).post(
        "/tai-khoan/dia-chi-thu", {"email": "may@example.vn", "current_password": PASSWORD}, status=302
    )

    browser.post(link_in_the_last_mail_to("may@example.vn"), status=302)

    assert mai.email == "may@example.vn"
