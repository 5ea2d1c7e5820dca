"""What authors do with an idea: begin, write, send, withdraw."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import takes_ideas
from app.core import richtext
from app.core.clock import now, received_at
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.faults import fault
from app.core.i18n import _
from app.core.numbers import next_code
from app.ideas import queries
from app.ideas.completeness import completeness_of, organises
from app.ideas.models import Author, Idea, Version
from app.ideas.rules import (
    IDEA_FLOW,
    KEYWORDS_MAX_CHARS,
    SUMMARY_MAX_CHARS,
    TITLE_MAX_CHARS,
    AuthorState,
    IdeaState,
    Incomplete,
    content_hash,
    field_of,
    money_of,
    require_before_judging,
    require_in_time,
    require_phrase,
    require_writable,
)
from app.ideas.wording import Wording, keep, wording_of, write
from app.permissions import Action as A
from app.permissions import require


def create_draft(actor: User, campaign: Campaign, *, once_key: str) -> Idea:
    """Begin an idea in a campaign that takes ideas; whoever begins it leads its team."""
    require(actor, A.IDEA_CREATE)
    if (earlier := queries.by_once_key(once_key)) and earlier.created_by_id == actor.id:
        return earlier
    if not takes_ideas(campaign.state, campaign.opens_at, campaign.closes_at, received_at()):
        raise WrongState(_("Cuộc thi này hiện không nhận ý tưởng."))
    if organises(actor, campaign.id):
        raise WrongState(_("Bạn đang giữ vai trò trong cuộc thi này nên không dự thi được."))
    idea = Idea(
        public_id=secrets.token_urlsafe(16),
        once_key=once_key,
        campaign_id=campaign.id,
        title="",
        summary="",
        created_by_id=actor.id,
        created_at=now(),
        saved_at=now(),
        authors=[
            Author(
                user_id=actor.id,
                email=actor.email,
                full_name=actor.full_name,
                share_percent=100,
                is_leader=True,
                state=AuthorState.ACCEPTED,
                invited_at=now(),
                answered_at=now(),
            )
        ],
    )
    db.session.add(idea)
    record("idea.created", idea, actor)
    return idea


def save_draft(
    actor: User,
    idea: Idea,
    *,
    version: int,
    title: str,
    topic: str | None,
    summary: str,
    keywords: str,
    budget: str,
    answers: Mapping[str, str],
) -> Idea:
    """Keep what is written, finished or not. What a page did not show (a topic, an answer) stays as it is."""
    require(actor, A.IDEA_WRITE, idea)
    require_writable(idea.state)
    same_version(idea.version, version)
    held = wording_of(idea)
    asked = [question.key for question in idea.campaign.questions]
    cleaned = {key: _cleaned(field_of(key), answers[key]) for key in asked if key in answers}
    wording = Wording(
        title=_no_longer("title", " ".join(title.split()), TITLE_MAX_CHARS),
        topic=_topic_of(idea.campaign, topic) if topic else held.topic,
        summary=_no_longer("summary", summary, SUMMARY_MAX_CHARS),
        keywords=_no_longer("keywords", " ".join(keywords.split()), KEYWORDS_MAX_CHARS),
        budget_vnd=money_of(budget),
        answers={key: html for key, html in {**held.answers, **cleaned}.items() if html},
    )
    keep(idea, wording)
    idea.saved_at = now()
    db.session.flush()
    return idea


def submit_idea(actor: User, idea: Idea, *, once_key: str, version: int) -> Version:
    """Send an idea as it stands: frozen as its next version, with a code and a receipt. Twice the same key: once.

    Raises Late after the deadline, Incomplete while something is missing, Stale if it was changed since it was read.
    """
    require(actor, A.IDEA_SUBMIT, idea)
    idea = queries.locked(idea)
    earlier = queries.version_by_key(once_key)
    if earlier is not None and earlier.idea_id == idea.id:
        return earlier
    next_state = IDEA_FLOW.after(idea.state, A.IDEA_SUBMIT)
    received = received_at()
    require_in_time(idea.state, received, idea.campaign.closes_at, idea.return_due_at)
    _require_open(idea, received)
    require_before_judging(idea.judging_started_at)
    same_version(idea.version, version)
    _lock_people(idea)
    completeness = completeness_of(idea, actor)
    if completeness.missing:
        raise Incomplete(completeness.missing)
    content = content_of(idea)
    fingerprint = content_hash(content)
    if idea.state is IdeaState.SUBMITTED and _sent_before(idea, fingerprint):
        raise WrongState(_("Bài chưa có gì thay đổi so với bản đã gửi."))
    wording = wording_of(idea)
    write(idea, wording)
    if idea.code is None:
        idea.code = next_code(idea.campaign.code_prefix)
        fault("submit.after_code")
    idea.state = next_state
    idea.submitted_at = received
    idea.version_number += 1
    frozen = Version(
        idea_id=idea.id,
        number=idea.version_number,
        once_key=once_key,
        topic_id=idea.topic_id,
        title=idea.title,
        summary=idea.summary,
        keywords=idea.keywords,
        sections=content["sections"],
        team=content["team"],
        files=content["files"],
        budget_vnd=idea.budget_vnd,
        words=wording.words,
        content_hash=fingerprint,
        received_at=received,
        sent_by_id=actor.id,
    )
    db.session.add(frozen)
    record("idea.submitted", idea, actor, rows=[frozen], version=frozen.number)
    return frozen


def withdraw_idea(actor: User, idea: Idea, *, version: int, phrase: str) -> None:
    """Take an idea out of the contest for good; the leader alone decides, and only before it is judged."""
    require(actor, A.IDEA_WITHDRAW, idea)
    idea = queries.locked(idea)
    require_leader(actor, idea)
    require_before_judging(idea.judging_started_at)
    next_state = IDEA_FLOW.after(idea.state, A.IDEA_WITHDRAW)
    same_version(idea.version, version)
    if idea.code is not None:  # a draft is only put away
        require_phrase(phrase)
    idea.state = next_state
    idea.saved_at = now()
    record("idea.withdrawn", idea, actor)


def require_leader(actor: User, idea: Idea) -> None:
    """Raises WrongState for a member who does not lead the team."""
    leader = idea.leader
    if (leader.user_id if leader else idea.created_by_id) != actor.id:
        raise WrongState(_("Chỉ trưởng nhóm làm được việc này."))


def content_of(idea: Idea) -> dict[str, Any]:
    """All that a version freezes, as plain data: what judges read and what the fingerprint covers."""
    wording = wording_of(idea)
    return {
        "campaign": idea.campaign.slug,
        "topic": wording.topic,
        "title": wording.title,
        "summary": wording.summary,
        "keywords": wording.keywords,
        "budget_vnd": wording.budget_vnd,
        "policy": richtext.POLICY_VERSION,
        "sections": [
            {"key": question.key, "label": question.label, "html": wording.answers[question.key]}
            for question in idea.campaign.questions
            if wording.answers.get(question.key)
        ],
        "team": [
            {"author_id": author.id, "share_percent": author.share_percent, "is_leader": author.is_leader}
            for author in idea.team
        ],
        "files": [
            {
                "public_id": kept.file.public_id,
                "name": kept.file.original_name,
                "kind": kept.file.kind,
                "size_bytes": kept.file.size_bytes,
                "sha256": kept.file.sha256,
            }
            for kept in idea.kept_files
        ],
    }


def is_unchanged(idea: Idea) -> bool:
    """Sent already, with nothing written or attached since."""
    return idea.state is IdeaState.SUBMITTED and _sent_before(idea, content_hash(content_of(idea)))


def _require_open(idea: Idea, received: datetime) -> None:
    """A returned idea has its own date; every other needs a campaign that takes ideas at this moment."""
    campaign = idea.campaign
    if idea.state is IdeaState.RETURNED:
        return
    if not takes_ideas(campaign.state, campaign.opens_at, campaign.closes_at, received):
        raise WrongState(_("Cuộc thi này hiện không nhận ý tưởng. Bài vẫn được giữ trong bản nháp."))


def _sent_before(idea: Idea, fingerprint: str) -> bool:
    last = queries.last_version(idea)
    return last is not None and last.content_hash == fingerprint


def _lock_people(idea: Idea) -> None:
    """Two ideas of one person sent at once are counted one after the other, so the limit holds."""
    ids = sorted(author.user_id for author in idea.team if author.user_id)
    queries.lock_people(ids)


def _cleaned(field: str, typed: str) -> str:
    try:
        return richtext.from_input(typed)
    except richtext.TooComplex as refused:
        raise Invalid(field, refused.message) from refused


def _topic_of(campaign: Campaign, slug: str) -> str:
    if slug not in {topic.slug for topic in campaign.topics}:
        raise Invalid("topic", _("Chọn một lĩnh vực trong danh sách."))
    return slug


def _no_longer(field: str, text: str, max_chars: int) -> str:
    if len(text) > max_chars:
        raise Invalid(
            field, _("Dài quá, nhiều nhất %(max)d ký tự (đang có %(n)d).", max=max_chars, n=len(text))
        )
    return text
