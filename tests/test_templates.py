"""Rules that every template keeps, read from the templates themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[1] / "app"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
MACROS = [name for name in ALL if name.startswith("macros/")]
READER = Environment(extensions=["jinja2.ext.i18n"])

# posts what was typed to its own page, which checks the token itself so that a stale one costs nobody their text
WITHOUT_TOKEN = {"accounts/signed_out.html"}

NOT_ALLOWED = {
    "inline style": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "style sheet in the page": re.compile(r"<style\b", re.IGNORECASE),
    "script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "javascript address": re.compile(r"=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false", re.IGNORECASE),
    "file of another host": re.compile(
        r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
    ),
}


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def without_comments(name: str) -> str:
    return re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)


def names_of(node: nodes.FromImport) -> list[str]:
    return [name if isinstance(name, str) else name[1] for name in node.names]


@pytest.mark.parametrize("name", ALL)
def test_template_has_nothing_the_content_policy_or_escaping_forbids(name):
    text = without_comments(name)

    assert [(what, found[0]) for what, rule in NOT_ALLOWED.items() if (found := rule.search(text))] == []


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("inline style", '<p class="a" style="color:red">'),
        ("inline handler", "<a href='#' onclick='go()'>"),
        ("style sheet in the page", "<style>p {}</style>"),
        ("script in the page", "<script>go()</script>"),
        ("script in the page", '<script type="module">go()</script>'),
        ("javascript address", '<a href="javascript:go()">'),
        ("unescaped text", "{{ text | safe }}"),
        ("unescaped text", "{% autoescape false %}"),
        ("file of another host", '<img src="https://elsewhere.example/a.png">'),
    ],
)
def test_each_rule_sees_what_it_forbids(what, wrong):
    assert NOT_ALLOWED[what].search(wrong)


@pytest.mark.parametrize("name", ALL)
def test_every_imported_macro_is_used(name):
    tree = READER.parse(source(name))
    imported = [macro for node in tree.find_all(nodes.FromImport) for macro in names_of(node)]
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}

    assert sorted(set(imported) - used) == []


@pytest.mark.parametrize("name", ALL)
def test_every_import_names_a_macro_that_exists(name):
    for node in READER.parse(source(name)).find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        there = {macro.name for macro in READER.parse(source(node.template.value)).find_all(nodes.Macro)}
        wanted = {wanted if isinstance(wanted, str) else wanted[0] for wanted in node.names}
        assert sorted(wanted - there) == []


@pytest.mark.parametrize("name", ALL)
def test_every_static_file_asked_for_exists(name):
    asked = re.findall(r"\basset\(\s*[\"']([^\"'~]+)[\"']\s*\)", without_comments(name))

    assert [file for file in asked if file != "css/app.css" and not (STATIC / file).is_file()] == []


def test_every_script_of_the_frame_exists():
    [listed] = re.findall(r"for name in \(([^)]+)\)", source("base.html"))

    assert [
        name for name in re.findall(r'"(\w+)"', listed) if not (STATIC / "js" / f"{name}.js").is_file()
    ] == []


@pytest.mark.parametrize("name", ALL)
def test_every_icon_named_is_drawn(name):
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    calls = READER.parse(source(name)).find_all(nodes.Call)
    named = {
        call.args[0].value
        for call in calls
        if isinstance(call.node, nodes.Name)
        and call.node.name == "icon"
        and call.args
        and isinstance(call.args[0], nodes.Const)
    }
    named |= set(re.findall(r"\bdrawing\s*=\s*\"([\w-]+)\"", without_comments(name)))

    assert sorted(named - drawn) == []


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_says_what_it_takes(name):
    tree = READER.parse(source(name))
    comments = " ".join(re.findall(r"\{#(.*?)#\}", source(name), flags=re.DOTALL))

    undocumented = [macro.name for macro in tree.find_all(nodes.Macro) if f"{macro.name}(" not in comments]

    assert undocumented == []


def calls(name: str) -> set[str]:
    """Macros a template calls, by the names they were written with."""
    tree = READER.parse(source(name))
    aliases = {
        alias[1]: alias[0]
        for node in tree.find_all(nodes.FromImport)
        for alias in node.names
        if not isinstance(alias, str)
    }
    called = [call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)]
    return {aliases.get(macro, macro) for macro in called}


def test_every_macro_is_used_somewhere():
    written = {macro.name for name in MACROS for macro in READER.parse(source(name)).find_all(nodes.Macro)}

    assert sorted(written - set().union(*map(calls, ALL))) == []


@pytest.mark.parametrize("name", MACROS)
def test_macros_translate_when_they_are_called_not_when_they_are_loaded(name):
    """An imported template is read once and kept: words set outside a macro would stay in the first reader's language."""
    tree = READER.parse(source(name))

    outside = [node for node in tree.body if not isinstance(node, (nodes.Macro, nodes.FromImport))]

    assert [call for node in outside for call in node.find_all(nodes.Call)] == []


@pytest.mark.parametrize(
    "name", ["errors/500.html", "errors/503.html", "errors/507.html", "layouts/plain.html", "base.html"]
)
def test_pages_for_breakdowns_do_not_ask_who_is_reading(name):
    names = {node.name for node in READER.parse(source(name)).find_all(nodes.Name)}

    assert names & {"me", "current_user", "can", "work_nav", "role_homes"} == set()


@pytest.mark.parametrize("name", [name for name in ALL if name not in WITHOUT_TOKEN])
def test_every_form_that_changes_something_carries_the_token(name):
    forms = re.findall(
        r"<form\b[^>]*method=\"post\".*?</form>", without_comments(name), flags=re.DOTALL | re.IGNORECASE
    )

    assert [
        form[:120]
        for form in forms
        if "csrf_token" not in form and "hidden_fields(" not in form and "hidden_tag(" not in form
    ] == []


def test_every_template_compiles_with_the_filters_of_the_app(app):
    assert [name for name in ALL if not app.jinja_env.get_template(name)] == []
