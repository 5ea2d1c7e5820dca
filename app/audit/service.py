"""What staff do with the record itself: take in what was there before it, and erase what a law says must go."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.audit.verification import ADOPTED, ERASED
from app.core import facts
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import Event, record
from app.core.i18n import _l
from app.permissions import Action as A
from app.permissions import require

AT_ONCE = 500
REASON_MIN_CHARS = 10


def adopt() -> int:
    """Put on record, as they stand now, rows that no event speaks of, or not of all that is on record today.

    Returns how many; each shows as taken in late.
    """
    known = _known()
    adopted = 0
    for table, model in sorted(facts.MODELS.items()):
        missing = [
            fact.id for fact in facts.read_all(table) if _is_missing(fact, known.get((table, fact.id)))
        ]
        for start in range(0, len(missing), AT_ONCE):
            for rows in _by_campaign(_rows(model, missing[start : start + AT_ONCE])):
                record(ADOPTED, rows[0], None, rows=rows)
                adopted += len(rows)
    return adopted


def erase_event_payload(actor: User, event: Event, *, reason: str) -> Event:
    """Take away, by law, what an event says: salts and payload go, the leaf stays, and so the chain holds.

    Another event names the leaf and why, so that verification knows that it was right. Nothing brings it back.
    """
    require(actor, A.RECORD_ERASE)
    if len(reason.strip()) < REASON_MIN_CHARS:
        raise Invalid("reason", _l("Ghi căn cứ của việc xóa, ít nhất 10 ký tự."))
    if event.kind == ERASED:
        raise WrongState(_l("Không xóa được sự kiện ghi lại một lần xóa."))
    if not event.salt:
        raise WrongState(_l("Nội dung sự kiện này đã xóa rồi."))
    rows = [[table, id_] for table, id_, _values in event.facts]
    event.data, event.facts, event.shown = {}, [], []
    event.salt = event.private_salt = event.request_id = ""
    event.actor_id = None
    db.session.flush()
    return record(ERASED, event, actor, leaf=event.leaf, touched=rows, reason=reason.strip()[:300])


class _Known(NamedTuple):
    """What the last event about a row says of it; `was_shown`: some event holds what of the row may be published."""

    values: dict[str, Any] | None
    was_shown: bool


def _known() -> dict[tuple[str, int], _Known]:
    known: dict[tuple[str, int], _Known] = {}
    events = sa.select(Event.facts, Event.shown).order_by(Event.id).execution_options(yield_per=AT_ONCE)
    for rows, shown in db.session.execute(events):
        for table, id_, values in rows:
            before = known.get((table, id_))
            known[table, id_] = _Known(values, bool(shown) or (before is not None and before.was_shown))
    return known


def _is_missing(fact: facts.Fact, known: _Known | None) -> bool:
    """No event speaks of the row; or all that they say holds, and they are older than a column or a public part of it.

    What was changed by hand is never taken in.
    """
    if known is None:
        return True
    if known.values is None or any(fact.values.get(name) != value for name, value in known.values.items()):
        return False
    return known.values.keys() < fact.values.keys() or (fact.shown is not None and not known.was_shown)


def _by_campaign(rows: list[Any]) -> list[list[Any]]:
    """An event belongs to one contest: its bundle shows the event whole, and nothing of another contest."""
    found: dict[int | None, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, "campaign_id", None), []).append(row)
    return list(found.values())


def _rows(model: Any, ids: list[int]) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)))
