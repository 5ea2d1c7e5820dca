"""What a judge may see of an idea: a type without author fields, so that nothing slips through for not being hidden."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import NamedTuple

from app.campaigns.models import Topic
from app.core.i18n import _
from app.ideas.models import Version

CODE_LETTERS = "ABCDEGHKLMNPQRTUVXY"  # no letters that look alike


class BlindFile(NamedTuple):
    public_id: str
    name: str  # “Tệp 1”, never the author's own name for it
    kind: str


class BlindIdea(NamedTuple):
    """An entry as its judges read it."""

    judging_code: str
    topic_slug: str
    topic_name: str
    title: str
    summary: str
    sections: list[dict[str, str]]
    files: list[BlindFile]


def blind_idea(version: Version, judging_code: str, topic: Topic, readable: Collection[str]) -> BlindIdea:
    """From the version that the round froze; of its files those that have a clean copy, by number."""
    return BlindIdea(
        judging_code=judging_code,
        topic_slug=topic.slug,
        topic_name=topic.name,
        title=version.title,
        summary=version.summary,
        sections=[
            {"slug": section["key"], "label": section["label"], "text": section["html"]}
            for section in version.sections
        ],
        files=[
            BlindFile(file["public_id"], _("Tệp %(n)d", n=number), file["kind"])
            for number, file in enumerate(version.files, start=1)
            if file["public_id"] in readable
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
