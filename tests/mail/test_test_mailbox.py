"""The demo's test mailbox: every mail with links that can be followed, on this machine only."""

from __future__ import annotations

import msgspec
import pytest

from app import worker
from app.core.db import transaction
from app.core.events import record
from tests.factories import UserFactory


@pytest.fixture
def demo(app):
    """The same site, as the demo."""
    app.config["SETTINGS"] = msgspec.structs.replace(app.config["SETTINGS"], demo=True)
    return app


def joined(**values):
    person = UserFactory(**values)
    with transaction():
        record("user.joined", person, person)
    worker.run_once()
    return person


def test_newcomer_follows_the_link_of_the_newest_mail(demo, browser):
    joined(email="moi@example.vn")

    page = browser.get("/hop-thu-thu")
    mail = browser.get(next(link for link in page.links() if link.startswith("/hop-thu-thu/")))

    assert "Hộp thư thử của bản minh họa" in page.h1
    assert [link.rpartition("/")[0] for link in mail.links() if link.startswith("/xac-nhan/")] == [
        "/xac-nhan"
    ]


def test_a_mail_is_found_by_part_of_its_address(demo, browser):
    joined(email="hoa@example.vn")
    joined(email="lan@example.vn")

    page = browser.get("/hop-thu-thu?q=LAN@")

    assert "lan@example.vn" in page
    assert "hoa@example.vn" not in page


def test_empty_mailbox_says_what_to_do(demo, browser):
    assert "Chưa có thư nào" in browser.get("/hop-thu-thu")
    assert "Không có thư nào cho địa chỉ này" in browser.get("/hop-thu-thu?q=khong-ai")


@pytest.mark.parametrize("address", ["/hop-thu-thu", "/hop-thu-thu/1"])
def test_outside_the_demo_there_is_no_test_mailbox(app, browser, address):
    joined()

    browser.get(address, status=404)


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        ("from another machine", {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}),
        ("through a proxy, which is on this machine", {"headers": {"X-Forwarded-For": "203.0.113.7"}}),
        ("through a proxy of another kind", {"headers": {"Forwarded": "for=203.0.113.7"}}),
    ],
)
def test_nobody_from_elsewhere_reads_the_test_mailbox(demo, browser, why, asked):
    joined()

    browser.get("/hop-thu-thu", status=404, **asked)
    browser.get("/hop-thu-thu/1", status=404, **asked)


def test_a_mail_is_kept_by_no_cache_and_told_to_no_other_page(demo, browser):
    joined()

    headers = browser.get("/hop-thu-thu/1").response.headers

    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
