"""Whose accounts the demo has, and whether a database holds it. Light: the launcher asks at every start."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.core.db import db
from app.demo import sources

PASSWORD = "donghai-2026"

ACCOUNTS = (
    ("Học sinh 14 tuổi", "tn03"),
    ("Thanh niên", "tn26"),
    ("Người kiểm duyệt (Đoàn phường)", "kd01"),
    ("Giám khảo", "gk01"),
    ("Trưởng ban Giám khảo", "gk02"),
    ("Cán bộ theo dõi (phòng VH - XH)", "cb01"),
    ("Đầu mối đơn vị", "dv01"),
    ("Lãnh đạo UBND", "ld01"),
    ("Quản trị viên", "qt01"),
)


def accounts() -> list[tuple[str, str]]:
    """(role, e-mail) of one account a role, for the console and the sign-in page."""
    rows = {row["id"]: row for row in sources.read("people")["people"]}
    return [(label, rows[name]["email"]) for label, name in ACCOUNTS]


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not _is_there(sa.select(User.id))


def holds_demo() -> bool:
    """Whether the people in the database are the demo's own."""
    emails = [email for _role, email in accounts()]
    return _is_there(sa.select(User.id).where(User.email.in_(emails)))


def _is_there(rows: sa.Select[Any]) -> bool:
    """Asked in a session of its own: it sees what was written a moment ago, and holds nothing open."""
    with db.scope():
        return db.session.execute(rows.limit(1)).first() is not None
