"""Filing and answering appeals, and what an upheld one allows after the lock."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core import clock
from app.core.db import db, lock_row
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.core.numbers import next_code
from app.ideas.models import Idea
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import SHEET_FLOW, SheetAction, SheetState, enough_reason
from app.judging.stakes import require_no_stake
from app.permissions import Action as A
from app.permissions import require
from app.results.appeals.models import Appeal
from app.results.appeals.rules import (
    APPEAL_FLOW,
    AppealAction,
    AppealState,
    answer_due,
    enough_of_an_answer,
    enough_to_look_into,
    in_time,
)
from app.results.freezing import computed, ranking_of, write_down
from app.results.models import Publication, Ranking
from app.results.rules import PublicationState

CODE_PREFIX = "KN"


def file_appeal(actor: User, idea: Idea, publication: Publication, *, reason: str) -> Appeal:
    """Object to what was published about one's idea. Raises Invalid, so that nothing that was written is lost."""
    require(actor, A.APPEAL_FILE, idea)
    reason = enough_to_look_into(reason)
    lock_row(publication)  # whoever replaces it meanwhile comes first
    if publication.state is not PublicationState.PUBLISHED or publication.published_at is None:
        raise Invalid("reason", _l("Kết quả này vừa được thay bằng bản mới. Hãy đọc bản mới trước."))
    if not _judged(idea, publication.campaign_id):
        raise Invalid("reason", _l("Bài này không vào vòng chấm nào của cuộc thi."))
    in_time(publication.published_at, publication.campaign.appeal_days, clock.received_at())
    appeal = Appeal(
        code=next_code(CODE_PREFIX),
        publication_id=publication.id,
        idea_id=idea.id,
        filed_by_id=actor.id,
        state=AppealState.RECEIVED,
        reason=reason,
        filed_at=clock.now(),
        due_on=answer_due(clock.now()),
    )
    db.session.add(appeal)
    record("appeal.received", appeal, actor, **_facts(appeal))
    return appeal


def withdraw_appeal(actor: User, appeal: Appeal, *, version: int) -> Appeal:
    """Take it back before it is answered. Another one can be filed while there is time."""
    require(actor, A.APPEAL_FILE, appeal.idea)
    lock_row(appeal)
    same_version(appeal.version, version)
    appeal.state = APPEAL_FLOW.after(appeal.state, AppealAction.WITHDRAW)
    record("appeal.withdrawn", appeal, actor, **_facts(appeal))
    return appeal


def take_up(actor: User, appeal: Appeal, *, version: int) -> Appeal:
    """Say who looks into it."""
    _may_answer(actor, appeal)
    lock_row(appeal)
    same_version(appeal.version, version)
    appeal.state = APPEAL_FLOW.after(appeal.state, AppealAction.TAKE_UP)
    appeal.taken_by_id, appeal.taken_at = actor.id, clock.now()
    record("appeal.taken_up", appeal, actor, **_facts(appeal))
    return appeal


def answer_appeal(actor: User, appeal: Appeal, *, upheld: bool, answer: str, version: int) -> Appeal:
    """Uphold it, with what follows, or reject it, with reasons. Nobody does who has a stake in it."""
    _may_answer(actor, appeal)
    lock_row(appeal)
    same_version(appeal.version, version)
    answer = enough_of_an_answer(answer)
    action = AppealAction.UPHOLD if upheld else AppealAction.REJECT
    appeal.state = APPEAL_FLOW.after(appeal.state, action)
    appeal.answer = answer
    appeal.answered_by_id, appeal.answered_at = actor.id, clock.now()
    record("appeal.upheld" if upheld else "appeal.rejected", appeal, actor, **_facts(appeal))
    return appeal


def void_sheet(actor: User, appeal: Appeal, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Take a sheet out after the lock: it stays, and counts for nothing."""
    _may_correct(actor, appeal, sheet.entry.round)
    sheet.state = SHEET_FLOW.after(sheet.state, SheetAction.VOID)
    sheet.reason, sheet.correcting = enough_reason(reason), False
    record("sheet.voided", sheet, actor, appeal_id=appeal.id)
    return sheet


def reopen_sheet(actor: User, appeal: Appeal, sheet: ScoreSheet, *, reason: str) -> ScoreSheet:
    """Give a sheet back to its judge after the lock, this sheet alone, until it is submitted again."""
    _may_correct(actor, appeal, sheet.entry.round)
    sheet.state = SHEET_FLOW.after(sheet.state, A.SHEET_REOPEN)
    sheet.reason, sheet.correcting = enough_reason(reason), True
    record("sheet.reopened", sheet, actor, appeal_id=appeal.id)
    return sheet


def rank_again(actor: User, appeal: Appeal, round_: Round) -> Ranking:
    """The ranking that follows from the corrected sheets, under the next number. What is public stays as it is."""
    _may_correct(actor, appeal, round_)
    before = ranking_of(round_)
    if before is None:
        raise WrongState(_l("Vòng này chưa xếp hạng lần nào."))
    if _open_sheets(round_):
        raise WrongState(_l("Còn phiếu mở lại chưa nộp. Chờ giám khảo nộp rồi xếp hạng lại."))
    if _proposed(appeal.campaign_id):
        raise WrongState(_l("Có đề nghị giải thưởng đang chờ theo bảng cũ. Hãy rút đề nghị đó trước."))
    ranking = computed(round_, number=before.number + 1)
    if ranking.content_hash == before.content_hash:
        raise WrongState(_l("Không phiếu nào thay đổi, nên bảng xếp hạng vẫn như cũ."))
    write_down(actor, ranking, round_)
    record(
        "appeal.carried_out",
        appeal,
        actor,
        round_id=round_.id,
        ranking_id=ranking.id,
        content_hash=ranking.content_hash,
    )
    return ranking


def _may_answer(actor: User, appeal: Appeal) -> None:
    require(actor, A.APPEAL_ANSWER, appeal)
    require_no_stake(actor, appeal.campaign_id, {appeal.idea_id})


def _may_correct(actor: User, appeal: Appeal, round_: Round) -> None:
    """Raises unless the appeal was upheld, against what is public now, and the round is one of its campaign.

    Everybody who corrects or publishes waits for the others at the publication's row.
    """
    _may_answer(actor, appeal)
    lock_row(appeal.publication)
    db.session.refresh(appeal)
    if appeal.state is not AppealState.UPHELD:
        raise WrongState(_l("Chỉ sửa phiếu đã khóa khi khiếu nại đã được chấp nhận."))
    if appeal.publication.state is not PublicationState.PUBLISHED:
        raise WrongState(_l("Kết quả bị khiếu nại đã được thay bằng bản mới."))
    if round_.campaign_id != appeal.campaign_id:
        raise WrongState(_l("Vòng này không thuộc cuộc thi bị khiếu nại."))
    if not round_.is_locked:
        raise WrongState(_l("Vòng chấm chưa khóa. Mở lại phiếu ở trang vòng chấm."))


def _judged(idea: Idea, campaign_id: int) -> bool:
    entry = (
        sa.select(Entry.id)
        .join(Round, Entry.round_id == Round.id)
        .where(Entry.idea_id == idea.id, Round.campaign_id == campaign_id)
    )
    return db.session.execute(entry.limit(1)).first() is not None


def _open_sheets(round_: Round) -> bool:
    reopened = (
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(
            Entry.round_id == round_.id,
            ScoreSheet.correcting.is_(True),
            ScoreSheet.state == SheetState.REOPENED,
        )
    )
    return db.session.execute(reopened.limit(1)).first() is not None


def _proposed(campaign_id: int) -> bool:
    waiting = sa.select(Publication.id).where(
        Publication.campaign_id == campaign_id, Publication.state == PublicationState.PROPOSED
    )
    return db.session.execute(waiting.limit(1)).first() is not None


def _facts(appeal: Appeal) -> dict[str, Any]:
    """What an event may say of it: ids and states, none of its words."""
    return {
        "code": appeal.code,
        "publication_id": appeal.publication_id,
        "idea_id": appeal.idea_id,
        "state": appeal.state.value,
    }
