"""The whole site on one machine, for `make run`: bring the database up to date, then keep web and worker going."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from app import config
from app.core.supervisor import Process, Supervisor

HOST = "127.0.0.1"
READY_SECONDS = 120
# 32 threads, so that slow phones sending bodies leave room for the others.
WEB = "granian --interface wsgi --workers 2 --blocking-threads 32 --respawn-failed-workers --log-level error"


class CannotStart(Exception):
    """Why the site does not start, in one line that says what to do."""


def main() -> int:
    try:
        port = port_of(os.environ)
        prepare(port)
        site = Supervisor(say)
        try:
            web = site.start("Máy chủ web", module(f"{WEB} --host {HOST} --port {port} wsgi:app"))
            wait_until_ready(site, web, port)
            site.start("Tiến trình nền", module("app.worker"))
            site.keep_going()
        finally:
            site.stop()
    except (CannotStart, ValueError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def prepare(port: int) -> None:
    """What must stand before the first request: folder, key, addresses, tables, and a demo where all is empty."""
    folder = Path(config.read().instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    keep_secret(folder)
    os.environ.setdefault("BASE_URL", f"http://{HOST}:{port}")
    os.environ.setdefault("DEMO", "1")

    from app.core.db import db
    from app.core.migrate import upgrade

    settings = config.read()
    upgrade(settings.database_url)
    db.connect(settings.database_url)
    if settings.demo and load_demo(settings):
        return
    # A site with people of its own shows no test mailbox and no demo accounts, however it is started.
    os.environ["DEMO"] = "0"
    say_how_to_begin()


def load_demo(settings: config.Settings) -> bool:
    """True if the database now holds the demo: its accounts are printed. One with other people in it is left alone."""
    from app.demo.accounts import PASSWORD, accounts, holds_demo, is_empty

    if is_empty():
        # The whole application, a second of reading, only for the start that needs it.
        from app import create_app
        from app.demo.load import load_if_empty

        with create_app(settings).app_context():
            load_if_empty()
    if not holds_demo():
        return False
    say(f"Bản minh họa. Tài khoản (mật khẩu chung: {PASSWORD}):")
    for role, email in accounts():
        say(f"  {role}: {email}")
    return True


def say_how_to_begin() -> None:
    from app.demo.accounts import is_empty

    if is_empty():
        say("Trang chưa có ai. Tạo quản trị viên đầu tiên: .venv/bin/flask --app wsgi init")


def wait_until_ready(site: Supervisor, web: Process, port: int) -> None:
    """Say where the site is once it answers. Raises CannotStart when the web server ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers(port):
        if site.is_stopping:
            return
        if not web.is_alive or time.monotonic() > deadline:
            raise CannotStart("Máy chủ web không khởi động được; lý do ở các dòng trên.")
        time.sleep(0.1)
    say(f"Sẵn sàng: {os.environ['BASE_URL']}")


def answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(os.environ["BASE_URL"]).netloc})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def port_of(env: Mapping[str, str]) -> int:
    """The port to listen on. Raises CannotStart when it is no port, or somebody else's."""
    text = env.get("PORT", "8000")
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise CannotStart(f"PORT phải là một số từ 1 đến 65535, không phải “{text}”.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections just closed are no obstacle
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            line = f"Cổng {text} đang có chương trình khác dùng. Chọn cổng khác, ví dụ: PORT=8001 make run"
            raise CannotStart(line) from error
    return int(text)


def keep_secret(folder: Path) -> None:
    """The key that signs cookies: made once, readable by its owner only, the same at every start."""
    path = folder / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))


def module(arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments.split()]


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
