"""Writing in a real browser: a lost network, a second tab, an ended session lose nothing."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import expect

from app.accounts.models import LoginSession
from app.core.clock import now
from app.core.db import db, transaction
from app.core.passwords import hash_password
from app.ideas.models import Idea
from app.permissions import Role
from tests.browser.conftest import running_site
from tests.conftest import running_app
from tests.factories import CampaignFactory, UserFactory

EMAIL, PASSWORD = "tre@example.vn", "cau-rao-2-moi"
SAVED = "Đã lưu lúc"


@pytest.fixture
def site(tmp_path, one_app):
    with running_site("sqlite", tmp_path, "writing") as site, running_app(one_app, site.database, tmp_path):
        CampaignFactory()
        UserFactory(
            role=Role.YOUTH, email=EMAIL, birth_date=date(2001, 2, 3), password_hash=hash_password(PASSWORD)
        )
        site.start()
        yield site


@pytest.fixture
def writer(site, meet):
    """Somebody on the writing page of a new draft."""
    youth = meet(site, "youth")
    youth.sign_in(EMAIL, PASSWORD)
    youth.go("/nop-y-tuong")
    youth.press("Bắt đầu viết")
    youth.page.wait_for_url("**/sua")
    return youth


def state(page):
    return page.locator(".save-state")


def saved(page):
    """Waits until nothing that was typed is still on its way: one keystroke, and the mark is "busy" again."""
    expect(page.locator(".save-state[data-s=ok]")).to_contain_text(SAVED)


def kept():
    """What the server holds of the only draft."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Idea)).one()


def save(page, **values):
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("h1").click()
    saved(page)


def test_what_is_typed_is_saved_without_a_button(writer):
    page = writer.page
    page.locator("[name=title]").fill("Trạm sạc xe điện ở nhà văn hóa")
    page.locator("[contenteditable=true]").first.click()
    page.keyboard.type("Nhà em hay thiếu chỗ sạc xe.")
    expect(page.locator("textarea[name=p_giai_phap]")).to_have_value("<p>Nhà em hay thiếu chỗ sạc xe.</p>")
    saved(page)

    assert kept().title == "Trạm sạc xe điện ở nhà văn hóa"
    assert [answer.html for answer in kept().answers] == ["<p>Nhà em hay thiếu chỗ sạc xe.</p>"]
    expect(page.locator("[data-missing-list]")).not_to_contain_text("Ghi tên ý tưởng")


def test_text_typed_without_a_network_is_sent_when_it_is_back(writer):
    page = writer.page
    writer.context.set_offline(True)
    page.locator("[name=summary]").fill("Viết khi mất mạng")
    expect(state(page)).to_contain_text("mất mạng")

    writer.context.set_offline(False)
    expect(state(page)).to_contain_text(SAVED)

    assert kept().summary == "Viết khi mất mạng"
    writer.troubles.clear()  # the browser itself reports that there was no network


def test_tab_closed_before_saving_gives_its_text_back(writer):
    page, address = writer.page, writer.page.url
    writer.context.set_offline(True)
    page.locator("[name=summary]").fill("Chưa kịp lưu đã đóng")
    expect(state(page)).to_contain_text("mất mạng")
    page.close()
    writer.context.set_offline(False)

    writer.page = writer.context.new_page()
    writer.page.goto(address)
    writer.press("Khôi phục bản trên máy này")

    expect(writer.page.locator("[name=summary]")).to_have_value("Chưa kịp lưu đã đóng")
    writer.troubles.clear()


def test_second_tab_overwrites_nothing_unasked(writer):
    page = writer.page
    save(page, title="Bản đầu")
    other = writer.context.new_page()
    other.goto(page.url)
    save(other, title="Sửa ở thẻ hai")

    page.locator("[name=title]").fill("Sửa ở thẻ một")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Sửa ở thẻ hai")

    assert kept().title == "Sửa ở thẻ hai"
    dialog.get_by_role("button", name="Dùng bản đã chọn").click()
    saved(page)
    assert kept().title == "Sửa ở thẻ một"


def test_text_written_after_the_session_ended_is_saved_once_signed_in_again(writer):
    page = writer.page
    with transaction():
        db.session.execute(sa.update(LoginSession).values(revoked_at=now()))

    page.locator("[name=summary]").fill("Viết khi phiên đã hết")
    expect(page.locator("[data-save-banner]")).to_contain_text("Phiên đăng nhập đã hết")
    beside = writer.context.new_page()
    beside.goto("/dang-nhap")
    beside.locator("#email").fill(EMAIL)
    beside.locator("#password").fill(PASSWORD)
    beside.locator("#password").press("Enter")
    beside.wait_for_url(lambda url: "/dang-nhap" not in url)
    beside.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(state(page)).to_contain_text(SAVED)
    assert kept().summary == "Viết khi phiên đã hết"


def test_files_go_up_one_by_one_and_a_refused_one_says_why(writer):
    page = writer.page
    picture = BytesIO()
    Image.new("RGB", (20, 20), "red").save(picture, "PNG")
    page.locator("[name=title]").fill("Đang viết dở")

    page.locator("#tep").set_input_files(
        [
            {"name": "so-do.png", "mimeType": "image/png", "buffer": picture.getvalue()},
            {"name": "gia.pdf", "mimeType": "application/pdf", "buffer": b"khong phai pdf"},
        ]
    )

    expect(page.locator("#tep-phan")).to_contain_text("Nội dung tệp không đúng với đuôi tên tệp")
    assert [one.file.original_name for one in kept().attachments] == ["so-do.png"]
    expect(page.locator("[name=title]")).to_have_value("Đang viết dở")
