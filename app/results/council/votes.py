"""Secret votes on ties: opened, cast, counted; and what is done where too few may vote."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from app.accounts.models import User
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _, _l
from app.judging.seats import seats_of
from app.permissions import Action as A
from app.permissions import require
from app.results.council import agenda
from app.results.council.models import CaseEntry, CouncilCase, Voter
from app.results.council.rules import (
    REASON_MAX_CHARS,
    CaseKind,
    VoteOutcome,
    enough,
    outcome,
    require_quorum,
    require_secret,
    require_too_few,
    two_thirds,
)
from app.results.council.sitting import hold, relations_of, require_unrelated, running
from app.results.council.words import outcome_words


def open_vote(actor: User, case: CouncilCase) -> CouncilCase:
    """Begin a secret vote on a tie, among the members who are there and have no relation to any of its ideas."""
    running(actor, A.COUNCIL_RUN, case.council)
    council = case.council
    if not case.kind.is_tie or case.vote_opened_at is not None:
        raise WrongState(_l("Việc này không biểu quyết, hoặc đã biểu quyết rồi."))
    require_quorum(len(council.present_ids), len(council.attendances))
    voters = sorted(who_may_vote(case, relations_of(case)))
    require_secret(len(voters), prize=case.kind is CaseKind.PRIZE_TIE)
    case.vote_opened_at = now()
    case.voters = [Voter(judge_id=judge_id) for judge_id in voters]
    record("vote.opened", case, actor, voter_ids=voters)
    return case


def share_tie(actor: User, case: CouncilCase, *, reason: str, version: int) -> CouncilCase:
    """Where too few may vote in secret: all share the prize, or all go on, as after an equal vote."""
    running(actor, A.COUNCIL_RUN, case.council)
    same_version(case.version, version)
    council = case.council
    if not case.kind.is_tie or case.vote_opened_at is not None or case.is_settled:
        raise WrongState(_l("Việc này đã biểu quyết hoặc đã kết luận rồi."))
    require_unrelated(actor, case)
    require_quorum(len(council.present_ids), len(council.attendances))
    voters = len(who_may_vote(case, relations_of(case)))
    require_too_few(voters)
    case.reason = enough("reason", reason, REASON_MAX_CHARS)
    case.decision = _(
        "%(outcome)s; không biểu quyết kín vì chỉ có %(n)d người được biểu quyết.",
        outcome=outcome_words(case, VoteOutcome.SHARED),
        n=voters,
    )
    case.decided_at = now()
    for line in case.entries:
        line.outcome = VoteOutcome.SHARED
    record("case.shared", case, actor, voters=voters, entry_ids=[line.entry_id for line in case.entries])
    agenda.bring_up_to_date(actor, council)
    return case


def who_may_vote(case: CouncilCase, relations: Mapping[int, set[int]]) -> set[int]:
    """Members who are there and have no relation to any of its ideas. `relations`: see relations_of."""
    return case.council.present_ids - relations.keys()


def cast_vote(actor: User, case: CouncilCase, entry_ids: Collection[int]) -> Voter:
    """One member's vote, for as many ideas as there are places, or for none. Kept as a count only.

    The event says who has voted, never for what.
    """
    require(actor, A.VOTE_CAST, seats_of(case.council.round))
    hold(case.council)
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
    seats = running(actor, A.COUNCIL_RUN, case.council)
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
        votes=[
            [entry, votes[entry] if case.shows_count else None, found[entry].value] for entry in sorted(votes)
        ],
    )
    agenda.bring_up_to_date(actor, case.council)
    return case
