"""Fault points: places where a test may kill, stop or break the process. No-op unless FAULT_POINTS names them."""

from __future__ import annotations

import os
import signal
import time


class InjectedFault(RuntimeError):
    """Raised at a fault point that a test asked for."""


def fault(name: str) -> None:
    """FAULT_POINTS="commit.before=kill,mail.send.after=raise": kill -9, raise, or sleep:MILLISECONDS here."""
    wanted = os.environ.get("FAULT_POINTS")
    if not wanted:
        return
    for part in wanted.split(","):
        point, _, what = part.partition("=")
        if point != name:
            continue
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif what.startswith("sleep:"):
            time.sleep(int(what.removeprefix("sleep:")) / 1000)
        else:
            raise InjectedFault(name)
