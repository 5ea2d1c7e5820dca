"""A council's session, who was there, what it looked at, and the votes. Nobody's vote is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Round
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Stale, WrongState
from app.core.i18n import _l
from app.judging.models import Entry, ScoreSheet
from app.results.council.rules import (
    BALLOTS_MIN,
    DECISION_MAX_CHARS,
    PLACE_MAX_CHARS,
    REASON_MAX_CHARS,
    CaseKind,
    CouncilState,
    VoteOutcome,
)


class Council(Base):
    """The session that looks at a locked round before it is ranked for good. One a round."""

    __tablename__ = "councils"

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), unique=True)
    state: Mapped[CouncilState] = mapped_column(default=CouncilState.OPEN)
    place: Mapped[str] = mapped_column(sa.String(PLACE_MAX_CHARS), default="")
    opened_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[moment]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship()
    cases: Mapped[list[CouncilCase]] = relationship(
        back_populates="council", order_by="CouncilCase.position", cascade="all, delete-orphan"
    )
    attendances: Mapped[list[Attendance]] = relationship(back_populates="council")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id

    @property
    def present_ids(self) -> set[int]:
        """Members who are there."""
        return {row.judge_id for row in self.attendances if row.is_present}


class Attendance(Base):
    """Whether a member of the panel is at the session."""

    __tablename__ = "council_attendances"
    __table_args__ = (sa.UniqueConstraint("council_id", "judge_id"),)

    id: Mapped[pk]
    council_id: Mapped[int] = mapped_column(sa.ForeignKey("councils.id"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    is_present: Mapped[bool] = mapped_column(default=False)

    council: Mapped[Council] = relationship(back_populates="attendances")


class CouncilCase(Base):
    """Something the council has to look at: one idea whose judges disagree, ideas that tie, ideas near the cut."""

    __tablename__ = "council_cases"

    id: Mapped[pk]
    council_id: Mapped[int] = mapped_column(sa.ForeignKey("councils.id"), index=True)
    position: Mapped[int]
    kind: Mapped[CaseKind]
    prize_id: Mapped[int | None] = mapped_column(sa.ForeignKey("prizes.id"))  # the prize that a tie straddles
    places: Mapped[int | None]  # how many of the tied ideas there is room for
    note: Mapped[long_text]
    decision: Mapped[str] = mapped_column(sa.String(DECISION_MAX_CHARS), default="")
    reason: Mapped[str] = mapped_column(sa.String(REASON_MAX_CHARS), default="")
    decided_at: Mapped[datetime | None]
    vote_opened_at: Mapped[datetime | None]
    vote_closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    council: Mapped[Council] = relationship(back_populates="cases")
    entries: Mapped[list[CaseEntry]] = relationship(
        back_populates="case", order_by="CaseEntry.id", cascade="all, delete-orphan"
    )
    voters: Mapped[list[Voter]] = relationship(
        back_populates="case", order_by="Voter.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def campaign_id(self) -> int:
        return self.council.campaign_id

    @property
    def is_voting(self) -> bool:
        return self.vote_opened_at is not None and self.vote_closed_at is None

    @property
    def is_settled(self) -> bool:
        """A tie is settled by its vote, or by a decision where too few may vote; anything else by a decision."""
        return self.vote_closed_at is not None or self.decided_at is not None

    @property
    def shows_count(self) -> bool:
        """Whether the count of its vote may be said without saying who chose what."""
        return (
            self.vote_closed_at is not None and sum(voter.has_voted for voter in self.voters) >= BALLOTS_MIN
        )


class CaseEntry(Base):
    """An idea of a case, with its votes: a count, and nothing that says whose they are."""

    __tablename__ = "council_case_entries"
    __table_args__ = (sa.UniqueConstraint("case_id", "entry_id"),)

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("council_cases.id"))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id"), index=True)
    votes: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[VoteOutcome | None]

    case: Mapped[CouncilCase] = relationship(back_populates="entries")
    entry: Mapped[Entry] = relationship()


class Voter(Base):
    """Who may vote on a case, and who has. No moment: beside the votes it would tell who voted what."""

    __tablename__ = "council_voters"
    __table_args__ = (sa.UniqueConstraint("case_id", "judge_id"),)

    id: Mapped[pk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("council_cases.id"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    has_voted: Mapped[bool] = mapped_column(default=False)

    case: Mapped[CouncilCase] = relationship(back_populates="voters")


class SheetRevision(Base):
    """What stood on a sheet before its judge amended it in the council. Once a sheet."""

    __tablename__ = "sheet_revisions"

    id: Mapped[pk]
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheets.id"), unique=True)
    council_id: Mapped[int] = mapped_column(sa.ForeignKey("councils.id"), index=True)
    marks: Mapped[dict[str, Any]]  # criterion key → hundredths, as they were
    reason: Mapped[str] = mapped_column(sa.String(REASON_MAX_CHARS))
    made_at: Mapped[moment]

    sheet: Mapped[ScoreSheet] = relationship()


MEANINGS["uq_councils_round_id"] = Stale(_l("Hội đồng vừa được mở. Hãy tải lại trang."))
MEANINGS["uq_sheet_revisions_sheet_id"] = WrongState(_l("Phiếu này đã sửa một lần rồi."))
MEANINGS["uq_council_attendances_council_id_judge_id"] = Stale()
MEANINGS["uq_council_voters_case_id_judge_id"] = Stale()
