"""When a council can decide, and what its votes say. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.errors import Invalid, WrongState
from app.core.flow import Flow
from app.core.i18n import _l

PLACE_MAX_CHARS, DECISION_MAX_CHARS, REASON_MAX_CHARS, NOTE_MAX_CHARS = 200, 500, 1000, 4000
REASON_MIN_CHARS = 10
VOTERS_MIN = 3  # of two, each would know what the other chose
BALLOTS_MIN = 3  # below that a count gives single votes away: only the decision is said


class CouncilState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class CouncilAction(StrEnum):
    CLOSE = "council.close"


COUNCIL_FLOW = Flow[CouncilState]({
    CouncilAction.CLOSE: ({CouncilState.OPEN}, CouncilState.CLOSED),
})  # fmt: skip


class CaseKind(StrEnum):
    """In the order in which the council takes them."""

    DISAGREEMENT = "disagreement"
    CUT_TIE = "cut_tie"
    PRIZE_TIE = "prize_tie"
    DISCUSSION = "discussion"  # "vùng cần thảo luận"

    @property
    def is_tie(self) -> bool:
        return self in {CaseKind.CUT_TIE, CaseKind.PRIZE_TIE}


class VoteOutcome(StrEnum):
    CHOSEN = "chosen"
    SHARED = "shared"  # still equal: they share the prize, or all go on
    LEFT = "left"


class Draft(NamedTuple):
    """A case as the sheets call for it; two with the same `key` are the same case."""

    kind: CaseKind
    entry_ids: tuple[int, ...]
    places: int | None = None
    prize_id: int | None = None

    @property
    def key(self) -> tuple[CaseKind, int | None, frozenset[int]]:
        return self.kind, self.prize_id, frozenset(self.entry_ids)


def two_thirds(part: int, whole: int) -> bool:
    """At least two thirds, in whole people."""
    return whole > 0 and 3 * part >= 2 * whole


def require_quorum(present: int, panel: int) -> None:
    """Raises WrongState unless at least two thirds of the panel are there."""
    if not two_thirds(present, panel):
        raise WrongState(
            _l(
                "Mới có mặt %(n)d/%(all)d thành viên. Cần ít nhất hai phần ba.",
                n=present,
                all=panel,
            )
        )


def require_open(state: CouncilState) -> None:
    """Raises WrongState once the session is over."""
    if state is not CouncilState.OPEN:
        raise WrongState(_l("Phiên họp của hội đồng đã kết thúc."))


def require_secret(voters: int, *, prize: bool) -> None:
    """Raises WrongState where so few may vote that everybody would know who chose what."""
    if voters >= VOTERS_MIN:
        return
    told = (
        _l(
            "Chỉ có %(n)d người được biểu quyết nên phiếu kín không còn kín; cần ít nhất %(least)d người. "
            "Ghi thêm thành viên có mặt, hoặc kết luận các bài cùng nhận giải.",
            n=voters,
            least=VOTERS_MIN,
        )
        if prize
        else _l(
            "Chỉ có %(n)d người được biểu quyết nên phiếu kín không còn kín; cần ít nhất %(least)d người. "
            "Ghi thêm thành viên có mặt, hoặc kết luận các bài cùng đi tiếp.",
            n=voters,
            least=VOTERS_MIN,
        )
    )
    raise WrongState(told)


def require_too_few(voters: int) -> None:
    """Raises WrongState where a secret vote is possible: then it decides, nobody else does."""
    if voters >= VOTERS_MIN:
        raise WrongState(_l("Đủ người để biểu quyết kín, nên kết luận theo biểu quyết."))


def outcome(votes: Mapping[int, int], places: int, voters: int) -> dict[int, VoteOutcome]:
    """What a vote says of each entry: votes by entry, room for `places`, `voters` who could vote.

    Chosen are those with more than half of the voters, as far as the places go. Who is still equal then shares the
    prize, or goes on together: entries with as many votes on both sides of the line, or, where too few have a
    majority, all that were not chosen.
    """
    passed = sorted(
        (entry for entry in votes if 2 * votes[entry] > voters), key=lambda entry: (-votes[entry], entry)
    )
    if len(passed) < places:
        chosen, equal = passed, [entry for entry in votes if entry not in passed]
    elif len(passed) > places and votes[passed[places - 1]] == votes[passed[places]]:
        line = votes[passed[places]]
        chosen = [entry for entry in passed if votes[entry] > line]
        equal = [entry for entry in passed if votes[entry] == line]
    else:
        chosen, equal = passed[:places], []
    return {
        **dict.fromkeys(votes, VoteOutcome.LEFT),
        **dict.fromkeys(chosen, VoteOutcome.CHOSEN),
        **dict.fromkeys(equal, VoteOutcome.SHARED),
    }


def enough(field: str, text: str, max_chars: int) -> str:
    """Raises Invalid beside its field unless others could understand it."""
    text = text.strip()
    if len(text) < REASON_MIN_CHARS:
        raise Invalid(field, _l("Ghi rõ hơn, ít nhất %(n)d ký tự.", n=REASON_MIN_CHARS))
    if len(text) > max_chars:
        raise Invalid(field, _l("Rút gọn, nhiều nhất %(n)d ký tự.", n=max_chars))
    return text


def to_decide(settled: Sequence[bool]) -> None:
    """Raises WrongState while a case waits for its decision or vote."""
    left = settled.count(False)
    if left:
        raise WrongState(_l("Còn %(n)d việc chưa kết luận. Kết luận hết rồi mới kết thúc được.", n=left))


Ranks = Sequence[tuple[int, int]]  # (entry, rank), best first


def ties(ranks: Ranks, slots: Sequence[int], shared: Collection[int] = ()) -> list[Draft]:
    """Equal ranks that straddle two prizes, or the last prize and none. `slots`: the prize of each place.

    Only the first line inside a group is drawn; after its vote, what is left may straddle the next one. Entries in
    `shared` were voted on already and share.
    """
    groups: dict[int, list[int]] = {}
    for entry, rank in ranks:
        groups.setdefault(rank, []).append(entry)
    prizes = [*slots, *[0] * len(ranks)]
    found: list[Draft] = []
    start = 0
    for entries in groups.values():
        own = prizes[start : start + len(entries)]
        start += len(entries)
        if own[0] and own[-1] != own[0] and not set(entries) <= set(shared):
            found.append(Draft(CaseKind.PRIZE_TIE, tuple(entries), own.count(own[0]), own[0]))
    return found


def refined(
    ranks: Ranks, votes: Sequence[Mapping[int, VoteOutcome]]
) -> tuple[list[tuple[int, int]], set[int]]:
    """Ranks after the votes, best first, and the entries that share a prize.

    A vote counts only while its entries still share one rank: an amended sheet may have parted them since.
    """
    rank_of = dict(ranks)
    shared: set[int] = set()
    for vote in votes:
        held = {rank_of.get(entry) for entry in vote}
        if len(held) != 1 or None in held:
            continue
        ahead = 0
        for outcome_ in VoteOutcome:  # chosen, shared, left: in this order
            same = [entry for entry in vote if vote[entry] is outcome_]
            for entry in same:
                rank_of[entry] += ahead
            ahead += len(same)
            if outcome_ is VoteOutcome.SHARED:
                shared.update(same)
    order = {entry: place for place, (entry, _) in enumerate(ranks)}
    return sorted(rank_of.items(), key=lambda row: (row[1], order[row[0]])), shared
