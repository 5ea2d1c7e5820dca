"""An idea is written, given a file, and sent with scripts switched off."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from app.core.passwords import hash_password
from app.permissions import Role
from tests.browser.conftest import running_site
from tests.browser.test_story import PASSWORD, words
from tests.conftest import running_app
from tests.factories import CampaignFactory, UserFactory


def pdf() -> bytes:
    """One empty page."""
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def site(tmp_path, one_app):
    with running_site("sqlite", tmp_path, "plain") as site:
        with running_app(one_app, site.database, tmp_path):
            CampaignFactory()
            UserFactory(
                role=Role.YOUTH,
                email="tre@example.vn",
                birth_date=date(2001, 2, 3),
                password_hash=hash_password(PASSWORD),
            )
        site.start()
        yield site


def test_idea_is_written_and_sent_without_javascript(site, meet):
    youth = meet(site, "youth", javascript=False, phone=True)
    youth.sign_in("tre@example.vn", PASSWORD)
    youth.go("/nop-y-tuong")
    youth.press("Bắt đầu viết")
    youth.fill(title="Vườn thùng xốp trên sân trường", summary=words(45), p_giai_phap=words(60))
    youth.page.locator("input[name=topic]").first.check()

    youth.press("Lưu nháp")
    assert youth.page.locator("[name=title]").input_value() == "Vườn thùng xốp trên sân trường"

    youth.press("Thêm hoặc xóa tệp")
    youth.page.locator("input[type=file]").first.set_input_files(
        {"name": "so-do.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    youth.press("Tải lên")
    youth.sees("so-do.pdf")

    youth.go("/cua-toi")
    youth.page.locator("a[href$='/sua']").first.click()
    youth.press("Xem lại rồi gửi")
    youth.sees("Vườn thùng xốp")
    youth.page.locator("a[href$='/nop']").first.click()
    youth.press("Gửi dự thi")
    youth.sees("cần")  # the pledge is missing: said beside its field, nothing lost
    youth.tick("pledge")
    youth.press("Gửi dự thi")

    assert re.search(r"YT-\d{4}-\d{4}", youth.page.locator("main").inner_text())
    youth.open_mail("tre@example.vn", "Đã nhận ý tưởng")
