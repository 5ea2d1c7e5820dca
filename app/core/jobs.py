"""Work that comes back: due by a row, not by a clock somebody may have slept through."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, moment


class JobRow(Base):
    """When a job is due and how it last went; shown on the operations page."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    due_at: Mapped[moment]
    leased_until: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    last_result: Mapped[str] = mapped_column(sa.String(300), default="")  # what it did, or why it failed
    failures: Mapped[int] = mapped_column(default=0)  # in a row; 0 after a run that went well
