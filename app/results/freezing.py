"""The ranking of a locked round: computed once, exactly, from submitted sheets alone, and kept for ever."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import db
from app.core.errors import WrongState
from app.core.events import record
from app.core.i18n import _l
from app.judging import queries as judging
from app.judging import rounds
from app.judging.codes import codes_of
from app.judging.ranking import RankingResult, rank
from app.permissions import Action as A
from app.permissions import require
from app.results.models import Ranking, RankRow


def lock_and_rank(actor: User, round_: Round) -> Ranking:
    """No more marks, and at once the ranking that follows from those there are."""
    rounds.lock_round(actor, round_)
    return freeze_ranking(actor, round_)


def freeze_ranking(actor: User, round_: Round) -> Ranking:
    """Compute the ranking of a locked round once, exactly, and keep it for ever. A second call finds the first."""
    require(actor, A.ROUND_MANAGE, round_)
    existing = ranking_of(round_)
    if existing is not None:
        return existing
    if round_.state not in {RoundState.LOCKED, RoundState.CLOSED}:
        raise WrongState(_l("Khóa vòng chấm trước khi xếp hạng."))
    result = rank(judging.ranking_input(round_))
    ranking = Ranking(
        round_id=round_.id,
        method_used=result.method_used.value,
        fallback=result.fallback.value if result.fallback else "",
        figures=_figures(round_, result),
        content_hash="",
        computed_at=clock.now(),
        rows=_rows(result),
    )
    db.session.add(ranking)
    db.session.flush()  # the hash is of what the rows hold, defaults included: anyone can take it again
    ranking.content_hash = content_hash(ranking)
    record(
        "ranking.frozen",
        round_,
        actor,
        rows=[ranking],
        ranking_id=ranking.id,
        content_hash=ranking.content_hash,
    )
    return ranking


def ranking_of(round_: Round) -> Ranking | None:
    """The frozen ranking of a round."""
    return db.session.scalars(
        sa.select(Ranking).where(Ranking.round_id == round_.id).order_by(Ranking.id.desc()).limit(1)
    ).first()


def content_hash(ranking: Ranking) -> str:
    """SHA-256 of the canonical JSON of everything the ranking says."""
    rows = [
        [
            row.entry_id,
            row.position,
            row.rank,
            row.unranked,
            row.score,
            row.community,
            row.sheets,
            row.criterion_means,
        ]
        for row in ranking.rows
    ]
    whole = [ranking.method_used, ranking.fallback, ranking.figures, rows]
    return hashlib.sha256(
        json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _figures(round_: Round, result: RankingResult) -> dict[str, object]:
    """What the ranking rests on, as text, under the judges' codes."""
    codes = {str(judge_id): code for judge_id, code in codes_of(round_).items()}
    return {
        "lambda": str(result.lam) if result.lam is not None else None,
        "reliability": f"{result.reliability:.2f}" if result.reliability is not None else None,
        "severity": {codes.get(judge, "GK?"): str(value) for judge, value in result.severity.items()},
        "below_minimum": {entry: list(names) for entry, names in result.below_minimum.items()},
    }


def _rows(result: RankingResult) -> list[RankRow]:
    through, council = set(result.advance.through), set(result.advance.council)
    rows = [
        RankRow(
            entry_id=int(row.idea),
            position=position,
            rank=row.rank,
            score=int(row.score * 100),
            community=int(row.community * 100),
            sheets=row.sheets,
            low=int(row.low * 100),
            high=int(row.high * 100),
            interval_from=row.interval[0],
            interval_to=row.interval[1],
            criterion_means={name: str(mean) for name, mean in {**row.criteria, **row.informs}.items()},
            tie_break=row.tie_break_used or "",
            advances=row.idea in through,
            in_council=row.idea in council,
        )
        for position, row in enumerate(result.rows, start=1)
    ]
    held = dict(zip(result.totals.ideas, result.totals.sheets, strict=True))
    rows += [
        RankRow(
            entry_id=int(entry),
            position=len(rows) + number,
            unranked=reason.value,
            sheets=len(held.get(entry, ())),
            criterion_means={},
        )
        for number, (entry, reason) in enumerate(sorted(result.unranked.items()), start=1)
    ]
    return rows
