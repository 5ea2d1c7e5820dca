"""The tracking queue's tables."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import Unit
from app.campaigns.models import Topic
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.i18n import _l
from app.core.stored_files import StoredFile
from app.core.text import fold
from app.ideas.models import Idea
from app.ideas.rules import AlreadyDone
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.results.models import Award

supporting_units = sa.Table(
    "initiative_units",
    Base.metadata,
    sa.Column("initiative_id", sa.ForeignKey("initiatives.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("units.id"), primary_key=True),
)


class Initiative(Base):
    """One thing the ward follows to an outcome: rõ người, rõ việc, rõ thời hạn, rõ sản phẩm, rõ trách nhiệm."""

    __tablename__ = "initiatives"
    __table_args__ = (
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent_is_percent"),
        sa.CheckConstraint("state <> 'declined' OR decline_reason <> ''", name="reason_if_declined"),
        sa.Index("ix_initiatives_queue", "state", "due_on"),
    )

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    kind: Mapped[InitiativeKind]
    title: Mapped[str] = mapped_column(sa.String(300))
    summary: Mapped[long_text]
    source_idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ideas.id"), unique=True)  # once only
    source_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("awards.id"))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topics.id"), index=True)
    once_key: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    state: Mapped[InitiativeState] = mapped_column(default=InitiativeState.RECEIVED)
    is_public: Mapped[bool] = mapped_column(default=True)
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    responsible: Mapped[str] = mapped_column(sa.String(160), default="")  # an office, not a person's data
    responsible_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    due_on: Mapped[date | None]  # the last day that is not late
    product: Mapped[str] = mapped_column(sa.String(500), default="")
    percent: Mapped[int] = mapped_column(default=0)
    cost_planned_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    cost_actual_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    trial_place: Mapped[str] = mapped_column(sa.String(200), default="")
    trial_from: Mapped[date | None]
    trial_to: Mapped[date | None]
    decline_reason: Mapped[long_text]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("initiatives.id"))
    search_text: Mapped[long_text]  # folded, kept by the title and summary below
    received_at: Mapped[moment]
    assigned_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]  # completed, declined or merged
    updated_at: Mapped[moment]
    version: Mapped[int] = mapped_column()

    source_idea: Mapped[Idea | None] = relationship()
    award: Mapped[Award | None] = relationship()
    topic: Mapped[Topic | None] = relationship()
    lead_unit: Mapped[Unit | None] = relationship(foreign_keys=[lead_unit_id])
    source_unit: Mapped[Unit | None] = relationship(foreign_keys=[source_unit_id])
    merged_into: Mapped[Initiative | None] = relationship(remote_side="Initiative.id")
    support_units: Mapped[list[Unit]] = relationship(secondary=supporting_units, order_by=Unit.position)
    updates: Mapped[list[Update]] = relationship(back_populates="initiative", order_by="Update.at, Update.id")
    outcome: Mapped[Outcome | None] = relationship(back_populates="initiative", uselist=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @validates("title", "summary")
    def _fold(self, name: str, value: str) -> str:
        title, summary = (value, self.summary) if name == "title" else (self.title, value)
        self.search_text = fold(f"{title or ''} {summary or ''}")
        return value

    @property
    def working_unit_ids(self) -> Collection[int]:
        """Units that lead it or help."""
        own = (self.lead_unit_id, *(unit.id for unit in self.support_units))
        return {unit_id for unit_id in own if unit_id is not None}

    @property
    def unit_ids(self) -> Collection[int]:
        """Units that lead it, help, or sent it in."""
        sent_in = {self.source_unit_id} if self.source_unit_id is not None else set()
        return {*self.working_unit_ids, *sent_in}


class Update(Base):
    """A dated word on how it goes. Never changed; a correction is another one."""

    __tablename__ = "updates"

    id: Mapped[pk]
    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiatives.id"), index=True)
    at: Mapped[moment]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[InitiativeState]  # where it stood after this step
    percent: Mapped[int]
    text: Mapped[long_text]  # plain text
    is_public: Mapped[bool] = mapped_column(default=True)

    initiative: Mapped[Initiative] = relationship(back_populates="updates")
    files: Mapped[list[StoredFile]] = relationship(secondary="update_files")


update_files = sa.Table(
    "update_files",
    Base.metadata,
    sa.Column("update_id", sa.ForeignKey("updates.id"), primary_key=True),
    sa.Column("file_id", sa.ForeignKey("stored_files.id"), primary_key=True),
)


class Outcome(Base):
    """What came of it, in words and measured."""

    __tablename__ = "outcomes"

    id: Mapped[pk]
    initiative_id: Mapped[int] = mapped_column(sa.ForeignKey("initiatives.id"), unique=True)
    summary: Mapped[long_text]
    closed_on: Mapped[date]
    hours_saved_per_month: Mapped[int | None]

    initiative: Mapped[Initiative] = relationship(back_populates="outcome")
    measures: Mapped[list[Measure]] = relationship(order_by="Measure.id")


class Measure(Base):
    """One figure before and after."""

    __tablename__ = "measures"

    id: Mapped[pk]
    outcome_id: Mapped[int] = mapped_column(sa.ForeignKey("outcomes.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    before: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    after: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    method: Mapped[str] = mapped_column(sa.String(300), default="")


MEANINGS["uq_initiatives_source_idea_id"] = AlreadyDone(_l("Ý tưởng này vừa được chuyển sang hàng đợi."))
MEANINGS["uq_initiatives_once_key"] = AlreadyDone(_l("Việc này vừa được ghi vào hàng đợi."))
