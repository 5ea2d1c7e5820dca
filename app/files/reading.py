"""Who gets which bytes of a stored file."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.stored_files import StoredFile
from app.ideas import queries as ideas
from app.ideas.models import Idea
from app.initiatives.models import Initiative, Update, update_files
from app.judging import queries as judging
from app.judging.paper import queries as papers
from app.judging.stakes import stakes_of
from app.permissions import Action as A
from app.permissions import Person, can


class Reading(NamedTuple):
    """Which bytes, under which name, and whether caches may keep them."""

    sha256: str
    name: str
    is_public: bool = False


def by_public_id(public_id: str) -> StoredFile | None:
    return db.session.scalars(sa.select(StoredFile).where(StoredFile.public_id == public_id)).one_or_none()


def reading_of(person: Person, file: StoredFile) -> Reading | None:
    """The whole file, the copy for judges, or nothing at all: the thing it belongs to decides."""
    idea = ideas.idea_of_file(file)
    if idea is not None:
        return _of_idea(person, file, idea)
    paper = papers.scan_reader(file.id)
    if paper is not None:
        entry = paper.sheet.entry
        typist = can(person, A.PAPER_TYPE, paper) and entry.idea_id not in stakes_of(
            person, entry.round.campaign_id
        )
        may = typist or can(person, A.PAPER_CONFIRM, paper)
        return Reading(file.sha256, file.original_name) if may else None
    update = _update_of(file)
    if update is None:
        return None
    return _of_update(person, file, update)


def _of_idea(person: Person, file: StoredFile, idea: Idea) -> Reading | None:
    if can(person, A.IDEA_READ, idea):
        return Reading(file.sha256, file.original_name)
    if file.blind_sha256 and _judges(person, file, idea):
        # the file's own name may say whose it is
        return Reading(file.blind_sha256, f"tai-lieu.{file.kind}")
    return None


def _of_update(person: Person, file: StoredFile, update: Update) -> Reading | None:
    if update.is_public and update.initiative.is_public:
        return Reading(file.sha256, file.original_name, is_public=True)
    if can(person, A.TRACKER_READ, update.initiative):
        return Reading(file.sha256, file.original_name)
    return None


def _judges(person: Person, file: StoredFile, idea: Idea) -> bool:
    """Has a sheet on the text that it belongs to, not handed back."""
    return can(person, A.SHEET_READ) and judging.may_read_file(person.id, idea.id, file.public_id)


def _update_of(file: StoredFile) -> Update | None:
    return db.session.scalars(
        sa.select(Update)
        .join(update_files, update_files.c.update_id == Update.id)
        .where(update_files.c.file_id == file.id)
        .options(joinedload(Update.initiative, innerjoin=True).selectinload(Initiative.support_units))
    ).first()
