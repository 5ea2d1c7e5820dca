"""Pages of a list: rows as small typed tuples, and a total counted to a cap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.core.db import db
from app.core.i18n import _

Row = TypeVar("Row")
PER_PAGE = 20
COUNT_CAP = 1000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `total` is exact up to COUNT_CAP."""

    items: list[Row]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def total_label(self) -> str:
        return _("hơn 1.000") if self.total > COUNT_CAP else f"{self.total}"


def page_of(rows: Sequence[Row], number: int = 1, per_page: int = PER_PAGE) -> Page[Row]:
    """One page of rows that are in memory already."""
    number = max(1, number)
    first = (number - 1) * per_page
    return Page(list(rows[first : first + per_page]), number, per_page, len(rows))


def page(
    statement: sa.Select[*tuple[Any, ...]],
    make: Callable[..., Row],
    number: int = 1,
    per_page: int = PER_PAGE,
) -> Page[Row]:
    """Rows of one page, made by calling `make` with the selected columns. Two queries whatever the size."""
    number = max(1, number)
    capped = statement.order_by(None).limit(COUNT_CAP + 1).subquery()
    total = db.session.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one()
    rows = db.session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page([make(*row) for row in rows], number, per_page, total)
