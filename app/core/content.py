"""The texts that ship with the application (app/content): read once, blanks filled with escaped values."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from markupsafe import Markup, escape

from app.core.richtext import markdown_to_html

FOLDER = Path(__file__).resolve().parent.parent / "content"

_BLANK = re.compile(r"\{(\w+)\}")
_VERSION = re.compile(r"[Pp]hiên bản (\d+(?:\.\d+)*)")
_TICK = re.compile(r"^- \[ \] (?P<label>.+)$", re.MULTILINE)


class Document(NamedTuple):
    """A text with things to tick: what stands before them, each of them, and what follows. HTML, clean."""

    title: str
    version: str
    opening: str
    ticks: tuple[str, ...]
    closing: str


@cache
def text(name: str) -> str:
    """The file as it is."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def data(name: str) -> Any:
    """A YAML file of app/content."""
    return yaml.safe_load(text(f"{name}.yaml"))


@cache
def document(name: str) -> Document:
    """A Markdown file of app/content: its heading is the title; the line in italics below gives its version."""
    heading, _, rest = text(f"{name}.md").partition("\n")
    found = _VERSION.search(rest)
    ticks = list(_TICK.finditer(rest))
    before, after = (rest[: ticks[0].start()], rest[ticks[-1].end() :]) if ticks else (rest, "")
    return Document(
        title=heading.lstrip("# ").strip(),
        version=found[1] if found else "",
        opening=markdown_to_html(before),
        ticks=tuple(tick["label"].replace("*", "") for tick in ticks),
        closing=markdown_to_html(after),
    )


def filled(html: str, **values: Any) -> Markup:
    """Clean HTML with its {blanks} filled; a value is text, whatever is in it. Raises KeyError for an empty blank."""
    return Markup(_BLANK.sub(lambda blank: str(escape(values[blank[1]])), html))  # noqa: S704 - escaped above
