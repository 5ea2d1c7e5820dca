"""The minutes: who was there, each case with what was said, voted and decided, which sheets were amended.

Only codes stand beside amended sheets; who gave which mark is nobody's business outside the council.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.judging.secretary.queries import beside_the_panel
from app.results.council import queries, tables
from app.results.council.models import Council, CouncilCase
from app.results.council.queries import AmendedLine, Member
from app.results.council.words import outcome_words, title_with_places
from app.results.freezing import ranking_of


class Tally(NamedTuple):
    """One idea in a vote."""

    idea: str
    votes: int | None  # None: so few ballots that the count would give single votes away
    outcome: str


class CaseMinutes(NamedTuple):
    title: str
    ideas: list[str]
    note: str
    voters: int
    voted: int
    tallies: list[Tally]
    decision: str
    reason: str


class Minutes(NamedTuple):
    round_name: str
    campaign_name: str
    place: str
    opened_at: datetime
    closed_at: datetime | None
    present: list[Member]
    absent: list[Member]
    secretaries: list[str]  # who mark nothing
    cases: list[CaseMinutes]
    amended: list[AmendedLine]
    ranking_hash: str  # of the ranking that was frozen when the session ended


def minutes_of(council: Council) -> Minutes:
    """Of a session that has ended. Six queries beside the session itself."""
    members = queries.members_of(council.round_id)
    prizes = queries.prize_names(council.round)
    ranking = ranking_of(council.round)
    return Minutes(
        round_name=council.round.name,
        campaign_name=council.round.campaign.name,
        place=council.place,
        opened_at=council.opened_at,
        closed_at=council.closed_at,
        present=[member for member in members if member.judge_id in council.present_ids],
        absent=[member for member in members if member.judge_id not in council.present_ids],
        secretaries=[name for _person_id, name in beside_the_panel(council.round_id)],
        cases=[_case(case, prizes) for case in tables.in_order(council)],
        amended=queries.amended_of(council.round_id),
        ranking_hash=ranking.content_hash if ranking else "",
    )


def _case(case: CouncilCase, prizes: dict[int, str]) -> CaseMinutes:
    names = {
        line.entry_id: f"{line.entry.judging_code} – {line.entry.idea_version.title}" for line in case.entries
    }
    return CaseMinutes(
        title=title_with_places(case, prizes),
        ideas=list(names.values()),
        note=case.note,
        voters=len(case.voters),
        voted=sum(voter.has_voted for voter in case.voters),
        tallies=[
            Tally(
                names[line.entry_id],
                line.votes if case.shows_count else None,
                outcome_words(case, line.outcome),
            )
            for line in case.entries
            if case.vote_closed_at is not None
        ],
        decision=case.decision,
        reason=case.reason,
    )
