"""Decisions, saved phrases and claims."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Stale
from app.core.i18n import _l
from app.ideas.models import Idea
from app.moderation.rules import Outcome


class Decision(Base):
    """What a moderator decided about one submitted version. Never updated: a second look is a new row."""

    __tablename__ = "decisions"
    __table_args__ = (
        sa.CheckConstraint("outcome = 'approved' OR reason <> ''", name="reason_unless_approved"),
    )

    id: Mapped[pk]
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    version_number: Mapped[int]
    moderator_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    outcome: Mapped[Outcome]
    reason: Mapped[long_text]
    made_at: Mapped[moment]

    idea: Mapped[Idea] = relationship()


class SavedPhrase(Base):
    """A reason that moderators often give, kept to be picked and changed."""

    __tablename__ = "saved_phrases"

    id: Mapped[pk]
    outcome: Mapped[Outcome]
    text: Mapped[str] = mapped_column(sa.String(500))
    position: Mapped[int] = mapped_column(default=0)


class Claim(Base):
    """Who is looking at an idea right now: a courtesy to colleagues, not a lock."""

    __tablename__ = "claims"

    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    until: Mapped[moment]


MEANINGS["pk_claims"] = MEANINGS["uq_claims_idea_id"] = Stale(_l("Một đồng nghiệp vừa nhận xem bài này."))
