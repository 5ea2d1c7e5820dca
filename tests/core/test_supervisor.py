"""The launcher's two processes: looked after while they run, gone when it stops."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from app.core import supervisor
from app.core.supervisor import Process, Supervisor

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "raise SystemExit(3)"]
IGNORES_SIGTERM = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)",
]
LISTENS_IN_A_CHILD = """
import os, socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
if os.fork():
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""


@pytest.fixture
def said():
    return []


@pytest.fixture
def site(said):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    site = Supervisor(said.append)
    yield site
    for process in site.processes:
        process.clear_away()
        process.child.wait()
    for number, handler in before.items():
        signal.signal(number, handler)


def wait_for(question, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def die_once_more(process: Process) -> None:
    process.child.wait()
    process.look_after()
    process.starts_again_at = time.monotonic()
    process.look_after()


def test_process_that_is_killed_is_started_again(site, monkeypatch):
    monkeypatch.setattr(supervisor, "WAITS", (0,))
    process = site.start("Tiến trình nền", SLEEPS)
    killed = process.child.pid

    os.kill(killed, signal.SIGKILL)
    process.child.wait()
    process.look_after()
    process.look_after()

    assert process.is_alive
    assert process.child.pid != killed


def test_process_that_keeps_dying_waits_longer_each_time(site, said):
    process = site.start("Tiến trình nền", DIES)

    for _ in range(6):
        die_once_more(process)

    assert said == [
        f"Tiến trình nền dừng đột ngột (mã 3); chạy lại sau {wait} giây." for wait in (1, 2, 5, 10, 30, 30)
    ]


def test_process_is_not_started_again_before_its_wait_is_over(site):
    process = site.start("Tiến trình nền", DIES)
    process.child.wait()

    process.look_after()
    process.look_after()

    assert not process.is_alive


def test_process_that_ran_steadily_starts_again_with_the_shortest_wait(site, said, monkeypatch):
    process = site.start("Tiến trình nền", DIES)
    die_once_more(process)
    die_once_more(process)

    monkeypatch.setattr(supervisor, "STEADY_SECONDS", -1)
    die_once_more(process)

    assert said[-1] == "Tiến trình nền dừng đột ngột (mã 3); chạy lại sau 1 giây."


def test_children_of_a_killed_process_leave_the_port(site, tmp_path):
    port_file = tmp_path / "port"
    process = site.start("Máy chủ web", [sys.executable, "-c", LISTENS_IN_A_CHILD, str(port_file)])
    wait_for(port_file.exists)
    port = int(port_file.read_text())
    assert is_listening(port)

    os.kill(process.child.pid, signal.SIGKILL)
    process.child.wait()
    assert is_listening(port)
    process.look_after()

    wait_for(lambda: not is_listening(port))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_all_processes_together(site, how):
    web = site.start("Máy chủ web", SLEEPS)
    worker = site.start("Tiến trình nền", SLEEPS)

    os.kill(os.getpid(), how)
    site.keep_going()
    site.stop()

    assert (web.child.returncode, worker.child.returncode) == (-signal.SIGTERM, -signal.SIGTERM)


def test_process_that_does_not_stop_is_stopped_by_force(site, said, monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.2)
    process = site.start("Máy chủ web", SLEEPS)
    process.child.kill()
    process.child.wait()
    process.child = subprocess.Popen(IGNORES_SIGTERM, start_new_session=True, stdout=subprocess.PIPE)
    process.child.stdout.readline()

    site.stop()

    assert process.child.returncode == -signal.SIGKILL
    assert said == ["Máy chủ web chưa dừng sau 0.2 giây; buộc dừng."]
