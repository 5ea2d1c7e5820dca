"""The words of every mail: templates with {placeholders}, filled in without any logic of their own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent.parent / "content" / "mail_templates.yaml"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SUBJECT_MAX_CHARS = 200


@cache
def templates() -> dict[str, dict[str, str]]:
    """Every template by its id: subject, body, and why somebody gets it."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {row["id"]: row for row in content["templates"]}


@cache
def signature() -> str:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return str(content["signature"])


def purpose(template: str) -> str:
    """To whom a template goes and when; "" for one that is no longer in the file."""
    return templates().get(template, {}).get("to", "")


def placeholders(template: str) -> set[str]:
    """What a template needs to be told; the signature speaks for itself."""
    row = templates()[template]
    return set(PLACEHOLDER.findall(row["subject"] + row["body"])) - {"chu_ky"}


def fill(text: str, values: dict[str, Any]) -> str:
    """Raises KeyError for a placeholder nobody filled: a mail with a hole in it never leaves."""
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


def render(template: str, values: dict[str, Any], *, site: str, contact: str) -> tuple[str, str]:
    """Subject and body in plain text."""
    row = templates()[template]
    reason = fill(
        signature(), {"dia_chi_trang": site, "email_lien_he": contact, "ly_do_nhan_thu": row["reason"]}
    )
    subject = one_line(fill(row["subject"], values))
    # an empty part of a mail leaves no hole of blank lines
    body = re.sub(r"\n{3,}", "\n\n", fill(row["body"], {**values, "chu_ky": reason.strip()}))
    return subject, body.strip() + "\n"


def one_line(text: str) -> str:
    """Nothing typed by a person may begin another header line."""
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_MAX_CHARS else line[: SUBJECT_MAX_CHARS - 1].rstrip() + "…"
