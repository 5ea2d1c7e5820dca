"""The paper of a score sheet, and every time somebody typed it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Stale
from app.core.i18n import _l
from app.core.stored_files import StoredFile
from app.judging.models import ScoreSheet
from app.judging.paper.rules import PaperState, Reading


class PaperSheet(Base):
    """One score sheet that came on paper."""

    __tablename__ = "paper_sheets"

    id: Mapped[pk]
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("score_sheets.id"), unique=True)
    state: Mapped[PaperState] = mapped_column(default=PaperState.WAITING)
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_files.id"), unique=True)
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # why the judge refused it last
    confirmed_at: Mapped[datetime | None]
    begun_at: Mapped[moment]
    version: Mapped[int] = mapped_column()

    sheet: Mapped[ScoreSheet] = relationship()
    scan: Mapped[StoredFile | None] = relationship()
    typings: Mapped[list[Typing]] = relationship(back_populates="paper", order_by="Typing.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def standing(self) -> list[Typing]:
        """What stands of what was typed: the newest of each of the two, in the order in which they began."""
        newest: dict[int, Typing] = {}
        for typing in self.typings:
            if typing.stands:
                newest[typing.typist_id] = typing
        return list(newest.values())

    @property
    def owner_ids(self) -> Collection[int]:
        return {self.sheet.judge_id}

    @property
    def campaign_id(self) -> int:
        return self.sheet.campaign_id


class Typing(Base):
    """What one person read on the paper, once. Never changed: looking again is a new row."""

    __tablename__ = "paper_typings"

    id: Mapped[pk]
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper_sheets.id"), index=True)
    typist_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    marks: Mapped[dict[str, Any]]  # hundredths by criterion
    comment: Mapped[long_text]
    typed_at: Mapped[moment]
    stands: Mapped[bool] = mapped_column(default=True)  # False once the judge has refused it

    paper: Mapped[PaperSheet] = relationship(back_populates="typings")
    typist: Mapped[User] = relationship()

    @property
    def reading(self) -> Reading:
        return Reading(self.marks, self.comment)


MEANINGS["uq_paper_sheets_sheet_id"] = Stale(_l("Người khác vừa nhập phiếu này. Hãy tải lại trang để xem."))
