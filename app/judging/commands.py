"""The methods on files, for whoever wants to check: flask judging rank FILE.json, flask judging assign FILE.json."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.judging.files import BadFile, assign_file, rank_file


@click.group("judging")
def judging() -> None:
    """Xếp hạng và phân công từ tệp JSON, không cần cơ sở dữ liệu."""


@judging.command("rank")
@click.argument("file", type=click.Path(path_type=Path))
def rank(file: Path) -> None:
    """Xếp hạng các phiếu trong tệp."""
    answer(rank_file, file)


@judging.command("assign")
@click.argument("file", type=click.Path(path_type=Path))
def assign(file: Path) -> None:
    """Phân công giám khảo cho các ý tưởng trong tệp."""
    answer(assign_file, file)


def answer(method: Callable[[object], dict[str, Any]], file: Path) -> None:
    """Print what the method says of the file; of a bad file where and why, and exit with 2."""
    try:
        click.echo(json.dumps(method(parsed(file)), ensure_ascii=False, indent=1))
    except BadFile as bad:
        click.echo(json.dumps(bad.as_dict(), ensure_ascii=False))
        sys.exit(2)


def parsed(file: Path) -> object:
    """What the file says; decimals exactly as written. Raises BadFile."""
    try:
        return json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise BadFile("file", "Không đọc được tệp này.") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise BadFile("file", "Tệp không phải là JSON viết bằng UTF-8.") from error
