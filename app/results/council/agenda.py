"""What the sheets call on the council to look at: disagreements first, then ties, then the zone around the cut."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Prize, Round
from app.core.db import db
from app.core.events import record
from app.judging.findings import Findings, findings_of
from app.results.council import queries
from app.results.council.models import CaseEntry, Council, CouncilCase
from app.results.council.rules import CaseKind, Draft, refined, ties


def drafts_of(round_: Round, found: Findings) -> list[Draft]:
    """The cases that these findings call for. Two queries."""
    advance = found.result.advance
    drafts = [
        Draft(CaseKind.DISAGREEMENT, (int(row.idea),))
        for row in found.disagreements
        if _ranked(row.idea, found)
    ]
    if advance.council:
        places = (round_.cut_top or 0) - len(advance.through)
        drafts.append(Draft(CaseKind.CUT_TIE, tuple(map(int, advance.council)), places))
    if gives_prizes(round_):
        ranks = [(int(row.idea), row.rank) for row in found.result.rows]
        drafts += ties(*_after_votes(ranks, round_.id))
    if advance.discussion:
        drafts.append(Draft(CaseKind.DISCUSSION, tuple(map(int, advance.discussion))))
    return drafts


def bring_up_to_date(actor: User, council: Council) -> None:
    """Add cases that have come up, take out those that nobody has touched and nothing calls for any more."""
    drafts = {draft.key: draft for draft in drafts_of(council.round, findings_of(council.round))}
    held = {key_of(case): case for case in council.cases}
    gone = [case for key, case in held.items() if key not in drafts and not is_touched(case)]
    for case in gone:
        council.cases.remove(case)
    last = max((case.position for case in council.cases), default=0)
    new = [
        CouncilCase(
            position=position,
            kind=draft.kind,
            prize_id=draft.prize_id,
            places=draft.places,
            entries=[CaseEntry(entry_id=entry_id) for entry_id in draft.entry_ids],
        )
        for position, draft in enumerate(
            (draft for key, draft in drafts.items() if key not in held), start=last + 1
        )
    ]
    council.cases.extend(new)
    if new or gone:
        gone_ids = [case.id for case in gone]
        db.session.flush()  # new cases have their ids only now
        record(
            "council.listed",
            council,
            actor,
            added=[[case.id, case.kind.value, [line.entry_id for line in case.entries]] for case in new],
            removed=gone_ids,
        )


def key_of(case: CouncilCase) -> tuple[CaseKind, int | None, frozenset[int]]:
    return Draft(case.kind, tuple(line.entry_id for line in case.entries), prize_id=case.prize_id).key


def is_touched(case: CouncilCase) -> bool:
    return bool(case.note or case.decided_at or case.vote_opened_at)


def gives_prizes(round_: Round) -> bool:
    """The round whose ranking the prizes follow: named so, or the last one."""
    later = sa.select(Round.id).where(
        Round.campaign_id == round_.campaign_id, Round.position > round_.position
    )
    return round_.gives_awards or db.session.execute(later.limit(1)).first() is None


def _after_votes(
    ranks: list[tuple[int, int]], round_id: int
) -> tuple[list[tuple[int, int]], list[int], set[int]]:
    """Ranks as votes have parted them, the prize of each place, and who shares one."""
    parted, shared = refined(ranks, queries.prize_votes(round_id))
    prizes = db.session.execute(
        sa.select(Prize.id, Prize.count)
        .join(Round, Prize.campaign_id == Round.campaign_id)
        .where(Round.id == round_id, Prize.rule == "")
        .order_by(Prize.position)
    )
    return parted, [prize_id for prize_id, count in prizes for _place in range(count)], shared


def _ranked(idea: str, found: Findings) -> bool:
    return idea not in found.result.unranked
