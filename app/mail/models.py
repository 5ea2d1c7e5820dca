"""Mails with their states. A row is written in the transaction of the reaction that composed it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, long_text, moment, pk


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # claimed; if the lease runs out, the result is unknown
    SENT = "sent"
    KEPT = "kept"  # no MAIL_SERVER: read in the app
    UNCERTAIN = "uncertain"  # sent or not, nobody knows; staff decide
    PARKED = "parked"  # refused too often


class Mail(Base):
    """One mail to one address. `key` is (event, template, recipient): none is ever written twice."""

    __tablename__ = "mails"
    __table_args__ = (sa.Index("ix_mails_due", "state", "due_at"),)

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(sa.String(160), unique=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"), index=True)
    template: Mapped[str] = mapped_column(sa.String(40))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    to_address: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[long_text]
    holds_link: Mapped[bool] = mapped_column(default=False)  # body is emptied once it has left
    message_id: Mapped[str] = mapped_column(sa.String(120))  # fixed now, so that a repeat can be recognised
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    created_at: Mapped[moment]
    due_at: Mapped[moment]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(300), default="")
    sent_at: Mapped[datetime | None]
