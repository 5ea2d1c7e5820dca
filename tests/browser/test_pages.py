"""Every page of the demo in a real browser: accessible, narrow enough, light enough, silent, on its own host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest

from app.core.db import transaction
from app.demo import load
from app.demo.people import PASSWORD
from tests.browser.conftest import Person, running_site
from tests.conftest import running_app
from tools.screenshots import PAGES

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
FIRST_VISIT_BYTES = 150 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory, one_app):
    folder = tmp_path_factory.mktemp("demo-site")
    with running_site("sqlite", folder, "pages") as site:
        with running_app(one_app, site.database, folder), transaction():
            load.load()
        site.start()
        yield site


def open_page(person: Person, address: str) -> None:
    where, _, first = address.partition("#first:")
    person.go(urljoin(person.site.url, where))
    if first:
        person.page.locator(first).first.click()
        person.page.wait_for_load_state()


def violations(page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {RULES}).then(result => result.violations)")
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("email", PAGES, ids=lambda email: email.split("@")[0] or "anyone")
def test_pages_are_accessible_and_fit_a_narrow_phone(site, meet, email, theme):
    person = meet(site, email or "anyone", phone=theme == "dark")
    person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    if email:
        person.sign_in(email, PASSWORD)
    troubles = {}
    for name, address in PAGES[email]:
        open_page(person, address)
        found = violations(person.page)
        wide = person.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            found.append(f"{wide} px too wide")
        if found:
            troubles[name] = found

    assert troubles == {}


@pytest.mark.parametrize("address", [address for _name, address in PAGES[""] if "#first:" not in address])
def test_first_visit_to_a_public_page_is_light(site, chromium, address):
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto(address)
    page.wait_for_load_state("networkidle")
    context.close()

    assert sum(sizes) <= FIRST_VISIT_BYTES, f"{address}: {sum(sizes)} bytes"
