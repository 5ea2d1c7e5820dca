"""A short final: the chair's phone drives the projector of the hall, which nobody signed in to."""

from __future__ import annotations

import pytest

from app.core.db import db
from app.core.passwords import hash_password
from app.permissions import Role
from tests.browser.conftest import running_site
from tests.conftest import running_app
from tests.factories import UserFactory
from tests.finals.stage import stage

CHAIR, JUDGE, MODERATOR, PASSWORD = (
    "chu.tich@example.vn",
    "gk@example.vn",
    "doan@example.vn",
    "con nuoc lon 2026",
)


@pytest.fixture
def site(tmp_path, one_app):
    with running_site("sqlite", tmp_path, "final") as site, running_app(one_app, site.database, tmp_path):
        site.show = stage(ideas=2)
        for person, email in zip(site.show.made.judges, (CHAIR, JUDGE), strict=True):
            person.email, person.password_hash = email, hash_password(PASSWORD)
        db.session.commit()
        site.moderator = UserFactory(
            role=Role.MODERATOR, email=MODERATOR, password_hash=hash_password(PASSWORD)
        )
        site.start()
        yield site


def test_the_chairs_phone_drives_the_projector(site, meet):
    chair, hall, judge = meet(site, "chair", phone=True), meet(site, "hall"), meet(site, "judge", phone=True)
    chair.sign_in(CHAIR, PASSWORD)
    judge.sign_in(JUDGE, PASSWORD)
    chair.go(site.show.address)
    judge.go(f"{site.show.address}/cham")
    hall.go(chair.page.get_by_role("link", name="Mở màn chiếu").first.get_attribute("href"))
    hall.sees("Buổi chung khảo sắp bắt đầu")

    chair.press("Mở phần bốc thăm")
    hall.sees("Mời hội trường đọc một số")
    chair.fill(so__number="73129")
    chair.press("Bốc thăm", exact=True)
    hall.sees("Số được đọc: 73129")
    chair.press("Mở lá thăm thứ 1")
    chair.press("Mở lá thăm thứ 2")
    hall.sees("đã mở 2 trên 2 lá thăm")

    chair.press("Bắt đầu bài thứ nhất")
    hall.sees("07:00")
    judge.sees("Đang trình bày: bài 1 trên 2")
    chair.press("Chạy đồng hồ")
    hall.sees("06:5")
    chair.press("Dừng đồng hồ")
    hall.sees("đang dừng")
    chair.press("Bài tiếp theo")
    hall.sees("Bài 2 trên 2")
    judge.sees("Đang trình bày: bài 2 trên 2")
    chair.press("Xong bài cuối")
    chair.follow("Khóa phiếu chấm")
    chair.page.locator("dialog[open]").get_by_role("button", name="Khóa phiếu chấm").click()
    hall.sees("Tổng điểm chưa mở")
    hall.does_not_see("79,11")

    chair.press("Mở tổng điểm")
    hall.sees("79,11")
    propose(site)
    chair.follow("Kịch bản trao giải")
    chair.press("Bắt đầu trao giải")
    hall.sees("Các giải sẽ lần lượt được mở")
    hall.does_not_see("Giải Nhì")
    chair.press("Mở trên màn chiếu")
    hall.sees("Giải Nhì")
    hall.does_not_see("Giải Nhất")
    chair.press("Mở trên màn chiếu")
    hall.sees("Giải Nhất")
    chair.press("Kết thúc buổi chung khảo")
    hall.sees("Chúc mừng các đội")


def propose(site):
    """The organisers propose meanwhile, on a page of their own."""
    db.session.rollback()
    db.session.expire_all()
    site.show.propose(site.moderator)
