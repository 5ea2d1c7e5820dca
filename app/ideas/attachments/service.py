"""Files of an idea: kept before the row that names them, taken out of the draft, never out of what was sent."""

from __future__ import annotations

from app.accounts.models import User
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.stored_files import Kept, StoredFile, stored
from app.ideas import queries
from app.ideas.models import Attachment, Idea
from app.ideas.rules import require_writable
from app.permissions import Action as A
from app.permissions import require


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
        raise Invalid(
            "tep", _("Nhiều nhất %(n)d tệp. Xóa bớt tệp cũ rồi chọn lại.", n=idea.campaign.files_max)
        )
    file = stored(kept, actor.id)
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
