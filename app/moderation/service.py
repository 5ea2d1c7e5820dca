"""What a moderator does with a submitted idea. The flow itself is the idea's: ideas/rules.py."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import User
from app.core import clock
from app.core.db import db, lock_row
from app.core.errors import Invalid, Stale
from app.core.events import record
from app.core.i18n import _
from app.ideas.models import Idea
from app.ideas.rules import IDEA_FLOW
from app.moderation import queries
from app.moderation.models import Claim, Decision, SavedPhrase
from app.moderation.rules import ACTIONS, PHRASE_MAX_CHARS, Outcome, enough_to_act_on, needs_reason
from app.moderation.words import OUTCOME_WORDS, STATE_WORDS
from app.permissions import Action as A
from app.permissions import require

CLAIM_MINUTES = 20


def claim_idea(actor: User, idea: Idea) -> Claim:
    """Tell colleagues who is reading this idea; the claim runs out by itself."""
    require(actor, A.IDEA_MODERATE, idea)
    claim = db.session.get(Claim, idea.id) or Claim(idea_id=idea.id)
    claim.moderator_id = actor.id
    claim.until = clock.now() + timedelta(minutes=CLAIM_MINUTES)
    db.session.add(claim)
    return claim


def approve_idea(actor: User, idea: Idea, *, version: int) -> Decision:
    """Find an idea valid: it is shown in public and waits for its judges."""
    return _decide(actor, idea, Outcome.APPROVED, version=version)


def return_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Send an idea back to its authors with what to mend; they have their own days for it, deadline or not."""
    decision = _decide(actor, idea, Outcome.RETURNED, version=version, reason=reason)
    _give_time_to_mend(idea)
    return decision


def reject_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Find an idea invalid, with reasons its authors can understand."""
    return _decide(actor, idea, Outcome.REJECTED, version=version, reason=reason)


def reopen_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Give a rejected idea back to its authors after all; they may mend it and send it again."""
    decision = _decide(actor, idea, Outcome.REOPENED, version=version, reason=reason)
    _give_time_to_mend(idea)
    return decision


def keep_phrase(actor: User, outcome: Outcome, text: str) -> None:
    """Keep a reason so that it can be picked next time; one that is kept already is there once."""
    require(actor, A.IDEA_MODERATE)
    text = text.strip()[:PHRASE_MAX_CHARS]
    if text and text not in queries.phrases(outcome):
        db.session.add(SavedPhrase(outcome=outcome, text=text))


def change_phrase(actor: User, phrase: SavedPhrase, *, text: str, seen: str) -> SavedPhrase:
    """Put a kept reason in better words. `seen` is how it read when the page was opened.

    Raises Stale when a colleague changed it since, Invalid when it would be offered twice.
    """
    require(actor, A.IDEA_MODERATE)
    lock_row(phrase)
    _reads_as_seen(phrase, seen, text)
    text = text.strip()
    if text != phrase.text and text in queries.phrases(phrase.outcome):
        raise Invalid("text", _("Lý do này đã có sẵn."))
    phrase.text = text
    return phrase


def delete_phrase(actor: User, phrase: SavedPhrase, *, seen: str) -> None:
    """Offer a reason no more. Decisions that gave it keep their words."""
    require(actor, A.IDEA_MODERATE)
    lock_row(phrase)
    _reads_as_seen(phrase, seen)
    db.session.delete(phrase)


def _reads_as_seen(phrase: SavedPhrase, seen: str, mine: str = "") -> None:
    """Raises Stale unless it does. Browsers send the ends of lines their own way, so spaces do not count."""
    if phrase.text.split() != seen.split():
        raise Stale(mine=[("", mine)] if mine else None, theirs=[("", phrase.text)])


def _decide(actor: User, idea: Idea, outcome: Outcome, *, version: int, reason: str = "") -> Decision:
    """One decision on the version that was read. Nobody else decides on this idea until the command ends."""
    lock_row(idea)
    action = ACTIONS[outcome]
    require(actor, action, idea)
    _still_to_decide(idea, outcome, version, reason)
    if needs_reason(outcome):
        reason = enough_to_act_on(reason)
    idea.state = IDEA_FLOW.after(idea.state, action)
    decision = Decision(
        idea=idea,
        version_number=idea.version_number,
        moderator_id=actor.id,
        outcome=outcome,
        reason=reason,
        made_at=clock.now(),
    )
    db.session.add(decision)
    claim = db.session.get(Claim, idea.id)
    if claim is not None:
        db.session.delete(claim)
    db.session.flush()
    record(f"idea.{outcome}", idea, actor, decision_id=decision.id, version=idea.version_number)
    return decision


def _still_to_decide(idea: Idea, outcome: Outcome, version: int, reason: str) -> None:
    """Raises Stale, with both decisions, when a colleague was first or the authors sent a newer version."""
    mine = [(str(OUTCOME_WORDS[outcome]), reason)]
    if idea.version_number != version:
        raise Stale(_("Tác giả vừa gửi phiên bản mới. Hãy đọc lại trước khi quyết định."), mine=mine)
    if not IDEA_FLOW.can(idea.state, ACTIONS[outcome]):
        raise Stale(
            _("Bài này không còn chờ quyết định như lúc bạn mở trang."), mine=mine, theirs=[_standing(idea)]
        )


def _standing(idea: Idea) -> tuple[str, str]:
    """Where an idea stands now: what was decided last, by whom and why."""
    last = queries.last_decision(idea)
    if last is None or idea.state is not IDEA_FLOW.end_of(ACTIONS[last.outcome]):
        return str(STATE_WORDS.get(idea.state, "")), ""
    return f"{OUTCOME_WORDS[last.outcome]}, {last.moderator}", last.reason


def _give_time_to_mend(idea: Idea) -> None:
    idea.return_due_at = clock.end_of(clock.today() + timedelta(days=idea.campaign.return_days))
