"""What the record keeps of ideas that were sent: that nobody was let in late, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.core.db import db
from app.core.facts import Fact, facts_of, instant
from app.ideas.models import Idea, Version


@facts_of(Idea)
def ideas(ids: Sequence[int]) -> Iterator[Fact]:
    """Drafts are their authors' own matter."""
    rows = db.session.execute(
        sa.select(Idea.id, Idea.campaign_id, Idea.code, Idea.state, Idea.submitted_at, Idea.version_number)
        .where(Idea.id.in_(ids), Idea.version_number > 0)
    )  # fmt: skip
    for id_, campaign, code, state, submitted_at, number in rows:
        values = {"campaign": campaign, "code": code, "state": state.value, "version": number}
        yield Fact(id_, {**values, "submitted_at": instant(submitted_at)})


@facts_of(Version)
def versions(ids: Sequence[int]) -> Iterator[Fact]:
    rows = db.session.execute(
        sa.select(
            Version.id, Version.idea_id, Version.number, Version.content_hash, Version.received_at
        ).where(Version.id.in_(ids))
    )
    for id_, idea, number, content_hash, received_at in rows:
        values = {"idea": idea, "number": number, "content_hash": content_hash}
        yield Fact(id_, {**values, "received_at": instant(received_at)})
