"""What a publication can become, and which awards may be proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from app.core.errors import Invalid
from app.core.flow import Flow
from app.core.i18n import _l

REASON_MIN_CHARS = 10


class PublicationState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class PublicationAction(StrEnum):
    PUBLISH = "results.publish"
    SUPERSEDE = "results.supersede"
    WITHDRAW = "results.withdraw"


P = PublicationState

PUBLICATION_FLOW = Flow[PublicationState]({
    #  action                        may start from      ends in
    PublicationAction.PUBLISH:   ({P.PROPOSED},        P.PUBLISHED),
    PublicationAction.SUPERSEDE: ({P.PUBLISHED},       P.SUPERSEDED),
    PublicationAction.WITHDRAW:  ({P.PROPOSED},        P.WITHDRAWN),
})  # fmt: skip


class AwardChoice(NamedTuple):
    """A prize for an idea, and why when it does not follow the ranking."""

    prize_id: int
    idea_id: int
    reason: str = ""


class PrizeOffer(NamedTuple):
    """A prize of the campaign as far as the choice is concerned."""

    id: int
    name: str
    places: int
    by_rank: bool  # False: it follows a rule of its own


class Ranked(NamedTuple):
    idea_id: int
    code: str
    rank: int
    shares: bool = False  # the council voted, and it stayed equal: they share the prize


def suggested(ranked: Sequence[Ranked], prizes: Sequence[PrizeOffer]) -> list[AwardChoice]:
    """Prizes down the ranking, as far as ranks and votes decide: an equal rank across two prizes needs a vote."""
    slots = [prize.id for prize in prizes if prize.by_rank for _place in range(prize.places)]
    prizes_of_rank: dict[int, set[int | None]] = {}
    places = [slots[place] if place < len(slots) else None for place in range(len(ranked))]
    for place, line in zip(places, ranked, strict=True):
        prizes_of_rank.setdefault(line.rank, set()).add(place)
    better: dict[int, int | None] = {}
    for place, line in zip(places, ranked, strict=True):
        better.setdefault(line.rank, place)  # of those who share, all get what the first of them would
    given = [
        (better[line.rank] if line.shares else place, line)
        for place, line in zip(places, ranked, strict=True)
        if line.shares or len(prizes_of_rank[line.rank]) == 1
    ]
    return [AwardChoice(prize_id, line.idea_id) for prize_id, line in given if prize_id is not None]


def check_awards(
    choices: Sequence[AwardChoice],
    prizes: Sequence[PrizeOffer],
    ranked: Sequence[Ranked],
    entered: Collection[int],
) -> None:
    """Raises Invalid where the choice gives away more than there is, or leaves the ranking without saying why."""
    if not choices:
        raise Invalid("awards", _l("Chọn ít nhất một giải."))
    offers, rank_of = {prize.id: prize for prize in prizes}, {line.idea_id: line for line in ranked}
    if {choice.prize_id for choice in choices} - offers.keys():
        raise Invalid("awards", _l("Giải này không thuộc cuộc thi."))
    if {choice.idea_id for choice in choices} - set(entered):
        raise Invalid("awards", _l("Chỉ trao giải cho ý tưởng có trong vòng này."))
    for prize in prizes:
        _enough_of(prize, [choice for choice in choices if choice.prize_id == prize.id], rank_of)
    by_rank = [choice for choice in choices if offers[choice.prize_id].by_rank]
    for idea_id in {choice.idea_id for choice in by_rank}:
        if sum(choice.idea_id == idea_id for choice in by_rank) > 1:
            raise Invalid(
                "awards", _l("%(code)s đang có hai giải theo thứ hạng.", code=_code(idea_id, rank_of))
            )
    follows = {choice[:2] for choice in suggested(ranked, prizes)}
    for choice in by_rank:
        if choice[:2] not in follows and len(choice.reason.strip()) < REASON_MIN_CHARS:
            raise Invalid(
                "awards",
                _l(
                    "%(prize)s cho %(code)s không theo thứ hạng: ghi lý do, ví dụ kết quả biểu quyết.",
                    prize=offers[choice.prize_id].name,
                    code=_code(choice.idea_id, rank_of),
                ),
            )


def _enough_of(prize: PrizeOffer, wanted: Sequence[AwardChoice], rank_of: Mapping[int, Ranked]) -> None:
    """Not more often than it exists; only an equal rank may share the last one."""
    ideas = {choice.idea_id for choice in wanted}
    if len(ideas) < len(wanted):
        raise Invalid("awards", _l("%(prize)s đang trao hai lần cho một ý tưởng.", prize=prize.name))
    ranks = sorted(rank_of[idea].rank if idea in rank_of else 0 for idea in ideas)
    shared = (
        prize.by_rank and ranks and ranks[prize.places - 1 :] == [ranks[-1]] * (len(ranks) - prize.places + 1)
    )
    if len(wanted) > prize.places and not shared:
        raise Invalid("awards", _l("%(prize)s chỉ có %(n)d suất.", prize=prize.name, n=prize.places))


def _code(idea_id: int, rank_of: Mapping[int, Ranked]) -> Any:
    return rank_of[idea_id].code if idea_id in rank_of else _l("Bài chưa có hạng")
