"""The report as a workbook: numbers are numbers, days are days, and text stays text whatever it begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, NamedTuple

import xlsxwriter

from app.core import formats
from app.core.clock import local, now
from app.initiatives.words import KIND_WORDS
from app.reports import draft
from app.reports.figures import Report
from app.reports.lists import Row
from app.reports.plain import printable

MOST_CHARS = 32_000  # a cell holds 32,767
A4, A3 = 9, 8
WIDEST_ON_A4 = 200  # characters; what is wider would be too small to read
TITLE_ROWS = 3  # title, period, empty: the head comes after
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}

HEAD = {
    "bold": True,
    "border": 1,
    "text_wrap": True,
    "align": "center",
    "valign": "vcenter",
    "bg_color": "#DDE8F5",
}

Value = str | int | date | None


class Column(NamedTuple):
    """One column: its head and how wide it is, in characters."""

    head: str
    width: int


def build(report: Report, works: Sequence[Row], difficulties: Sequence[Row]) -> bytes:
    """The whole workbook."""
    out = BytesIO()
    book = Book(out, report)
    book.sheet("Tổng hợp", "Tổng hợp chỉ tiêu", SUMMARY, summary(report))
    book.sheet("Theo lĩnh vực", "Kết quả theo lĩnh vực", TOPICS, topics(report))
    book.sheet("Theo đơn vị", "Kết quả theo đơn vị", UNITS, units(report))
    book.sheet("Sáng kiến", "Danh mục sáng kiến, đề xuất", WORKS, map(work_values, works))
    reported = map(difficulty_values, difficulties)
    book.sheet("Khó khăn - vướng mắc", "Danh mục khó khăn, vướng mắc", DIFFICULTIES, reported)
    book.close()
    return out.getvalue()


class Book:
    """A workbook whose sheets all look alike and print on one page's width."""

    def __init__(self, out: BytesIO, report: Report) -> None:
        self._book = xlsxwriter.Workbook(out, OPTIONS)
        self._report = report
        self._book.set_properties(
            {
                "title": f"Báo cáo {report.period.name}",
                "author": draft.WARD,
                "created": local(now()).replace(tzinfo=None),
            }
        )
        self._title = self._book.add_format({**FONT, "bold": True, "font_size": 14})
        self._note = self._book.add_format({**FONT, "italic": True})
        self._head = self._book.add_format({**FONT, **HEAD})
        self._text = self._book.add_format({**FONT, "border": 1, "text_wrap": True})
        self._number = self._book.add_format({**FONT, "border": 1, "num_format": "#,##0"})
        self._day = self._book.add_format(
            {**FONT, "border": 1, "num_format": "dd/mm/yyyy", "align": "center"}
        )

    def sheet(
        self, name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
    ) -> None:
        """A sheet with its title, its head, and the rows."""
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self._title)
        sheet.write_string(1, 0, self._period(), self._note)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(TITLE_ROWS, number, column.head, self._head)
        last = TITLE_ROWS
        for last, row in enumerate(rows, start=TITLE_ROWS + 1):
            for number, value in enumerate(row):
                self._write(sheet, last, number, value)
        sheet.freeze_panes(TITLE_ROWS + 1, 0)
        sheet.autofilter(TITLE_ROWS, 0, last, len(columns) - 1)
        self._print(sheet, A4 if sum(column.width for column in columns) <= WIDEST_ON_A4 else A3)

    def _write(self, sheet: Any, row: int, number: int, value: Value) -> None:
        if value is None:
            sheet.write_blank(row, number, None, self._text)
        elif isinstance(value, str):
            sheet.write_string(row, number, printable(value)[:MOST_CHARS], self._text)
        elif isinstance(value, int):
            sheet.write_number(row, number, value, self._number)
        else:
            sheet.write_datetime(row, number, datetime.combine(value, time.min), self._day)

    def _period(self) -> str:
        told = f"Từ ngày {formats.day(self._report.period.first)} đến ngày {formats.day(self._report.period.last)}"
        if self._report.is_going_on:
            told += f", số liệu tính đến hết ngày {formats.day(self._report.now.day)}"
        before = self._report.before.period
        return f"{told}. Kỳ trước: {formats.day(before.first)} – {formats.day(before.last)}."

    def _print(self, sheet: Any, paper: int) -> None:
        sheet.set_paper(paper)
        sheet.set_landscape()
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(TITLE_ROWS)
        sheet.set_footer("&C&P/&N")

    def close(self) -> None:
        self._book.close()


SUMMARY = (
    Column("Chỉ tiêu", 46),
    Column("Đơn vị tính", 14),
    Column("Kỳ này", 16),
    Column("Kỳ trước", 16),
    Column("Tăng, giảm", 16),
)
TOPICS = (
    Column("Lĩnh vực", 46),
    Column("Ý tưởng nhận", 14),
    Column("Ý tưởng hợp lệ", 14),
    Column("Việc theo dõi", 14),
    Column("Việc hoàn thành", 14),
)
UNITS = (
    Column("Nội dung", 26),
    Column("Đơn vị", 46),
    Column("Tác giả", 12),
    Column("Ý tưởng nhận", 12),
    Column("Ý tưởng hợp lệ", 12),
    Column("Việc chủ trì", 12),
    Column("Việc hoàn thành", 12),
    Column("Việc đúng hạn", 12),
    Column("Việc quá hạn", 12),
)
WORKS = (
    Column("Mã", 14),
    Column("Loại", 12),
    Column("Tên", 36),
    Column("Lĩnh vực", 18),
    Column("Tác giả", 22),
    Column("Giải", 14),
    Column("Đơn vị chủ trì", 20),
    Column("Người chịu trách nhiệm", 20),
    Column("Tiếp nhận", 12),
    Column("Thời hạn", 12),
    Column("Tình trạng", 18),
    Column("Tiến độ (%)", 10),
    Column("Hoàn thành", 12),
    Column("Kinh phí dự kiến (đồng)", 16),
    Column("Kinh phí đã chi (đồng)", 16),
    Column("Giờ tiết kiệm mỗi tháng", 12),
    Column("Sản phẩm", 26),
    Column("Kết quả", 40),
)
DIFFICULTIES = (
    Column("Mã", 14),
    Column("Loại", 12),
    Column("Tên", 36),
    Column("Nội dung", 40),
    Column("Đơn vị phản ánh", 20),
    Column("Đơn vị giải quyết", 20),
    Column("Tiếp nhận", 12),
    Column("Thời hạn", 12),
    Column("Tình trạng", 18),
    Column("Kết thúc", 12),
    Column("Kết quả giải quyết", 40),
)


def summary(report: Report) -> list[Sequence[Value]]:
    return [
        (
            f"   {line.label}" if line.inside else str(line.label),
            str(line.unit),
            line.now,
            line.before,
            line.change,
        )
        for line in report.indicators()
    ]


def topics(report: Report) -> list[Sequence[Value]]:
    return [(str(s.label), s.ideas, s.valid, s.works, s.completed) for s in report.by_topic()]


def units(report: Report) -> list[Sequence[Value]]:
    """Units whose people sent ideas, then units that lead the work."""
    sent: list[Sequence[Value]] = [
        (
            "Đơn vị của tác giả",
            str(share.label),
            share.authors,
            share.ideas,
            share.valid,
            None,
            None,
            None,
            None,
        )
        for share in report.now.ideas.by_unit()
    ]
    led: list[Sequence[Value]] = [
        (
            "Đơn vị chủ trì",
            str(share.label),
            None,
            None,
            None,
            share.works,
            share.completed,
            share.in_time,
            share.overdue,
        )
        for share in report.now.work.by_lead()
    ]
    return [*sent, *led]


def work_values(row: Row) -> Sequence[Value]:
    return (
        row.code,
        str(KIND_WORDS[row.kind]),
        row.title,
        row.topic_name,
        row.author_line or row.source_unit_name,
        row.prize_name,
        row.unit_name or "Chưa giao",
        row.responsible,
        local(row.received_at).date(),
        row.due_on,
        row.state_words,
        row.percent,
        row.finished_on,
        row.cost_planned_vnd,
        row.cost_actual_vnd,
        row.hours_saved_per_month,
        row.product,
        row.result,
    )


def difficulty_values(row: Row) -> Sequence[Value]:
    return (
        row.code,
        str(KIND_WORDS[row.kind]),
        row.title,
        row.summary,
        row.source_unit_name,
        row.unit_name or "Chưa giao",
        local(row.received_at).date(),
        row.due_on,
        row.state_words,
        row.finished_on,
        row.result,
    )
