"""The ranking of a locked round: computed once, exactly, from submitted sheets alone, and kept for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round
from app.core import clock
from app.core.db import db
from app.core.errors import WrongState
from app.core.events import record
from app.core.i18n import _l
from app.judging import queries as judging
from app.judging import rounds
from app.judging.codes import codes_of
from app.judging.methods.ranking import RankingInput, RankingResult, rank
from app.judging.methods.scoring import half_up
from app.judging.methods.working import Working, workings
from app.permissions import Action as A
from app.permissions import require
from app.results.council.models import Council
from app.results.council.rules import CouncilState
from app.results.models import Ranking, RankRow

ALIKE_FOR = 500  # ideas: for the leading ones it is said from whom the sheets cannot tell them apart
ALIKE_NAMED = 30  # of those, this many are named; of the others, how many there are


def lock_and_rank(actor: User, round_: Round) -> Ranking:
    """No more marks, and at once the ranking that follows from those there are."""
    rounds.lock_round(actor, round_)
    return freeze_ranking(actor, round_)


def freeze_ranking(actor: User, round_: Round) -> Ranking:
    """Compute the ranking of a locked round once, exactly, and keep it for ever. A second call finds the first."""
    require(actor, A.ROUND_MANAGE, round_)
    rounds.require_not_live(round_)
    return keep_ranking(actor, round_)


def keep_ranking(actor: User, round_: Round) -> Ranking:
    """`freeze_ranking` for commands that asked their own permission: the council's end, the live final's lock.

    Raises WrongState while a round is open, or its council sits: a sheet may still be amended.
    """
    existing = ranking_of(round_)
    if existing is not None:
        return existing
    hold_round(round_)
    if not round_.is_locked:
        raise WrongState(_l("Khóa vòng chấm trước khi xếp hạng."))
    sitting = sa.select(Council.id).where(Council.round_id == round_.id, Council.state == CouncilState.OPEN)
    if db.session.execute(sitting).first() is not None:
        raise WrongState(_l("Hội đồng đang họp. Vòng được xếp hạng khi phiên họp kết thúc."))
    return write_down(actor, computed(round_, number=1), round_)


def computed(round_: Round, *, number: int) -> Ranking:
    """The ranking that follows from the sheets as they stand, with its hash; not kept yet."""
    given = judging.ranking_input(round_)
    result = rank(given)
    codes = {str(judge_id): code for judge_id, code in codes_of(round_).items()}
    ranking = Ranking(
        round_id=round_.id,
        number=number,
        method_used=result.method_used.value,
        fallback=result.fallback.value if result.fallback else "",
        figures=_figures(given, result, codes),
        content_hash="",
        computed_at=clock.now(),
        rows=_rows(result, workings(result, given.deviation), codes),
    )
    ranking.content_hash = content_hash(ranking)
    return ranking


def write_down(actor: User, ranking: Ranking, round_: Round) -> Ranking:
    """Write a computed ranking down for ever."""
    db.session.add(ranking)
    db.session.flush()
    record(
        "ranking.frozen",
        round_,
        actor,
        rows=[ranking],
        ranking_id=ranking.id,
        number=ranking.number,
        content_hash=ranking.content_hash,
    )
    return ranking


def hold_round(round_: Round) -> None:
    """A council is convened or a ranking kept, never both at once."""
    db.session.execute(sa.select(Round.id).where(Round.id == round_.id).with_for_update())


def ranking_of(round_: Round) -> Ranking | None:
    """The newest ranking of a round."""
    return db.session.scalars(
        sa.select(Ranking).where(Ranking.round_id == round_.id).order_by(Ranking.number.desc()).limit(1)
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
            *(
                [row.working, row.alike] if row.working or row.alike else []
            ),  # rankings of the first release had none
            *([{"band": row.band}] if row.band else []),
        ]
        for row in ranking.rows
    ]
    whole = [ranking.method_used, ranking.fallback, ranking.figures, rows]
    return hashlib.sha256(
        json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _figures(given: RankingInput, result: RankingResult, codes: Mapping[str, str]) -> dict[str, object]:
    """What the ranking rests on, as text, under the judges' codes."""
    found = result.estimate
    return {
        "lambda": str(result.lam) if result.lam is not None else None,
        "reliability": f"{result.reliability:.2f}" if result.reliability is not None else None,
        "severity": {codes[judge]: str(value) for judge, value in result.severity.items()},
        "error_variance": _variance(found.error_variance),
        "judge_variance": _variance(found.judge_variance),
        "sheets_left_over": found.df,
        "groups": found.components,
        "least_sheets": given.min_sheets,
        "below_minimum": {entry: list(names) for entry, names in result.below_minimum.items()},
    }


def _variance(value: Fraction | None) -> str | None:
    """Square points with four decimals."""
    return None if value is None else str(Decimal(half_up(value * 10_000)).scaleb(-4))


def _working(working: Working | None, codes: Mapping[str, str]) -> dict[str, object]:
    """As it is kept: lines in the order of the codes, which says nothing of who came first."""
    if working is None:
        return {}
    lines = [
        {
            "judge": codes[line.judge],
            "total": line.total,
            "leniency": line.leniency,
            "corrected": line.corrected,
            "left_out": line.left_out.value if line.left_out else "",
        }
        for line in working.lines
    ]
    return {
        "lines": sorted(lines, key=lambda line: (len(str(line["judge"])), str(line["judge"]))),
        "mean": working.mean,
        "endless": working.endless,
        "adds_up": working.adds_up,
    }


def _alike(result: RankingResult) -> dict[str, dict[str, object]]:
    """For the leading ideas: how many cannot be told apart from each, and the nearest of them."""
    ranked = [row.idea for row in result.rows]
    scores = np.array([float(row.score) for row in result.rows])
    found: dict[str, dict[str, object]] = {}
    for place, idea in enumerate(ranked[:ALIKE_FOR]):
        others = (
            result.precision.alike(scores, place)
            if result.precision
            else [other for other in range(len(ranked)) if other != place]
        )
        nearest = sorted(sorted(others, key=lambda other: (abs(other - place), other))[:ALIKE_NAMED])
        found[idea] = {"count": len(others), "nearest": [int(ranked[other]) for other in nearest]}
    return found


def _rows(result: RankingResult, workings: Mapping[str, Working], codes: Mapping[str, str]) -> list[RankRow]:
    alike = _alike(result)
    through, council = set(result.advance.through), set(result.advance.council)
    rows = [
        RankRow(
            entry_id=int(row.idea),
            position=position,
            rank=row.rank,
            unranked="",  # said here, so that the hash of a row is the same before and after it is written
            score=int(row.score * 100),
            community=int(row.community * 100),
            sheets=row.sheets,
            low=int(row.low * 100),
            high=int(row.high * 100),
            interval_from=row.interval[0],
            interval_to=row.interval[1],
            criterion_means={name: str(mean) for name, mean in {**row.criteria, **row.informs}.items()},
            tie_break=row.tie_break_used or "",
            band=row.band,
            working=_working(workings.get(row.idea), codes),
            alike=alike.get(row.idea, {}),
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
            band="",
            unranked=reason.value,
            sheets=len(held.get(entry, ())),
            criterion_means={},
            working=_working(workings.get(entry), codes),
            alike={},
        )
        for number, (entry, reason) in enumerate(sorted(result.unranked.items()), start=1)
    ]
    return rows
