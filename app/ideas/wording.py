"""What authors have written. Once an idea was sent, changes wait beside it until they are sent too.

So lists, search, moderators and judges never meet a text that nobody has sent.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from app.core.text import count_words
from app.ideas.models import Answer, Idea


@dataclass(frozen=True)
class Wording:
    """The whole text of an idea; answers are clean HTML by the question's key."""

    title: str = ""
    topic: str | None = None  # its slug
    summary: str = ""
    keywords: str = ""
    budget_vnd: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """Summary and all answers together."""
        return count_words(self.summary) + sum(count_words(html) for html in self.answers.values())


def wording_of(idea: Idea) -> Wording:
    """What stands on the writing page."""
    return Wording(**idea.pending) if idea.pending is not None else sent_wording(idea)


def sent_wording(idea: Idea) -> Wording:
    """What the idea's own columns hold: the draft, or what was sent last."""
    keys = {question.id: question.key for question in idea.campaign.questions}
    return Wording(
        title=idea.title,
        topic=idea.topic.slug if idea.topic else None,
        summary=idea.summary,
        keywords=idea.keywords,
        budget_vnd=idea.budget_vnd,
        answers={
            keys[one.question_id]: one.html for one in idea.answers if one.html and one.question_id in keys
        },
    )


def keep(idea: Idea, wording: Wording) -> None:
    """Save a text: as the draft itself, or beside what was sent."""
    if not idea.version_number:
        write(idea, wording)
        return
    idea.pending = asdict(wording) if wording != sent_wording(idea) else None


def write(idea: Idea, wording: Wording) -> None:
    """Make this the idea's own text."""
    idea.title = wording.title
    idea.summary = wording.summary
    idea.keywords = wording.keywords
    idea.budget_vnd = wording.budget_vnd
    if wording.topic != (idea.topic.slug if idea.topic else None):
        idea.topic = next((topic for topic in idea.campaign.topics if topic.slug == wording.topic), None)
    held = {answer.question_id: answer for answer in idea.answers}
    for question in idea.campaign.questions:
        html = wording.answers.get(question.key, "")
        answer = held.get(question.id)
        if answer is None and html:
            idea.answers.append(Answer(question_id=question.id, html=html, words=count_words(html)))
        elif answer is not None and answer.html != html:
            answer.html, answer.words = html, count_words(html)
    idea.pending = None


_PARAGRAPHS = re.compile(r"(?:<p>(?:[^<]|<br>)*</p>)+")


def as_plain(html: str) -> str | None:
    """Text without any formatting as its writer typed it; None where plain text would lose something."""
    if not _PARAGRAPHS.fullmatch(html):
        return None
    paragraphs = html.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    return "\n\n".join(entities.unescape(one.replace("<br>", "\n")) for one in paragraphs)
