"""What a moderator does with a submitted idea. The flow itself is the idea's: ideas/rules.py."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.errors import Stale
from app.core.events import record
from app.core.i18n import _
from app.ideas.models import Idea
from app.ideas.rules import IDEA_FLOW
from app.moderation.models import Claim, Decision, SavedPhrase
from app.moderation.rules import Outcome, enough_to_act_on
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
    require(actor, A.IDEA_APPROVE, idea)
    same_version(idea, version)
    idea.state = IDEA_FLOW.after(idea.state, A.IDEA_APPROVE)
    return _decide(actor, idea, Outcome.APPROVED)


def return_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Send an idea back to its authors with what to mend; they have their own days for it, deadline or not."""
    require(actor, A.IDEA_RETURN, idea)
    same_version(idea, version)
    reason = enough_to_act_on(reason)
    idea.state = IDEA_FLOW.after(idea.state, A.IDEA_RETURN)
    idea.return_due_at = clock.end_of(clock.today() + timedelta(days=idea.campaign.return_days))
    return _decide(actor, idea, Outcome.RETURNED, reason)


def reject_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Find an idea invalid, with reasons its authors can understand."""
    require(actor, A.IDEA_REJECT, idea)
    same_version(idea, version)
    reason = enough_to_act_on(reason)
    idea.state = IDEA_FLOW.after(idea.state, A.IDEA_REJECT)
    return _decide(actor, idea, Outcome.REJECTED, reason)


def reopen_idea(actor: User, idea: Idea, *, reason: str, version: int) -> Decision:
    """Give a rejected idea back to its authors after all; they may mend it and send it again."""
    require(actor, A.IDEA_REOPEN, idea)
    same_version(idea, version)
    reason = enough_to_act_on(reason)
    idea.state = IDEA_FLOW.after(idea.state, A.IDEA_REOPEN)
    idea.return_due_at = clock.end_of(clock.today() + timedelta(days=idea.campaign.return_days))
    return _decide(actor, idea, Outcome.REOPENED, reason)


def keep_phrase(actor: User, outcome: Outcome, text: str) -> SavedPhrase:
    """Keep a reason so that it can be picked next time."""
    require(actor, A.IDEA_MODERATE)
    phrase = SavedPhrase(outcome=outcome, text=text.strip()[:500])
    db.session.add(phrase)
    return phrase


def same_version(idea: Idea, version: int) -> None:
    """The moderator read the version that stands now. Raises Stale when the authors sent a newer one."""
    if idea.version_number != version:
        raise Stale(_("Tác giả vừa gửi phiên bản mới. Hãy đọc lại trước khi quyết định."))


def _decide(actor: User, idea: Idea, outcome: Outcome, reason: str = "") -> Decision:
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
