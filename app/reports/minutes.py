"""The council's minutes as a Word file, laid out as Decree 30/2020/NĐ-CP asks, ready to be signed."""

from __future__ import annotations

from io import BytesIO

import docx
from docx.document import Document

from app.core import formats
from app.core.clock import now
from app.core.i18n import _
from app.reports import draft, word
from app.reports.word import CENTRE, JUSTIFY, WIDTH_MM, rule, tighten, write
from app.results.council.minutes import CaseMinutes, Minutes
from app.results.council.queries import Member

LEFT_MM = 65
SIGN_COLUMNS = 3


def build(minutes: Minutes) -> bytes:
    """The whole file."""
    document = docx.Document()
    word.set_type(document)
    word.set_page(document.sections[0])
    word.number_pages(document.sections[0])
    about = document.core_properties
    about.title = _("Biên bản họp hội đồng: %(name)s", name=minutes.round_name)
    about.author = about.last_modified_by = draft.WARD
    about.created = about.modified = now().replace(tzinfo=None)
    _head(document, minutes)
    _people(document, minutes)
    _heading(document, _("2. Nội dung"))
    for number, case in enumerate(minutes.cases, start=1):
        _case(document, number, case)
    if not minutes.cases:
        _line(document, _("Không có bài nào phải bàn riêng."))
    _heading(document, _("3. Phiếu được sửa"))
    for row in minutes.amended:
        words = _(
            "%(judge)s sửa phiếu bài %(idea)s: %(reason)s",
            judge=row.code,
            idea=row.judging_code,
            reason=row.reason,
        )
        _line(document, f"- {words}")
    if not minutes.amended:
        _line(document, _("Không có phiếu nào được sửa."))
    _heading(document, _("4. Xếp hạng"))
    _line(
        document,
        _(
            "Bảng xếp hạng được tính và giữ nguyên khi phiên họp kết thúc. Mã kiểm chứng: %(hash)s",
            hash=minutes.ranking_hash[:16],
        ),
    )
    _signatures(document, minutes)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _head(document: Document, minutes: Minutes) -> None:
    left, right = word.layout_table(document, (LEFT_MM, WIDTH_MM - LEFT_MM))
    write(tighten(left.paragraphs[0]), _("BAN GIÁM KHẢO"), size=13, bold=True).alignment = CENTRE
    write(tighten(left.add_paragraph()), minutes.campaign_name, size=13).alignment = CENTRE
    rule(left.add_paragraph(), within_mm=LEFT_MM, length_mm=20)
    write(tighten(right.paragraphs[0]), draft.COUNTRY, size=12.5, bold=True).alignment = CENTRE
    write(tighten(right.add_paragraph()), draft.MOTTO, size=13.5, bold=True).alignment = CENTRE
    rule(right.add_paragraph(), within_mm=WIDTH_MM - LEFT_MM, length_mm=54)
    write(tighten(document.add_paragraph(), before=14), _("BIÊN BẢN"), bold=True).alignment = CENTRE
    title = _("Họp hội đồng: %(name)s", name=minutes.round_name)
    write(tighten(document.add_paragraph(), after=10), title, bold=True).alignment = CENTRE
    _line(
        document,
        _(
            "Bắt đầu lúc %(start)s, kết thúc lúc %(end)s.",
            start=formats.moment(minutes.opened_at),
            end=formats.moment(minutes.closed_at),
        ),
    )
    if minutes.place:
        _line(document, _("Địa điểm: %(place)s.", place=minutes.place))


def _people(document: Document, minutes: Minutes) -> None:
    _heading(document, _("1. Thành phần"))
    count = len(minutes.present)
    _line(
        document,
        _("Có mặt %(n)d/%(all)d thành viên:", n=count, all=count + len(minutes.absent)),
    )
    for member in minutes.present:
        _line(document, f"- {member.full_name}, {_duty(member)}")
    if minutes.secretaries:
        _line(document, _("Thư ký ghi biên bản: %(names)s.", names=", ".join(minutes.secretaries)))
    if minutes.absent:
        names = ", ".join(member.full_name for member in minutes.absent)
        _line(document, _("Vắng mặt: %(names)s.", names=names))


def _case(document: Document, number: int, case: CaseMinutes) -> None:
    _line(document, f"2.{number}. {case.title}", bold=True)
    for idea in case.ideas:
        _line(document, f"- {idea}")
    for paragraph in case.note.splitlines():
        _line(document, paragraph)
    if case.tallies:
        _line(
            document,
            _("Biểu quyết kín: %(n)d/%(all)d người bỏ phiếu.", n=case.voted, all=case.voters),
        )
    for row in case.tallies:
        words = (
            _("%(idea)s: %(outcome)s.", idea=row.idea, outcome=row.outcome)
            if row.votes is None
            else _("%(idea)s: %(n)d phiếu. %(outcome)s.", idea=row.idea, n=row.votes, outcome=row.outcome)
        )
        _line(document, f"- {words}")
    if case.decision:
        _line(document, f"{_('Kết luận:')} {case.decision}")
        _line(document, f"{_('Lý do:')} {case.reason}")


def _signatures(document: Document, minutes: Minutes) -> None:
    """Three to a row, with room for a hand."""
    document.add_paragraph()
    signing = [(member.full_name, _duty(member)) for member in minutes.present]
    signing += [(name, _("Thư ký")) for name in minutes.secretaries]
    for start in range(0, len(signing), SIGN_COLUMNS):
        cells = word.layout_table(document, [WIDTH_MM / SIGN_COLUMNS] * SIGN_COLUMNS)
        for cell, (full_name, duty) in zip(cells, signing[start : start + SIGN_COLUMNS], strict=False):
            write(tighten(cell.paragraphs[0]), duty, bold=True).alignment = CENTRE
            name = tighten(cell.add_paragraph(), before=64, after=10)
            write(name, full_name, bold=True).alignment = CENTRE


def _duty(member: Member) -> str:
    return _("Trưởng ban") if member.is_chair else _("Thư ký") if member.is_secretary else _("Thành viên")


def _heading(document: Document, words: str) -> None:
    write(document.add_paragraph(style="Heading 1"), words, bold=True)


def _line(document: Document, words: str, *, bold: bool = False) -> None:
    write(tighten(document.add_paragraph(), after=4), words, bold=bold).alignment = JUSTIFY
