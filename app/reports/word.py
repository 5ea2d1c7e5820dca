"""How Word draws what Decree 30/2020/NĐ-CP asks for: its type, rules under lines, page numbers, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from app.reports.draft import Fill, Piece
from app.reports.plain import printable

TYPEFACE = "Times New Roman"
HEADINGS = ("Heading 1", "Heading 2")
BODY_PT, TABLE_PT = 14, 13
AFTER_BORDERS = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:rPr",
)  # schema order
CENTRE, JUSTIFY, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT

# A4 upright, margins in mm: top and bottom 20–25, left 30–35, right 15–20
SHORT_MM, LONG_MM = 210, 297
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20, 20, 30, 15
WIDTH_MM = SHORT_MM - LEFT_MM - RIGHT_MM


def element(tag: str, **values: Any) -> Any:
    """A Word element: element("w:top", val="single")."""
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def set_type(document: Document) -> None:
    """Times New Roman in black and Vietnamese, whatever the template's theme says."""
    styles = document.styles
    (defaults,) = styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    defaults.find(qn("w:lang")).set(qn("w:val"), "vi-VN")
    for properties in (defaults, *(styles[name].element.get_or_add_rPr() for name in ("Normal", *HEADINGS))):
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), TYPEFACE)
    styles["Normal"].font.size = Pt(BODY_PT)
    for name in HEADINGS:
        style = styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(BODY_PT), True, RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(6), Pt(6)


def set_page(section: Section, *, sideways: bool = False) -> None:
    """A4 with the margins above; page numbers from 1, centred in the top margin, none on the first page."""
    section.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (
        (Mm(LONG_MM), Mm(SHORT_MM)) if sideways else (Mm(SHORT_MM), Mm(LONG_MM))
    )
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    section.different_first_page_header_footer = True
    numbering = section._sectPr.find(qn("w:pgNumType"))  # noqa: SLF001 - python-docx has no name for it
    if numbering is None:
        numbering = element("w:pgNumType")
        section._sectPr.insert_element_before(numbering, "w:cols", "w:titlePg", "w:docGrid")  # noqa: SLF001
    numbering.set(qn("w:start"), "1")


def number_pages(section: Section) -> None:
    """Sections that follow inherit it."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    field = element("w:fldSimple", instr="PAGE")
    run = paragraph.add_run("2")
    run.font.size = Pt(BODY_PT)
    field.append(run._r)  # noqa: SLF001
    paragraph._p.append(field)  # noqa: SLF001


def new_section(document: Document, *, sideways: bool) -> Section:
    """A new page with its own numbers, as each appendix has."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    set_page(section, sideways=sideways)
    return section


def write(
    paragraph: Paragraph,
    pieces: Piece | Iterable[Piece],
    *,
    size: float = BODY_PT,
    bold: bool = False,
    italic: bool = False,
) -> Paragraph:
    """Add words; what is left to a person stands out in yellow."""
    for piece in [pieces] if isinstance(pieces, str | Fill) else pieces:
        run = paragraph.add_run(printable(piece.mark if isinstance(piece, Fill) else piece))
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
        if isinstance(piece, Fill):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return paragraph


def tighten(paragraph: Paragraph, *, before: float = 0, after: float = 0) -> Paragraph:
    """Single spacing, with so many points around."""
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.0
    return paragraph


def rule(paragraph: Paragraph, *, within_mm: float, length_mm: float) -> None:
    """Make this empty paragraph a solid line of that length, centred in that width."""
    tighten(paragraph, before=3).alignment = CENTRE
    paragraph.paragraph_format.line_spacing = Pt(4)
    indent = Mm((within_mm - length_mm) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    borders = element("w:pBdr")
    borders.append(element("w:top", val="single", sz=6, space=1, color="000000"))
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    properties.insert_element_before(borders, *AFTER_BORDERS)


def layout_table(document: Document, widths_mm: Sequence[float]) -> list[_Cell]:
    """Columns side by side without borders: one row, its cells."""
    table = document.add_table(rows=1, cols=len(widths_mm))
    _fix_widths(table, widths_mm)
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=0, type="dxa"))
    table._tbl.tblPr.append(margins)  # noqa: SLF001
    return list(table.rows[0].cells)


def data_table(document: Document, heads: Sequence[str], widths_mm: Sequence[float]) -> Table:
    """A table with lines, whose head comes again on every page."""
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    _fix_widths(table, widths_mm)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    fill_row(table.rows[0], heads, bold=True, alignments=[CENTRE] * len(heads))
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(element("w:tblHeader"))
    return table


def fill_row(row: Any, texts: Sequence[str], *, alignments: Sequence[Any], bold: bool = False) -> None:
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))  # noqa: SLF001
    for cell, text, alignment in zip(row.cells, texts, alignments, strict=True):
        paragraph = tighten(cell.paragraphs[0], before=2, after=2)
        paragraph.alignment = alignment
        write(paragraph, text, size=TABLE_PT, bold=bold)


def _fix_widths(table: Table, widths_mm: Sequence[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths_mm, strict=True):
        cell.width = Mm(width)
