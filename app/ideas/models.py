"""Idea, its team, answers, frozen versions and files."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import User
from app.campaigns.models import Campaign, Question, Topic
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Invalid, Stale
from app.core.i18n import _l
from app.core.stored_files import StoredFile
from app.core.text import fold
from app.ideas.rules import ON_TEAM, AlreadyDone, AuthorState, IdeaState


class Idea(Base):
    """An idea: its draft, then what was sent last, and where it stands. What was sent is frozen in `Version`."""

    __tablename__ = "ideas"
    __table_args__ = (
        sa.CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR code IS NOT NULL", name="code_once_sent"
        ),
        sa.Index("ix_ideas_list", "campaign_id", "state", "submitted_at"),
    )

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True)  # unguessable: drafts have no code yet
    code: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    once_key: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topics.id"))
    state: Mapped[IdeaState] = mapped_column(default=IdeaState.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(300), default="")
    summary: Mapped[long_text]  # plain text
    keywords: Mapped[str] = mapped_column(sa.String(300), default="")
    budget_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[moment]
    saved_at: Mapped[moment]
    submitted_at: Mapped[datetime | None]  # when the server received the newest version
    version_number: Mapped[int] = mapped_column(default=0)  # of the newest frozen version; 0: never sent
    return_due_at: Mapped[datetime | None]  # until when a returned idea may come back
    judging_started_at: Mapped[datetime | None]  # set by judging: no more withdrawing or rewriting
    named_at: Mapped[datetime | None]  # set by results at publication: authors may be named in public
    search_title: Mapped[str] = mapped_column(sa.String(300), default="")  # folded, kept by the two below
    search_text: Mapped[long_text]  # folded title and summary
    # what authors wrote since the last sending (see wording.py); None: nothing
    pending: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    version: Mapped[int] = mapped_column()  # of the row: a stale save gets the conflict page

    campaign: Mapped[Campaign] = relationship()
    topic: Mapped[Topic | None] = relationship()
    authors: Mapped[list[Author]] = relationship(back_populates="idea", order_by="Author.id")
    answers: Mapped[list[Answer]] = relationship(back_populates="idea")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="idea", order_by="Attachment.id")
    versions: Mapped[list[Version]] = relationship(back_populates="idea", order_by="Version.number")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @validates("title", "summary")
    def _fold(self, name: str, value: str) -> str:
        """What search compares with always follows what is written."""
        title, summary = (value, self.summary) if name == "title" else (self.title, value)
        self.search_title = fold(title or "")
        self.search_text = fold(f"{title or ''} {summary or ''}")
        return value

    @property
    def owner_ids(self) -> Collection[int]:
        """Accounts of the team: whoever made it and every member who accepted."""
        accepted = {a.user_id for a in self.authors if a.user_id and a.state is AuthorState.ACCEPTED}
        return {self.created_by_id, *accepted}

    @property
    def leader(self) -> Author | None:
        return next((author for author in self.authors if author.is_leader), None)

    @property
    def team(self) -> list[Author]:
        """Members and those invited; who declined or was taken out is not among them."""
        return [author for author in self.authors if author.state in ON_TEAM]

    @property
    def kept_files(self) -> list[Attachment]:
        """Files of the text as it stands now."""
        return [attachment for attachment in self.attachments if attachment.removed_at is None]


class Author(Base):
    """A member of the team. A name and address are kept here until the person has an account."""

    __tablename__ = "authors"
    __table_args__ = (
        sa.UniqueConstraint("idea_id", "email"),
        sa.CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_is_percent"),
    )

    id: Mapped[pk]
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    full_name: Mapped[str] = mapped_column(sa.String(120))
    share_percent: Mapped[int] = mapped_column(default=0)
    is_leader: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AuthorState] = mapped_column(default=AuthorState.INVITED)
    share_agreed: Mapped[bool] = mapped_column(
        default=True
    )  # False: changed since, the member is asked again
    invited_at: Mapped[moment]
    answered_at: Mapped[datetime | None]

    idea: Mapped[Idea] = relationship(back_populates="authors")
    user: Mapped[User | None] = relationship()

    @property
    def has_agreed(self) -> bool:
        """In the team, at the share that stands now."""
        return self.state is AuthorState.ACCEPTED and self.share_agreed


class Answer(Base):
    """What stands in one part of the form, as sanitised HTML."""

    __tablename__ = "answers"
    __table_args__ = (sa.UniqueConstraint("idea_id", "question_id"),)

    id: Mapped[pk]
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"))
    html: Mapped[long_text]
    words: Mapped[int] = mapped_column(default=0)

    idea: Mapped[Idea] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()


class Version(Base):
    """What was sent, frozen. Never updated: sending again is a new row."""

    __tablename__ = "versions"
    __table_args__ = (sa.UniqueConstraint("idea_id", "number"),)

    id: Mapped[pk]
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    number: Mapped[int]
    once_key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topics.id"))
    title: Mapped[str] = mapped_column(sa.String(300))
    summary: Mapped[long_text]
    keywords: Mapped[str] = mapped_column(sa.String(300), default="")
    sections: Mapped[list[Any]]  # [{"key", "label", "html"}], in the order of the form
    team: Mapped[list[Any]]  # [{"author_id", "share_percent", "is_leader"}]
    files: Mapped[list[Any]]  # [{"public_id", "name", "kind", "size_bytes", "sha256"}]
    budget_vnd: Mapped[int | None] = mapped_column(sa.BigInteger)
    words: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the canonical JSON: on the receipt
    received_at: Mapped[moment]
    sent_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    idea: Mapped[Idea] = relationship(back_populates="versions")
    topic: Mapped[Topic] = relationship()


class Attachment(Base):
    """A file of the idea."""

    __tablename__ = "attachments"

    id: Mapped[pk]
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_files.id"), unique=True)
    added_at: Mapped[moment]
    removed_at: Mapped[datetime | None]  # from the draft; sent versions keep it

    idea: Mapped[Idea] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()


MEANINGS["uq_authors_idea_id_email"] = Invalid("email", _l("Người này đã có trong đội."))
MEANINGS["uq_ideas_once_key"] = AlreadyDone(_l("Bản nháp này đã được tạo."))
MEANINGS["uq_versions_once_key"] = AlreadyDone(_l("Bài này đã được gửi."))
MEANINGS["uq_answers_idea_id_question_id"] = Stale()
