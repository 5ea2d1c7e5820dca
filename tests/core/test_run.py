"""`make run` from the outside: one command, one line when it cannot, the same site when it starts again."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from app import config, run

ROOT = Path(run.__file__).parent.parent


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path, free_port):
    """An empty place of its own; nothing of the machine's settings reaches it."""
    return {
        "PATH": os.environ["PATH"],
        "PORT": str(free_port),
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.db'}",
        "DEMO": "0",
    }


def prepared(environment) -> str:
    """What is printed before the servers start, and whether they are told to be a demo."""
    code = "import os; from app import config, run; run.prepare(8000); print('DEMO=' + os.environ['DEMO'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def rows_of(database: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'"
        ).fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}


class Launched:
    """`python -m app.run`, read until it is ready, stopped at the end of the block."""

    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self.watchdog = threading.Timer(150, self.process.terminate)

    def __enter__(self):
        self.watchdog.start()
        for line in self.process.stdout:
            self.output += line
            if line.startswith("Sẵn sàng"):
                break
        return self

    def stop(self, how=signal.SIGTERM):
        """Ends only when web and worker are gone too: they hold the other end of the pipe."""
        self.process.send_signal(how)
        self.output += self.process.stdout.read()
        return self.process.wait()

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.stop()
        self.watchdog.cancel()


def test_site_answers_once_it_says_so_and_stops_whole(environment, free_port):
    with Launched(environment) as site:
        assert f"Sẵn sàng: http://127.0.0.1:{free_port}\n" in site.output, site.output
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz") as answer:
            assert answer.status == 200

        assert site.stop() == 0, site.output

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port))


def test_second_start_changes_nothing(environment, tmp_path):
    environment["DEMO"] = "1"
    first = prepared(environment)
    key, rows = (tmp_path / "secret_key").read_text(), rows_of(tmp_path / "site.db")

    second = prepared(environment)

    assert first.startswith("Bản minh họa. Tài khoản")
    assert second == first
    assert (tmp_path / "secret_key").read_text() == key
    assert rows_of(tmp_path / "site.db") == rows


def test_site_without_demo_says_how_to_make_the_first_administrator(environment):
    assert prepared(environment) == (
        "Trang chưa có ai. Tạo quản trị viên đầu tiên: .venv/bin/flask --app wsgi init\nDEMO=0\n"
    )


def test_site_with_people_of_its_own_never_becomes_a_demo(environment, database, administrator):
    environment |= {"DEMO": "1", "DATABASE_URL": database}

    assert prepared(environment) == "DEMO=0\n"


def test_taken_port_is_refused_in_one_line(environment, free_port):
    with socket.create_server(("127.0.0.1", free_port)), Launched(environment) as site:
        assert site.process.wait() == 1

    assert site.output == (
        f"Cổng {free_port} đang có chương trình khác dùng. Chọn cổng khác, ví dụ: PORT=8001 make run\n"
    )


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "８０００", "²"])
def test_port_that_is_no_port_is_refused(text):
    with pytest.raises(run.CannotStart, match=re.escape(f"“{text}”")):
        run.port_of({"PORT": text})


def test_key_is_kept_and_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "secret_key"

    run.keep_secret(tmp_path)
    first = path.read_text()
    run.keep_secret(tmp_path)

    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_commands_typed_by_hand_use_the_kept_key(tmp_path):
    run.keep_secret(tmp_path)
    kept = (tmp_path / "secret_key").read_text()

    assert config.read({"INSTANCE_PATH": str(tmp_path)}).secret_key == kept
    assert config.read({"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "one’s own"}).secret_key == "one’s own"


def test_database_lies_in_the_instance_folder_unless_an_address_is_given(tmp_path):
    folder = {"INSTANCE_PATH": str(tmp_path)}

    assert config.read(folder).database_url == f"sqlite:///{tmp_path / 'dong-hai.db'}"
    assert config.read(folder | {"DATABASE_URL": "sqlite:///here.db"}).database_url == "sqlite:///here.db"
