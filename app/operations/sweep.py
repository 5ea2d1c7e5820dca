"""Files that no row points to any more, or never did because a crash came first."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.core.db import db
from app.core.stored_files import StoredFile
from app.core.web import file_store
from app.results.models import ResultBundle

OLD_ENOUGH = timedelta(days=1)  # a younger file may belong to a transaction that has yet to commit


def sweep_files() -> int:
    """Remove them. Returns how many went."""
    wanted: set[str] = set()
    for sha256, blind_sha256 in db.session.execute(sa.select(StoredFile.sha256, StoredFile.blind_sha256)):
        wanted |= {sha256, blind_sha256}
    wanted |= set(db.session.scalars(sa.select(ResultBundle.sha256)))
    db.session.rollback()  # the disk is walked without holding a snapshot
    return len(file_store().sweep(wanted, OLD_ENOUGH))
