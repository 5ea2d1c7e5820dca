"""What every template may ask: can(), the theme, where this person's work is."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy.exc import OperationalError

from app.accounts import identity
from app.accounts.identity import me
from app.accounts.models import User
from app.core.clock import now
from app.core.i18n import _
from app.core.web import choose_language
from app.permissions import Action, can

LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]

# role homes and the bar of the work pages: (action, address, words, icon)
WORK = (
    (Action.QUEUE_READ, "/quan-tri/duyet", "Kiểm duyệt", "inbox"),
    (Action.ROUND_MANAGE, "/quan-tri/vong-cham", "Vòng chấm", "columns"),
    (Action.SHEET_READ, "/cham-diem", "Chấm điểm", "star"),
    (Action.RANKING_READ, "/quan-tri/ket-qua", "Kết quả", "medal"),
    (Action.APPEAL_READ, "/quan-tri/khieu-nai", "Khiếu nại", "scale"),
    (Action.TRACKER_READ, "/hang-doi", "Hàng đợi", "list"),
    (Action.REPORT_READ, "/bao-cao", "Báo cáo", "file"),
    (Action.COUNCIL_READ, "/hoi-dong", "Hội đồng", "users"),
    (Action.USER_MANAGE, "/quan-tri/nguoi-dung", "Người dùng", "users"),
    (Action.CAMPAIGN_MANAGE, "/quan-tri/cuoc-thi", "Cuộc thi", "gear"),
    (Action.MAIL_MANAGE, "/quan-tri/thu", "Thư", "send"),
    (Action.AUDIT_READ, "/quan-tri/nhat-ky", "Nhật ký", "clock"),
)


def work_nav() -> list[tuple[str, str, str, bool]]:
    """Where this person's work is: (address, words, icon, is it here)."""
    person = me()
    return [
        (address, _(words), icon, request.path == address or request.path.startswith(f"{address}/"))
        for action, address, words, icon in WORK
        if can(person, action)
    ]


def who_is_reading() -> User | identity.Visitor:
    """The person; nobody in particular when the database that knows them is away (the 503 page says so)."""
    try:
        return me()
    except OperationalError:
        return identity.Visitor()


def init_app(app: Flask) -> None:
    identity.init_app(app)

    @app.context_processor
    def shared() -> dict[str, Any]:
        person = who_is_reading()
        theme = request.cookies.get("giao-dien", "")
        nav = work_nav() if person.is_authenticated else []
        return {
            "can": lambda action, thing=None: can(person, Action(action), thing),
            "me": person,
            "theme": theme if theme in {"light", "dark"} else "",
            "now": now,
            "lang": choose_language(),
            "languages": LANGUAGES,
            "work_nav": nav,
            "role_homes": [(address, words) for address, words, _icon, _here in nav],
            "request_id": g.get("request_id", ""),
            "settings": current_app.config["SETTINGS"],
        }
