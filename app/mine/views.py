"""“Ý tưởng của tôi”: where each idea stands, and what happens next."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.core.clock import received_at
from app.core.web import or_404, page_number
from app.ideas import queries as ideas
from app.ideas.access import own_idea
from app.ideas.models import Idea
from app.ideas.rules import IDEA_FLOW, WRITABLE, IdeaState, deadline_of, may_submit_at
from app.mine import queries
from app.mine.words import next_step
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("mine", __name__)


@bp.get("/cua-toi")
@needs(A.ACCOUNT_KEEP)
def home() -> ResponseReturnValue:
    """A person's ideas, what needs them first."""
    person = me()
    page = ideas.mine(person, page_number())
    ids = [row.id for row in page.items]
    campaign = campaigns.current_campaign()
    return render_template(
        "mine/home.html",
        page=page,
        rows=[(row, _next_of(row)) for row in page.items],
        invitations=ideas.invitations(person),
        answers=queries.answers(ids),
        awards=queries.awards(ids),
        taken=queries.taken(ids),
        news=queries.news({row.id: row.title for row in page.items}),
        campaign=campaign,
        phases=campaigns.calendar(campaign) if campaign else [],
        now=received_at(),
    )


@bp.get("/cua-toi/<public_id>")
@needs(A.IDEA_WRITE)
def idea(public_id: str) -> ResponseReturnValue:
    """One idea as its authors see it."""
    found = ideas.whole(own_idea(public_id, A.IDEA_WRITE))
    leader = found.leader
    return render_template(
        "mine/idea.html",
        idea=found,
        versions=ideas.versions_of(found),
        answers=queries.answers([found.id]).get(found.id, []),
        award=queries.awards([found.id]).get(found.id),
        taken=queries.taken([found.id]).get(found.id),
        has_letter=queries.has_letter(found),
        history=queries.history(found),
        next_step=_next_of_idea(found),
        leads=leader is not None and leader.user_id == me().id,
        may_write=found.state in WRITABLE,
        may_send=_may_send(found),
        may_withdraw=IDEA_FLOW.can(found.state, A.IDEA_WITHDRAW) and found.judging_started_at is None,
        deadline=deadline_of(found.state, found.campaign.closes_at, found.return_due_at),
    )


@bp.get("/cua-toi/<public_id>/phien-ban/<int:number>")
@needs(A.IDEA_WRITE)
def version(public_id: str, number: int) -> ResponseReturnValue:
    """What was sent, as it was sent, with its receipt."""
    found = own_idea(public_id, A.IDEA_WRITE)
    frozen = or_404(next((one for one in ideas.versions_of(found) if one.number == number), None))
    names = {author.id: author.full_name for author in found.authors}
    return render_template("mine/version.html", idea=found, version=frozen, names=names)


def _may_send(found: Idea) -> bool:
    in_time = may_submit_at(found.state, received_at(), found.campaign.closes_at, found.return_due_at)
    changed = found.state is not IdeaState.SUBMITTED or found.pending is not None
    return in_time and changed and IDEA_FLOW.can(found.state, A.IDEA_SUBMIT)


def _next_of(row: ideas.MineRow) -> str:
    return next_step(
        row.state,
        now=received_at(),
        closes_at=row.closes_at,
        return_due_at=row.return_due_at,
        moderation_days=row.moderation_days,
        judging_started_at=row.judging_started_at,
        published_at=row.published_at,
    )


def _next_of_idea(found: Idea) -> str:
    return next_step(
        found.state,
        now=received_at(),
        closes_at=found.campaign.closes_at,
        return_due_at=found.return_due_at,
        moderation_days=found.campaign.moderation_days,
        judging_started_at=found.judging_started_at,
        published_at=found.campaign.published_at,
    )
