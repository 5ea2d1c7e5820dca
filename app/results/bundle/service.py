"""Making a bundle: by the worker, once everything that a publication rests on is sealed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core.chain import ORIGIN
from app.core.clock import local, now
from app.core.db import db, transaction
from app.core.events import Event, PublishedHead
from app.core.files import FileStore
from app.results.bundle import contents, sealed
from app.results.models import Publication, ResultBundle
from app.results.rules import PublicationState

HERE = Path(__file__).parent
EARLIEST = (1980, 1, 1, 0, 0, 0)  # before it a zip knows no dates


def make_due(store: FileStore) -> int:
    """Bundles of publications that have none yet. Returns how many were made."""
    due = _due()
    db.session.rollback()
    for publication_id in due:
        whole = content_of(db.session.get_one(Publication, publication_id))
        db.session.rollback()  # nobody who writes waits while it is put together
        keep(store, publication_id, whole)
    return len(due)


def keep(store: FileStore, publication_id: int, whole: Whole) -> None:
    """The file goes to the store first, then its row: a row never points to nothing."""
    sha256 = store.put(whole.data)
    with transaction() as session:
        session.add(
            ResultBundle(
                publication_id=publication_id,
                sha256=sha256,
                size_bytes=len(whole.data),
                seals=whole.seals,
                made_at=now(),
            )
        )


def bundle_of(publication_id: int) -> ResultBundle | None:
    return db.session.scalars(
        sa.select(ResultBundle).where(ResultBundle.publication_id == publication_id)
    ).first()


class Whole:
    """A finished zip, and how many leaves it holds."""

    def __init__(self, data: bytes, seals: int) -> None:
        self.data, self.seals = data, seals

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def content_of(publication: Publication) -> Whole:
    """The same publication and record give the same bytes, whenever and wherever they are put together."""
    rounds = contents.judged_rounds(publication)
    last = sealed.last_seal(publication)
    sheets = sealed.sheets(rounds, publication.campaign_id, last)
    leaves = sealed.leaves(last)
    files = {
        "luat.json": _json(contents.law(rounds)),
        "y_tuong.csv": contents.csv_text(contents.ideas(rounds, publication)),
        "giam_khao.csv": contents.csv_text(contents.judges(rounds)),
        "phan_cong.csv": contents.csv_text(sheets.assigned),
        "phieu.csv": contents.csv_text([sealed.SHEET_COLUMNS, *sheets.events]),
        "su_kien.csv": contents.csv_text([sealed.OTHER_COLUMNS, *sheets.others]),
        "phuong_phap.json": _json(contents.methods(rounds)),
        "xep_hang.csv": contents.csv_text(contents.ranks(rounds)),
        "la.txt": "".join(f"{leaf}\n" for leaf in leaves),
        "dinh.json": _json(sealed.heads(ORIGIN, last, sheets.erased)),
        "kiem_chung.py": (HERE / "kiem_chung.py").read_text(encoding="utf-8"),
        "DOC_TOI.md": (HERE / "DOC_TOI.md").read_text(encoding="utf-8"),
    }
    moment = local(publication.published_at).timetuple()[:6] if publication.published_at else EARLIEST
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            zipped.writestr(entry, text.encode())
    return Whole(out.getvalue(), len(leaves))


def _due() -> list[int]:
    """Published, without a bundle, and its head has left: so all that came before is sealed, and can be compared."""
    head_left = (
        sa.exists()
        .where(Event.object_type == Publication.__tablename__, Event.object_id == Publication.id)
        .where(Event.kind == "results.published", PublishedHead.event_id == Event.id)
    )
    has_none = ~sa.exists().where(ResultBundle.publication_id == Publication.id)
    return list(
        db.session.scalars(
            sa.select(Publication.id)
            .where(Publication.state == PublicationState.PUBLISHED, head_left, has_none)
            .order_by(Publication.id)
        )
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
