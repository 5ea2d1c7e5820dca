"""What cases and the outcomes of votes are called: on the session's page, on a case's own, in the minutes."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.i18n import _
from app.results.council.models import CouncilCase
from app.results.council.rules import CaseKind, VoteOutcome


def title_of(case: CouncilCase, prizes: Mapping[int, str]) -> str:
    """What the case is about. `prizes`: names by id."""
    return {
        CaseKind.DISAGREEMENT: _("Các phiếu lệch nhau nhiều"),
        CaseKind.CUT_TIE: _("Bằng điểm ở ranh giới đi tiếp"),
        CaseKind.PRIZE_TIE: _("Bằng điểm ở %(prize)s", prize=prizes.get(case.prize_id or 0, "")),
        CaseKind.DISCUSSION: _("Vùng cần thảo luận"),
    }[case.kind]


def title_with_places(case: CouncilCase, prizes: Mapping[int, str]) -> str:
    """The same, saying of a tie how many there is room for."""
    title = title_of(case, prizes)
    return _("%(title)s, còn %(n)d chỗ", title=title, n=case.places or 0) if case.kind.is_tie else title


def outcome_words(case: CouncilCase, outcome: VoteOutcome | None) -> str:
    if outcome is VoteOutcome.SHARED:
        return _("Cùng nhận giải") if case.kind is CaseKind.PRIZE_TIE else _("Cùng đi tiếp")
    return _("Được chọn") if outcome is VoteOutcome.CHOSEN else _("Không được chọn")
