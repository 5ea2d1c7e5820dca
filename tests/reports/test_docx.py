"""The Word file, read by python-docx and, apart from it, as zip and XML: Decree 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from defusedxml import ElementTree
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH

from app.core import clock
from app.ideas.rules import IdeaState
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.reports.period import Period
from app.reports.service import FileKind, make_file
from tests.factories import IdeaFactory, InitiativeFactory, TopicFactory, UnitFactory, UserFactory
from tests.reports.conftest import QUARTER, agree_to_be_named, at, outcome

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = InitiativeState


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", base_url="http://localhost"):
        yield


def content(period: Period = QUARTER) -> bytes:
    return make_file(period, FileKind.DOCX).content


def document(period: Period = QUARTER):
    return docx.Document(BytesIO(content(period)))


def parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def xml_of(data: bytes, name: str = "word/document.xml"):
    return ElementTree.fromstring(parts(data)[name])


def all_text(data: bytes) -> str:
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in xml_of(data).iter(f"{W}p"))


def a_busy_quarter():
    topic = TopicFactory(name="Môi trường")
    lead = UnitFactory(short_name="Phòng KT, HT và ĐT")
    author = UserFactory(full_name="Trần Thị Đào")
    agree_to_be_named(author)
    with clock.set_to(at(5, 10)):
        idea = IdeaFactory(owner=author, state=IdeaState.APPROVED)
    done = InitiativeFactory(
        title="Gom pin cũ", state=S.COMPLETED, source_idea_id=idea.id, topic_id=topic.id, lead_unit_id=lead.id,
        received_at=at(6, 10), finished_at=at(20, 10), due_on=date(2026, 10, 20),
    )  # fmt: skip
    outcome(done, hours=1640)
    late = InitiativeFactory(
        title="Bản đồ quán ăn", lead_unit_id=lead.id, received_at=at(7, 10), due_on=date(2026, 11, 1)
    )
    InitiativeFactory(kind=InitiativeKind.OBSTACLE, title="Mạng yếu ở cảng", received_at=at(8, 10))
    return done, late


def test_page_is_a4_with_the_margins_of_the_decree(app):
    a_busy_quarter()
    sections = document().sections

    sizes = [(s.orientation, round(s.page_width.mm), round(s.page_height.mm)) for s in sections]
    margins = {
        (round(s.top_margin.mm), round(s.bottom_margin.mm), round(s.left_margin.mm), round(s.right_margin.mm))
        for s in sections
    }

    assert sizes == [
        (WD_ORIENT.PORTRAIT, 210, 297),
        (WD_ORIENT.LANDSCAPE, 297, 210),
        (WD_ORIENT.LANDSCAPE, 297, 210),
    ]
    assert margins == {(20, 20, 30, 15)}


def test_everything_is_times_new_roman_of_the_sizes_allowed(app):
    a_busy_quarter()
    data = content()
    styles = xml_of(data, "word/styles.xml")

    used = styles.findall(f"{W}docDefaults//{W}rFonts") + [
        style.find(f"{W}rPr/{W}rFonts")
        for style in styles.findall(f"{W}style")
        if style.get(f"{W}styleId") in {"Normal", "Heading1", "Heading2"}
    ]
    runs = [run for run in xml_of(data).iter(f"{W}r") if run.find(f"{W}t") is not None]
    sizes = {int(run.find(f"{W}rPr/{W}sz").get(f"{W}val")) / 2 for run in runs}

    assert len(used) == 4
    assert {frozenset(fonts.attrib.items()) for fonts in used} == {
        frozenset((f"{W}{script}", "Times New Roman") for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    }
    assert not list(xml_of(data).iter(f"{W}rFonts"))  # nothing overrides it
    assert sizes == {11.0, 12.0, 12.5, 13.0, 13.5, 14.0}
    assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}val") == "vi-VN"


def test_page_number_is_centred_on_top_but_not_on_the_first_page_and_begins_again_in_each_appendix(app):
    a_busy_quarter()
    data = content()
    sections = list(xml_of(data).iter(f"{W}sectPr"))
    (header,) = [xml for name, xml in parts(data).items() if re.fullmatch(r"word/header\d+\.xml", name)]
    paragraph = ElementTree.fromstring(header).find(f"{W}p")

    assert paragraph.find(f"{W}fldSimple").get(f"{W}instr") == "PAGE"
    assert paragraph.find(f"{W}pPr/{W}jc").get(f"{W}val") == "center"
    assert [section.find(f"{W}titlePg") is not None for section in sections] == [True, True, True]
    assert [section.find(f"{W}pgNumType").get(f"{W}start") for section in sections] == ["1", "1", "1"]
    references = [(r.tag, r.get(f"{W}type")) for r in sections[0].findall(f"{W}headerReference")]
    assert references == [(f"{W}headerReference", "default")]


def test_the_head_names_ward_and_country_with_lines_under_them(app):
    head = document().tables[0]
    left, right = (list(cell.paragraphs) for cell in head.rows[0].cells)

    assert [p.text for p in left] == ["ỦY BAN NHÂN DÂN", "PHƯỜNG ĐÔNG HẢI", "", "Số: […]/BC-UBND"]
    assert [p.text for p in right] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        "Đông Hải, ngày […] tháng […] năm 2026",
    ]
    assert all(run.bold for p in (*left[:2], *right[:2]) for run in p.runs)
    assert all(run.italic for run in right[3].runs)
    assert not any(run.italic for run in left[3].runs)
    assert {p.alignment for p in (*left, *right)} == {WD_ALIGN_PARAGRAPH.CENTER}
    assert [p._p.find(f"{W}pPr/{W}pBdr/{W}top").get(f"{W}val") for p in (left[2], right[2])] == [
        "single",
        "single",
    ]


def test_the_paper_reads_from_title_to_signature_as_a_report_does(app):
    done, late = a_busy_quarter()

    text = all_text(content())

    order = [
        "BÁO CÁO",
        "Kết quả thực hiện Đề án “Hải Phòng - Thành phố Đổi mới sáng tạo”",
        "quý IV năm 2026",
        "Kính gửi: Sở Khoa học và Công nghệ thành phố Hải Phòng",
        "Quyết định số 1380/QĐ-UBND ngày 09 tháng 4 năm 2026",
        "Công văn số 1564/SKH-CN-QLCN ngày 24 tháng 4 năm 2026",
        "từ ngày 01 tháng 10 năm 2026 đến ngày 31 tháng 12 năm 2026, số liệu tính đến hết ngày 24 tháng 11 năm 2026",
        "I. CHỈ ĐẠO, ĐIỀU HÀNH",
        "II. KẾT QUẢ",
        f"- {done.code}: Thời gian chờ: 68 → 23 phút.",
        "(Danh mục sáng kiến, đề xuất tại Phụ lục I kèm theo)",
        "III. KHÓ KHĂN, VƯỚNG MẮC",
        "(Phụ lục II kèm theo)",
        f"Có 1 việc quá hạn: {late.code} (Phòng KT, HT và ĐT).",
        "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ KỲ TỚI",
        "V. KIẾN NGHỊ, ĐỀ XUẤT",
        "Trên đây là báo cáo của Ủy ban nhân dân phường Đông Hải",
        "./.",
        "Nơi nhận:",
        "- Lưu: VT, VHXH.",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Phụ lục I",
        "DANH MỤC SÁNG KIẾN, ĐỀ XUẤT",
        "(Kèm theo Báo cáo số […]/BC-UBND ngày […] tháng […] năm 2026 của Ủy ban nhân dân phường Đông Hải)",
        "Phụ lục II",
        "DANH MỤC KHÓ KHĂN, VƯỚNG MẮC",
    ]
    read_until = 0
    for words in order:
        assert words in text[read_until:], words
        read_until = text.index(words, read_until) + len(words)


def test_grounds_are_italic_each_on_its_line_and_the_last_ends_with_a_full_stop(app):
    grounds = [p for p in document().paragraphs if p.text.startswith("Căn cứ")]

    assert [p.text[-1] for p in grounds] == [";", "."]
    assert all(run.italic for p in grounds for run in p.runs)
    assert {p.alignment for p in grounds} == {WD_ALIGN_PARAGRAPH.JUSTIFY}
    assert {round(p.paragraph_format.first_line_indent.mm, 1) for p in grounds} == {12.7}
    assert {p.paragraph_format.space_after.pt for p in grounds} == {6.0}


def test_whatever_a_person_must_fill_is_highlighted_and_nothing_else(app):
    a_busy_quarter()
    runs = [run for run in xml_of(content()).iter(f"{W}r") if run.find(f"{W}t") is not None]

    marked = [
        "".join(t.text for t in run.iter(f"{W}t"))
        for run in runs
        if run.find(f"{W}rPr/{W}highlight") is not None
    ]
    plain = "".join(
        "".join(t.text for t in run.iter(f"{W}t")) for run in runs if run.find(f"{W}rPr/{W}highlight") is None
    )

    assert len(marked) == 3 + 5 + 6  # number, day, month; the text's; both appendices'
    assert all(re.fullmatch(r"\[(…|Điền tay: .+)\]", words) for words in marked)
    assert "…" not in plain
    assert "[" not in plain


def test_tables_hold_the_figures_and_repeat_their_heads(app):
    a_busy_quarter()
    paper = document()
    summary, works, difficulties = paper.tables[1], paper.tables[-2], paper.tables[-1]

    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in summary.rows}
    assert rows["Chỉ tiêu"] == ["Kỳ này", "Kỳ trước", "Tăng, giảm"]
    assert rows["Ý tưởng nhận (ý tưởng)"] == ["1", "0", "+1"]
    assert rows["Giờ làm việc tiết kiệm mỗi tháng (giờ)"] == ["1.640", "0", "+1.640"]
    assert [cell.text for cell in works.rows[2].cells][2:] == [
        "Gom pin cũ",
        "Môi trường",
        "Trần Thị Đào",
        "Phòng KT, HT và ĐT",
        "20/10/2026",
        "Hoàn thành",
        "Người dân chờ ít hơn. Thời gian chờ: 68 → 23 phút",
    ]
    assert works.rows[1].cells[7].text == "Đã tiếp nhận, quá hạn"
    assert difficulties.rows[1].cells[2].text == "Vướng mắc: Mạng yếu ở cảng"
    assert all(t.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None for t in (summary, works, difficulties))


def test_a_name_without_consent_is_nowhere_in_the_file(app):
    hidden = UserFactory(full_name="Lê Văn Kín", email="kin@example.vn")
    with clock.set_to(at(5, 10)):
        idea = IdeaFactory(owner=hidden, state=IdeaState.APPROVED)
    InitiativeFactory(source_idea_id=idea.id, received_at=at(6, 10))

    data = content()

    assert "1 tác giả không nêu tên" in all_text(data)
    for name, xml in parts(data).items():
        for leak in ("Lê Văn Kín", "Văn Kín", "kin@example.vn"):
            assert leak.encode() not in xml, name


def test_what_people_paste_stays_text_and_the_file_stays_whole(app):
    title = 'A & B <w:t>x</w:t> "q" {{ 7*7 }} =1+1 \x01\x0b\x1f\ufffe kết'
    InitiativeFactory(title=title, received_at=at(6, 10))

    text = all_text(content())

    assert 'A & B <w:t>x</w:t> "q" {{ 7*7 }} =1+1  kết' in text


def test_an_empty_period_makes_a_whole_paper_without_appendices(app):
    data = content(Period(date(2021, 3, 1), date(2021, 3, 31)))
    text = all_text(data)

    assert "Trong kỳ không có cuộc thi nào nhận ý tưởng." in text
    assert "Trong kỳ, các đơn vị không phản ánh khó khăn, vướng mắc." in text
    assert "Phụ lục" not in text
    assert len(list(xml_of(data).iter(f"{W}sectPr"))) == 1
    assert "tháng 3 năm 2021" in text


def test_one_appendix_alone_has_no_number(app):
    InitiativeFactory(kind=InitiativeKind.DIFFICULTY, received_at=at(6, 10))

    text = all_text(content())

    assert re.findall(r"^Phụ lục.*$", text, re.MULTILINE) == ["Phụ lục"]
    assert "(Phụ lục kèm theo)" in text


def test_the_file_says_who_issued_it_and_nothing_of_the_tool(app):
    about = document().core_properties

    assert (about.author, about.language, about.comments) == ("Ủy ban nhân dân phường Đông Hải", "vi-VN", "")
