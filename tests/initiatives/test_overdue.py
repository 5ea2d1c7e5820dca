"""Late is computed from the Vietnamese day, never stored; the list and the rule say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.core.clock import set_to
from app.core.db import db
from app.initiatives import queue
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState, is_overdue
from tests.factories import InitiativeFactory

S = InitiativeState
DUE = date(2026, 12, 6)
LAST_MINUTE = datetime(2026, 12, 6, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Việt Nam
WORKING = {S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.TRIAL}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize(
    ("day", "late"), [(DUE - timedelta(days=1), False), (DUE, False), (DUE + timedelta(days=1), True)]
)
def test_work_is_late_the_day_after_its_last_day(state, day, late):
    assert is_overdue(state, DUE, day) is (late and state in WORKING)
    assert is_overdue(state, None, day) is False


@pytest.mark.parametrize(
    ("moment", "late"), [(LAST_MINUTE, []), (LAST_MINUTE + timedelta(seconds=1), ["SK-2026-0001"])]
)
def test_list_turns_late_at_midnight_in_viet_nam(app, moment, late):
    InitiativeFactory(code="SK-2026-0001", state=S.IN_PROGRESS, due_on=DUE)

    with set_to(moment):
        assert db.session.scalars(sa.select(Initiative.code).where(queue.late())).all() == late


@pytest.mark.parametrize("state", S)
def test_list_and_rule_say_the_same(app, state):
    one = InitiativeFactory(state=state, due_on=DUE, decline_reason="Vướng quy định về vỉa hè.")

    with set_to(LAST_MINUTE + timedelta(days=3)):
        listed = bool(db.session.scalars(sa.select(Initiative.id).where(queue.late())).all())
        assert listed is is_overdue(one.state, one.due_on, date(2026, 12, 9))


def test_late_work_is_seen_at_a_glance(browser, officer):
    InitiativeFactory(title="Việc đúng hạn", state=S.IN_PROGRESS, due_on=DUE + timedelta(days=99))
    late = InitiativeFactory(title="Việc đã muộn", state=S.IN_PROGRESS, due_on=DUE)
    new = InitiativeFactory(title="Việc mới", state=S.RECEIVED)
    InitiativeFactory(title="Việc đã xong", state=S.COMPLETED, due_on=DUE, finished_at=LAST_MINUTE)

    with set_to(LAST_MINUTE + timedelta(days=12)):
        staff = browser.as_(officer)
        page = staff.get("/hang-doi")
        only_late = staff.get("/hang-doi?trang-thai=qua-han")

    assert "1 việc quá hạn. 1 việc mới, chờ phân công." in page
    assert "Quá hạn 12 ngày" in page
    order = [
        page.text.index(title) for title in ("Việc đã muộn", "Việc mới", "Việc đúng hạn", "Việc đã xong")
    ]
    assert order == sorted(order)
    assert late.code in only_late
    assert new.code not in only_late
