"""How the pages of authors begin: whose idea it is, and what becomes of the text when a session has ended."""

from __future__ import annotations

from app.accounts.identity import me
from app.accounts.lost_session import keeps_typed
from app.core.web import or_404
from app.ideas import queries
from app.ideas.models import Idea
from app.permissions import Action, require

keeps_text = keeps_typed("ideas.edit")


def own_idea(public_id: str, action: Action) -> Idea:
    """The idea, for those who may do this with it; for others there is none."""
    found: Idea = or_404(queries.by_public_id(public_id))
    require(me(), action, found)
    return found
