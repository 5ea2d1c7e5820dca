"""The small process that opens a stranger's file: short of time, memory and rights, so that nothing else can suffer.

In: one line of JSON {"task", "kind", "memory_bytes", "cpu_seconds"}, then the file.
Out: one line of JSON {"code", "cause"} (null when taken), then the bytes. The cause is for our log: a mistake
of our own would otherwise look like a broken file.
"""

import json
import sys
import traceback
from contextlib import suppress
from pathlib import PurePath

from .examine import blind, examine
from .rejected import Rejected

_TASKS = {"examine": examine, "blind": blind}


def main() -> None:
    """Read one request from stdin, answer on stdout, end."""
    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["memory_bytes"], request["cpu_seconds"])
    answer = b""
    header: dict[str, str | None] = {"code": None, "cause": None}
    try:
        answer = _TASKS[request["task"]](request["kind"], sys.stdin.buffer.read())
    except Rejected as rejected:
        header = {"code": rejected.code, "cause": _where(rejected.__cause__)}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + answer)


def _where(error: BaseException | None) -> str | None:
    """The kind of an exception and the line that raised it; never its words, which may quote the file."""
    if error is None or error.__traceback__ is None:
        return None
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {PurePath(last.filename).name}:{last.lineno}"


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Each limit where the system has it: macOS does not limit address space, Windows none of these."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not everywhere

        for limit, value in (
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))
