"""The small process that opens a stranger's file: short of time, memory and rights, so that nothing else can suffer.

In: one line of JSON {"task", "kind", "memory_bytes", "cpu_seconds"}, then the file.
Out: one line of JSON {"code"} (null when taken), then the bytes.
"""

import json
import sys
from contextlib import suppress

from .examine import blind, examine
from .rejected import Rejected

_TASKS = {"examine": examine, "blind": blind}


def main() -> None:
    """Read one request from stdin, answer on stdout, end."""
    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["memory_bytes"], request["cpu_seconds"])
    try:
        answer, code = _TASKS[request["task"]](request["kind"], sys.stdin.buffer.read()), None
    except Rejected as rejected:
        answer, code = b"", rejected.code
    sys.stdout.buffer.write(json.dumps({"code": code}).encode() + b"\n" + answer)


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
