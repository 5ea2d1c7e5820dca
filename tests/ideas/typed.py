"""Forms as their pages send them."""

from __future__ import annotations

SOLUTION = "Đặt hộp gom pin cũ ở mười hai nhà văn hóa của phường."


def typed(idea, **changes):
    """The writing form, filled."""
    return {
        "version": idea.version,
        "title": idea.title,
        "topic": idea.topic.slug if idea.topic else "",
        "summary": idea.summary,
        "keywords": "",
        "budget": "",
        "p_giai_phap": SOLUTION,
        "p_rui_ro": "",
        **changes,
    }


def pledged(idea, **changes):
    """The page that sends an idea, with the pledge ticked."""
    return {"version": idea.version, "once_key": "khoa-1", "pledge": "y", **changes}


def kept(idea):
    """What stands in the first question."""
    from app.ideas.wording import wording_of

    return wording_of(idea).answers.get("giai_phap", "")
