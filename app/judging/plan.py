"""The assignment as a plan: computed from panel, conflicts and entries, shown first, stored only as it was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, Topic
from app.core.db import db
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging.assignment import AssignmentInput, AssignmentResult, assign, everyone, seed_of
from app.judging.conflicts import forbidden_pairs
from app.judging.frozen import first_hash
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import HOLDING


@dataclass(frozen=True)
class Plan:
    """Who reads what: ids of entries and judges."""

    result: AssignmentResult
    added: tuple[tuple[int, int], ...]  # (entry, judge) without a sheet yet
    kept: tuple[tuple[int, int], ...]
    order: dict[int, tuple[int, ...]]  # judge → entries in reading order
    names: dict[int, str]
    codes: dict[int, str]
    fingerprint: str


def plan_of(round_: Round, *, accept_imbalance: bool = False) -> Plan:
    """The one plan that the round's panel, conflicts and entries lead to. Raises Infeasible with what would help."""
    entries = _entries_of(round_)
    ids, panel = {row.code: row.id for row in entries}, _panel_of(round_)
    given = _input(round_, entries, panel, accept_imbalance=accept_imbalance)
    result = everyone(given) if round_.full_panel else assign(given)
    held = {(ids[idea], int(judge)) for idea, judge in given.locked}
    pairs = [(ids[idea], int(judge)) for idea, judge in result.pairs]
    return Plan(
        result=result,
        added=tuple(pair for pair in pairs if pair not in held),
        kept=tuple(pair for pair in pairs if pair in held),
        order={int(judge): tuple(ids[idea] for idea in order) for judge, order in result.order.items()},
        names={member.judge_id: member.full_name for member in panel},
        codes={row.id: row.judging_code for row in entries},
        fingerprint=hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest(),
    )


def _entries_of(round_: Round) -> Sequence[sa.Row[tuple[int, str, str, str]]]:
    return db.session.execute(
        sa.select(Entry.id, Idea.code.label("code"), Entry.judging_code, Topic.slug)
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Topic, Idea.topic_id == Topic.id)
        .where(Entry.round_id == round_.id, Entry.is_active.is_(True), Idea.state != IdeaState.WITHDRAWN)
    ).all()  # type: ignore[return-value]


def _panel_of(round_: Round) -> Sequence[sa.Row[tuple[int, int | None, list[Any], str]]]:
    return db.session.execute(
        sa.select(PanelMember.judge_id, PanelMember.max_sheets, PanelMember.expertise, User.full_name)
        .join(User, PanelMember.judge_id == User.id)
        .where(PanelMember.round_id == round_.id)
    ).all()


def _input(
    round_: Round, entries: Sequence[Any], panel: Sequence[Any], *, accept_imbalance: bool
) -> AssignmentInput:
    """Ideas go by their code, so that a refusal names them as staff know them."""
    codes = {row.id: row.code for row in entries}
    judges = {row.judge_id for row in panel}
    held = {
        (codes[entry], str(judge)) for entry, judge in _held(round_) if entry in codes and judge in judges
    }
    forbidden = {
        (codes[entry], str(judge))
        for entry, judge in forbidden_pairs(round_)
        if entry in codes and judge in judges
    }
    topics = dict(db.session.execute(sa.select(Topic.slug, Topic.name)).all())
    return AssignmentInput(
        ideas=list(codes.values()),
        judges=[str(judge) for judge in judges],
        k=round_.sheets_per_idea,
        conflicts=forbidden - held,
        limit={str(row.judge_id): row.max_sheets for row in panel if row.max_sheets is not None},
        topic={row.code: row.slug for row in entries},
        expertise={str(row.judge_id): row.expertise for row in panel},
        locked=held,
        names={**{str(row.judge_id): row.full_name for row in panel}, **topics},
        # nobody can shop for a seed: it follows from the rules as the round opened, whatever was changed since
        seed=seed_of(first_hash(round_) or "00", round_.id),
        accept_imbalance=accept_imbalance,
    )


def _held(round_: Round) -> list[tuple[int, int]]:
    """(entry, judge) of every sheet that a judge still has."""
    rows = db.session.execute(
        sa.select(ScoreSheet.entry_id, ScoreSheet.judge_id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.state.in_(HOLDING))
    )
    return [(entry_id, judge_id) for entry_id, judge_id in rows]
