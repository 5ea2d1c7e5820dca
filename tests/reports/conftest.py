"""A ward on 24 November 2026, with something to report."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.accounts.models import Consent
from app.accounts.rules import CONSENT_TEXT_VERSION, Purpose
from app.core import clock
from app.core.db import db
from app.initiatives.models import Measure, Outcome, Update
from app.reports.period import Period
from tests.factories import UserFactory

TODAY = date(2026, 11, 24)
QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))
SUMMER = Period(date(2026, 7, 1), date(2026, 9, 30))


@pytest.fixture(autouse=True)
def tuesday():
    """10:00 in Hải Phòng."""
    with clock.set_to(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)):
        yield


def at(day: int, month: int, hour: int = 9, minute: int = 0, second: int = 0, year: int = 2026) -> datetime:
    """A moment on a Vietnamese wall clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=clock.VIETNAM).astimezone(UTC)


def agree_to_be_named(person) -> None:
    person.consents.append(
        Consent(
            purpose=Purpose.SEND_TO_DEPARTMENT,
            given=True,
            text_version=CONSENT_TEXT_VERSION,
            means="thử",
            at=clock.now(),
        )
    )
    db.session.commit()


def step(initiative, state, moment: datetime, percent: int = 0) -> None:
    """A dated step, as the service writes it."""
    actor = UserFactory()
    db.session.add(
        Update(
            initiative_id=initiative.id,
            at=moment,
            author_id=actor.id,
            state=state,
            percent=percent,
            text="Một bước.",
        )
    )
    db.session.commit()


def outcome(initiative, *, hours: int | None = None, summary: str = "Người dân chờ ít hơn.") -> None:
    """What came of it, with one figure."""
    db.session.add(
        Outcome(
            initiative_id=initiative.id,
            summary=summary,
            closed_on=clock.local(initiative.finished_at).date(),
            hours_saved_per_month=hours,
            measures=[Measure(name="Thời gian chờ", before=68, after=23, unit="phút")],
        )
    )
    db.session.commit()
