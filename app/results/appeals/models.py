"""An appeal against what was published about one idea."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.accounts.models import User
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Invalid
from app.core.i18n import _l
from app.ideas.models import Idea
from app.judging.models import Entry, ScoreSheet
from app.results.appeals.rules import AppealState
from app.results.models import Publication


class Appeal(Base):
    """One for an idea and a publication, unless it was withdrawn. The publication it is against never changes."""

    __tablename__ = "appeals"
    __table_args__ = (
        sa.Index(
            "uq_appeals_publication_id_idea_id",
            "publication_id",
            "idea_id",
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'rejected') OR (answered_by_id IS NOT NULL AND answer <> '')",
            name="answered_with_reasons",
        ),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id <> filed_by_id", name="nobody_answers_their_own"
        ),
    )

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)  # KN-2026-0001
    publication_id: Mapped[int] = mapped_column(sa.ForeignKey("publications.id"), index=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    filed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[AppealState] = mapped_column(default=AppealState.RECEIVED, index=True)
    reason: Mapped[long_text]  # plain text
    filed_at: Mapped[moment]
    due_on: Mapped[date]  # the working day by which it is answered
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    taken_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[long_text]  # reasons, and what follows when it is upheld
    version: Mapped[int] = mapped_column()

    publication: Mapped[Publication] = relationship()
    idea: Mapped[Idea] = relationship()
    filed_by: Mapped[User] = relationship(foreign_keys=[filed_by_id])
    taken_by: Mapped[User | None] = relationship(foreign_keys=[taken_by_id])
    sheets: Mapped[list[ScoreSheet]] = relationship(
        secondary=Entry.__table__,
        primaryjoin=lambda: Appeal.idea_id == foreign(Entry.idea_id),
        secondaryjoin=lambda: Entry.id == foreign(ScoreSheet.entry_id),
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def owner_ids(self) -> Collection[int]:
        """Who has a stake in it: the team, and every judge who holds or held a sheet on its idea."""
        return {self.filed_by_id, *self.idea.owner_ids, *(sheet.judge_id for sheet in self.sheets)}

    @property
    def campaign_id(self) -> int:
        return self.publication.campaign_id


MEANINGS["uq_appeals_publication_id_idea_id"] = Invalid(
    "reason", _l("Đội bạn đã gửi khiếu nại về kết quả này. Tải lại trang để theo dõi.")
)
