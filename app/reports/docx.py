"""The report as a Word file, ready for a person to fill, sign and send (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import docx
from docx.document import Document
from docx.shared import Mm, Pt

from app.core import formats
from app.core.clock import now
from app.initiatives.words import KIND_WORDS
from app.reports import draft, word
from app.reports.draft import Appendix, Draft, Figure, Heading
from app.reports.figures import DIFFICULTIES
from app.reports.lists import Row
from app.reports.word import CENTRE, JUSTIFY, RIGHT, WIDTH_MM, rule, tighten, write

LEFT_COLUMN_MM = 65
RIGHT_COLUMN_MM = WIDTH_MM - LEFT_COLUMN_MM
FIRST_LINE = Mm(12.7)
NUMBERS_WITH_ROOM = 3  # columns of figures that leave room for a sum in đồng

WORK_HEADS = (
    *("STT", "Mã", "Tên sáng kiến, đề xuất", "Lĩnh vực", "Tác giả, đơn vị đề xuất"),
    *("Đơn vị chủ trì", "Thời hạn", "Tình trạng", "Kết quả"),
)
WORK_WIDTHS_MM = (14, 35, 41, 23, 27, 25, 27, 22, 38)
DIFFICULTY_HEADS = (
    "STT",
    "Mã",
    "Nội dung",
    "Đơn vị phản ánh",
    "Đơn vị giải quyết",
    "Tình trạng",
    "Kết quả giải quyết",
)
DIFFICULTY_WIDTHS_MM = (14, 35, 66, 34, 34, 25, 44)


def build(paper: Draft, rows: Mapping[Appendix, Sequence[Row]]) -> bytes:
    """The whole file. `rows`: the list of each appendix."""
    document = docx.Document()
    word.set_type(document)
    word.set_page(document.sections[0])
    word.number_pages(document.sections[0])
    _describe(document, paper)
    _head(document, paper)
    _title(document, paper)
    _grounds(document)
    for block in paper.blocks:
        _block(document, block)
    _foot(document, paper)
    for appendix in paper.appendices:
        _appendix(document, paper, appendix, rows[appendix])
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _describe(document: Document, paper: Draft) -> None:
    """What the file says of itself."""
    about = document.core_properties
    about.title = " ".join(paper.subject)
    about.author = about.last_modified_by = draft.WARD
    about.language = "vi-VN"
    about.comments = about.keywords = ""
    about.created = about.modified = now().replace(tzinfo=None)


def _head(document: Document, paper: Draft) -> None:
    """Who issues it, on the left; the country and its motto, on the right; then number, place and day."""
    left, right = word.layout_table(document, (LEFT_COLUMN_MM, RIGHT_COLUMN_MM))
    for index, line in enumerate(draft.AGENCY):
        paragraph = left.paragraphs[0] if index == 0 else left.add_paragraph()
        write(tighten(paragraph), line, size=13, bold=True).alignment = CENTRE
    rule(left.add_paragraph(), within_mm=LEFT_COLUMN_MM, length_mm=20)
    write(tighten(left.add_paragraph(), before=6), paper.number, size=13).alignment = CENTRE
    write(tighten(right.paragraphs[0]), draft.COUNTRY, size=12.5, bold=True).alignment = CENTRE
    write(tighten(right.add_paragraph()), draft.MOTTO, size=13.5, bold=True).alignment = CENTRE
    rule(right.add_paragraph(), within_mm=RIGHT_COLUMN_MM, length_mm=54)
    write(tighten(right.add_paragraph(), before=6), paper.place_and_day, italic=True).alignment = CENTRE


def _title(document: Document, paper: Draft) -> None:
    write(tighten(document.add_paragraph(), before=14), draft.KIND, bold=True).alignment = CENTRE
    for line in paper.subject:
        write(tighten(document.add_paragraph()), line, bold=True).alignment = CENTRE
    rule(document.add_paragraph(), within_mm=WIDTH_MM, length_mm=60)
    addressed = write(tighten(document.add_paragraph(), before=10, after=10), f"Kính gửi: {draft.RECIPIENT}")
    addressed.alignment = CENTRE


def _grounds(document: Document) -> None:
    for line in draft.GROUNDS:
        _body(document, [line], italic=True)


def _body(document: Document, pieces: Sequence[draft.Piece], *, italic: bool = False) -> None:
    paragraph = write(document.add_paragraph(), pieces, italic=italic)
    paragraph.alignment = JUSTIFY
    form = paragraph.paragraph_format
    form.first_line_indent, form.space_after, form.line_spacing = FIRST_LINE, Pt(6), 1.15


def _block(document: Document, block: draft.Block) -> None:
    if isinstance(block, Heading):
        heading = document.add_paragraph(style=f"Heading {block.level}")
        heading.paragraph_format.first_line_indent = FIRST_LINE
        write(heading, block.text, bold=True)
    elif isinstance(block, Figure):
        _figure(document, block)
    else:
        _body(document, block.pieces)


def _figure(document: Document, figure: Figure) -> None:
    numbers = len(figure.heads) - 1
    narrow = 30 if numbers <= NUMBERS_WITH_ROOM else 25
    widths = (WIDTH_MM - narrow * numbers, *[narrow] * numbers)
    table = word.data_table(document, figure.heads, widths)
    for row in figure.rows:
        word.fill_row(table.add_row(), row, alignments=[None, *[RIGHT] * numbers])
    tighten(document.add_paragraph(), after=4)


def _foot(document: Document, paper: Draft) -> None:
    """Who receives it, on the left; who signs, on the right."""
    left, right = word.layout_table(document, (WIDTH_MM / 2, WIDTH_MM / 2))
    write(tighten(left.paragraphs[0]), "Nơi nhận:", size=12, bold=True, italic=True)
    for copy in draft.COPIES:
        write(tighten(left.add_paragraph()), f"- {copy}", size=11)
    for index, line in enumerate(draft.SIGNED_BY):
        paragraph = right.paragraphs[0] if index == 0 else right.add_paragraph()
        write(tighten(paragraph), line, bold=True).alignment = CENTRE
    write(tighten(right.add_paragraph(), before=72), paper.signer, bold=True).alignment = CENTRE


def _appendix(document: Document, paper: Draft, appendix: Appendix, rows: Sequence[Row]) -> None:
    word.new_section(document, sideways=True)
    name = draft.appendix_name(paper.appendices, appendix)
    write(tighten(document.add_paragraph()), name, bold=True).alignment = CENTRE
    write(tighten(document.add_paragraph()), appendix.title.upper(), bold=True).alignment = CENTRE
    goes_with = ("(Kèm theo Báo cáo số ", draft.NUMBER, "/BC-UBND ngày ", draft.DAY, " tháng ", draft.MONTH)
    year = paper.place_and_day[-1]
    line = tighten(document.add_paragraph(), after=8)
    write(line, [*goes_with, year, f" của {draft.WARD})"], italic=True).alignment = CENTRE
    if appendix.kinds == DIFFICULTIES:
        _list(document, DIFFICULTY_HEADS, DIFFICULTY_WIDTHS_MM, [difficulty_cells(row) for row in rows])
    else:
        _list(document, WORK_HEADS, WORK_WIDTHS_MM, [work_cells(row) for row in rows])


def _list(
    document: Document, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    table = word.data_table(document, heads, widths)
    for number, cells in enumerate(rows, start=1):
        word.fill_row(table.add_row(), (str(number), *cells), alignments=[CENTRE, *[None] * len(cells)])


def work_cells(row: Row) -> tuple[str, ...]:
    return (
        row.code,
        row.title,
        row.topic_name or "",
        row.author_line or row.source_unit_name or "",
        row.unit_name or "Chưa giao",
        formats.day(row.due_on),
        row.state_words,
        row.result,
    )


def difficulty_cells(row: Row) -> tuple[str, ...]:
    return (
        row.code,
        f"{KIND_WORDS[row.kind]}: {row.title}",
        row.source_unit_name or "",
        row.unit_name or "Chưa giao",
        row.state_words,
        row.result,
    )
