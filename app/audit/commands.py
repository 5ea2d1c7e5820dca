"""flask audit verify: is the record of what happened still the one that was written?"""

from __future__ import annotations

import sys

import click

from app.audit import sealing
from app.core.db import db

REASONS = {
    "missing seal": "thiếu một dấu niêm phong",
    "missing event": "sự kiện đã niêm phong không còn",
    "changed event": "sự kiện đã bị sửa sau khi niêm phong",
    "changed seal": "dấu niêm phong đã bị sửa",
}


@click.group("audit")
def audit() -> None:
    """Nhật ký: kiểm tra chuỗi niêm phong."""


@audit.command("verify")
def verify() -> None:
    """Tính lại cả chuỗi; báo chỗ đứt đầu tiên và kết thúc với mã 1."""
    with db.scope():
        verdict = sealing.verify()
    if verdict.broken_at is not None:
        click.echo(f"Chuỗi đứt ở dấu số {verdict.broken_at}: {REASONS[verdict.why]}.")
        sys.exit(1)
    click.echo(f"Chuỗi nguyên vẹn: {verdict.sealed} sự kiện đã niêm phong, {verdict.unsealed} đang chờ.")
    click.echo(f"Dấu cuối: {verdict.head}")
