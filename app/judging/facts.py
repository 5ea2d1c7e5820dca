"""What the record keeps of judging: rounds once open, entries, panel, conflicts, and every sheet with its marks.

What of it may be published once the results are: of a sheet codes, marks and state; by `published_as` the hash of a
version of the rules, and the community's votes for an entry. Never who or when; and nothing of the panel, whose order
of joining is known to many: beside the codes it would say who is who.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.campaigns.models import Criterion, Round, RoundRules, Rubric
from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.facts import Fact, digest, facts_of, instant, published_as
from app.judging.codes import codes_in
from app.judging.frozen import hash_of, rules_of
from app.judging.models import Conflict, Entry, Mark, PanelMember, ScoreSheet, Secretary
from app.judging.rules import SCORABLE


@facts_of(Round)
def rounds(ids: Sequence[int]) -> Iterator[Fact]:
    """From its opening on: until then it may still be planned otherwise."""
    found = db.session.scalars(
        sa.select(Round)
        .where(Round.id.in_(ids), Round.state != RoundState.PLANNED)
        .options(
            joinedload(Round.rubric).options(
                selectinload(Rubric.criteria).selectinload(Criterion.levels), selectinload(Rubric.bands)
            )
        )
        .execution_options(populate_existing=True)
    )
    for round_ in found:
        yield Fact(
            round_.id,
            {
                "campaign": round_.campaign_id,
                "state": round_.state.value,
                "starts_at": instant(round_.starts_at),
                "ends_at": instant(round_.ends_at),
                "opened_at": instant(round_.opened_at),
                "locked_at": instant(round_.locked_at),
                "gives_awards": round_.gives_awards,
                "is_live": round_.is_live,
                "rules_hash": round_.rules_hash,
                "rules_now": hash_of(
                    rules_of(round_)
                ),  # the rubric as it stands: it was frozen at the opening
            },
        )


@facts_of(RoundRules)
def round_rules(ids: Sequence[int]) -> Iterator[Fact]:
    rows = db.session.execute(
        sa.select(RoundRules, Round.key)
        .join(Round, RoundRules.round_id == Round.id)
        .where(RoundRules.id.in_(ids))
    )
    for version, key in rows:
        yield Fact(
            version.id,
            {
                "round": version.round_id,
                "number": version.number,
                "hash": version.hash,
                "rules": hash_of(version.rules),
                "reason": digest(version.reason),
                "made_at": instant(version.made_at),
                "made_by": version.made_by_id,
            },
            shown=published_as("rules", key, str(version.number), version.hash),
        )


@facts_of(Entry)
def entries(ids: Sequence[int]) -> Iterator[Fact]:
    rows = db.session.execute(
        sa.select(
            Entry.id,
            Entry.round_id,
            Entry.idea_id,
            Entry.version_id,
            Entry.judging_code,
            Entry.community_votes,
            Entry.excluded_as,
            Entry.excluded_reason,
            Entry.entered_at,
            Round.key,
        )
        .join(Round, Entry.round_id == Round.id)
        .where(Entry.id.in_(ids))
    )
    for row in rows:
        yield Fact(
            row.id,
            {
                "round": row.round_id,
                "idea": row.idea_id,
                "version": row.version_id,
                "code": row.judging_code,
                "votes": row.community_votes,
                "is_active": row.excluded_as is None,
                "excluded_as": row.excluded_as.value if row.excluded_as else None,
                "excluded_reason": digest(row.excluded_reason),
                "entered_at": instant(row.entered_at),
            },
            shown=published_as("votes", row.key, row.judging_code, row.community_votes),
        )


@facts_of(PanelMember)
def panel_members(ids: Sequence[int]) -> Iterator[Fact]:
    members = sa.select(PanelMember).where(PanelMember.id.in_(ids))
    for member in db.session.scalars(members.execution_options(populate_existing=True)):
        yield Fact(
            member.id,
            {
                "round": member.round_id,
                "judge": member.judge_id,
                "code": member.code,
                "is_chair": member.is_chair,
                "is_secretary": member.is_secretary,
                "max_sheets": member.max_sheets,
                "expertise": list(member.expertise),
                "confirmed_at": instant(member.confirmed_at),
                "commitment": member.commitment,
            },
        )


@facts_of(Secretary)
def secretaries(ids: Sequence[int]) -> Iterator[Fact]:
    rows = db.session.scalars(sa.select(Secretary).where(Secretary.id.in_(ids)))
    for row in rows:
        yield Fact(
            row.id,
            {
                "round": row.round_id,
                "person": row.person_id,
                "appointed_by": row.appointed_by_id,
                "appointed_at": instant(row.appointed_at),
            },
        )


@facts_of(Conflict)
def conflicts(ids: Sequence[int]) -> Iterator[Fact]:
    held = sa.select(Conflict).where(Conflict.id.in_(ids))
    for conflict in db.session.scalars(held.execution_options(populate_existing=True)):
        yield Fact(
            conflict.id,
            {
                "judge": conflict.judge_id,
                "campaign": conflict.campaign_id,
                "kind": conflict.kind.value,
                "idea": conflict.idea_id,
                "person": conflict.person_id,
                "unit": conflict.unit_id,
                "reason": digest(conflict.reason),
                "made_by": conflict.made_by_id,
                "made_at": instant(conflict.made_at),
            },
        )


@facts_of(ScoreSheet)
def score_sheets(ids: Sequence[int]) -> Iterator[Fact]:
    """Marks and words only of a sheet that its judge is done with: a draft is the judge's own. Four queries."""
    rows = db.session.execute(
        sa.select(
            ScoreSheet.id,
            ScoreSheet.entry_id,
            ScoreSheet.judge_id,
            ScoreSheet.position,
            ScoreSheet.state,
            ScoreSheet.comment,
            ScoreSheet.released_comment,
            ScoreSheet.assigned_at,
            ScoreSheet.submitted_at,
            ScoreSheet.reason,
            ScoreSheet.correcting,
            Entry.round_id,
            Entry.judging_code,
            Round.key,
        )
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .join(Round, Entry.round_id == Round.id)
        .where(ScoreSheet.id.in_(ids))
    ).all()
    marks = _marks([row.id for row in rows if row.state not in SCORABLE])
    codes = codes_in({row.round_id for row in rows})
    for row in rows:
        is_done = row.state not in SCORABLE
        given = marks.get(row.id, {}) if is_done else {}
        yield Fact(
            row.id,
            {
                "entry": row.entry_id,
                "judge": row.judge_id,
                "position": row.position,
                "state": row.state.value,
                "marks": given,
                "comment": digest(row.comment) if is_done else "",
                "released": digest(row.released_comment),
                "assigned_at": instant(row.assigned_at),
                "submitted_at": instant(row.submitted_at),
                "reason": digest(row.reason),
                "correcting": row.correcting,
            },
            shown={
                "round": row.key,
                "idea": row.judging_code,
                "judge": codes.get((row.round_id, row.judge_id), ""),
                "state": row.state.value,
                "marks": given,
            },
        )


def _marks(sheet_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Hundredths by criterion, of each sheet."""
    found: dict[int, dict[str, Any]] = {}
    if sheet_ids:
        rows = db.session.execute(
            sa.select(Mark.sheet_id, Criterion.key, Mark.hundredths)
            .join(Criterion, Mark.criterion_id == Criterion.id)
            .where(Mark.sheet_id.in_(sheet_ids), Mark.hundredths.is_not(None))
        )
        for sheet_id, key, hundredths in rows:
            found.setdefault(sheet_id, {})[key] = hundredths
    return found
