"""Whether all is well: what a doctor would look at, with what mends it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app

from app.audit.sealing import SEALED_WITHIN, lately_unsealed
from app.core import formats, migrate
from app.core.clock import now
from app.core.db import db
from app.core.events import Event, Outbox, OutboxState
from app.core.jobs import JobRow
from app.core.web import file_folder
from app.mail.models import Mail, MailState

FOLLOWED_WITHIN = timedelta(minutes=10)
LITTLE_ROOM_BYTES = 500 * 1024 * 1024
# With several connections, earlier ones may lose commits when the log is reset (fixed in these, and later).
SOUND_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
WANTED_PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}


class Finding(NamedTuple):
    """How one thing stands, and what mends it when it is not well."""

    value: str
    is_well: bool = True
    advice: str = ""


class Check(NamedTuple):
    """A finding with the name of what was looked at."""

    name: str
    value: str
    is_well: bool
    advice: str


class JobLine(NamedTuple):
    name: str
    last_run_at: datetime | None
    last_result: str
    due_at: datetime
    failures: int


def checks() -> list[Check]:
    """Everything, in the order a doctor would ask; what needs tables is left out while there are none."""
    found = [look(name, at) for name, at in DATABASE]
    if all(check.is_well for check in found):
        found += [look(name, at) for name, at in WORKER]
    return found + [look(name, at) for name, at in MACHINE]


def readiness() -> dict[str, bool]:
    """What a load balancer asks before it sends anybody here."""
    asked = {"database": database_answers, "schema": schema, "store": store, "sealing": sealing}
    return {name: look(name, at).is_well for name, at in asked.items()}


def look(name: str, at: Callable[[], Finding]) -> Check:
    """A check that itself breaks is a finding, not the end of the others."""
    try:
        found = at()
        return Check(name, found.value, found.is_well, "" if found.is_well else found.advice)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        db.session.rollback()
        return Check(
            name, type(error).__name__, is_well=False, advice="Chưa có bảng, hoặc máy chủ không trả lời."
        )


# --- the database


def database_answers() -> Finding:
    db.session.execute(sa.text("SELECT 1"))
    return Finding("trả lời")


def database() -> Finding:
    if not db.is_sqlite:
        version = db.session.scalar(sa.text("SHOW server_version"))
        return Finding(f"PostgreSQL {version}")
    version = str(db.session.scalar(sa.text("SELECT sqlite_version()")))
    sound = is_sound_sqlite(tuple(int(part) for part in version.split(".")))
    advice = "Cài bản SQLite mới hơn (gói pysqlite3), hoặc chỉ chạy một tiến trình."
    return Finding(f"SQLite {version}", sound, advice)


def is_sound_sqlite(version: tuple[int, ...]) -> bool:
    """Free of the WAL-reset bug."""
    return version >= SOUND_SQLITE[0] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in SOUND_SQLITE[1:]
    )


@cache
def head() -> str | None:
    """The newest migration of this code."""
    return ScriptDirectory.from_config(migrate.config("")).get_current_head()


def schema() -> Finding:
    present = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return Finding(f"phiên bản {present}", present == head(), "Chạy: .venv/bin/flask --app wsgi db upgrade")


def durability() -> Finding:
    if not db.is_sqlite:
        committed = str(db.session.scalar(sa.text("SHOW synchronous_commit")))
        return Finding(f"synchronous_commit {committed}", committed != "off", "Đặt synchronous_commit = on.")
    found = {name: str(db.session.scalar(sa.text(f"PRAGMA {name}"))) for name in WANTED_PRAGMAS}
    words = ", ".join(f"{name} {value}" for name, value in found.items())
    return Finding(words, found == WANTED_PRAGMAS, "Thiết lập ở app/core/db.py không có hiệu lực.")


# --- what the worker does


def sealing_lag() -> timedelta:
    """How long something has waited to be sealed: since the sealer last ran well, if it did so after that.

    An event is dated when it is recorded and seen when its transaction ends, which may be long after.
    """
    oldest = db.session.scalar(sa.select(sa.func.min(Event.at)).where(lately_unsealed()))
    if oldest is None:
        return timedelta()
    ran_well = sa.and_(JobRow.name == "seal_events", JobRow.failures == 0)
    last = db.session.scalar(sa.select(JobRow.last_run_at).where(ran_well))
    return max(timedelta(), now() - max(oldest, last or oldest))


def sealing() -> Finding:
    lag = sealing_lag()
    words = "không có gì chờ" if not lag else f"chờ {int(lag.total_seconds())} giây"
    return Finding(
        words,
        lag <= SEALED_WITHIN,
        "Tiến trình nền (python -m app.worker) có chạy không?",
    )


def reactions() -> Finding:
    counts = dict(db.session.execute(sa.select(Outbox.state, sa.func.count()).group_by(Outbox.state)).all())
    waiting, parked = counts.get(OutboxState.WAITING, 0), counts.get(OutboxState.PARKED, 0)
    oldest = db.session.scalar(
        sa.select(sa.func.min(Outbox.due_at)).where(Outbox.state == OutboxState.WAITING)
    )
    late = oldest is not None and now() - oldest > FOLLOWED_WITHIN
    advice = "Chạy lại ở trang Thư." if parked else "Tiến trình nền (python -m app.worker) có chạy không?"
    return Finding(f"{waiting} đang chờ, {parked} bị dừng", not (late or parked), advice)


def mails() -> Finding:
    counts = dict(db.session.execute(sa.select(Mail.state, sa.func.count()).group_by(Mail.state)).all())
    stuck = counts.get(MailState.PARKED, 0) + counts.get(MailState.UNCERTAIN, 0)
    words = f"{counts.get(MailState.WAITING, 0)} chờ gửi, {stuck} cần người xem"
    return Finding(words, not stuck, "Xem và gửi lại ở trang Thư.")


def jobs() -> Finding:
    failing = [line.name for line in job_lines() if line.failures]
    words = ", ".join(failing) if failing else "không có lỗi"
    return Finding(words, not failing, "Xem lỗi cuối ở trang Vận hành.")


def job_lines() -> list[JobLine]:
    rows = db.session.execute(
        sa.select(
            JobRow.name, JobRow.last_run_at, JobRow.last_result, JobRow.due_at, JobRow.failures
        ).order_by(JobRow.name)
    )
    return [JobLine(*row) for row in rows]


# --- this machine


def store() -> Finding:
    folder = Path(file_folder(current_app.config["SETTINGS"]))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"1")
    return Finding("ghi được")


def room() -> Finding:
    free = shutil.disk_usage(current_app.config["SETTINGS"].instance_path).free
    words = f"{formats.decimal_text(round(Decimal(free) / 1024**3, 1))} GB"
    return Finding(words, free >= LITTLE_ROOM_BYTES, "Dọn bớt hoặc thêm ổ đĩa.")


def mail_server() -> Finding:
    server = current_app.config["SETTINGS"].mail_server
    return Finding(server or "chưa khai; thư được đọc trong ứng dụng (/quan-tri/thu)")


def settings() -> Finding:
    given = current_app.config["SETTINGS"]
    local = given.base_url.startswith(("http://127.", "http://localhost"))
    if given.demo and not local:
        return Finding(given.base_url, is_well=False, advice="Tắt DEMO khi chạy thật.")
    return Finding(given.base_url, local or given.is_https, "Chạy thật cần https trong BASE_URL.")


DATABASE = (("Cơ sở dữ liệu", database), ("Bảng dữ liệu", schema))
WORKER = (
    ("Ghi bền", durability),
    ("Niêm phong nhật ký", sealing),
    ("Việc sau sự kiện", reactions),
    ("Thư", mails),
    ("Việc định kỳ", jobs),
)
MACHINE = (
    ("Kho tệp", store),
    ("Chỗ trống", room),
    ("Máy chủ thư", mail_server),
    ("Thiết lập", settings),
)
