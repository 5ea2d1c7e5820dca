"""What the council does, from convening to the ranking that is frozen when it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import MEANINGS, db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _, _l
from app.judging import rounds
from app.judging.conflicts import forbidden_pairs
from app.judging.models import ScoreSheet
from app.judging.rules import COUNTS, short_enough
from app.judging.seats import Seats, seats_of
from app.judging.service import points_of
from app.permissions import Action as A
from app.permissions import require
from app.results.council import agenda, queries
from app.results.council.models import Attendance, CaseEntry, Council, CouncilCase, SheetRevision, Voter
from app.results.council.rules import (
    COUNCIL_FLOW,
    DECISION_MAX_CHARS,
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    REASON_MAX_CHARS,
    CouncilAction,
    CouncilState,
    enough,
    outcome,
    require_open,
    require_quorum,
    to_decide,
    two_thirds,
)
from app.results.freezing import hold_round, keep_ranking, ranking_of


def convene(actor: User, round_: Round, *, place: str = "") -> Council:
    """Open the session of a locked round that is not ranked yet; whoever convenes is there."""
    seats = seats_of(round_)
    require(actor, A.COUNCIL_RUN, seats)
    hold_round(round_)
    if round_.state is not RoundState.LOCKED:
        raise WrongState(_l("Hội đồng họp sau khi khóa vòng chấm."))
    rounds.require_not_live(round_)
    if ranking_of(round_) is not None:
        raise WrongState(_l("Vòng này đã xếp hạng xong nên hội đồng không họp nữa."))
    if queries.council_of(round_.id) is not None:
        raise MEANINGS["uq_councils_round_id"]
    council = Council(
        round=round_,
        place=short_enough("place", place, PLACE_MAX_CHARS),
        opened_by_id=actor.id,
        opened_at=now(),
        attendances=[
            Attendance(judge_id=judge_id, is_present=judge_id == actor.id)
            for judge_id in sorted(seats.member_ids)
        ],
    )
    db.session.add(council)
    record("council.opened", council, actor, round_id=round_.id, member_ids=sorted(seats.member_ids))
    agenda.bring_up_to_date(actor, council)
    return council


def mark_present(actor: User, council: Council, present_ids: Collection[int]) -> Council:
    """Who of the panel is there now. Voters of a vote that is under way stay as they were when it began."""
    _running(actor, A.COUNCIL_RUN, council)
    for row in council.attendances:
        row.is_present = row.judge_id in present_ids
    record("council.attended", council, actor, present_ids=sorted(council.present_ids))
    return council


def note_case(actor: User, case: CouncilCase, *, note: str, version: int) -> CouncilCase:
    """What was said, as the secretary writes it down."""
    _running(actor, A.COUNCIL_RUN, case.council)
    same_version(case.version, version)
    _no_relation(actor, case)
    case.note = short_enough("note", note, NOTE_MAX_CHARS)
    record("case.noted", case, actor)
    return case


def decide_case(
    actor: User, case: CouncilCase, *, note: str, decision: str, reason: str, version: int
) -> CouncilCase:
    """What the council concludes and why. A tie is decided by its vote."""
    _running(actor, A.COUNCIL_RUN, case.council)
    same_version(case.version, version)
    if case.kind.is_tie:
        raise WrongState(_l("Bằng điểm thì biểu quyết kín, không ghi kết luận thay."))
    _no_relation(actor, case)
    require_quorum(len(case.council.present_ids), len(case.council.attendances))
    case.note = short_enough("note", note, NOTE_MAX_CHARS)
    case.decision = enough("decision", decision, DECISION_MAX_CHARS)
    case.reason = enough("reason", reason, REASON_MAX_CHARS)
    case.decided_at = now()
    record("case.decided", case, actor)
    return case


def amend_sheet(
    actor: User, sheet: ScoreSheet, *, points: Mapping[str, str], reason: str, version: int
) -> SheetRevision:
    """Replace one's own submitted sheet, once, while the council sits; what stood there is kept.

    `points`: as typed, by criterion. Raises Invalid beside the criterion that cannot be taken.
    """
    require(actor, A.SHEET_AMEND, sheet)
    council = queries.council_of(sheet.entry.round_id)
    if council is None:
        raise WrongState(_l("Chỉ sửa phiếu khi hội đồng đang họp."))
    _hold(council)
    same_version(sheet.version, version)
    if sheet.state is not COUNTS:
        raise WrongState(_l("Phiếu này không được tính nên không sửa."))
    if (sheet.entry_id, actor.id) in forbidden_pairs(council.round):
        raise WrongState(_l("Ông/bà có quan hệ liên quan với bài này nên không sửa phiếu."))
    if actor.id not in council.present_ids:
        raise WrongState(_l("Trưởng ban chưa ghi ông/bà có mặt trong phiên họp."))
    if any(case.is_voting for case in council.cases):
        raise WrongState(_l("Đang biểu quyết. Sửa phiếu sau khi kết thúc biểu quyết."))
    if queries.revision_of(sheet) is not None:
        raise MEANINGS["uq_sheet_revisions_sheet_id"]
    before = _replaced(sheet, points)
    revision = SheetRevision(
        sheet_id=sheet.id,
        council_id=council.id,
        marks=before,
        reason=enough("reason", reason, REASON_MAX_CHARS),
        made_at=now(),
    )
    db.session.add(revision)
    sheet.touched_at = now()
    # its marks are among the facts, which nobody reads
    record("sheet.amended", sheet, actor, rows=[revision], council_id=council.id)
    agenda.bring_up_to_date(actor, council)
    return revision


def open_vote(actor: User, case: CouncilCase) -> CouncilCase:
    """Begin a secret vote on a tie, among the members who are there and have no relation to any of its ideas."""
    _running(actor, A.COUNCIL_RUN, case.council)
    council = case.council
    if not case.kind.is_tie or case.vote_opened_at is not None:
        raise WrongState(_l("Việc này không biểu quyết, hoặc đã biểu quyết rồi."))
    require_quorum(len(council.present_ids), len(council.attendances))
    voters = sorted(council.present_ids - relations_of(case).keys())
    if not voters:
        raise WrongState(_l("Không có thành viên nào có mặt mà không có quan hệ liên quan."))
    case.vote_opened_at = now()
    case.voters = [Voter(judge_id=judge_id) for judge_id in voters]
    record("vote.opened", case, actor, voter_ids=voters)
    return case


def cast_vote(actor: User, case: CouncilCase, entry_ids: Collection[int]) -> Voter:
    """One member's vote, for as many ideas as there are places, or for none. Kept as a count only.

    The event says who has voted, never for what.
    """
    require(actor, A.VOTE_CAST, seats_of(case.council.round))
    _hold(case.council)
    if not case.is_voting:
        raise WrongState(_l("Biểu quyết chưa mở hoặc đã kết thúc."))
    wanted = set(entry_ids)
    if wanted - {line.entry_id for line in case.entries}:
        raise Invalid("entries", _l("Chọn trong các bài đang biểu quyết."))
    if len(wanted) > (case.places or 0):
        raise Invalid("entries", _l("Chọn nhiều nhất %(n)d bài.", n=case.places or 0))
    voter = db.session.scalars(
        sa.select(Voter).where(Voter.case_id == case.id, Voter.judge_id == actor.id).with_for_update()
    ).first()
    if voter is None or actor.id in relations_of(case):  # a relation may come to light while the vote is open
        raise WrongState(_l("Chỉ thành viên có mặt và không có quan hệ liên quan được biểu quyết."))
    if voter.has_voted:
        raise WrongState(_l("Ông/bà đã bỏ phiếu rồi."))
    voter.has_voted = True
    db.session.execute(
        sa.update(CaseEntry)
        .where(CaseEntry.case_id == case.id, CaseEntry.entry_id.in_(wanted))
        .values(votes=CaseEntry.votes + 1)
        .execution_options(synchronize_session=False)
    )
    record("vote.cast", voter, actor, case_id=case.id)
    return voter


def close_vote(actor: User, case: CouncilCase) -> CouncilCase:
    """Count. At least two thirds of the voters must have voted, or the count would give single votes away.

    Who may not vote any more is no voter: nobody waits for them, and no majority is taken of them.
    """
    seats = _running(actor, A.COUNCIL_RUN, case.council)
    if not case.is_voting:
        raise WrongState(_l("Biểu quyết chưa mở hoặc đã kết thúc."))
    may_vote = seats.member_ids - relations_of(case).keys()
    case.voters = [voter for voter in case.voters if voter.has_voted or voter.judge_id in may_vote]
    voted = sum(voter.has_voted for voter in case.voters)
    if not two_thirds(voted, len(case.voters)):
        raise WrongState(
            _l("Mới có %(n)d/%(all)d người bỏ phiếu. Cần ít nhất hai phần ba.", n=voted, all=len(case.voters))
        )
    votes = {line.entry_id: line.votes for line in case.entries}
    found = outcome(votes, case.places or 0, len(case.voters))
    for line in case.entries:
        line.outcome = found[line.entry_id]
    case.vote_closed_at = now()
    record(
        "vote.closed",
        case,
        actor,
        voted=voted,
        voter_ids=[voter.judge_id for voter in case.voters],
        votes=[[entry, votes[entry], found[entry].value] for entry in sorted(votes)],
    )
    agenda.bring_up_to_date(actor, case.council)
    return case


def close_council(actor: User, council: Council, *, version: int) -> Council:
    """End the session: everything is settled, two thirds are there, and the ranking is frozen for good."""
    _running(actor, A.COUNCIL_RUN, council)
    same_version(council.version, version)
    require_quorum(len(council.present_ids), len(council.attendances))
    agenda.bring_up_to_date(actor, council)
    to_decide([case.is_settled for case in council.cases])
    council.state = COUNCIL_FLOW.after(council.state, CouncilAction.CLOSE)
    council.closed_at, council.closed_by_id = now(), actor.id
    record(
        "council.closed",
        council,
        actor,
        present_ids=sorted(council.present_ids),
        cases=len(council.cases),
        amended_sheets=len(queries.amended_of(council.round_id)),
    )
    keep_ranking(actor, council.round)
    return council


def relations_of(case: CouncilCase) -> dict[int, set[int]]:
    """Member → the ideas of the case, by entry, to which they have a relation."""
    entries = {line.entry_id for line in case.entries}
    found: dict[int, set[int]] = {}
    for entry_id, judge_id in forbidden_pairs(case.council.round):
        if entry_id in entries:
            found.setdefault(judge_id, set()).add(entry_id)
    return found


def _no_relation(actor: User, case: CouncilCase) -> None:
    if actor.id in relations_of(case):
        raise WrongState(
            _l("Ông/bà có quan hệ liên quan với bài này. Nhờ Trưởng ban hoặc Thư ký khác kết luận.")
        )


def _running(actor: User, action: A, council: Council) -> Seats:
    """The actor may, and the session is open and stays so until this command ends."""
    seats = seats_of(council.round)
    require(actor, action, seats)
    _hold(council)
    return seats


def _hold(council: Council) -> None:
    """One command of a session at a time: what it reads from here on is what it decides on."""
    state = sa.select(Council.state).where(Council.id == council.id).with_for_update()
    require_open(CouncilState(db.session.execute(state).scalar_one()))
    queries.council_of(council.round_id, anew=True)


def _replaced(sheet: ScoreSheet, typed: Mapping[str, str]) -> dict[str, int]:
    """Marks as they were before; every criterion keeps a mark."""
    marks = {mark.criterion_id: mark for mark in sheet.marks}
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for criterion in sheet.criteria:
        mark = marks[criterion.id]
        text = typed.get(criterion.key, "").strip()
        if not text:
            raise Invalid(criterion.key, _("Cho điểm “%(name)s”.", name=criterion.name))
        before[criterion.key] = mark.hundredths or 0
        after[criterion.key] = points_of(text, criterion)
    if before == after:
        raise Invalid("reason", _l("Chưa có điểm nào thay đổi."))
    for criterion in sheet.criteria:
        mark = marks[criterion.id]
        if mark.hundredths != after[criterion.key]:
            mark.hundredths, mark.saved_at = after[criterion.key], now()
    return before
