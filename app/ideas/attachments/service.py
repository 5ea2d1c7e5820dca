"""Files of an idea: kept before the row that names them, taken out of the draft, never out of what was sent."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.accounts.models import User
from app.core import uploads
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid
from app.core.files import FileStore
from app.core.i18n import _
from app.core.stored_files import StoredFile
from app.core.uploads import Inspected, UploadRefused
from app.ideas import queries
from app.ideas.models import Attachment, Idea
from app.ideas.rules import require_writable
from app.permissions import Action as A
from app.permissions import require


class Kept(NamedTuple):
    """A file that lies in the store already, waiting for its row; `blind_sha256` is "" when it cannot be cleaned."""

    inspected: Inspected
    sha256: str
    blind_sha256: str


def keep(store: FileStore, source: bytes | Path | BinaryIO, filename: str) -> Kept:
    """Look into a file and put it, with its copy for judges, into the store. Raises UploadRefused, StorageFull."""
    inspected = uploads.inspect_in_subprocess(source, filename)
    try:
        blind = store.put(uploads.blind_copy(inspected.kind, inspected.content))
    except UploadRefused:
        blind = ""  # judges do without it; the author is told on the page
    return Kept(inspected, store.put(inspected.content), blind)


def attach_file(actor: User, idea: Idea, *, kept: Kept) -> StoredFile:
    """Add a file to what is being written. The same file twice is there once."""
    require(actor, A.IDEA_WRITE, idea)
    queries.hold(idea)
    require_writable(idea.state)
    files = [attachment.file for attachment in idea.kept_files]
    for file in files:
        if file.sha256 == kept.sha256:
            return file
    if len(files) >= idea.campaign.files_max:
        raise Invalid("tep", _("Nhiều nhất %(n)d tệp. Xóa bớt tệp cũ rồi chọn lại.", n=idea.campaign.files_max))
    file = StoredFile(
        public_id=secrets.token_urlsafe(16),
        sha256=kept.sha256,
        blind_sha256=kept.blind_sha256,
        size_bytes=kept.inspected.size,
        kind=kept.inspected.kind.value,
        mime=kept.inspected.mime,
        original_name=kept.inspected.original_name,
        owner_id=actor.id,
        created_at=now(),
    )
    idea.attachments.append(Attachment(file=file, added_at=now()))
    db.session.flush()
    return file


def detach_file(actor: User, idea: Idea, *, public_id: str) -> None:
    """Take a file out of what is being written; versions that were sent with it keep it."""
    require(actor, A.IDEA_WRITE, idea)
    queries.hold(idea)
    require_writable(idea.state)
    for attachment in idea.kept_files:
        if attachment.file.public_id == public_id:
            attachment.removed_at = now()
