"""The table of stored files: what the bytes are, whose, and the cleaned copy for judges."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, moment, pk


class StoredFile(Base):
    """One uploaded file, its type decided by content. The bytes lie in the file store under `sha256`."""

    __tablename__ = "stored_files"

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True)  # unguessable; the only name in addresses
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    blind_sha256: Mapped[str] = mapped_column(sa.String(64), default="")  # the copy without metadata
    size_bytes: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))  # pdf docx pptx jpg png
    mime: Mapped[str] = mapped_column(sa.String(120))
    original_name: Mapped[str] = mapped_column(sa.String(255))  # data only, never part of a path
    owner_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[moment]
