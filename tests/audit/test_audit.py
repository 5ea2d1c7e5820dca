"""The audit page: filtered, paged by key, exported without formulas; for administrators alone."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from app.audit.export import plain
from app.core import clock
from app.core.db import transaction
from app.core.events import record
from app.permissions import Role
from tests.factories import IdeaFactory, UserFactory

PAGE = "/quan-tri/nhat-ky"


def happened(kind, thing, actor=None, at=None, **data):
    with transaction():
        if at is None:
            return record(kind, thing, actor, **data)
        with clock.set_to(at):
            return record(kind, thing, actor, **data)


def kinds_on(page):
    """What the rows of the table say, in order."""
    rows = page.tree.findall(".//tbody/tr")
    return ["".join(row.find("th").itertext()).split("#")[0].strip() for row in rows]


def test_everything_that_happened_is_listed_newest_first(browser, administrator, youth):
    happened("user.joined", youth, youth)
    happened("user.confirmed", youth, youth)

    page = browser.as_(administrator).get(PAGE)

    assert kinds_on(page) == ["Xác nhận địa chỉ thư", "Đăng ký tài khoản"]
    assert youth.full_name in page


def test_what_an_event_carries_is_said_in_words_with_hashes_shortened(browser, administrator, youth):
    rules = "220c9fa5959b4b08a2288b2358f5d3e37b7a6ecb42f5f29addbe20944877e72c"
    happened(
        "user.joined",
        youth,
        youth,
        judge_ids=[60, 64],
        voted=[],
        is_live=True,
        rules_hash=rules,
        points={"moi": 2350},
        awards=[[7, 1], [8, 2]],
    )

    page = browser.as_(administrator).get(PAGE)

    said = "".join(page.tree.find(".//tbody/tr").itertext())
    assert "Giám khảo: 60, 64; Đã biểu quyết: không có; Chấm tại buổi chung khảo: có" in said
    assert "Mã của thể lệ: 220c9fa5959b…; Điểm: moi 23,5; Giải thưởng: 2 dòng, xem trong tệp tải về" in said
    assert page.tree.find(".//tbody/tr//code").get("title") == rules


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("loai=user.joined", ["Đăng ký tài khoản"]),
        ("nguoi=quyen", ["Gửi ý tưởng"]),
        ("nguoi=QUYẾN le", ["Gửi ý tưởng"]),
        ("doi-tuong=users", ["Xác nhận địa chỉ thư", "Đăng ký tài khoản"]),
        ("doi-tuong=ideas&so=1", ["Gửi ý tưởng"]),
        ("tu=2026-11-21", ["Gửi ý tưởng"]),
        ("den=2026-11-20", ["Xác nhận địa chỉ thư", "Đăng ký tài khoản"]),
        ("yeu-cau=khong-co", []),
        ("tu=hom-qua&so=abc", ["Gửi ý tưởng", "Xác nhận địa chỉ thư", "Đăng ký tài khoản"]),
    ],
)
def test_the_page_is_filtered(browser, administrator, asked, shown):
    author = UserFactory(full_name="Lê Thị Quyến")
    idea = IdeaFactory(owner=author)
    other = UserFactory(full_name="Phạm Văn Tú")
    happened("user.joined", other, other, at=datetime(2026, 11, 19, 3, tzinfo=UTC))
    happened(
        "user.confirmed", other, other, at=datetime(2026, 11, 20, 16, 59, tzinfo=UTC)
    )  # 23:59 in Việt Nam
    happened("idea.submitted", idea, author, at=datetime(2026, 11, 20, 17, 1, tzinfo=UTC))

    assert kinds_on(browser.as_(administrator).get(f"{PAGE}?{asked}")) == shown


def test_older_pages_follow_by_key_and_keep_the_filters(browser, administrator, youth):
    for _ in range(55):
        happened("user.joined", youth, youth)
    happened("user.confirmed", youth, youth)
    mine = browser.as_(administrator)

    first = mine.get(f"{PAGE}?loai=user.joined")
    onward = next(link for link in first.links() if "truoc=" in link)
    second = mine.get(onward)

    assert (len(kinds_on(first)), len(kinds_on(second))) == (50, 5)
    assert set(kinds_on(second)) == {"Đăng ký tài khoản"}


def test_the_page_costs_the_same_with_many_events(browser, administrator):
    mine = browser.as_(administrator)
    for _ in range(2):
        happened("user.joined", UserFactory(), UserFactory())
    few = mine.get(PAGE).queries
    for _ in range(20):
        happened("user.joined", UserFactory(), UserFactory())

    assert mine.get(PAGE).queries == few


def test_nothing_found_says_so(browser, administrator):
    assert "Không có sự kiện nào" in browser.as_(administrator).get(f"{PAGE}?loai=khong.co")


def test_one_thing_has_its_own_history(browser, administrator, youth):
    happened("user.joined", youth, youth)
    mine = browser.as_(administrator)

    page = mine.get(f"{PAGE}/users/{youth.id}")

    assert page.h1 == f"Tài khoản {youth.full_name}"
    assert "Đăng ký tài khoản" in page
    mine.get(f"{PAGE}/users/999", status=404)
    mine.get(f"{PAGE}/khong_co/1", status=404)


def test_the_export_is_a_csv_that_excel_reads_and_holds_no_formula(browser, administrator):
    person = UserFactory(full_name="=cmd()")
    happened("user.joined", person, person, note="-1+1")

    answer = browser.as_(administrator).get(f"{PAGE}/tai-ve?loai=user.joined").response

    text = answer.get_data().decode("utf-8")
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True))
    assert text.startswith("\ufeff")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="nhat-ky-')
    assert len(rows) == 2
    assert rows[1][5] == "'=cmd()"
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(
    ("typed", "exported"),
    [
        ("=1", "'=1"),
        ("+84", "'+84"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("Gửi", "Gửi"),
        ("", ""),
    ],
)
def test_what_looks_like_a_formula_is_exported_as_text(typed, exported):
    assert plain(typed) == exported


@pytest.mark.parametrize("role", [Role.YOUTH, Role.MODERATOR, Role.OFFICER, Role.JUDGE, Role.LEADER])
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/tai-ve", f"{PAGE}/users/1"])
def test_nobody_else_reads_the_audit(browser, role, address):
    browser.as_(UserFactory(role=role)).get(address, status=403)
