"""The methods for whoever wants to check: on files (rank, assign), on contests whose truth is known (simulate), on time
(bench)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.judging.methods.files import BadFile, assign_file, rank_file
from app.judging.methods.simulation.study import Study


@click.group("judging")
def judging() -> None:
    """Cách chấm: xếp hạng và phân công từ tệp JSON, mô phỏng, đo tốc độ. Không cần cơ sở dữ liệu."""


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


@judging.command("simulate")
@click.option(
    "--seeds", default=40, show_default=True, type=click.IntRange(1, 1000), help="Số cuộc thi mỗi ô."
)
@click.option("--quick", is_flag=True, help="Chỉ các bảng chính, ít cuộc thi.")
def simulate(seeds: int, quick: bool) -> None:
    """Chơi hàng nghìn cuộc thi đã biết trước kết quả thật; báo lỗi nếu một cách chấm không đạt mức đã hứa."""
    from app.judging.methods.simulation import run  # noqa: PLC0415 - loads SciPy's statistics

    show(run.the_main_ones() if quick else run.everything(seeds))


@judging.command("bench")
def bench() -> None:
    """Đo thời gian và bộ nhớ ở cỡ lớn nhất: 10.000 ý tưởng, 60 giám khảo."""
    from app.judging.methods.simulation import speed  # noqa: PLC0415 - loads SciPy's statistics

    show([speed.speeds()])


def show(studies: Iterable[Study]) -> None:
    """Print each table as soon as it is there; exit with 1 if a promise was broken."""
    broken: list[str] = []
    for study in studies:
        click.echo(study)
        broken += study.broken
    for one in broken:
        click.echo(f"✗ {one}", err=True)
    sys.exit(1 if broken else 0)


def answer(method: Callable[[object], dict[str, Any]], file: Path) -> None:
    """Print what the method says of the file; of a bad file where and why, and exit with 2."""
    try:
        echo_json(method(parsed(file)), indent=1)
    except BadFile as bad:
        echo_json(bad.as_dict())
        sys.exit(2)


def echo_json(value: dict[str, Any], indent: int | None = None) -> None:
    """Print JSON in Vietnamese letters; half a character (\\ud800), which no UTF-8 can hold, goes out as it came in."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def parsed(file: Path) -> object:
    """What the file says; decimals exactly as written. Raises BadFile."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # Windows' editors put a mark in front
        return json.loads(text, parse_float=Decimal, object_pairs_hook=once)
    except OSError as error:
        raise BadFile("file", "Không đọc được tệp này.") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise BadFile("file", "Tệp không phải là JSON viết bằng UTF-8.") from error


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises BadFile if a name stands in it twice: a reader sees one mark, a parser takes the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise BadFile("file", f"“{twice}” có hai lần trong cùng một đối tượng JSON. Hãy giữ lại một giá trị.")
    return found
