"""What is not kept for ever, as the privacy notice says: drafts never sent, and ideas taken out for want of consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.consents import holds_own
from app.accounts.models import User
from app.accounts.rules import Purpose
from app.campaigns.models import Campaign
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import record
from app.core.stored_files import StoredFile
from app.ideas.models import Answer, Attachment, Author, Idea, Version
from app.ideas.rules import IdeaState

DRAFTS_KEPT = timedelta(days=90)  # after the deadline
WITHDRAWN_KEPT = timedelta(days=90)  # after leaving the contest
EMPTY_TITLE = "Bài đã xóa nội dung"
AT_ONCE = 100


def forget_drafts() -> int:
    """Delete drafts whose campaign closed long ago. Returns how many went."""
    with transaction():
        drafts = db.session.scalars(
            sa.select(Idea)
            .join(Campaign, Idea.campaign_id == Campaign.id)
            .where(
                Idea.state.in_([IdeaState.DRAFT, IdeaState.WITHDRAWN]),
                Idea.version_number == 0,
                Campaign.closes_at < now() - DRAFTS_KEPT,
            )
            .order_by(Idea.id)
            .limit(AT_ONCE)
        ).all()
        discard(drafts)
    return len(drafts)


def forget_withdrawn() -> int:
    """Empty sent ideas that left the contest because their leader agrees no more. Returns how many."""
    with transaction():
        left = db.session.execute(
            sa.select(Idea, User)
            .join(Author, sa.and_(Author.idea_id == Idea.id, Author.is_leader))
            .join(User, Author.user_id == User.id)
            .where(
                Idea.state == IdeaState.WITHDRAWN,
                Idea.version_number > 0,
                Idea.saved_at < now() - WITHDRAWN_KEPT,
                Idea.title != EMPTY_TITLE,
            )
            .options(selectinload(User.consents))
            .order_by(Idea.id)
            .limit(AT_ONCE)
        ).all()
        without = [idea for idea, leader in left if not holds_own(leader, Purpose.CONTEST)]
        for idea in without:
            _empty(idea)
    return len(without)


def discard(drafts: Sequence[Idea]) -> None:
    """Drafts go with all that hangs on them; only that there was one stays on record."""
    ids = [draft.id for draft in drafts]
    for draft in drafts:
        record("idea.discarded", draft, None)
    _drop_files(ids)
    for table in (Answer, Author):
        _delete(table, table.idea_id.in_(ids))
    _delete(Idea, Idea.id.in_(ids))


def _empty(idea: Idea) -> None:
    """The row, its code and what was decided stand; what the authors wrote is gone, frozen versions included."""
    idea.title, idea.summary, idea.keywords, idea.pending, idea.budget_vnd = EMPTY_TITLE, "", "", None, None
    _delete(Answer, Answer.idea_id == idea.id)
    _drop_files([idea.id])
    db.session.execute(
        sa.update(Version)
        .where(Version.idea_id == idea.id)
        .values(title=EMPTY_TITLE, summary="", keywords="", sections=[], files=[], budget_vnd=None)
        .execution_options(synchronize_session=False)
    )
    record("idea.emptied", idea, None)


def _drop_files(idea_ids: Sequence[int]) -> None:
    """The rows; the daily sweep takes the bytes that no row points to any more."""
    files = db.session.scalars(sa.select(Attachment.file_id).where(Attachment.idea_id.in_(idea_ids))).all()
    _delete(Attachment, Attachment.idea_id.in_(idea_ids))
    _delete(StoredFile, StoredFile.id.in_(files))


def _delete(
    table: type[Answer | Attachment | Author | Idea | StoredFile], which: sa.ColumnElement[bool]
) -> None:
    db.session.execute(sa.delete(table).where(which).execution_options(synchronize_session="fetch"))
