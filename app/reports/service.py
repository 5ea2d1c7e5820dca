"""What a person does with a report: take it out of the system as a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import force_locale

from app.accounts.models import User
from app.core import formats
from app.core.events import record
from app.permissions import Action as A
from app.permissions import require
from app.reports import docx, draft, lists, queries, xlsx
from app.reports.figures import DIFFICULTIES, WORKS, Report
from app.reports.period import Period


class FileKind(StrEnum):
    DOCX = "docx"
    XLSX = "xlsx"


MIME = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ReportFile:
    name: str
    mime: str
    content: bytes


def make_file(period: Period, kind: FileKind) -> ReportFile:
    """The report of a period as a file. An official paper is in Vietnamese, whatever language the screen is in."""
    with force_locale("vi"):
        report = queries.report(period)
        content = _word(report) if kind is FileKind.DOCX else _workbook(report)
    days = f"{formats.day(period.first)}_{formats.day(period.last)}".replace("/", "-")
    return ReportFile(f"Báo cáo Ý tưởng sáng tạo trẻ {days}.{kind}", MIME[kind], content)


def record_export(actor: User, period: Period, kind: FileKind) -> None:
    """Keep who took the figures of which days out of the system."""
    require(actor, A.REPORT_READ)
    first, last = period.first.isoformat(), period.last.isoformat()
    record("report.exported", actor, actor, file=str(kind), first=first, last=last)


def _word(report: Report) -> bytes:
    paper = draft.compose(report)
    return docx.build(
        paper, {appendix: lists.every_work(report, appendix.kinds) for appendix in paper.appendices}
    )


def _workbook(report: Report) -> bytes:
    return xlsx.build(report, lists.every_work(report, WORKS), lists.every_work(report, DIFFICULTIES))
