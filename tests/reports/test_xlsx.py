"""The workbook, read by openpyxl and, apart from it, as zip and XML."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from defusedxml import ElementTree

from app.core import clock
from app.ideas.rules import IdeaState
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.reports.service import FileKind, make_file
from tests.factories import IdeaFactory, InitiativeFactory, UnitFactory, UserFactory
from tests.reports.conftest import QUARTER, agree_to_be_named, at, outcome

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HEAD_ROW = 4
S = InitiativeState


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", base_url="http://localhost"):
        yield


def content() -> bytes:
    return make_file(QUARTER, FileKind.XLSX).content


def workbook():
    return openpyxl.load_workbook(BytesIO(content()))


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(sheet) -> list[dict[str, object]]:
    """The rows under the head, by the words of the head."""
    heads = [cell.value for cell in sheet[HEAD_ROW]]
    return [
        dict(zip(heads, values, strict=True))
        for values in sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True)
    ]


def test_sheets_are_there_in_order_and_every_part_is_well_formed(app):
    data = content()

    assert openpyxl.load_workbook(BytesIO(data)).sheetnames == [
        "Tổng hợp",
        "Theo lĩnh vực",
        "Theo đơn vị",
        "Sáng kiến",
        "Khó khăn - vướng mắc",
    ]
    for name, xml in parts(data).items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(xml)


def test_numbers_are_numbers_and_days_are_days(app):
    lead = UnitFactory(short_name="Phòng VH - XH")
    done = InitiativeFactory(
        state=S.COMPLETED, percent=100, lead_unit_id=lead.id, received_at=at(6, 10), finished_at=at(20, 10, 23, 30),
        due_on=date(2026, 10, 20), cost_planned_vnd=12_000_000, cost_actual_vnd=9_600_000,
    )  # fmt: skip
    outcome(done, hours=640)

    book = workbook()
    (row,) = rows_of(book["Sáng kiến"])
    summary = {line["Chỉ tiêu"].strip(): line for line in rows_of(book["Tổng hợp"])}

    assert (row["Mã"], row["Tình trạng"], row["Đơn vị chủ trì"]) == (done.code, "Hoàn thành", "Phòng VH - XH")
    assert (row["Tiếp nhận"], row["Thời hạn"], row["Hoàn thành"]) == (
        datetime(2026, 10, 6),
        datetime(2026, 10, 20),
        datetime(2026, 10, 20),
    )
    assert (row["Kinh phí đã chi (đồng)"], row["Giờ tiết kiệm mỗi tháng"], row["Tiến độ (%)"]) == (
        9_600_000,
        640,
        100,
    )
    assert row["Kết quả"] == "Người dân chờ ít hơn. Thời gian chờ: 68 → 23 phút"
    assert summary["Hoàn thành"]["Kỳ này"] == 1
    assert summary["Kinh phí đã chi cho việc hoàn thành"]["Tăng, giảm"] == 9_600_000
    day = next(cell for cell in book["Sáng kiến"][HEAD_ROW + 1] if isinstance(cell.value, datetime))
    assert day.number_format == "dd/mm/yyyy"


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        '=HYPERLINK("http://x.example","a")',
        "+84 225",
        "-2",
        "@SUM(A1)",
        "{=1}",
        "https://x.example",
        "123",
        "007",
    ],
)
def test_what_looks_like_a_formula_a_link_or_a_number_stays_text(app, typed):
    InitiativeFactory(title=typed, received_at=at(6, 10))

    data = content()
    cells = {
        cell.value: cell
        for row in openpyxl.load_workbook(BytesIO(data))["Sáng kiến"].iter_rows()
        for cell in row
    }

    assert cells[typed].data_type == "s"
    sheets = [ElementTree.fromstring(xml) for name, xml in parts(data).items() if "worksheets/sheet" in name]
    assert not [formula for sheet in sheets for formula in sheet.iter(f"{X}f")]
    assert not [link for sheet in sheets for link in sheet.iter(f"{X}hyperlink")]


def test_characters_a_workbook_cannot_hold_are_left_out_and_long_text_is_cut(app):
    InitiativeFactory(
        kind=InitiativeKind.OBSTACLE, title="Mạng\x01 yếu\ufffe", summary="ạ" * 40_000, received_at=at(6, 10)
    )

    (row,) = rows_of(workbook()["Khó khăn - vướng mắc"])

    assert row["Tên"] == "Mạng yếu"
    assert row["Nội dung"] == "ạ" * 32_000


def test_a_name_without_consent_is_nowhere_in_the_file(app):
    hidden, shown = UserFactory(full_name="Lê Văn Kín"), UserFactory(full_name="Trần Thị Đào")
    agree_to_be_named(shown)
    for person in (hidden, shown):
        with clock.set_to(at(5, 10)):
            idea = IdeaFactory(owner=person, state=IdeaState.APPROVED)
        InitiativeFactory(source_idea_id=idea.id, received_at=at(6, 10))

    data = content()
    rows = rows_of(openpyxl.load_workbook(BytesIO(data))["Sáng kiến"])

    assert [row["Tác giả"] for row in rows] == ["Trần Thị Đào", "1 tác giả không nêu tên"]
    assert not [name for name, xml in parts(data).items() if "Kín".encode() in xml]


def test_few_authors_of_a_unit_are_not_told_apart(app):
    for name, number in (("THPT A", 6), ("THPT B", 2), ("THPT C", 4)):
        unit = UnitFactory(short_name=name)
        for _ in range(number):
            with clock.set_to(at(5, 10)):
                IdeaFactory(owner=UserFactory(unit_id=unit.id), state=IdeaState.APPROVED)

    rows = rows_of(workbook()["Theo đơn vị"])

    assert [(row["Đơn vị"], row["Tác giả"], row["Ý tưởng nhận"]) for row in rows] == [
        ("THPT A", 6, 6),
        ("Các đơn vị còn lại", 6, 6),
    ]


def test_sheets_are_ready_to_read_and_print(app):
    InitiativeFactory(received_at=at(6, 10))

    for sheet in workbook():
        assert sheet.freeze_panes == "A5"
        assert sheet.page_setup.paperSize == (
            8 if sheet.title in {"Sáng kiến", "Khó khăn - vướng mắc"} else 9
        )
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
        assert all(cell.value and cell.font.bold for cell in sheet[HEAD_ROW])
        assert sheet.column_dimensions["A"].width > 10
