"""The English catalogue: whole, compiled, true to its placeholders, and what a reader who chooses English sees."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from app.context import WORK
from app.core.web import LANGUAGES

ROOT = Path(__file__).parent.parent
ENGLISH = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
MOST_MISSING_PERCENT = 3
SCRIPTS = sorted(
    path for path in (ROOT / "app/static/js").glob("*.js") if "const TEXT" in path.read_text("utf-8")
)


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def texts_in_the_code() -> set[str]:
    """What `make messages` would collect, by the same patterns."""
    babel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]
    inside = [(row["pattern"].removeprefix("app/"), row["method"]) for row in babel["mappings"]]
    strictly = {pattern: {"silent": "false"} for pattern, method in inside if method == "jinja2"}
    found = extract_from_dir(
        ROOT / "app", method_map=inside, options_map=strictly, keywords=KEYWORDS, comment_tags=()
    )
    return {text for _file, _line, text, _comments, _context in found}


def translated(catalog: Catalog) -> dict[str, str]:
    return {message.id: message.string for message in catalog if message.id and message.string}


def language_form(page):
    """The form in the footer, as the browser would send it: its address, hidden fields and buttons."""
    form = next(form for form in page.tree.iter("form") if form.get("action") == "/ngon-ngu")
    hidden = {e.get("name"): e.get("value") for e in form.iter("input") if e.get("name") != "csrf_token"}
    buttons = {e.get("value"): {e.get("name"): e.get("value")} for e in form.iter("button")}
    return form.get("action"), hidden, buttons


def main_menu(page) -> str:
    return " ".join(" ".join(nav_text) for nav_text in (nav.itertext() for nav in page.tree.iter("nav")))


def test_texts_are_found_in_code_and_in_templates(texts_in_the_code):
    assert {"Trang chủ", "Gửi ý tưởng", "Bạn không có quyền làm việc này."} <= texts_in_the_code


def test_nearly_every_text_has_english_words(english, texts_in_the_code):
    missing = sorted(texts_in_the_code - translated(english).keys())

    assert len(missing) * 100 <= len(texts_in_the_code) * MOST_MISSING_PERCENT, missing


def test_the_menu_of_the_work_pages_has_english_words(english):
    """Its words reach gettext through a variable, so extraction finds them only where others use them too."""
    assert {words for _action, _address, words, _icon in WORK} <= translated(english).keys()


def test_no_english_text_is_a_guess(english):
    assert not english.fuzzy
    assert [message.id for message in english if message.fuzzy and message.id] == []


def test_placeholders_survive_translation(english):
    differing = [
        text
        for text, words in translated(english).items()
        if Counter(PLACEHOLDER.findall(text)) != Counter(PLACEHOLDER.findall(words))
    ]

    assert differing == []


def test_space_around_a_text_survives_translation(english):
    """Some texts join a sentence."""
    differing = [
        text
        for text, words in translated(english).items()
        if (text[0].isspace(), text[-1].isspace()) != (words[0].isspace(), words[-1].isspace())
    ]

    assert differing == []


def test_the_compiled_catalogue_says_what_the_texts_say(english):
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)

    assert translated(compiled) == translated(english)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_says_all_it_says_in_english_too(script):
    """A script carries both languages: two lists with the same names, in the same order."""
    code = script.read_text(encoding="utf-8")
    vietnamese = re.search(r"^const TEXT = \{\n(.*?)^\};", code, re.DOTALL | re.MULTILINE)
    in_english = re.search(r"^  Object\.assign\(TEXT, \{\n(.*?)^  \}\);", code, re.DOTALL | re.MULTILINE)

    names = re.findall(r"^  (\w+):", vietnamese[1], re.MULTILINE)

    assert names
    assert re.findall(r"^    (\w+):", in_english[1], re.MULTILINE) == names


def test_pages_are_in_vietnamese_by_default(browser):
    page = browser.get("/")

    assert page.tree.get("lang") == "vi"
    assert "Trang chủ" in main_menu(page)


def test_a_reader_turns_the_home_page_into_english_and_back(browser):
    address, hidden, buttons = language_form(browser.get("/"))
    assert sorted(buttons) == sorted(LANGUAGES)

    answer = browser.post(address, hidden | buttons["en"], status=302)
    page = browser.get(answer.location)

    assert page.tree.get("lang") == "en"
    assert "Home" in main_menu(page)
    assert "Trang chủ" not in page

    browser.post(address, hidden | buttons["vi"], status=302)

    assert browser.get("/").tree.get("lang") == "vi"
