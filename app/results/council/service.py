"""What the council does, from convening to the ranking that is frozen when it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping

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
from app.judging.seats import seats_of
from app.judging.service import points_of
from app.permissions import Action as A
from app.permissions import require
from app.results.council import agenda, queries
from app.results.council.models import Attendance, Council, CouncilCase, SheetRevision
from app.results.council.rules import (
    COUNCIL_FLOW,
    DECISION_MAX_CHARS,
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    REASON_MAX_CHARS,
    CouncilAction,
    enough,
    require_quorum,
    to_decide,
)
from app.results.council.sitting import hold, require_unrelated, running
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
    running(actor, A.COUNCIL_RUN, council)
    for row in council.attendances:
        row.is_present = row.judge_id in present_ids
    record("council.attended", council, actor, present_ids=sorted(council.present_ids))
    return council


def note_case(actor: User, case: CouncilCase, *, note: str, version: int) -> CouncilCase:
    """What was said, as the secretary writes it down."""
    running(actor, A.COUNCIL_RUN, case.council)
    same_version(case.version, version)
    require_unrelated(actor, case)
    case.note = short_enough("note", note, NOTE_MAX_CHARS)
    record("case.noted", case, actor)
    return case


def decide_case(
    actor: User, case: CouncilCase, *, note: str, decision: str, reason: str, version: int
) -> CouncilCase:
    """What the council concludes and why. A tie is decided by its vote."""
    running(actor, A.COUNCIL_RUN, case.council)
    same_version(case.version, version)
    if case.kind.is_tie:
        raise WrongState(_l("Bằng điểm thì biểu quyết kín, không ghi kết luận thay."))
    require_unrelated(actor, case)
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
    hold(council)
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


def close_council(actor: User, council: Council, *, version: int) -> Council:
    """End the session: everything is settled, two thirds are there, and the ranking is frozen for good."""
    running(actor, A.COUNCIL_RUN, council)
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
