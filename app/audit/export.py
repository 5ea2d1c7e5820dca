"""The audit page as a CSV file for a spreadsheet. What could be read as a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from io import StringIO

from app.audit.queries import AuditRow
from app.core.clock import local

MOST_ROWS = 20_000
HEADS = (
    "Số",
    "Thời điểm (giờ Việt Nam)",
    "Sự kiện",
    "Mã sự kiện",
    "Số tài khoản",
    "Người làm",
    "Đối tượng",
    "Số đối tượng",
    "Tên đối tượng",
    "Chi tiết",
    "Mã yêu cầu",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # so that Excel reads Vietnamese as UTF-8


def csv_of(rows: Iterable[AuditRow]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for row in rows:
        writer.writerow(
            [
                row.id,
                f"{local(row.at):%d/%m/%Y %H:%M:%S}",
                plain(row.text),
                plain(row.kind),
                row.actor_id or "",
                plain(row.actor),
                plain(row.thing),
                row.object_id,
                plain(row.label),
                plain(json.dumps(row.data, ensure_ascii=False, sort_keys=True) if row.data else ""),
                plain(row.request_id),
            ]
        )
    return BOM + out.getvalue()


def plain(value: object) -> str:
    """Text that stays text when the file is opened."""
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
