"""Stored files: how one is received, and the table of what the bytes are, whose, and the cleaned copy for judges."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import uploads
from app.core.clock import now
from app.core.db import Base, moment, pk
from app.core.files import FileStore
from app.core.uploads import Inspected, UploadRefused


class StoredFile(Base):
    """One uploaded file, its type decided by content. The bytes lie in the file store under `sha256`."""

    __tablename__ = "stored_files"

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(
        sa.String(32), unique=True
    )  # unguessable; the only name in addresses
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    blind_sha256: Mapped[str] = mapped_column(sa.String(64), default="")  # the copy without metadata
    size_bytes: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))  # pdf docx pptx jpg png
    mime: Mapped[str] = mapped_column(sa.String(120))
    original_name: Mapped[str] = mapped_column(sa.String(255))  # data only, never part of a path
    owner_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[moment]


class Kept(NamedTuple):
    """A file that lies in the store already, waiting for its row; `blind_sha256` is "" when it cannot be cleaned."""

    inspected: Inspected
    sha256: str
    blind_sha256: str


def keep(store: FileStore, source: bytes | Path | IO[bytes], filename: str) -> Kept:
    """Look into a file and put it, with its copy for judges, into the store. Raises UploadRefused, StorageFull."""
    inspected = uploads.inspect_in_subprocess(cast("bytes | Path | BinaryIO", source), filename)
    try:
        blind = store.put(uploads.blind_copy(inspected.kind, inspected.content))
    except UploadRefused:
        blind = ""  # judges do without it; the author is told on the page
    return Kept(inspected, store.put(inspected.content), blind)


def stored(kept: Kept, owner_id: int) -> StoredFile:
    """The row of a kept file, under a new unguessable name."""
    return StoredFile(
        public_id=secrets.token_urlsafe(16),
        sha256=kept.sha256,
        blind_sha256=kept.blind_sha256,
        size_bytes=kept.inspected.size,
        kind=kept.inspected.kind.value,
        mime=kept.inspected.mime,
        original_name=kept.inspected.original_name,
        owner_id=owner_id,
        created_at=now(),
    )
