"""What an event carries, in words for the audit page. The downloaded file keeps it as it was recorded."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from app.core.formats import mark
from app.core.i18n import _, _l

KEYS: dict[str, Any] = {
    "judge_ids": _l("Giám khảo"),
    "judge_id": _l("Giám khảo"),
    "member_ids": _l("Thành viên"),
    "present_ids": _l("Có mặt"),
    "voter_ids": _l("Được biểu quyết"),
    "voted": _l("Đã biểu quyết"),
    "version": _l("Phiên bản"),
    "update_id": _l("Tin tiến độ"),
    "decision_id": _l("Quyết định"),
    "added": _l("Thêm vào"),
    "accepted": _l("Đồng ý"),
    "by_guardian": _l("Do người giám hộ"),
    "points": _l("Điểm"),
    "round_id": _l("Vòng chấm"),
    "to_round_id": _l("Sang vòng chấm"),
    "idea_id": _l("Ý tưởng"),
    "sheet_id": _l("Phiếu chấm"),
    "sheet_ids": _l("Phiếu chấm"),
    "ranking_id": _l("Xếp hạng"),
    "publication_id": _l("Lần công bố"),
    "council_id": _l("Hội đồng"),
    "case_id": _l("Việc của hội đồng"),
    "appeal_id": _l("Khiếu nại"),
    "author_id": _l("Thành viên đội"),
    "unit_id": _l("Đơn vị"),
    "invited_by": _l("Người mời"),
    "topic_id": _l("Lĩnh vực"),
    "rubric_id": _l("Bộ tiêu chí"),
    "anchor_id": _l("Bài hiệu chuẩn"),
    "number": _l("Số"),
    "code": _l("Mã"),
    "codes": _l("Mã"),
    "state": _l("Trạng thái"),
    "reason": _l("Lý do"),
    "role": _l("Vai trò"),
    "roles": _l("Vai trò"),
    "before": _l("Trước"),
    "after": _l("Sau"),
    "entries": _l("Số bài"),
    "cases": _l("Số việc"),
    "missing_sheets": _l("Phiếu còn thiếu"),
    "amended_sheets": _l("Phiếu được sửa"),
    "awards": _l("Giải thưởng"),
    "criteria": _l("Tiêu chí"),
    "scale": _l("Tổng điểm"),
    "is_live": _l("Chấm tại buổi chung khảo"),
    "hours": _l("Số giờ"),
    "head": _l("Dấu"),
    "leaf": _l("Lá"),
    "seed": _l("Số gieo"),
    "rules_hash": _l("Mã của thể lệ"),
    "content_hash": _l("Mã kiểm chứng"),
    "ranking_hash": _l("Mã kiểm chứng"),
    "presentations": _l("Bài trình bày"),
    "steps": _l("Số bước"),
    "lots_shown": _l("Số thăm đã mở"),
    "revealed": _l("Giải đã mở"),
    "position": _l("Lượt"),
    "positions": _l("Thứ tự"),
}
HASH = re.compile(r"[0-9a-f]{32,}")
HASH_SHOWN = 12
SHOWN = 12  # of a list; the file has the rest


class Detail(NamedTuple):
    """One thing that an event carries: its name, its value in words, and the whole of it where that is shortened."""

    name: Any
    text: str
    whole: str = ""


def details_of(data: dict[str, Any]) -> list[Detail]:
    """In the order recorded. A key without words keeps its own name rather than being hidden."""
    return [_detail(key, value) for key, value in data.items()]


def _detail(key: str, value: Any) -> Detail:
    name = KEYS.get(key, key)
    if isinstance(value, str) and HASH.fullmatch(value):
        return Detail(name, f"{value[:HASH_SHOWN]}…", value)
    if key == "points" and isinstance(value, dict):
        return Detail(name, ", ".join(f"{criterion} {_mark(points)}" for criterion, points in value.items()))
    return Detail(name, _words(value))


def _mark(points: Any) -> str:
    return mark(points) if isinstance(points, int) else _words(points)


def _words(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return _("không có")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(one)}" for key, one in value.items())
    if not isinstance(value, list):
        return str(value)
    if any(isinstance(one, list | dict) for one in value):
        return _("%(n)d dòng, xem trong tệp tải về", n=len(value))
    shown = ", ".join(_words(one) for one in value[:SHOWN])
    return _("%(shown)s và %(n)d nữa", shown=shown, n=len(value) - SHOWN) if len(value) > SHOWN else shown
