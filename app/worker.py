"""What follows an event in the outside world, and work that comes back: two tables and the loop that walks them.

Every reaction runs after the commit of its event, in a transaction with its outbox row, so that its effects are
written once, whatever dies when. Any number of workers may run.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite

from app import create_app
from app.accounts import retention as account_retention
from app.audit import heads, sealing
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, Outbox, OutboxState
from app.core.jobs import JobRow
from app.core.leases import next_try, take, wait_before
from app.core.logs import log
from app.core.web import file_store
from app.ideas import consent
from app.ideas import retention as idea_retention
from app.judging.evening.entrance import service as entrance
from app.mail import deliver, reminders
from app.mail import retention as mail_retention
from app.mail.compose import accounts, appeals, ideas, initiatives, judging, results
from app.mail.outgoing import mails
from app.operations import sweep
from app.results.bundle import service as bundles

Reaction = Callable[[Event], None]

REACTIONS: dict[str, Sequence[Reaction]] = {
    # accounts
    "user.joined": [mails(accounts.confirm_address)],
    "user.join_repeated": [mails(accounts.joined_again)],
    "user.reset_asked": [mails(accounts.password_reset)],
    "user.invited": [mails(accounts.staff_invitation)],
    "user.password_changed": [mails(accounts.security_changed), entrance.void_after_change],
    "user.address_asked": [mails(accounts.new_address)],
    "user.address_changed": [mails(accounts.security_changed), entrance.void_after_change],
    "user.erased": [consent.forget_author, mail_retention.forget_person],
    "guardian.asked": [mails(accounts.invite_guardian)],
    "guardian.answered": [mails(accounts.guardian_answered)],
    "consent.withdrawn": [consent.take_out, mails(accounts.consent_withdrawn)],
    # ideas
    "author.invited": [mails(ideas.invite_coauthor)],
    "idea.submitted": [mails(ideas.submitted_receipt)],
    "idea.approved": [mails(ideas.idea_approved)],
    "idea.returned": [mails(ideas.idea_returned)],
    "idea.rejected": [mails(ideas.idea_rejected)],
    "idea.reopened": [mails(ideas.idea_reopened)],
    "campaign.deadline_moved": [mails(ideas.deadline_moved)],
    # judging and results
    "judges.assigned": [mails(judging.judge_assigned)],
    "entry.excluded": [mails(judging.entry_excluded)],
    "entry.readmitted": [mails(judging.entry_readmitted)],
    "judges.invited": [mails(judging.judge_invited)],
    "judges.reminded": [mails(judging.judges_reminded)],
    "sheet.reopened": [mails(appeals.sheet_to_mend)],
    "results.published": [mails(results.award_won), mails(results.results_published)],
    "head.published": [mails(judging.head_published)],
    "appeal.received": [mails(appeals.appeal_received), mails(appeals.appeal_filed)],
    "appeal.upheld": [mails(appeals.appeal_answered)],
    "appeal.rejected": [mails(appeals.appeal_answered)],
    # what becomes of an idea
    "initiative.received": [mails(initiatives.forwarded)],
    "initiative.assigned": [mails(initiatives.assigned), mails(initiatives.begun)],
    "initiative.updated": [mails(initiatives.updated)],
    "initiative.trial_started": [mails(initiatives.updated)],
    "initiative.paused": [mails(initiatives.updated)],
    "initiative.resumed": [mails(initiatives.updated)],
    "initiative.completed": [mails(initiatives.completed)],
    "initiative.reopened": [mails(initiatives.updated)],
    "initiative.declined": [mails(initiatives.declined)],
    "initiative.merged": [mails(initiatives.updated)],
}


JOB_LEASE = timedelta(minutes=10)


class Job(NamedTuple):
    """Work that comes back; `run` returns how much it did. Each may run twice and does its work once."""

    run: Callable[[], int]
    every: timedelta
    lease: timedelta = JOB_LEASE  # how long it waits for a worker that died at it
    is_urgent: bool = (
        False  # runs beside everything else, and is tried again as soon as it would have come back
    )


JOBS: dict[str, Job] = {
    "seal_events": Job(
        sealing.seal_events, every=timedelta(seconds=5), lease=timedelta(seconds=15), is_urgent=True
    ),
    "seal_stragglers": Job(sealing.seal_stragglers, timedelta(days=1)),
    "publish_heads": Job(heads.publish_due, timedelta(seconds=30)),
    "make_bundles": Job(lambda: bundles.make_due(file_store()), timedelta(seconds=30)),
    "remind_authors_of_drafts": Job(reminders.remind_authors_of_drafts, timedelta(minutes=5)),
    "remind_judges": Job(reminders.remind_judges, timedelta(minutes=15)),
    "remind_of_overdue": Job(reminders.remind_of_overdue, timedelta(hours=1)),
    "forget_unconfirmed": Job(account_retention.forget_unconfirmed, timedelta(hours=1)),
    "forget_sign_ins": Job(account_retention.forget_sign_ins, timedelta(days=1)),
    "forget_drafts": Job(idea_retention.forget_drafts, timedelta(days=1)),
    "forget_withdrawn": Job(idea_retention.forget_withdrawn, timedelta(days=1)),
    "forget_old_mails": Job(mail_retention.forget_old_mails, timedelta(days=1)),
    "sweep_files": Job(sweep.sweep_files, timedelta(days=1)),
}

OUTBOX_LEASE = timedelta(minutes=1)
BATCH = 10  # few, so that a worker that dies leaves little waiting for its lease
IDLE_SECONDS = 1.0

stopping = threading.Event()


def main() -> None:
    """Until asked to stop: do what is due, then wait a moment. What is under way is finished first."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    app = create_app()
    log.info("worker", state="started")
    urgent = threading.Thread(target=run_urgent_jobs, args=(app,), name="urgent jobs")
    urgent.start()
    with app.app_context():
        while not stopping.is_set():
            try:
                done = run_once()
            except sa.exc.OperationalError as error:  # the database is away: it may come back
                log.error("worker", error=type(error.orig).__name__)
                done = 0
            if not done:
                stopping.wait(IDLE_SECONDS)
    urgent.join()
    log.info("worker", state="stopped")


def run_urgent_jobs(app: Flask) -> None:
    """Until asked to stop, in a thread of its own: a long queue of mails must not keep events from their seals."""
    names = [name for name, job in JOBS.items() if job.is_urgent]
    with app.app_context():
        while not stopping.is_set():
            try:
                with db.scope():
                    run_jobs(names)
            except Exception as error:  # noqa: BLE001 - whatever it was, the next turn must come
                log.error("urgent jobs", error=where_it_broke(error))
            stopping.wait(IDLE_SECONDS)


def run_once(limit: int = 200) -> int:
    """One turn: reactions to events, mails, jobs. Returns how much there was to do."""
    with db.scope():
        return react(limit) + deliver.send_due(limit, stopping.is_set) + run_jobs()


def react(limit: int) -> int:
    """Follow up events, oldest first."""
    done = pass_over()
    while done < limit and not stopping.is_set():
        keys = take(Outbox, due(), limit=BATCH, lease=OUTBOX_LEASE, tries=Outbox.tries + 1)
        for key in keys:
            follow(key)
        done += len(keys)
        if len(keys) < BATCH:
            break
    return done


def due() -> sa.ColumnElement[bool]:
    free = sa.or_(Outbox.leased_until.is_(None), Outbox.leased_until < now())
    return sa.and_(Outbox.state == OutboxState.WAITING, Outbox.due_at <= now(), free)


def pass_over() -> int:
    """Events that nothing follows are done at once, all together."""
    nothing_follows = sa.exists().where(Event.id == Outbox.event_id, Event.kind.not_in(REACTIONS))
    quiet = sa.and_(Outbox.state == OutboxState.WAITING, nothing_follows)
    if not db.session.execute(sa.select(Outbox.id).where(quiet).limit(1)).first():
        db.session.rollback()
        return 0
    with transaction() as session:
        found = session.execute(
            sa.update(Outbox)
            .where(quiet)
            .values(state=OutboxState.DONE, done_at=now(), leased_until=None)
            .execution_options(synchronize_session=False)
        )
    return int(found.rowcount)  # type: ignore[attr-defined]


def follow(outbox_id: int) -> None:
    """Everything that follows one event, together with the mark that it is done. The row is locked meanwhile."""
    try:
        with transaction() as session:
            row = session.get_one(Outbox, outbox_id, with_for_update=True, populate_existing=True)
            if row.state is not OutboxState.WAITING:
                return  # our lease ran out, and another worker did it
            event = session.get_one(Event, row.event_id)
            for reaction in REACTIONS.get(event.kind, ()):
                reaction(event)
            row.state, row.done_at, row.leased_until, row.last_error = OutboxState.DONE, now(), None, ""
    except Exception as error:  # noqa: BLE001 - whatever one event breaks on, the others go on; staff see this one
        put_off(outbox_id, error)


def put_off(outbox_id: int, error: Exception) -> None:
    """Try again later; after the last try park it, where administrators see and restart it."""
    with transaction() as session:
        row = session.get_one(Outbox, outbox_id, with_for_update=True, populate_existing=True)
        again = next_try(row.tries)
        row.state = OutboxState.WAITING if again else OutboxState.PARKED
        row.due_at = again or row.due_at
        row.leased_until = None
        row.last_error = where_it_broke(error)
    log.error("reaction", outbox=outbox_id, tries=row.tries, state=str(row.state), error=row.last_error)


def where_it_broke(error: BaseException) -> str:
    """Kind and line, never the message: it may hold what somebody typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" {trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"[:300]


def run_jobs(among: Collection[str] | None = None) -> int:
    """Jobs that are due, urgent ones first, each leased to one worker as its turn comes. Returns how much they did."""
    plan_jobs()
    names = JOBS.keys() if among is None else among
    waiting = db.session.scalars(sa.select(JobRow.name).where(job_is_due(), JobRow.name.in_(names))).all()
    db.session.rollback()
    done = 0
    for name in sorted(waiting, key=lambda name: (not JOBS[name].is_urgent, name)):
        mine = sa.and_(job_is_due(), JobRow.name == name)
        if take(JobRow, mine, limit=1, lease=JOBS[name].lease):
            done += run_job(name)
    return done


def job_is_due() -> sa.ColumnElement[bool]:
    free = sa.or_(JobRow.leased_until.is_(None), JobRow.leased_until < now())
    return sa.and_(JobRow.due_at <= now(), free)


def plan_jobs() -> None:
    """A row for every job of the table, due at once; nothing happens when they are there."""
    known = set(db.session.scalars(sa.select(JobRow.name)))
    if known >= JOBS.keys():
        return
    insert: Any = sqlite.insert(JobRow) if db.is_sqlite else postgresql.insert(JobRow)
    rows = [{"name": name, "due_at": now(), "last_result": "", "failures": 0} for name in JOBS.keys() - known]
    with transaction() as session:
        session.execute(insert.values(rows).on_conflict_do_nothing())


def run_job(name: str) -> int:
    """Run it, write down how it went, and when it comes back."""
    job = JOBS[name]
    done, result, failed = 0, "", False
    try:
        done = job.run()
        result = str(done)
    except Exception as error:  # noqa: BLE001 - one job's trouble is not the others'
        result, failed = where_it_broke(error), True
        log.error("job", name=name, error=result)
    with transaction() as session:
        row = session.get_one(JobRow, name, with_for_update=True, populate_existing=True)
        row.failures = row.failures + 1 if failed else 0
        row.due_at = now() + (wait_before(row.failures) if failed and not job.is_urgent else job.every)
        row.leased_until, row.last_run_at, row.last_result = None, now(), result
    return done


if __name__ == "__main__":
    main()
