"""Each step of the queue: where it may start, what it writes, who may, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.core.clock import today
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from app.core.events import Event, Outbox
from app.initiatives.models import Initiative, Measure, Update
from app.initiatives.rules import InitiativeState
from app.initiatives.service import MeasureRow
from app.permissions import Action, Role, can
from tests.factories import InitiativeFactory, UnitFactory, UserFactory
from tests.initiatives.taking import TEXT, take

S = InitiativeState

# step → where it may start: where it ends; and its event. Written out, not read from the table under test.
STEPS = {
    "assign": ({S.RECEIVED: S.ASSIGNED, S.ASSIGNED: S.ASSIGNED, S.IN_PROGRESS: S.ASSIGNED}, "assigned"),
    "report": ({S.ASSIGNED: S.IN_PROGRESS, S.IN_PROGRESS: S.IN_PROGRESS, S.TRIAL: S.TRIAL}, "updated"),
    "try_out": (dict.fromkeys((S.ASSIGNED, S.IN_PROGRESS, S.TRIAL), S.TRIAL), "trial_started"),
    "end_trial": ({S.TRIAL: S.IN_PROGRESS}, "updated"),
    "pause": (dict.fromkeys((S.ASSIGNED, S.IN_PROGRESS, S.TRIAL), S.PAUSED), "paused"),
    "resume": ({S.PAUSED: S.IN_PROGRESS}, "resumed"),
    "complete": (dict.fromkeys((S.IN_PROGRESS, S.TRIAL), S.COMPLETED), "completed"),
    "decline": (
        dict.fromkeys((S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.TRIAL, S.PAUSED), S.DECLINED),
        "declined",
    ),
    "merge": (dict.fromkeys((S.RECEIVED, S.ASSIGNED), S.MERGED), "merged"),
    "reopen": (dict.fromkeys((S.COMPLETED, S.DECLINED, S.MERGED), S.RECEIVED), "reopened"),
}
UNITS_OWN = ("report", "try_out", "end_trial", "pause", "resume")  # what a unit does with its own work


def at(state, **words):
    return InitiativeFactory(state=state, decline_reason=TEXT if state is S.DECLINED else "", **words)


def start_of(step):
    return next(iter(STEPS[step][0]))


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_starts_only_where_the_table_says(app, officer, step, state):
    ends, kind = STEPS[step]
    one = at(state)

    if state not in ends:
        with pytest.raises(WrongState):
            take(step, officer, one)
        assert one.state is state
        assert db.session.scalars(sa.select(Update)).all() == []
        assert db.session.scalars(sa.select(Event)).all() == []
        return

    take(step, officer, one)

    update = db.session.scalars(sa.select(Update)).one()
    event = db.session.scalars(sa.select(Event)).one()
    assert (one.state, update.state, update.author_id) == (ends[state], ends[state], officer.id)
    assert (event.kind, event.data) == (f"initiative.{kind}", {"update_id": update.id})
    assert db.session.scalars(sa.select(Outbox.event_id)).all() == [event.id]


@pytest.mark.parametrize("step", STEPS)
def test_page_that_grew_old_changes_nothing(app, officer, step):
    one = at(start_of(step))

    with pytest.raises(Stale):
        take(step, officer, one, version=one.version + 1)

    assert one.state is start_of(step)
    assert db.session.scalars(sa.select(Update)).all() == []


@pytest.mark.parametrize(
    "role", [None, *(role for role in Role if role not in {Role.ANONYMOUS, Role.OFFICER})]
)
@pytest.mark.parametrize("step", STEPS)
def test_only_officers_take_steps_and_units_on_their_own_work(app, step, role):
    unit = UnitFactory()
    person = UserFactory(role=role, unit_id=unit.id)
    one = at(start_of(step), lead_unit_id=unit.id)

    if role is Role.UNIT_CONTACT and step in UNITS_OWN:
        take(step, person, one)
        assert len(one.updates) == 1
    else:
        with pytest.raises((NotAllowed, NotFound)):
            take(step, person, one)
        assert one.updates == []


@pytest.mark.parametrize("step", UNITS_OWN)
def test_units_leave_the_work_of_others_alone(app, step):
    person = UserFactory(role=Role.UNIT_CONTACT, unit_id=UnitFactory().id)
    one = at(start_of(step), lead_unit_id=UnitFactory().id)

    with pytest.raises(NotFound):
        take(step, person, one)


@pytest.mark.parametrize(
    ("step", "words", "field"),
    [
        ("assign", {"due_on": today() - timedelta(days=1)}, "due_on"),
        ("report", {"text": "Xong."}, "text"),
        ("try_out", {"trial_to": today() - timedelta(days=1)}, "trial_to"),
        ("end_trial", {"text": " "}, "text"),
        ("pause", {"reason": "Bận"}, "reason"),
        ("complete", {"summary": "Tốt"}, "summary"),
        ("decline", {"reason": ""}, "reason"),
        ("merge", {"into_code": "SK-2026-9999x"}, "into_code"),
        ("merge", {"reason": ""}, "reason"),
        ("reopen", {"reason": ""}, "reason"),
    ],
)
def test_words_that_do_not_do_are_refused_beside_their_field(app, officer, step, words, field):
    one = at(start_of(step))

    with pytest.raises(Invalid) as refused:
        take(step, officer, one, **words)

    assert refused.value.field == field
    assert (one.state, one.updates) == (start_of(step), [])


def test_due_today_is_still_to_come(app, officer):
    one = at(S.RECEIVED)

    take("assign", officer, one, due_on=today())

    assert one.due_on == today()


def test_assignment_says_who_leads_who_helps_by_when_and_what_for(app, officer):
    lead, help_ = UnitFactory(), UnitFactory()
    one = at(S.RECEIVED)

    take(
        "assign", officer, one, lead_unit_id=lead.id, support_unit_ids=[lead.id, help_.id], text="Nhờ đơn vị."
    )

    assert (one.lead_unit_id, [unit.id for unit in one.support_units]) == (lead.id, [help_.id])
    assert (one.responsible, one.product) == ("Phó Trưởng phòng", "Mười hai hộp")
    assert one.updates[0].text == "Nhờ đơn vị."
    assert one.assigned_at is not None


def test_progress_on_trial_leaves_the_trial_going(app, officer):
    one = at(S.ASSIGNED)
    take("try_out", officer, one, place="Tổ 5")

    take("report", officer, one, percent=60)

    assert (one.state, one.percent, one.trial_place) == (S.TRIAL, 60, "Tổ 5")


def test_completion_measures_what_came_of_it(app, officer):
    one = at(S.IN_PROGRESS)
    rows = [
        MeasureRow("Thời gian chờ", Decimal(68), Decimal(23), "phút", "Bấm giờ"),
        MeasureRow("Pin", None, Decimal(312), "kg", ""),
    ]

    take("complete", officer, one, measures=rows, cost_actual_vnd=3_500_000, hours_saved_per_month=12)

    assert (one.percent, one.cost_actual_vnd, one.outcome.hours_saved_per_month) == (100, 3_500_000, 12)
    assert [(m.name, m.before, m.after) for m in one.outcome.measures] == [
        ("Thời gian chờ", 68, 23),
        ("Pin", None, 312),
    ]
    assert one.finished_at is not None


def test_completed_again_after_reopening_the_newer_word_counts(app, officer):
    one = at(S.IN_PROGRESS)
    take("complete", officer, one, measures=[MeasureRow("Pin", None, Decimal(1), "kg", "")])
    take("reopen", officer, one)
    assert (one.state, one.percent, one.finished_at) == (S.RECEIVED, 0, None)
    take("assign", officer, one)
    take("report", officer, one)

    take("complete", officer, one, summary="Kết quả mới, rõ hơn nhiều.")

    assert one.outcome.summary == "Kết quả mới, rõ hơn nhiều."
    assert db.session.scalars(sa.select(Measure)).all() == []


def test_merged_one_names_the_other(app, officer):
    one, other = at(S.RECEIVED), InitiativeFactory()

    take("merge", officer, one, into_code=other.code.lower())

    assert (one.merged_into_id, one.finished_at is not None) == (other.id, True)


def test_nothing_is_merged_into_itself_or_into_what_is_merged(app, officer):
    one, gone = at(S.RECEIVED), at(S.MERGED)

    for target in (one, gone):
        with pytest.raises(Invalid):
            take("merge", officer, one, into_code=target.code)
    assert one.state is S.RECEIVED


def test_declined_without_a_reason_cannot_even_be_written_by_hand(app):
    with pytest.raises(sa.exc.IntegrityError):
        InitiativeFactory(state=S.DECLINED)
    db.session.rollback()
    assert db.session.scalars(sa.select(Initiative)).all() == []


def test_unit_that_sent_it_in_reads_but_does_not_steer(app):
    sender, lead = UnitFactory(), UnitFactory()
    contact = UserFactory(role=Role.UNIT_CONTACT, unit_id=sender.id)
    initiative = InitiativeFactory(
        state=InitiativeState.IN_PROGRESS, lead_unit_id=lead.id, source_unit_id=sender.id
    )

    assert can(contact, Action.TRACKER_READ, initiative)
    assert not can(contact, Action.INITIATIVE_UPDATE, initiative)
