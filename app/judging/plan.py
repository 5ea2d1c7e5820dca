"""The assignment as a plan: computed from panel, conflicts and entries, shown first, stored only as it was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, Topic
from app.core.db import db
from app.core.events import Seal
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging.conflicts import forbidden_pairs
from app.judging.frozen import first_hash
from app.judging.methods.assignment import AssignmentInput, AssignmentResult, assign, everyone, seed_of
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
    entries, held = _entries_of(round_), _held(round_)
    ids, panel = {row.code: row.id for row in entries}, _panel_of(round_)
    left = _left(held, panel)
    given = _input(round_, entries, panel, held, left, accept_imbalance=accept_imbalance)
    result = everyone(given) if round_.full_panel else assign(given)
    already = {(ids[idea], int(judge)) for idea, judge in given.locked}
    pairs = [(ids[idea], int(judge)) for idea, judge in result.pairs]
    return Plan(
        result=result,
        added=tuple(pair for pair in pairs if pair not in already),
        kept=tuple(pair for pair in pairs if pair in already),
        order={int(judge): tuple(ids[idea] for idea in order) for judge, order in result.order.items()},
        names={**left, **{member.judge_id: member.full_name for member in panel}},
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


def _left(held: Sequence[tuple[int, int]], panel: Sequence[Any]) -> dict[int, str]:
    """Judges who left the panel, by name; what they submitted before counts as a sheet of its idea."""
    gone = {judge for _entry, judge in held} - {row.judge_id for row in panel}
    if not gone:
        return {}
    return dict(db.session.execute(sa.select(User.id, User.full_name).where(User.id.in_(gone))).all())


def drawn_from(round_: Round) -> str:
    """What the draw follows from, so that nobody can shop for one (judging.md 7).

    The head of the record as it stood when submissions closed, or when the round opened if that was earlier; where
    nothing had been sealed by then, the rules as the round opened. What is changed later draws nothing anew.
    """
    closed = round_.campaign.closes_at
    moment = min(closed, round_.opened_at or closed)
    head = sa.select(Seal.head).where(Seal.sealed_at <= moment).order_by(Seal.number.desc()).limit(1)
    return db.session.execute(head).scalar_one_or_none() or first_hash(round_) or "00"


def _input(
    round_: Round,
    entries: Sequence[Any],
    panel: Sequence[Any],
    held_ids: Sequence[tuple[int, int]],
    left: Mapping[int, str],
    *,
    accept_imbalance: bool,
) -> AssignmentInput:
    """Ideas go by their code, so that a refusal names them as staff know them.

    Who left is a judge who may take nothing but what was submitted.
    """
    codes = {row.id: row.code for row in entries}
    judges = {row.judge_id for row in panel}
    held = {(codes[entry], str(judge)) for entry, judge in held_ids if entry in codes}
    closed = {(code, str(judge)) for code in codes.values() for judge in left}
    forbidden = {
        (codes[entry], str(judge))
        for entry, judge in forbidden_pairs(round_)
        if entry in codes and judge in judges
    }
    topics = dict(db.session.execute(sa.select(Topic.slug, Topic.name)).all())
    return AssignmentInput(
        ideas=list(codes.values()),
        judges=[str(judge) for judge in (*judges, *left)],
        k=round_.sheets_per_idea,
        conflicts=(forbidden | closed) - held,
        limit={
            **{str(row.judge_id): row.max_sheets for row in panel if row.max_sheets is not None},
            **{str(judge): 0 for judge in left},  # no more than is held
        },
        topic={row.code: row.slug for row in entries},
        expertise={str(row.judge_id): row.expertise for row in panel},
        locked=held,
        names={
            **{str(judge): name for judge, name in left.items()},
            **{str(row.judge_id): row.full_name for row in panel},
            **topics,
        },
        seed=seed_of(drawn_from(round_), round_.id),
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
