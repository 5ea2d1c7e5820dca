"""The worker: every effect of an event once, whatever dies, however many workers there are."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import worker
from app.audit import sealing
from app.core import clock
from app.core.db import db, transaction
from app.core.events import Event, Outbox, OutboxState, record
from app.core.faults import InjectedFault
from app.core.jobs import JobRow
from app.core.leases import MOST_TRIES
from app.mail.models import Mail
from app.moderation.rules import Outcome
from tests.factories import UserFactory


def happened(kind="user.join_repeated", person=None):
    person = person or UserFactory()
    with transaction():
        return record(kind, person, person)


def outbox():
    db.session.rollback()
    return db.session.execute(sa.select(Outbox.state, Outbox.tries).order_by(Outbox.id)).all()


def mails():
    db.session.rollback()
    return db.session.scalars(sa.select(Mail.template).order_by(Mail.id)).all()


def in_threads(count, work):
    """Runs `work` in threads released together; what any of them raises is raised here."""
    gate, problems = threading.Barrier(count), []

    def run():
        gate.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_an_event_is_followed_once(app):
    happened()

    worker.run_once()
    worker.run_once()

    assert outbox() == [(OutboxState.DONE, 1)]
    assert mails() == ["already_joined"]


def test_an_event_that_nothing_follows_is_done_at_once(app):
    happened("sheet.submitted")

    worker.run_once()

    assert outbox() == [(OutboxState.DONE, 0)]
    assert mails() == []


def test_two_workers_at_once_do_nothing_twice(app):
    people = [UserFactory() for _ in range(12)]
    for person in people:
        happened(person=person)

    def work():
        with app.app_context():
            worker.run_once()

    in_threads(3, work)
    worker.run_once()

    assert sorted(mails()) == ["already_joined"] * 12
    assert {state for state, _tries in outbox()} == {OutboxState.DONE}


def test_a_reaction_that_breaks_is_tried_again_later_and_leaves_nothing_behind(app, monkeypatch):
    def half_done(event):
        worker.REACTIONS["user.join_repeated"][0](event)
        raise LookupError("an address that must not be logged")

    with monkeypatch.context() as broken:
        broken.setitem(worker.REACTIONS, "test.broken", [half_done])
        happened("test.broken")
        worker.react(10)

        row = db.session.scalars(sa.select(Outbox)).one()
        assert (row.state, row.tries, mails()) == (OutboxState.WAITING, 1, [])
        assert row.due_at > clock.now() + timedelta(seconds=10)
        assert row.last_error.startswith("LookupError tests.test_worker:")
        assert "address" not in row.last_error


def test_after_eight_tries_an_event_is_parked(app, monkeypatch):
    def broken(event):
        raise LookupError

    monkeypatch.setitem(worker.REACTIONS, "test.broken", [broken])
    happened("test.broken")

    moment = clock.now()
    for _ in range(MOST_TRIES + 2):
        with clock.set_to(moment):
            worker.react(10)
        moment += timedelta(days=1)

    assert outbox() == [(OutboxState.PARKED, MOST_TRIES)]


def test_what_one_event_breaks_on_does_not_hold_up_the_others(app, monkeypatch):
    def broken(event):
        raise LookupError

    monkeypatch.setitem(worker.REACTIONS, "test.broken", [broken])
    happened("test.broken")
    happened()

    worker.run_once()

    assert mails() == ["already_joined"]


def test_a_worker_that_dies_leaves_its_rows_to_the_next_one(app, monkeypatch):
    happened()
    monkeypatch.setenv("FAULT_POINTS", "commit.before=raise")
    with pytest.raises(InjectedFault), db.scope():
        worker.react(10)
    monkeypatch.delenv("FAULT_POINTS")

    worker.run_once()
    assert mails() == ["already_joined"]


def test_a_row_whose_lease_ran_out_is_taken_again(app):
    happened()
    with db.scope():
        worker.take(Outbox, worker.due(), limit=1, lease=worker.OUTBOX_LEASE)

    worker.run_once()
    assert mails() == []

    with clock.set_to(clock.now() + worker.OUTBOX_LEASE + timedelta(seconds=1)):
        worker.run_once()
    assert mails() == ["already_joined"]


def test_every_job_runs_once_and_says_when_it_comes_back(app):
    worker.run_once()
    db.session.rollback()
    first = {row.name: row.last_run_at for row in db.session.scalars(sa.select(JobRow))}

    worker.run_once()
    db.session.rollback()

    again = {row.name: row.last_run_at for row in db.session.scalars(sa.select(JobRow))}
    assert first.keys() == worker.JOBS.keys()
    assert again == first
    assert all(row.due_at > clock.now() for row in db.session.scalars(sa.select(JobRow)))


def test_two_workers_run_a_job_once(app, monkeypatch):
    ran = []
    monkeypatch.setattr(worker, "JOBS", {"count": worker.Job(lambda: ran.append(1) or 1, timedelta(days=1))})

    def work():
        with app.app_context(), db.scope():
            worker.run_jobs()

    in_threads(3, work)

    assert ran == [1]


# --- sealing within what is promised

SEALER = worker.JOBS["seal_events"]


def unsealed():
    db.session.rollback()
    return sealing.waiting()


def test_events_are_sealed_while_the_worker_is_busy_with_something_long(app, monkeypatch):
    busy, over = threading.Event(), threading.Event()

    def long_work():
        busy.set()
        assert over.wait(60)
        return 0

    jobs = {"a_long_one": worker.Job(long_work, timedelta(days=1)), "seal_events": SEALER}
    monkeypatch.setattr(worker, "JOBS", jobs)
    monkeypatch.setattr(worker, "stopping", threading.Event())
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)

    def all_the_rest():
        with app.app_context(), db.scope():
            worker.run_once()

    worker.plan_jobs()
    threads = [
        threading.Thread(target=all_the_rest),
        threading.Thread(target=worker.run_urgent_jobs, args=(app,)),
    ]
    try:
        threads[0].start()
        assert busy.wait(30)
        happened()
        threads[1].start()
        for _turn in range(200):
            if not unsealed():
                break
            over.wait(0.1)
        assert unsealed() == 0
    finally:
        over.set()
        worker.stopping.set()
        for thread in threads:
            if thread.ident:
                thread.join()


def test_a_worker_that_dies_while_sealing_holds_it_up_for_less_than_is_promised(app):
    happened()
    worker.plan_jobs()
    with db.scope():
        worker.take(JobRow, JobRow.name == "seal_events", limit=1, lease=SEALER.lease)

    worker.run_jobs(["seal_events"])
    assert unsealed() == 1

    idle = timedelta(seconds=worker.IDLE_SECONDS)
    assert SEALER.every + SEALER.lease + idle < sealing.SEALED_WITHIN
    with clock.set_to(clock.now() + SEALER.lease + idle):
        worker.run_jobs(["seal_events"])
    assert unsealed() == 0


def test_sealing_that_fails_again_and_again_is_tried_as_often_as_ever(app, monkeypatch):
    def broken():
        raise LookupError

    monkeypatch.setitem(worker.JOBS, "seal_events", SEALER._replace(run=broken))
    moment = clock.now()

    for _ in range(6):
        with clock.set_to(moment):
            worker.run_jobs(["seal_events"])
            db.session.rollback()
            due = db.session.get(JobRow, "seal_events").due_at
        assert due - moment == SEALER.every
        moment = due


def test_a_job_that_fails_is_tried_again_sooner_and_the_others_go_on(app, monkeypatch):
    ran = []

    def broken():
        raise LookupError("nobody's name")

    jobs = {
        "a_broken": worker.Job(broken, timedelta(days=1)),
        "b_sound": worker.Job(lambda: ran.append(1) or 1, timedelta(days=1)),
    }
    monkeypatch.setattr(worker, "JOBS", jobs)

    worker.run_once()

    db.session.rollback()
    row = db.session.get(JobRow, "a_broken")
    assert ran == [1]
    assert row.failures == 1
    assert row.last_result.startswith("LookupError tests.test_worker:")
    assert row.due_at < clock.now() + timedelta(minutes=1)


def test_every_kind_in_the_table_is_one_that_some_command_records():
    """A kind that nobody records would be a reaction that never happens."""
    folder = Path(worker.__file__).parent
    commands = "".join(
        path.read_text() for path in folder.rglob("*.py") if path.parent != folder and path.name != "words.py"
    )
    built = {f"idea.{outcome}" for outcome in Outcome}  # moderation names the event after the outcome

    unheard = [kind for kind in worker.REACTIONS if kind not in built and f'"{kind}"' not in commands]

    assert unheard == []


def test_the_event_of_a_followed_row_is_untouched(app):
    event = happened()
    before = (event.kind, event.at, event.data)

    worker.run_once()

    db.session.rollback()
    after = db.session.scalars(sa.select(Event)).one()
    assert (after.kind, after.at, after.data) == before
