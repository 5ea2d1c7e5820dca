"""An idea as it stands, put before the rules: what is still missing, and how far it is."""

from __future__ import annotations

from datetime import date

from app.accounts import consents
from app.accounts.models import User
from app.accounts.rules import age_on
from app.core.clock import local, received_at
from app.core.i18n import _
from app.core.text import count_words
from app.ideas import queries
from app.ideas.models import Author, Idea
from app.ideas.rules import ORGANISERS, Check, Draft, Limits, Member, Missing, Part, checks, field_of
from app.ideas.wording import wording_of


class Completeness:
    """What one person sees of it: their own missing steps in full, others' only in general."""

    def __init__(self, found: list[Check]) -> None:
        self.total = len(found)
        self.done = sum(not check.missing for check in found)
        self.missing: list[Missing] = [missing for check in found for missing in check.missing]

    def __bool__(self) -> bool:
        return not self.missing


def completeness_of(idea: Idea, person: User) -> Completeness:
    """Expects `queries.whole(idea)`; one query more."""
    return Completeness(checks(draft_of(idea, person)))


def draft_of(idea: Idea, person: User) -> Draft:
    campaign, wording = idea.campaign, wording_of(idea)
    return Draft(
        title=wording.title,
        has_topic=wording.topic is not None,
        parts=parts_of(idea),
        team=_members(idea, person),
        limits=Limits(
            title_max_chars=campaign.title_max_chars,
            words_min=campaign.words_min,
            words_max=campaign.words_max,
            min_age=campaign.min_age,
            max_age=campaign.max_age,
            team_max=campaign.team_max,
            ideas_max=campaign.ideas_max,
        ),
    )


def parts_of(idea: Idea) -> list[Part]:
    """The summary, then the questions in their order."""
    campaign, wording = idea.campaign, wording_of(idea)
    summary = Part(
        "summary",
        _("Tóm tắt"),
        count_words(wording.summary),
        campaign.summary_min_words,
        campaign.summary_max_words,
        required=True,
    )
    return [
        summary,
        *(
            Part(
                field_of(question.key),
                question.label,
                count_words(wording.answers.get(question.key, "")),
                question.min_words,
                question.max_words,
                question.required,
            )
            for question in campaign.questions
        ),
    ]


def _members(idea: Idea, person: User) -> list[Member]:
    day = local(received_at()).date()
    ids = [author.user_id for author in idea.team if author.user_id]
    sent = queries.ideas_sent(idea.campaign_id, ids, but=idea.id)
    return [_member(author, idea, person, sent.get(author.user_id or 0, 0), day) for author in idea.team]


def _member(author: Author, idea: Idea, person: User, ideas_sent: int, day: date) -> Member:
    user = author.user
    agreed = author.has_agreed and user is not None
    return Member(
        name=author.full_name,
        is_me=author.user_id == person.id,
        agreed=agreed,
        share_percent=author.share_percent,
        age=age_on(user.birth_date, day) if user and user.birth_date else None,
        ideas_sent=ideas_sent,
        is_organiser=user is not None and organises(user, idea.campaign_id),
        blockers=[blocker.text for blocker in consents.blockers(user)] if user and agreed else (),
    )


def organises(user: User, campaign_id: int) -> bool:
    """Holds an office in this campaign."""
    return any(user.holds(role, campaign_id=campaign_id) for role in ORGANISERS)
