"""What a judge may see of an idea: a type without author fields, so that nothing can slip through by not being hidden."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from app.core.i18n import _
from app.judging.models import Entry

CODE_LETTERS = "ABCDEGHKLMNPQRTUVXY"  # no letters that look alike


class BlindFile(NamedTuple):
    public_id: str
    name: str  # “Tệp 1”, never the author's own name for it
    kind: str
    size_bytes: int


class BlindIdea(NamedTuple):
    """An entry as its judges read it."""

    judging_code: str
    topic_slug: str
    topic_name: str
    title: str
    summary: str
    sections: list[dict[str, str]]
    files: list[BlindFile]


def blind_idea(entry: Entry, topic_slug: str, topic_name: str) -> BlindIdea:
    """From the version that the round froze."""
    version = entry.idea_version
    return BlindIdea(
        judging_code=entry.judging_code,
        topic_slug=topic_slug,
        topic_name=topic_name,
        title=version.title,
        summary=version.summary,
        sections=[
            {"slug": section["key"], "label": section["label"], "text": section["html"]}
            for section in version.sections
        ],
        files=[
            BlindFile(file["public_id"], _("Tệp %(n)d", n=number), file["kind"], file["size_bytes"])
            for number, file in enumerate(version.files, start=1)
        ],
    )


def draw_code(taken: set[str]) -> str:
    """A code that says nothing of order, time or author: a letter and two digits, drawn until it is free."""
    while True:
        code = f"{secrets.choice(CODE_LETTERS)}{secrets.randbelow(90) + 10}"
        if len(taken) > 1000:
            code += secrets.choice(CODE_LETTERS)
        if code not in taken:
            taken.add(code)
            return code
