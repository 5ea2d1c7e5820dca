"""Numbers that people read out: YT-2026-0007. Taken inside the transaction, so none is given twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import local, now
from app.core.db import Base, db


class Counter(Base):
    """The last number given in a series."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int]


def next_code(prefix: str, year: int | None = None) -> str:
    """The next code of the series, e.g. SK-2026-0001; the year is the Vietnamese one unless given."""
    series = f"{prefix}-{year or local(now()).year}"
    insert = sqlite.insert(Counter) if db.is_sqlite else postgresql.insert(Counter)
    taken = insert.values(series=series, value=1).on_conflict_do_update(
        index_elements=[Counter.series], set_={"value": Counter.value + 1}
    )
    value = db.session.execute(taken.returning(Counter.value)).scalar_one()
    return f"{series}-{value:04d}"
