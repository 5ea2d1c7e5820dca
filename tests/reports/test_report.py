"""The page, and its files as they leave by a button."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.events import Event
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.permissions import Role
from tests.factories import InitiativeFactory, UserFactory
from tests.reports.conftest import at
from tests.reports.test_queries import everything

S = InitiativeState
THIS_QUARTER = "/bao-cao?tu=01/10/2026&den=31/12/2026"
MAY_READ = {Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR}
ADDRESSES = ("/bao-cao", "/bao-cao/docx", "/bao-cao/xlsx")


def exports() -> list[tuple[int, dict]]:
    rows = db.session.execute(
        sa.select(Event.actor_id, Event.data).where(Event.kind == "report.exported").order_by(Event.id)
    )
    return [(actor_id, data) for actor_id, data in rows]


def test_officer_reads_the_quarter_as_it_stands(browser, officer):
    everything(2)
    InitiativeFactory(title="Bản đồ quán ăn", received_at=at(7, 10), due_on=date(2026, 11, 1))

    page = browser.as_(officer).get("/bao-cao")

    assert (
        "Quý IV năm 2026, so với kỳ trước 01/07/2026 – 30/09/2026. Kỳ này chưa hết, số liệu tính đến 24/11/2026."
        in page
    )
    assert "2 ý tưởng nhận Kỳ trước 0, tăng 2" in page
    assert "1 việc quá hạn Kỳ trước 0, tăng 1" in page
    assert "Còn 7 chỗ phải điền tay trước khi trình ký" in page
    assert "Bản đồ quán ăn" in page
    assert "Kính gửi: Sở Khoa học và Công nghệ thành phố Hải Phòng" in page
    assert page.value_of("tu") == "01/10/2026"


def test_difficulties_are_the_other_list(browser, officer):
    InitiativeFactory(title="Gom pin cũ", received_at=at(7, 10))
    InitiativeFactory(kind=InitiativeKind.OBSTACLE, title="Mạng yếu ở cảng", received_at=at(7, 10))

    page = browser.as_(officer).get(f"{THIS_QUARTER}&danh-sach=kho-khan")

    assert "Mạng yếu ở cảng" in page
    assert "Gom pin cũ" not in page


def test_list_is_paged_and_keeps_the_period(browser, officer):
    for number in range(21):
        InitiativeFactory(title=f"Việc số {number}", received_at=at(1, 10) + timedelta(days=number))

    page = browser.as_(officer).get(f"{THIS_QUARTER}&trang=2")

    assert "Việc số 0" in page
    assert "Việc số 1" not in page
    assert "/bao-cao?tu=01%2F10%2F2026&den=31%2F12%2F2026&trang=1" in page.links()


def test_a_ward_with_nothing_yet_gets_a_whole_page(browser, leader):
    page = browser.as_(leader).get("/bao-cao?tu=01/01/2021&den=31/01/2021")

    assert "Trong kỳ không nhận ý tưởng nào." in page
    assert "Không có việc nào trong danh sách này" in page


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("tu=31/02/2026&den=24/11/2026", "tu", "Viết ngày, tháng, năm bằng số, ví dụ 01/10/2026."),
        ("tu=01/10/2026&den=<script>", "den", "Viết ngày, tháng, năm bằng số, ví dụ 01/10/2026."),
        ("tu=01/10/2026&den=30/09/2026", "den", "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."),
    ],
)
def test_a_day_that_cannot_be_read_is_told_beside_its_field_and_kept(browser, officer, query, field, message):
    page = browser.as_(officer).get(f"/bao-cao?{query}", status=422)

    assert page.errors() == {field: message}
    assert page.value_of("tu") == query.split("&")[0].removeprefix("tu=")


@pytest.mark.parametrize("number", [1, 12])
def test_page_takes_a_set_number_of_queries_whatever_the_size(browser, officer, number):
    everything(number)

    page = browser.as_(officer).get("/bao-cao")

    assert page.queries == 14


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("address", ADDRESSES)
def test_only_officers_leaders_and_administrators_may_read_and_take_it(browser, role, address):
    visitor = browser.as_(UserFactory(role=role))

    page = visitor.get(address) if address == "/bao-cao" and role in MAY_READ else None
    page = page or (visitor.post(address) if address != "/bao-cao" else visitor.get(address, status=403))

    assert page.status == (200 if role in MAY_READ else 403)
    assert len(exports()) == (1 if role in MAY_READ and address != "/bao-cao" else 0)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_visitor_is_sent_to_sign_in(browser, address):
    assert browser.get(address, status=302).location.startswith("/dang-nhap")


@pytest.mark.parametrize(
    ("kind", "mime", "begins"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ],
)
def test_a_file_is_handed_out_with_its_name_and_kept_nowhere(browser, officer, kind, mime, begins):
    response = browser.as_(officer).post(f"/bao-cao/{kind}?tu=01/10/2026&den=24/11/2026", status=200).response

    name = f"Báo cáo Ý tưởng sáng tạo trẻ 01-10-2026_24-11-2026.{kind}"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="Bao cao Y tuong sang tao tre 01-10-2026_24-11-2026.{kind}"; '
        f"filename*=UTF-8''{quote(name)}"
    )
    assert response.mimetype == mime
    assert response.data.startswith(begins)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert exports() == [(officer.id, {"file": kind, "first": "2026-10-01", "last": "2026-11-24"})]


def test_opening_the_files_address_changes_nothing_and_leads_to_the_page(browser, officer):
    page = browser.as_(officer).get(
        "/bao-cao/docx?tu=01/10/2026&den=24/11/2026&_scheme=javascript", status=302
    )

    assert page.location == "/bao-cao?tu=01/10/2026&den=24/11/2026"
    assert exports() == []


def test_a_file_needs_the_pages_token(browser, officer):
    browser.as_(officer).post("/bao-cao/docx", {"csrf_token": ""}, status=400)

    assert exports() == []


def test_a_file_of_days_that_cannot_be_read_is_refused(browser, officer):
    browser.as_(officer).post("/bao-cao/xlsx?tu=x&den=y", status=422)

    assert exports() == []


def test_there_is_no_other_kind_of_file(browser, officer):
    browser.as_(officer).post("/bao-cao/exe", status=404)
