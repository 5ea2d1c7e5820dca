"""A real site — granian, worker, SQLite or PostgreSQL — and people with browsers of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.core import migrate
from tests.conftest import fresh_postgres

SECRET = "a key for browser tests only, long enough"
PATIENCE = 15_000  # milliseconds; the machine may be busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


class Site:
    """One running site: its address, its database, its processes."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.folder = database, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What its processes, and commands about it, are started with."""
        return {
            **os.environ,
            "SECRET_KEY": SECRET,
            "BASE_URL": self.url,
            "DATABASE_URL": self.database,
            "INSTANCE_PATH": str(self.folder),
            "DEMO": "true",
            "RATE_LIMITS_ENABLED": "false",
        }

    def start(self) -> None:
        web = "granian --interface wsgi --workers 1 --blocking-threads 16 --log-level error"
        for command in (f"{web} --host 127.0.0.1 --port {self.port} wsgi:app", "app.worker"):
            log = (self.folder / f"{command.split()[0]}.log").open("wb")
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command.split()], env=self.environment, stdout=log, stderr=log
                )
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (URLError, OSError):
                assert time.monotonic() < deadline, "the site did not start"

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(20)


@contextmanager
def running_site(kind: str, folder: Path, name: str) -> Iterator[Site]:
    """A migrated, empty site; fill it before `start`."""
    url = f"sqlite:///{folder / 'site.db'}" if kind == "sqlite" else fresh_postgres(f"dong_hai_{name}")
    migrate.upgrade(url)
    site = Site(url, folder)
    try:
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-quic"])
        yield browser
        browser.close()


class Person:
    """Somebody with a browser of their own on this site."""

    def __init__(
        self, chromium: Browser, site: Site, name: str, *, javascript: bool = True, phone: bool = False
    ):
        self.site, self.name = site, name
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        self.context: BrowserContext = chromium.new_context(
            viewport=size, locale="vi-VN", java_script_enabled=javascript, base_url=site.url
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.troubles.append(f"left the host: {request.url}")

    def forgive_lost_network(self) -> None:
        """The browser itself reports that there was no network, and that the worker answered in its place."""
        said = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 503")
        self.troubles[:] = [one for one in self.troubles if not any(words in one for words in said)]

    def go(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def fill(self, **values: str) -> None:
        """Fields by name; __ stands for -."""
        for name, value in values.items():
            self.page.locator(f"[name='{name.replace('__', '-')}']").first.fill(value)

    def tick(self, *names: str) -> None:
        for name in names:
            self.page.locator(f"input[name='{name}']").first.check()

    def press(self, words: str, *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=words, exact=exact).first.click()

    def follow(self, words: str, *, exact: bool = False) -> None:
        self.page.get_by_role("link", name=words, exact=exact).first.click()

    def agree(self, words: str) -> None:
        """Press a button of the dialog that is open."""
        self.page.locator("dialog[open]").get_by_role("button", name=words).click()

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=PATIENCE)

    def does_not_see(self, words: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(words)

    def sign_in(self, email: str, password: str) -> None:
        self.go("/dang-nhap")
        if "/dang-nhap" not in self.page.url:
            return  # signed in already: an invitation or a confirmation did it
        self.fill(email=email, password=password)
        self.page.locator("main form:has([name=password]) button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/dang-nhap" not in url)

    def open_mail(self, address: str, subject: str) -> None:
        """Find a mail in the test mailbox; the worker needs a moment to write it."""
        deadline = time.monotonic() + 30
        while True:
            self.go(f"/hop-thu-thu?q={address}")
            link = self.page.get_by_role("link", name=subject)
            if link.count():
                link.first.click()
                return
            assert time.monotonic() < deadline, f"no mail “{subject}” for {address}"
            self.page.wait_for_timeout(300)

    def follow_mail(self, address: str, subject: str, path: str) -> None:
        """Open a mail and the link in it whose address holds `path`."""
        self.open_mail(address, subject)
        self.page.locator(f"main a[href*='{path}']").first.click()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A journey that fails says what each person saw last."""
    report = yield
    people = getattr(item, "people", [])
    if call.when == "call" and report.failed:
        for person in people:
            text = person.page.locator("body").inner_text()[:1500]
            report.sections.append((f"{person.name} at {person.page.url}", text))
        for site in {person.site for person in people}:
            for log in ("granian", "app.worker"):
                lines = (site.folder / f"{log}.log").read_text(encoding="utf-8").splitlines()
                report.sections.append((log, "\n".join(line for line in lines if '"bug"' in line)[-3000:]))
    return report


@pytest.fixture
def meet(chromium: Browser, request: pytest.FixtureRequest) -> Iterator:
    """meet(site, name): a person; at the end nobody met an error or left the host."""
    people: list[Person] = []
    request.node.people = people

    def make(site: Site, name: str, **how: bool) -> Person:
        people.append(Person(chromium, site, name, **how))
        return people[-1]

    yield make
    troubles = [f"{person.name}: {trouble}" for person in people for trouble in person.troubles]
    for person in people:
        person.context.close()
    assert troubles == []
