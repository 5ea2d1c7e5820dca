"""What officers and units do with an initiative; each step says so to its authors (worker.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Unit, User
from app.core import clock
from app.core.db import db
from app.core.errors import Invalid, same_version
from app.core.events import record
from app.core.i18n import _l
from app.core.numbers import next_code
from app.core.stored_files import Kept, stored
from app.ideas import queries as ideas
from app.ideas.models import Idea, Version
from app.initiatives.models import Initiative, Measure, Outcome, Update
from app.initiatives.rules import (
    INITIATIVE_FLOW,
    InitiativeKind,
    InitiativeState,
    Step,
    after_report,
    enough_to_tell,
    may_forward,
    sensible_due_date,
)
from app.permissions import Action as A
from app.permissions import can, require
from app.results import service as results
from app.results.models import Award, Publication

CODE_PREFIX = "SK"


class MeasureRow(NamedTuple):
    """One figure before and after, as typed."""

    name: str
    before: Decimal | None
    after: Decimal | None
    unit: str
    method: str


def publish_and_forward(actor: User, publication: Publication, *, version: int) -> list[Initiative]:
    """Publish the results and hand every winner to the ward's queue, in one transaction.

    What was forwarded before stays one initiative. One whose prize is gone in the new results stays too, with a
    note: what becomes of it is the officers' decision.
    """
    before = results.published_of(publication.campaign_id)
    results.publish(actor, publication, version=version)
    awards = _first_award_of_each_idea(publication)
    made = [_receive(actor, award.idea, award=award) for award in awards if _first_of(award.idea) is None]
    if before is not None:
        _note_changed_prizes(actor, before, awards)
    return made


def forward_idea(actor: User, idea: Idea) -> Initiative:
    """Hand an idea that won nothing to the queue all the same. A second time finds the first initiative."""
    require(actor, A.INITIATIVE_FORWARD, idea)
    existing = _first_of(idea)
    if existing is not None:
        return existing
    db.session.refresh(idea)
    may_forward(idea.state)
    return _receive(actor, idea)


def create_initiative(
    actor: User,
    *,
    kind: InitiativeKind,
    title: str,
    summary: str,
    source_unit_id: int,
    topic_id: int | None,
    once_key: str,
    is_public: bool = True,
) -> Initiative:
    """Take in what a unit proposes or is stuck with (directive, section 4). Pressing twice makes one."""
    require(actor, A.INITIATIVE_CREATE)
    existing = db.session.scalars(sa.select(Initiative).where(Initiative.once_key == once_key)).first()
    if existing is not None:
        return existing
    initiative = Initiative(
        kind=kind,
        title=title,
        summary=enough_to_tell(summary, "summary"),
        source_unit_id=source_unit_id,
        topic_id=topic_id,
        once_key=once_key,
        is_public=is_public,
        received_at=clock.now(),
        updated_at=clock.now(),
    )
    if not can(actor, A.TRACKER_READ, initiative):
        raise Invalid("source_unit_id", _l("Chọn đơn vị của bạn."))
    return _enter(actor, initiative, _l("Đã tiếp nhận."))


def assign_initiative(
    actor: User,
    initiative: Initiative,
    *,
    lead_unit_id: int,
    support_unit_ids: Sequence[int],
    responsible: str,
    due_on: date,
    product: str,
    text: str,
    version: int,
) -> Initiative:
    """Say who leads, who helps, by when and with what to show. Again later to change it."""
    require(actor, A.INITIATIVE_ASSIGN, initiative)
    same_version(initiative.version, version)
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.ASSIGN)
    initiative.lead_unit_id = lead_unit_id
    initiative.support_units = list(
        db.session.scalars(sa.select(Unit).where(Unit.id.in_(support_unit_ids), Unit.id != lead_unit_id))
    )
    initiative.responsible = responsible
    initiative.due_on = sensible_due_date(due_on, clock.today())
    initiative.product = product
    initiative.assigned_at = initiative.assigned_at or clock.now()
    return _told(actor, initiative, "initiative.assigned", text or _l("Đã phân công đơn vị chủ trì."))


def report_progress(
    actor: User,
    initiative: Initiative,
    *,
    percent: int,
    text: str,
    is_public: bool,
    version: int,
    files: Sequence[Kept] = (),
) -> Initiative:
    """A dated word on how it goes; the first one starts the work."""
    require(actor, A.INITIATIVE_UPDATE, initiative)
    same_version(initiative.version, version)
    initiative.state = after_report(initiative.state)
    return _told(
        actor,
        initiative,
        "initiative.updated",
        enough_to_tell(text, "text"),
        percent=percent,
        is_public=is_public,
        files=files,
    )


def start_trial(
    actor: User,
    initiative: Initiative,
    *,
    place: str,
    trial_from: date,
    trial_to: date | None,
    text: str,
    version: int,
) -> Initiative:
    """Try it out somewhere: without a trial an idea cannot become a recognised sáng kiến (NĐ 13/2012, điều 3)."""
    require(actor, A.INITIATIVE_UPDATE, initiative)
    same_version(initiative.version, version)
    if trial_to is not None and trial_to < trial_from:
        raise Invalid("trial_to", _l("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.TRIAL)
    initiative.trial_place, initiative.trial_from, initiative.trial_to = place, trial_from, trial_to
    return _told(actor, initiative, "initiative.trial_started", text or _l("Bắt đầu áp dụng thử."))


def end_trial(actor: User, initiative: Initiative, *, text: str, percent: int, version: int) -> Initiative:
    """The trial is over and the work goes on."""
    require(actor, A.INITIATIVE_UPDATE, initiative)
    same_version(initiative.version, version)
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.END_TRIAL)
    return _told(actor, initiative, "initiative.updated", enough_to_tell(text, "text"), percent=percent)


def pause_initiative(actor: User, initiative: Initiative, *, reason: str, version: int) -> Initiative:
    """Stop the clock, with the reason: a paused thing is never late."""
    require(actor, A.INITIATIVE_UPDATE, initiative)
    same_version(initiative.version, version)
    reason = enough_to_tell(reason, "reason")
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.PAUSE)
    return _told(actor, initiative, "initiative.paused", reason)


def resume_initiative(actor: User, initiative: Initiative, *, text: str, version: int) -> Initiative:
    """Go on where it was left."""
    require(actor, A.INITIATIVE_UPDATE, initiative)
    same_version(initiative.version, version)
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.RESUME)
    return _told(actor, initiative, "initiative.resumed", text or _l("Tiếp tục thực hiện."))


def complete_initiative(
    actor: User,
    initiative: Initiative,
    *,
    summary: str,
    measures: Sequence[MeasureRow],
    cost_actual_vnd: int | None,
    hours_saved_per_month: int | None,
    version: int,
) -> Initiative:
    """Close it with what came of it, in words and measured."""
    require(actor, A.INITIATIVE_COMPLETE, initiative)
    same_version(initiative.version, version)
    summary = enough_to_tell(summary, "summary")
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.COMPLETE)
    if initiative.outcome is not None:  # completed before and reopened: the newer word counts
        for measure in initiative.outcome.measures:
            db.session.delete(measure)
        db.session.delete(initiative.outcome)
        db.session.flush()
    initiative.outcome = Outcome(
        summary=summary,
        closed_on=clock.today(),
        hours_saved_per_month=hours_saved_per_month,
        measures=[Measure(**row._asdict()) for row in measures],
    )
    initiative.cost_actual_vnd = cost_actual_vnd
    initiative.finished_at = clock.now()
    return _told(actor, initiative, "initiative.completed", summary, percent=100)


def decline_initiative(actor: User, initiative: Initiative, *, reason: str, version: int) -> Initiative:
    """Say that the ward will not do it, and why, in words its authors can follow."""
    require(actor, A.INITIATIVE_DECLINE, initiative)
    same_version(initiative.version, version)
    initiative.decline_reason = enough_to_tell(reason, "reason")
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.DECLINE)
    initiative.finished_at = clock.now()
    return _told(actor, initiative, "initiative.declined", initiative.decline_reason)


def merge_initiative(
    actor: User, initiative: Initiative, *, into_code: str, reason: str, version: int
) -> Initiative:
    """Go on with it as part of another one; its page says which."""
    require(actor, A.INITIATIVE_DECLINE, initiative)
    same_version(initiative.version, version)
    into = db.session.scalars(sa.select(Initiative).where(Initiative.code == into_code.upper())).first()
    if into is None or into is initiative:
        raise Invalid("into_code", _l("Ghi mã của một việc khác, ví dụ SK-2026-0001."))
    if into.state is InitiativeState.MERGED:
        raise Invalid("into_code", _l("Việc này cũng đã gộp. Ghi mã của việc đang làm."))
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.MERGE)
    initiative.merged_into = into
    initiative.finished_at = clock.now()
    return _told(actor, initiative, "initiative.merged", enough_to_tell(reason, "reason"))


def reopen_initiative(actor: User, initiative: Initiative, *, reason: str, version: int) -> Initiative:
    """Take it up again from the beginning of the queue; what was said before stays readable."""
    require(actor, A.INITIATIVE_REOPEN, initiative)
    same_version(initiative.version, version)
    reason = enough_to_tell(reason, "reason")
    initiative.state = INITIATIVE_FLOW.after(initiative.state, Step.REOPEN)
    initiative.finished_at = initiative.merged_into = None
    return _told(actor, initiative, "initiative.reopened", reason, percent=0)


def _receive(actor: User, idea: Idea, award: Award | None = None) -> Initiative:
    """A new row in the queue with its lineage. `source_idea_id` is unique: once, whoever presses when."""
    text = db.session.scalars(
        sa.select(Version).where(Version.idea_id == idea.id, Version.number == idea.version_number)
    ).one()
    initiative = Initiative(
        kind=InitiativeKind.INITIATIVE if award else InitiativeKind.PROPOSAL,
        title=text.title,
        summary=text.summary,
        source_idea_id=idea.id,
        award_id=award.id if award else None,
        topic_id=text.topic_id,
        cost_planned_vnd=text.budget_vnd,
        received_at=clock.now(),
        updated_at=clock.now(),
    )
    return _enter(actor, initiative, _l("Đã tiếp nhận từ cuộc thi."))


def _enter(actor: User, initiative: Initiative, text: object) -> Initiative:
    """Give it its number and write the first word."""
    initiative.code = next_code(CODE_PREFIX)
    db.session.add(initiative)
    db.session.flush()
    return _told(actor, initiative, "initiative.received", text, percent=0)


def _first_of(idea: Idea) -> Initiative | None:
    """What this idea became already; until the command ends nobody else forwards it."""
    ideas.hold(idea)
    return db.session.scalars(sa.select(Initiative).where(Initiative.source_idea_id == idea.id)).first()


def _first_award_of_each_idea(publication: Publication) -> list[Award]:
    """An idea with two prizes becomes one initiative; the higher prize is its lineage. Always in the same order."""
    awards = db.session.scalars(
        sa.select(Award)
        .where(Award.publication_id == publication.id)
        .options(joinedload(Award.prize), joinedload(Award.idea))
    ).all()
    first: dict[int, Award] = {}
    for award in sorted(awards, key=lambda award: award.prize.position):
        first.setdefault(award.idea_id, award)
    return [first[idea_id] for idea_id in sorted(first)]


def _note_changed_prizes(actor: User, before: Publication, awards: Sequence[Award]) -> None:
    """After results were replaced: kept prizes are those of the new publication, lost ones are said on the page."""
    now_held = {award.idea_id: award for award in awards}
    concerned = {award.idea_id for award in _first_award_of_each_idea(before)} | now_held.keys()
    found = db.session.scalars(
        sa.select(Initiative).where(Initiative.source_idea_id.in_(concerned)).order_by(Initiative.id)
    ).all()
    for initiative in found:
        award = now_held.get(initiative.source_idea_id or 0)
        if award is None:
            lost = _l(
                "Kết quả được công bố lại và ý tưởng này không còn giải. Phường quyết định có làm tiếp không."
            )
            _told(actor, initiative, "initiative.award_lost", lost, is_public=False)
        elif initiative.award_id != award.id:
            initiative.award_id = award.id
            record("initiative.award_changed", initiative, actor, award_id=award.id)


def _told(
    actor: User,
    initiative: Initiative,
    kind: str,
    text: object,
    *,
    percent: int | None = None,
    is_public: bool = True,
    files: Sequence[Kept] = (),
) -> Initiative:
    """Write the dated update, and the event that tells the authors."""
    if percent is not None:
        initiative.percent = percent
    initiative.updated_at = clock.now()
    update = Update(
        initiative_id=initiative.id,
        at=clock.now(),
        author_id=actor.id,
        state=initiative.state,
        percent=initiative.percent,
        text=str(text),
        is_public=is_public,
        files=[stored(kept, actor.id) for kept in files],
    )
    db.session.add(update)
    db.session.flush()
    record(kind, initiative, actor, update_id=update.id)
    return initiative
