"""The rules of a round as they are published: as plain values, their hash, and the versions that were frozen."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, RoundRules, Rubric
from app.campaigns.rules import RoundState
from app.campaigns.setup.checks import Finding, findings
from app.campaigns.setup.plans import round_plan
from app.campaigns.setup.rules import Stage
from app.core.clock import now
from app.core.db import db
from app.core.errors import WrongState
from app.judging import queries
from app.judging.methods.scoring import least_sheets
from app.judging.models import Entry, Mark, ScoreSheet


def rules_of(round_: Round) -> dict[str, Any]:
    """The rules of a round as plain values: what the hash is taken of, and what the results bundle prints."""
    rubric = round_.rubric
    return {
        "round": round_.key,
        "method": round_.method.value,
        "deviation": round_.deviation,
        "full_panel": round_.full_panel,
        "sheets_per_idea": None if round_.full_panel else round_.sheets_per_idea,
        "min_sheets": None if round_.full_panel else least_sheets(round_.sheets_per_idea),
        "blind": round_.blind,
        "gives_awards": round_.gives_awards,
        "cut_top": round_.cut_top,
        "pass_mark": round_.pass_mark,
        "scale": rubric.scale,
        "community_points": rubric.community_points,
        "tie_break": list(round_.tie_break),
        "criteria": criteria_of(rubric),
        "variants": [
            {"topic": variant.topic.slug, "name": variant.name, "criteria": criteria_of(variant)}
            for variant in rubric.variants
            if variant.topic is not None
        ],
        **({"bands": bands_of(rubric)} if rubric.bands else {}),  # rules without any keep their hash
    }


def hash_of(rules: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of the rules."""
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def freeze_rules(actor: User, round_: Round, reason: str = "") -> RoundRules:
    """Keep the rules as they stand now as the next version; the caller records it."""
    db.session.flush()
    rules = rules_of(round_)
    last = sa.select(sa.func.max(RoundRules.number)).where(RoundRules.round_id == round_.id)
    version = RoundRules(
        round_id=round_.id,
        number=(db.session.execute(last).scalar_one() or 0) + 1,
        hash=hash_of(rules),
        rules=rules,
        reason=reason,
        made_at=now(),
        made_by_id=actor.id,
    )
    db.session.add(version)
    round_.rules_hash = version.hash
    return version


def first_hash(round_: Round) -> str:
    """The hash of the rules as the round opened: what a later version changes must not draw lots anew."""
    first = sa.select(RoundRules.hash).where(RoundRules.round_id == round_.id, RoundRules.number == 1)
    return db.session.execute(first).scalar_one_or_none() or round_.rules_hash


def findings_of(round_: Round, *, panel: int | None = None) -> list[Finding]:
    """What is wrong or unwise about a round as it is planned, errors first. `panel`: its size, where it is known."""
    return findings(round_plan(round_, panel=queries.panel_size(round_) if panel is None else panel))


def require_sound(round_: Round) -> None:
    """Raises WrongState with the first thing that must be mended before the round may open."""
    for finding in findings_of(round_):
        if finding.stops:
            raise WrongState(finding.words)


def stage_of(round_: Round) -> Stage:
    """How far the round has come, as far as changing its rules is concerned."""
    if round_.state is RoundState.PLANNED:
        return Stage.PLANNED
    if round_.state is not RoundState.OPEN:
        return Stage.LOCKED
    marked = (
        sa.select(Mark.id)
        .join(ScoreSheet, Mark.sheet_id == ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id)
        .limit(1)
    )
    return Stage.OPEN if db.session.execute(marked).first() is None else Stage.MARKED


def bands_of(rubric: Rubric) -> list[dict[str, Any]]:
    """A rubric's bands as plain values, in the order in which they are tried."""
    return [{"name": band.name, "floor": band.floor, "floors": dict(band.floors)} for band in rubric.bands]


def criteria_of(rubric: Rubric) -> list[dict[str, Any]]:
    """A rubric's criteria as plain values, highest level first."""
    return [
        {
            "id": c.key,
            "name": c.name,
            "question": c.question,
            "max": c.max_points,
            "minimum": c.minimum,
            "informs_only": c.informs_only,
            "note_below": c.note_below,
            "note_above": c.note_above,
            "levels": [
                [level.points_from, level.points_to, level.label, level.text]
                for level in sorted(c.levels, key=lambda level: -level.points_from)
            ],
        }
        for c in rubric.criteria
    ]
