"""flask audit verify: is the record still the one that was written, and do the tables agree with it?"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from app.accounts.queries import user_by_email
from app.audit import service
from app.audit.verification import Finding, Head, Verification, verify
from app.audit.words import of, thing
from app.core.db import db, transaction
from app.core.errors import Refused
from app.core.events import Event

MOST_LINES = 50
HEAD = re.compile(r"([0-9]{1,9})\s*[:\s]\s*([0-9a-fA-F]{8,64})")

CHAIN = {
    "missing seal": "thiếu dấu niêm phong",
    "missing event": "sự kiện đã niêm phong không còn",
    "changed event": "sự kiện đã bị sửa sau khi ghi",
    "changed seal": "dấu niêm phong đã bị sửa",
    "erased without a reason": "nội dung sự kiện bị xóa mà không có sự kiện nào ghi lý do",
}
TABLE = {
    "row without event": "có dòng mà không sự kiện nào ghi",
    "row back": "dòng đã bị xóa theo sự kiện nhưng vẫn còn",
    "row gone": "dòng không còn mà không sự kiện nào ghi việc xóa",
}


@click.group("audit")
def audit() -> None:
    """Nhật ký: kiểm tra chuỗi niêm phong và các bảng."""


@audit.command("verify")
@click.option("--head", "heads", multiple=True, metavar="SỐ:DẤU", help="Một dấu bạn giữ, ít nhất 8 ký tự.")
@click.option(
    "--heads",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp các dấu: dinh.json của gói kiểm chứng, hoặc mỗi dòng một SỐ:DẤU.",
)
def verify_(heads: tuple[str, ...], file: Path | None) -> None:
    """Tính lại chuỗi, so các dấu đã công bố, dựng lại các bảng từ sự kiện. Mã 1 khi có chỗ không khớp."""
    copies = [read_head(text, "dòng lệnh") for text in heads]
    if file is not None:
        copies += heads_in(file)
    with db.scope():
        found = verify(copies)
    for line in report(found):
        click.echo(line)
    if found.findings:
        sys.exit(1)


@audit.command("adopt")
def adopt() -> None:
    """Nhận vào nhật ký những dòng có từ trước khi có nhật ký. Mỗi dòng mang dấu là nhận sau."""
    with db.scope(), transaction():
        count = service.adopt()
    click.echo(f"Đã nhận {count} dòng.")


@audit.command("erase")
@click.argument("event_id", type=int)
@click.option("--actor", required=True, metavar="THƯ", help="Địa chỉ thư của quản trị viên làm việc này.")
@click.option("--reason", required=True, help="Căn cứ của việc xóa, ít nhất 10 ký tự.")
def erase(event_id: int, actor: str, reason: str) -> None:
    """Xóa theo luật nội dung của một sự kiện. Lá còn nguyên, chuỗi vẫn khớp; không lấy lại được."""
    with db.scope(), transaction():
        person, event = user_by_email(actor), db.session.get(Event, event_id)
        if person is None or event is None:
            raise click.ClickException("Không có tài khoản hoặc sự kiện này.")
        try:
            service.erase_event_payload(person, event, reason=reason)
        except Refused as refused:
            raise click.ClickException(str(refused.message)) from refused
        leaf = event.leaf
    click.echo(f"Đã xóa nội dung sự kiện #{event_id}; lá {leaf[:16]} còn nguyên.")


@audit.command("bench")
@click.option("--sheets", default=50_000, show_default=True, help="Bao nhiêu phiếu chấm.")
def bench(sheets: int) -> None:
    """Đo: dựng một cuộc thi có chừng ấy phiếu trong cơ sở dữ liệu SQLite tạm rồi kiểm chứng."""
    from app.audit.bench import measure  # noqa: PLC0415 - only this command needs it

    for line in measure(sheets):
        click.echo(line)


def report(found: Verification) -> list[str]:
    """What was found, in words."""
    if not found.findings:
        lines = [
            f"Chuỗi nguyên vẹn: {found.sealed} sự kiện đã niêm phong, {found.waiting} đang chờ.",
            f"Các bảng khớp sự kiện: {found.rows} dòng; {found.heads} dấu đã công bố khớp.",
        ]
    else:
        lines = [in_words(one) for one in found.findings[:MOST_LINES]]
        if len(found.findings) > MOST_LINES:
            lines.append(f"… và {len(found.findings) - MOST_LINES} chỗ nữa.")
        lines.append(f"KHÔNG KHỚP: {len(found.findings)} chỗ.")
    if found.erased:
        lines.append(f"{found.erased} sự kiện đã xóa nội dung theo luật; lá còn nguyên.")
    if found.adopted:
        lines.append(f"{found.adopted} dòng có từ trước khi có nhật ký, nhận vào sau.")
    lines.append(f"Dấu cuối: {found.sealed}:{found.head}")
    return lines


def in_words(one: Finding) -> str:
    """One finding: row, event and field by name."""
    if one.what == "chain":
        where = f"Dấu số {one.seal}" if one.seal else "Sự kiện chưa niêm phong"
        return f"{where}{_event(one.kind)}: {CHAIN[one.why]}."
    if one.what == "head":
        source = f" ({one.table})" if one.table else ""
        if one.why == "other head":
            return f"Dấu số {one.seal}{source}: đã công bố {one.said}, tính lại {one.found[:16]}."
        return f"Dấu số {one.seal}{source} đã công bố nhưng sổ chỉ đến số {one.found}: phần cuối bị cắt."
    place = f"{thing(one.table)} #{one.row} (bảng {one.table})"
    said_by = f"dấu số {one.seal}" if one.seal else "sự kiện chưa niêm phong"
    if one.why == "row without event":
        return f"{place}: {TABLE[one.why]}."
    if one.why == "other value":
        said, now = _value(one.said), _value(one.found)
        return f"{place}, {one.field}: {said_by}{_event(one.kind)} ghi {said}, bảng ghi {now}."
    return f"{place}: {TABLE[one.why]} ({said_by}{_event(one.kind)})."


def _event(kind: str) -> str:
    return f" ({of(kind).text})" if kind else ""


def _value(value: Any) -> str:
    text = "trống" if value in (None, "", [], {}) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


def read_head(text: str, source: str) -> Head:
    """SỐ:DẤU as it is printed on paper. Raises a usage error."""
    parts = HEAD.fullmatch(text.strip())
    if parts is None:
        raise click.BadParameter(f"“{text}” không phải SỐ:DẤU, ví dụ 120:3f9a0c1b2d4e5f60.")
    return Head(int(parts[1]), parts[2].lower(), source)


def heads_in(file: Path) -> list[Head]:
    """Heads that somebody kept in a file."""
    text = file.read_text(encoding="utf-8")
    if text.lstrip().startswith("{"):
        given = json.loads(text)
        return [Head(one["so"], one["dinh"], file.name) for one in [*given["dinh"], given["cuoi"]]]
    return [read_head(line, file.name) for line in text.splitlines() if line.strip()]
