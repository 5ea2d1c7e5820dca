"""A live final of a round, and who presents when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Round
from app.core.db import MEANINGS, Base, db, moment, pk
from app.core.errors import Stale
from app.core.i18n import _l
from app.finals.rules import FinalState, Part
from app.judging.models import Entry, PanelMember
from app.results.models import Publication


class LiveFinal(Base):
    """Where a live final stands. Every command counts `steps` on, so that the version tells an older page."""

    __tablename__ = "live_finals"
    __table_args__ = (
        sa.CheckConstraint("revealed >= 0 AND lots_shown >= 0 AND position >= 0", name="counts_up"),
    )

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), unique=True)
    state: Mapped[FinalState] = mapped_column(default=FinalState.PLANNED)
    steps: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=7)  # of a talk
    question_minutes: Mapped[int] = mapped_column(default=5)
    number: Mapped[str] = mapped_column(sa.String(12), default="")  # read aloud for the lots
    seed: Mapped[str] = mapped_column(sa.String(64), default="")
    order_reason: Mapped[str] = mapped_column(sa.String(500), default="")  # of an order set without lots
    lots_shown: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)  # who presents; one more than there are: all are over
    part: Mapped[Part] = mapped_column(default=Part.TALK)
    elapsed_ms: Mapped[int] = mapped_column(default=0)  # of this part, before the timer was started last
    ticking_since: Mapped[datetime | None]
    totals_shown: Mapped[bool] = mapped_column(default=False)  # on the projector
    publication_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("publications.id")
    )  # whose awards are revealed
    revealed: Mapped[int] = mapped_column(default=0)  # awards, lowest prize first
    planned_at: Mapped[moment]
    plan_reason: Mapped[str] = mapped_column(
        sa.String(500), default=""
    )  # of planning it anew or cancelling it
    link_number: Mapped[int] = mapped_column(
        default=1
    )  # of the projector's links: an older one opens nothing
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    publication: Mapped[Publication | None] = relationship()
    presentations: Mapped[list[Presentation]] = relationship(
        back_populates="final", order_by="Presentation.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def owner_ids(self) -> Collection[int]:
        """Whoever chairs the panel runs the final."""
        return chairs_of(self.round_id)

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id

    @property
    def now_presenting(self) -> Presentation | None:
        return next((one for one in self.presentations if one.position == self.position), None)


def chairs_of(round_id: int) -> set[int]:
    """Who chairs the panel of a round, by account."""
    chairs = sa.select(PanelMember.judge_id).where(
        PanelMember.round_id == round_id, PanelMember.is_chair.is_(True)
    )
    return set(db.session.scalars(chairs))


class Presentation(Base):
    """One entry on the stage."""

    __tablename__ = "presentations"
    __table_args__ = (
        sa.UniqueConstraint("final_id", "entry_id"),
        sa.UniqueConstraint("final_id", "position"),
    )

    id: Mapped[pk]
    final_id: Mapped[int] = mapped_column(sa.ForeignKey("live_finals.id"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id"))
    position: Mapped[int]  # 1 …
    minutes: Mapped[int]
    question_minutes: Mapped[int]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    final: Mapped[LiveFinal] = relationship(back_populates="presentations")
    entry: Mapped[Entry] = relationship()


MEANINGS["uq_live_finals_round_id"] = Stale(
    _l("Người khác vừa lập buổi chung khảo này. Hãy tải lại trang để xem.")
)
