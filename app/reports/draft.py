"""What the report to the Department says, before any layout: the screen and the Word file show the same words.

What the figures cannot know is a `Fill`: a place marked for a person to write in before the paper is signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core import formats
from app.core.i18n import _
from app.initiatives.rules import InitiativeKind
from app.initiatives.words import STATE_WORDS
from app.reports.counts import Work
from app.reports.figures import DIFFICULTIES, WORKS, Contest, Figures, Report

AGENCY = ("ỦY BAN NHÂN DÂN", "PHƯỜNG ĐÔNG HẢI")
COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
WARD = "Ủy ban nhân dân phường Đông Hải"
PLACE = "Đông Hải"
KIND = "BÁO CÁO"
SCHEME = "Đề án “Hải Phòng - Thành phố Đổi mới sáng tạo”"
RECIPIENT = "Sở Khoa học và Công nghệ thành phố Hải Phòng"
GROUNDS = (
    (
        "Căn cứ Quyết định số 1380/QĐ-UBND ngày 09 tháng 4 năm 2026 của Ủy ban nhân dân thành phố Hải Phòng về việc "
        f"phê duyệt {SCHEME};"
    ),
    (
        "Căn cứ Công văn số 1564/SKH-CN-QLCN ngày 24 tháng 4 năm 2026 của Sở Khoa học và Công nghệ thành phố Hải "
        "Phòng về thực hiện Đề án Hải Phòng - Thành phố Đổi mới sáng tạo."
    ),
)
COPIES = ("Như trên;", "CT, các PCT UBND phường;", "Đoàn TNCS Hồ Chí Minh phường;", "Lưu: VT, VHXH.")
SIGNED_BY = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
MOST_NAMED = 15  # pieces of work told one by one in the text; the appendix has them all


@dataclass(frozen=True)
class Fill:
    """A place to be filled by hand. `short`: inside a line, where the mark alone must do."""

    what: str
    short: bool = False

    @property
    def mark(self) -> str:
        return "[…]" if self.short else f"[Điền tay: {self.what}]"


Piece = str | Fill


class Heading(NamedTuple):
    text: str
    level: int = 1


class Paragraph(NamedTuple):
    pieces: Sequence[Piece]


class Figure(NamedTuple):
    """A table of numbers: the first column is words, the others are figures."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Figure


class Appendix(NamedTuple):
    """A list that goes with the paper."""

    title: str
    kinds: frozenset[InitiativeKind]


@dataclass(frozen=True)
class Draft:
    """The paper, top to bottom."""

    number: Sequence[Piece]
    place_and_day: Sequence[Piece]
    subject: tuple[str, str]  # what it is about, and the period
    blocks: Sequence[Block]
    signer: Fill
    appendices: Sequence[Appendix]

    @property
    def fills(self) -> list[str]:
        """Everything left to a person, each once, in the order of the paper."""
        paragraphs = [block.pieces for block in self.blocks if isinstance(block, Paragraph)]
        found = [
            piece.what
            for pieces in (self.number, self.place_and_day, *paragraphs)
            for piece in fills_of(pieces)
        ]
        return list(dict.fromkeys([*found, self.signer.what]))


def fills_of(pieces: Iterable[Piece]) -> Iterator[Fill]:
    return (piece for piece in pieces if isinstance(piece, Fill))


NUMBER = Fill("số của báo cáo", short=True)
DAY = MONTH = Fill("ngày, tháng ban hành", short=True)


def compose(report: Report) -> Draft:
    """The paper of a period, as far as figures can write it."""
    appendices = appendices_of(report)
    return Draft(
        number=("Số: ", NUMBER, "/BC-UBND"),
        place_and_day=(f"{PLACE}, ngày ", DAY, " tháng ", MONTH, f" năm {report.now.day.year}"),
        subject=(f"Kết quả thực hiện {SCHEME}", report.period.name),
        blocks=[
            *_opening(report),
            *_direction(report),
            *_results(report, appendices),
            *_difficulties(report, appendices),
            *_plans(report.now),
            Heading("V. KIẾN NGHỊ, ĐỀ XUẤT"),
            Paragraph([Fill("kiến nghị với Sở Khoa học và Công nghệ; nếu không có thì ghi “Không”")]),
            _closing(report),
        ],
        signer=Fill("họ và tên người ký"),
        appendices=appendices,
    )


def appendices_of(report: Report) -> list[Appendix]:
    """The lists there is anything for."""
    found = []
    if report.now.work.total:
        found.append(Appendix("Danh mục sáng kiến, đề xuất", WORKS))
    if report.now.difficulties.total:
        found.append(Appendix("Danh mục khó khăn, vướng mắc", DIFFICULTIES))
    return found


def appendix_name(appendices: Sequence[Appendix], appendix: Appendix) -> str:
    """Roman numbers once there are two (Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục III.1)."""
    return "Phụ lục" if len(appendices) == 1 else f"Phụ lục {'I' * (appendices.index(appendix) + 1)}"


def _opening(report: Report) -> list[Block]:
    until = f", số liệu tính đến hết {formats.document_day(report.now.day)}" if report.is_going_on else ""
    told = (
        f"{WARD} báo cáo kết quả thực hiện {SCHEME} {report.period.in_words}{until}; "
        f"so sánh với kỳ trước ({report.before.period.in_words}) như sau:"
    )
    return [Paragraph([told])]


def _direction(report: Report) -> list[Block]:
    ideas = report.now.ideas
    if report.contests:
        named = "; ".join(_contest(contest) for contest in report.contests)
        held = f"Trong kỳ, phường nhận ý tưởng dự thi của {named}."
        if ideas.units:
            held += f" Có {formats.whole(ideas.units)} đơn vị có thanh niên, học sinh gửi ý tưởng."
    else:
        held = "Trong kỳ không có cuộc thi nào nhận ý tưởng."
    return [
        Heading("I. CHỈ ĐẠO, ĐIỀU HÀNH"),
        Paragraph([held]),
        Paragraph([Fill("văn bản đã ban hành, cuộc họp, kiểm tra, tuyên truyền trong kỳ")]),
    ]


def _contest(contest: Contest) -> str:
    return f"cuộc thi “{contest.name}” ({formats.day(contest.opens_on)} – {formats.day(contest.closes_on)})"


def _results(report: Report, appendices: Sequence[Appendix]) -> list[Block]:
    blocks: list[Block] = [Heading("II. KẾT QUẢ")]
    for number, (title, part) in enumerate(_result_parts(report), start=1):
        blocks += [Heading(f"{number}. {title}", level=2), *part]
    if report.now.work.total:
        name = appendix_name(appendices, appendices[0])
        blocks.append(Paragraph([f"(Danh mục sáng kiến, đề xuất tại {name} kèm theo)"]))
    return blocks


def _result_parts(report: Report) -> Iterator[tuple[str, Sequence[Block]]]:
    """Each part with its title; a part without anything to tell is left out."""
    yield "Chỉ tiêu chung", [indicators_table(report)]
    if report.by_topic():
        yield "Theo lĩnh vực", [topics_table(report)]
    if report.now.work.total:
        yield "Theo tình trạng thực hiện", [states_table(report.now)]
        yield "Theo đơn vị chủ trì", [leads_table(report.now)]
    told = [f"- {code}: {'; '.join(figures)}." for code, figures in report.measured.items()]
    if told:
        yield "Hiệu quả đo được của việc đã hoàn thành", [Paragraph([line]) for line in told[:MOST_NAMED]]


def _difficulties(report: Report, appendices: Sequence[Appendix]) -> list[Block]:
    found, late = report.now.difficulties, report.now.work.overdue
    if found.total:
        told = (
            f"Trong kỳ theo dõi {formats.whole(found.total)} khó khăn, vướng mắc do các đơn vị phản ánh: đã giải quyết "
            f"{formats.whole(found.solved)}, đã trả lời và không thực hiện {formats.whole(found.dropped)}, chưa giải "
            f"quyết {formats.whole(found.unsolved)}"
        )
        told += f" ({appendix_name(appendices, appendices[-1])} kèm theo)."
    else:
        told = "Trong kỳ, các đơn vị không phản ánh khó khăn, vướng mắc."
    blocks: list[Block] = [Heading("III. KHÓ KHĂN, VƯỚNG MẮC"), Paragraph([told])]
    if late:
        blocks.append(Paragraph([f"Có {formats.whole(len(late))} việc quá hạn: {_named(late)}."]))
    blocks.append(Paragraph([Fill("nguyên nhân, đánh giá của lãnh đạo phường")]))
    return blocks


def _named(works: Sequence[Work]) -> str:
    told = ", ".join(f"{work.code} ({work.unit_name or 'chưa giao'})" for work in works[:MOST_NAMED])
    return (
        f"{told} và {formats.whole(len(works) - MOST_NAMED)} việc khác" if len(works) > MOST_NAMED else told
    )


def _plans(now: Figures) -> list[Block]:
    parts = []
    if now.work.running:
        parts.append(f"Tiếp tục thực hiện {formats.whole(now.work.running)} sáng kiến, đề xuất đang theo dõi")
    if late := len(now.work.overdue):
        parts.append(f"hoàn thành dứt điểm {formats.whole(late)} việc quá hạn")
    if now.difficulties.unsolved:
        parts.append(f"giải quyết {formats.whole(now.difficulties.unsolved)} khó khăn, vướng mắc còn lại")
    blocks: list[Block] = [Heading("IV. PHƯƠNG HƯỚNG, NHIỆM VỤ KỲ TỚI")]
    if parts:
        told = "; ".join(parts)
        blocks.append(Paragraph([f"{told[0].upper()}{told[1:]}."]))
    return [*blocks, Paragraph([Fill("nhiệm vụ, giải pháp kỳ tới")])]


def _closing(report: Report) -> Paragraph:
    return Paragraph(
        [f"Trên đây là báo cáo của {WARD} về kết quả thực hiện {SCHEME} {report.period.name}./."]
    )


def indicators_table(report: Report) -> Figure:
    rows = [
        (
            f"{'- ' if line.inside else ''}{line.label} ({line.unit})",
            *map(formats.whole, (line.now, line.before)),
            signed(line.change),
        )
        for line in report.indicators()
    ]
    return Figure("Chỉ tiêu chung", ("Chỉ tiêu", "Kỳ này", "Kỳ trước", "Tăng, giảm"), rows)


def topics_table(report: Report) -> Figure:
    rows = [
        (str(share.label), *map(formats.whole, (share.ideas, share.valid, share.works, share.completed)))
        for share in report.by_topic()
    ]
    heads = ("Lĩnh vực", "Ý tưởng nhận", "Hợp lệ", "Việc theo dõi", "Hoàn thành")
    return Figure("Kết quả theo lĩnh vực", heads, rows)


def states_table(now: Figures) -> Figure:
    rows = [(str(STATE_WORDS[state]), formats.whole(count)) for state, count in now.work.by_state()]
    return Figure("Sáng kiến, đề xuất theo tình trạng", ("Tình trạng", "Số việc"), rows)


def leads_table(now: Figures) -> Figure:
    rows = [
        (str(share.label), *map(formats.whole, (share.works, share.completed, share.in_time, share.overdue)))
        for share in now.work.by_lead()
    ]
    heads = ("Đơn vị chủ trì", "Số việc", "Hoàn thành", "Đúng hạn", "Quá hạn")
    return Figure("Sáng kiến, đề xuất theo đơn vị chủ trì", heads, rows)


def signed(change: int) -> str:
    """+14, -1, 0."""
    return f"+{formats.whole(change)}" if change > 0 else formats.whole(change)


def change_words(before: int, change: int) -> str:
    """“Kỳ trước 33, tăng 14”."""
    told = _("Kỳ trước %(n)s", n=formats.whole(before))
    if change > 0:
        return told + ", " + _("tăng %(n)s", n=formats.whole(change))
    return told + ", " + _("giảm %(n)s", n=formats.whole(-change)) if change < 0 else told
