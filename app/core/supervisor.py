"""Processes that belong together: started, looked after and stopped as one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

WAITS = (1, 2, 5, 10, 30)  # seconds before a process that keeps dying is started again
STEADY_SECONDS = 60  # one that lived this long starts again with the shortest wait
STOP_SECONDS = 30  # what running requests and jobs get to finish

Say = Callable[[str], None]


class Process:
    """One program, started again after growing waits whenever it dies."""

    def __init__(self, name: str, command: Sequence[str], say: Say) -> None:
        self.name = name
        self.command = command
        self.say = say
        self.deaths = 0
        self.start()

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in good order.
        self.child = subprocess.Popen(self.command, start_new_session=True)
        self.started_at = time.monotonic()
        self.starts_again_at: float | None = None

    @property
    def is_alive(self) -> bool:
        return self.child.poll() is None

    def look_after(self) -> None:
        if self.is_alive:
            return
        if self.starts_again_at is None:
            self.clear_away()
            lived = time.monotonic() - self.started_at
            self.deaths = 1 if lived > STEADY_SECONDS else self.deaths + 1
            wait = WAITS[min(self.deaths, len(WAITS)) - 1]
            self.starts_again_at = time.monotonic() + wait
            self.say(f"{self.name} dừng đột ngột (mã {self.child.returncode}); chạy lại sau {wait} giây.")
        elif time.monotonic() >= self.starts_again_at:
            self.start()

    def finish_before(self, deadline: float) -> None:
        try:
            self.child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.say(f"{self.name} chưa dừng sau {STOP_SECONDS} giây; buộc dừng.")
        self.clear_away()
        self.child.wait()

    def clear_away(self) -> None:
        """Kill what is left of it: a web server killed with -9 leaves children that hold the port."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nothing left; macOS says so in its own way
            return


class Supervisor:
    """Keeps its processes going until this one is asked to stop, then stops them together."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.processes: list[Process] = []
        self.is_stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)

    def start(self, name: str, command: Sequence[str]) -> Process:
        process = Process(name, command, self.say)
        self.processes.append(process)
        return process

    def ask_to_stop(self, *_signal: object) -> None:
        self.is_stopping = True

    def keep_going(self) -> None:
        while not self.is_stopping:
            for process in self.processes:
                process.look_after()
            time.sleep(0.2)

    def stop(self) -> None:
        for process in self.processes:
            process.child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes:
            process.finish_before(deadline)
