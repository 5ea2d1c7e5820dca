"""Who judges which entry, and the marks they gave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.campaigns.models import Criterion, Round, Rubric
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Invalid, Stale
from app.core.i18n import _l
from app.ideas.models import Idea, Version
from app.judging.rules import KEY_MAX_CHARS, NOTE_MAX_CHARS, ConflictKind, Exclusion, SheetState


class Entry(Base):
    """An idea in a round, under the code that judges see. Which version they read is fixed here."""

    __tablename__ = "entries"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "idea_id"),
        sa.UniqueConstraint("round_id", "judging_code"),
    )

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), index=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"))
    judging_code: Mapped[str] = mapped_column(
        sa.String(12)
    )  # drawn at random: says nothing of order or author
    community_votes: Mapped[int] = mapped_column(default=0)
    excluded_as: Mapped[Exclusion | None]  # no rank then; its sheets stay
    excluded_reason: Mapped[str] = mapped_column(sa.String(500), default="")  # or why it was taken back
    entered_at: Mapped[moment]

    round: Mapped[Round] = relationship()
    idea: Mapped[Idea] = relationship()
    idea_version: Mapped[Version] = relationship()

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class PanelMember(Base):
    """A judge of a round, under a code that the public sees instead of the name."""

    __tablename__ = "panel_members"
    __table_args__ = (sa.UniqueConstraint("round_id", "judge_id"), sa.UniqueConstraint("round_id", "code"))

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(8))  # GK1 …, by a random permutation
    is_chair: Mapped[bool] = mapped_column(default=False)
    is_secretary: Mapped[bool] = mapped_column(default=False)  # writes the council's minutes
    max_sheets: Mapped[int | None]
    expertise: Mapped[list[Any]] = mapped_column(default=list)  # slugs of topics
    confirmed_at: Mapped[datetime | None]  # read the rules, declared conflicts
    salt: Mapped[str] = mapped_column(sa.String(64), default="")  # only in this judge's receipts
    commitment: Mapped[str] = mapped_column(sa.String(64), default="")  # binds the code to the name
    reminded_at: Mapped[datetime | None]  # the last time somebody at the desk wrote to them

    round: Mapped[Round] = relationship()
    judge: Mapped[User] = relationship()

    @property
    def owner_ids(self) -> Collection[int]:
        return {self.judge_id}

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class Secretary(Base):
    """Somebody of the staff who keeps the papers of a round's council and marks nothing."""

    __tablename__ = "secretaries"
    __table_args__ = (sa.UniqueConstraint("round_id", "person_id"),)

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    appointed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    appointed_at: Mapped[moment]

    round: Mapped[Round] = relationship()
    person: Mapped[User] = relationship(foreign_keys=[person_id])

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class Conflict(Base):
    """Why a judge must not mark an idea: one idea, one person's ideas, or one unit's."""

    __tablename__ = "conflicts"
    __table_args__ = (
        sa.CheckConstraint(
            "(idea_id IS NOT NULL) OR (person_id IS NOT NULL) OR (unit_id IS NOT NULL)",
            name="about_something",
        ),
    )

    id: Mapped[pk]
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    kind: Mapped[ConflictKind]
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ideas.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[moment]

    @property
    def about(self) -> tuple[int | None, ...]:
        """Which judge must not mark what, where: two rows about the same are equal in this."""
        return self.judge_id, self.campaign_id, self.idea_id, self.person_id, self.unit_id


class ScoreSheet(Base):
    """A judge's sheet on an entry: the assignment and what became of it. One judge × entry, once."""

    __tablename__ = "score_sheets"
    __table_args__ = (sa.UniqueConstraint("entry_id", "judge_id"),)

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    position: Mapped[int]  # in the judge's own reading order
    state: Mapped[SheetState] = mapped_column(default=SheetState.OPEN)
    comment: Mapped[long_text]  # to the authors, plain text; shown to them only once released
    released_comment: Mapped[long_text]  # what the council lets the team read
    assigned_at: Mapped[moment]
    touched_at: Mapped[datetime | None]  # the last mark or comment; makes the version count on each save
    submitted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # of a recusal, reopening or voiding
    correcting: Mapped[bool] = mapped_column(default=False)  # given back after the lock, set by results
    version: Mapped[int] = mapped_column()

    entry: Mapped[Entry] = relationship()
    marks: Mapped[list[Mark]] = relationship(back_populates="sheet")

    @property
    def rubric(self) -> Rubric:
        """The round's rubric, or its variant for the topic of the version that judges read."""
        return self.entry.round.rubric.of_topic(self.entry.idea_version.topic_id)

    @property
    def criteria(self) -> list[Criterion]:
        return self.rubric.criteria

    @property
    def points(self) -> dict[int, int]:
        """Hundredths by criterion; a criterion without a mark is not there."""
        return {mark.criterion_id: mark.hundredths for mark in self.marks if mark.hundredths is not None}

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def owner_ids(self) -> Collection[int]:
        return {self.judge_id}

    @property
    def campaign_id(self) -> int:
        return self.entry.round.campaign_id


class Mark(Base):
    """Points for one criterion, in whole hundredths: never a binary float. A note may stand without points."""

    __tablename__ = "marks"
    __table_args__ = (
        sa.UniqueConstraint("sheet_id", "criterion_id"),
        sa.CheckConstraint("hundredths >= 0", name="not_negative"),
    )

    id: Mapped[pk]
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheets.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criteria.id"))
    hundredths: Mapped[int | None]  # None: not marked yet, which is never 0
    note: Mapped[str] = mapped_column(sa.String(NOTE_MAX_CHARS), default="")  # for the judge alone
    saved_at: Mapped[moment]

    sheet: Mapped[ScoreSheet] = relationship(back_populates="marks")
    criterion: Mapped[Criterion] = relationship()


class JudgeLink(Base):
    """A judge's personal way into a round for an evening. The link carries the secret, the table its hash."""

    __tablename__ = "judge_links"

    id: Mapped[pk]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    made_at: Mapped[moment]
    expires_at: Mapped[moment]
    voided_at: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]  # the last time somebody came in by it
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("login_sessions.id"))  # one at a time

    round: Mapped[Round] = relationship()
    judge: Mapped[User] = relationship()

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class Anchor(Base):
    """An idea of an earlier campaign that every judge of a round marks first, to find a common scale.

    Apart from entries and their sheets on purpose: nothing that ranks ever reads these tables.
    """

    __tablename__ = "anchors"
    __table_args__ = (sa.UniqueConstraint("round_id", "idea_id"), sa.UniqueConstraint("round_id", "code"))

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"), index=True)
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"))
    code: Mapped[str] = mapped_column(sa.String(12))  # HC1 …: what judges see

    round: Mapped[Round] = relationship()
    idea: Mapped[Idea] = relationship()
    idea_version: Mapped[Version] = relationship()

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class AnchorSheet(Base):
    """A judge's marks on an anchor. Once submitted it stays: the panel's mean has been seen."""

    __tablename__ = "anchor_sheets"
    __table_args__ = (sa.UniqueConstraint("anchor_id", "judge_id"),)

    id: Mapped[pk]
    anchor_id: Mapped[int] = mapped_column(sa.ForeignKey("anchors.id"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    points: Mapped[dict[str, int]] = mapped_column(
        sa.JSON, default=dict
    )  # hundredths by key; no key: no mark
    touched_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    anchor: Mapped[Anchor] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def owner_ids(self) -> Collection[int]:
        return {self.judge_id}

    @property
    def campaign_id(self) -> int:
        return self.anchor.campaign_id


class SavedKey(Base):
    """The device's own name of a save that was taken: the same save sent again is known, whatever came between."""

    __tablename__ = "saved_keys"

    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheets.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(KEY_MAX_CHARS), primary_key=True)
    saved_at: Mapped[moment]


MEANINGS["uq_panel_members_round_id_judge_id"] = Invalid(
    "judge_id", _l("Giám khảo này đã có trong vòng chấm.")
)
MEANINGS["uq_secretaries_round_id_person_id"] = Invalid(
    "person_id", _l("Người này đã là Thư ký của vòng chấm.")
)
# two who press at once: the second sees what the first has done
for same_save in ("pk_saved_keys", "uq_saved_keys_sheet_id_key"):
    MEANINGS[same_save] = Stale(_l("Điểm này vừa được lưu ở một thẻ khác."))
for once in ("anchors_round_id_idea_id", "anchors_round_id_code", "anchor_sheets_anchor_id_judge_id"):
    MEANINGS[f"uq_{once}"] = Stale(_l("Người khác vừa làm việc này. Hãy tải lại trang để xem."))
# an untouched sheet was taken off its judge while somebody wrote on it for the first time
for about in ("marks", "saved_keys", "paper_sheets"):
    MEANINGS[f"fk_{about}_sheet_id"] = Stale(_l("Phiếu này vừa chuyển cho giám khảo khác."))
for once in ("entries_round_id_idea_id", "panel_members_round_id_code", "score_sheets_entry_id_judge_id"):
    MEANINGS[f"uq_{once}"] = Stale(_l("Người khác vừa làm việc này. Hãy tải lại trang để xem."))
