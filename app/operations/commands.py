"""flask doctor: how this site and this machine stand, and what mends what is not well."""

from __future__ import annotations

import sys

import click

from app.core.db import db
from app.operations import checkup


@click.command("doctor")
def doctor() -> None:
    """Khám hệ thống: in một bảng; kết thúc với mã 1 nếu có chỗ cần sửa."""
    with db.scope():
        found = checkup.checks()
    width = max(len(check.name) for check in found)
    for check in found:
        click.echo(f"{'✓' if check.is_well else '✗'} {check.name:<{width}}  {check.value}")
        if not check.is_well and check.advice:
            click.echo(f"  {'':<{width}}  → {check.advice}")
    sys.exit(0 if all(check.is_well for check in found) else 1)
