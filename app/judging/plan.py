"""The assignment as a plan: computed from panel, conflicts, entries and sheets, shown first, stored as it was shown.

A plan is a difference. Sheets on which anything stands are where they are for good; untouched ones stay too, unless
something better needs them: a judge who joined, a lower limit, an idea without an expert (judging.md 7).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.accounts.models import Unit, User
from app.campaigns.models import Round, Topic
from app.core.db import db
from app.core.events import Seal
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging.conflicts import forbidden_pairs
from app.judging.frozen import first_hash
from app.judging.holding import Held, held_in
from app.judging.methods import design
from app.judging.methods.assignment import AssignmentInput, AssignmentResult, assign, everyone, seed_of
from app.judging.models import Entry, PanelMember

Pair = tuple[int, int]  # entry, judge


class Move(NamedTuple):
    """An idea of a judge's pack that comes or goes, and who has it instead or had it before."""

    entry_id: int
    other: int | None  # None: nobody, the idea has a sheet more or one less


@dataclass(frozen=True)
class Plan:
    """Who reads what: ids of entries and judges."""

    result: AssignmentResult
    added: tuple[Pair, ...]  # without a sheet yet
    kept: tuple[Pair, ...]
    begun: frozenset[int]  # sheets that this plan takes as begun: nobody can move them
    withdrawn: dict[Pair, int]  # untouched sheets that go, by id
    order: dict[int, tuple[int, ...]]  # judge → entries in reading order
    names: dict[int, str]
    codes: dict[int, str]
    efficiency_before: float | None  # None: nothing was dealt yet
    fingerprint: str

    @property
    def came(self) -> dict[int, list[Move]]:
        """Judge → ideas new to them, in their reading order."""
        added, swaps = set(self.added), self._swaps
        return {
            judge: [Move(entry, swaps.get((entry, judge))) for entry in order if (entry, judge) in added]
            for judge, order in self.order.items()
        }

    @property
    def went(self) -> dict[int, list[Move]]:
        """Judge → ideas that they lose."""
        to = {(entry, giver): taker for (entry, taker), giver in self._swaps.items()}
        found: dict[int, list[Move]] = {}
        for entry, judge in self.withdrawn:
            found.setdefault(judge, []).append(Move(entry, to.get((entry, judge))))
        return found

    @property
    def fixed(self) -> int:
        """How many of the kept sheets nobody can move."""
        return len(self.begun)

    @property
    def moved(self) -> int:
        """How many sheets go from one judge to another."""
        return len(self._swaps)

    @property
    def loads_before(self) -> dict[int, int]:
        loads = dict.fromkeys(self.order, 0)
        for _entry, judge in (*self.kept, *self.withdrawn):
            loads[judge] += 1
        return loads

    @property
    def changes(self) -> bool:
        return bool(self.added or self.withdrawn)

    def without(self, kept: Collection[int]) -> Plan:
        """What somebody reads of it from whom these entries are kept: who has their idea is not theirs to know."""
        return replace(
            self,
            added=tuple(pair for pair in self.added if pair[0] not in kept),
            kept=tuple(pair for pair in self.kept if pair[0] not in kept),
            withdrawn={pair: sheet for pair, sheet in self.withdrawn.items() if pair[0] not in kept},
            order={
                judge: tuple(entry for entry in order if entry not in kept)
                for judge, order in self.order.items()
            },
        )

    @property
    def _swaps(self) -> dict[Pair, int]:
        """(entry, judge who gets it) → who had it."""
        givers: dict[int, list[int]] = {}
        for entry, judge in sorted(self.withdrawn):
            givers.setdefault(entry, []).append(judge)
        return {
            (entry, taker): givers[entry].pop(0) for entry, taker in sorted(self.added) if givers.get(entry)
        }


def plan_of(round_: Round, *, accept_imbalance: bool = False, begun: Collection[int] | None = None) -> Plan:
    """The one plan that the round's panel, conflicts, entries and sheets lead to.

    `begun`: the sheets that had been begun when a plan was shown, to come to the same one again; None: those of now.
    Judges go on marking while somebody reads a preview, and each first mark would lead to another of many plans that
    are equally good. Raises Infeasible with what would help.
    """
    entries, panel = _entries_of(round_), _panel_of(round_)
    ids = {row.code: row.id for row in entries}
    inside = set(ids.values())
    held = [one for one in held_in(round_) if one.entry_id in inside]
    if begun is not None:
        held = [one._replace(untouched=one.sheet_id not in begun) for one in held]
    left = _left(held, panel)
    given = _input(round_, entries, panel, held, left, accept_imbalance=accept_imbalance)
    result = everyone(given) if round_.full_panel else assign(given)
    pairs = dict.fromkeys((ids[idea], int(judge)) for idea, judge in result.pairs)
    sheets = {(one.entry_id, one.judge_id): one for one in held}
    added = tuple(pair for pair in pairs if pair not in sheets)
    kept = tuple(pair for pair in pairs if pair in sheets)
    withdrawn = {pair: one.sheet_id for pair, one in sheets.items() if pair not in pairs}
    return Plan(
        result=result,
        added=added,
        kept=kept,
        begun=frozenset(one.sheet_id for one in held if not one.untouched),
        withdrawn=withdrawn,
        order={int(judge): tuple(ids[idea] for idea in order) for judge, order in result.order.items()},
        names={**left, **{member.judge_id: member.full_name for member in panel}},
        codes={row.id: row.judging_code for row in entries},
        efficiency_before=_efficiency(sheets),
        fingerprint=_fingerprint(added, kept, withdrawn),
    )


def _fingerprint(*parts: Iterable[Pair]) -> str:
    """Of the difference, not of what comes out of it: exactly what was seen is stored."""
    return hashlib.sha256(json.dumps([sorted(part) for part in parts]).encode()).hexdigest()


def _efficiency(pairs: Iterable[Pair]) -> float | None:
    packs: dict[int, list[int]] = {}
    for entry, judge in pairs:
        packs.setdefault(entry, []).append(judge)
    if not packs:
        return None
    judges = {
        judge: number for number, judge in enumerate(sorted({j for pack in packs.values() for j in pack}))
    }
    return design.efficiency([[judges[judge] for judge in pack] for pack in packs.values()], len(judges))


def _entries_of(round_: Round) -> Sequence[sa.Row[tuple[int, str, str, str, int | None, str | None]]]:
    """Ideas in the round with topic and unit; the unit is that of whoever wrote it down first."""
    return db.session.execute(
        sa.select(
            Entry.id,
            Idea.code.label("code"),
            Entry.judging_code,
            Topic.slug,
            Unit.id.label("unit_id"),
            Unit.short_name.label("unit_name"),
        )
        .join(Idea, Entry.idea_id == Idea.id)
        .join(Topic, Idea.topic_id == Topic.id)
        .join(User, Idea.created_by_id == User.id)
        .outerjoin(Unit, User.unit_id == Unit.id)
        .where(Entry.round_id == round_.id, Entry.excluded_as.is_(None), Idea.state != IdeaState.WITHDRAWN)
    ).all()  # type: ignore[return-value]


def _panel_of(round_: Round) -> Sequence[sa.Row[tuple[int, int | None, list[Any], str]]]:
    return db.session.execute(
        sa.select(PanelMember.judge_id, PanelMember.max_sheets, PanelMember.expertise, User.full_name)
        .join(User, PanelMember.judge_id == User.id)
        .where(PanelMember.round_id == round_.id)
    ).all()


def _left(held: Sequence[Held], panel: Sequence[Any]) -> dict[int, str]:
    """Judges who left the panel, by name; what they submitted before counts as a sheet of its idea."""
    gone = {one.judge_id for one in held} - {row.judge_id for row in panel}
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
    held: Sequence[Held],
    left: Mapping[int, str],
    *,
    accept_imbalance: bool,
) -> AssignmentInput:
    """Ideas go by their code, so that a refusal names them as staff know them.

    Who left is a judge who may take nothing but what was submitted. Topic and unit are for the words of a refusal,
    which only organisers read: judges of a blind round never learn an author's unit from here.
    """
    codes = {row.id: row.code for row in entries}
    judges = {row.judge_id for row in panel}
    fixed = {(codes[one.entry_id], str(one.judge_id)) for one in held if not one.untouched}
    loose = {(codes[one.entry_id], str(one.judge_id)) for one in held if one.untouched}
    closed = {(code, str(judge)) for code in codes.values() for judge in left}
    forbidden = {
        (codes[entry], str(judge))
        for entry, judge in forbidden_pairs(round_)
        if entry in codes and judge in judges
    }
    return AssignmentInput(
        ideas=list(codes.values()),
        judges=[str(judge) for judge in (*judges, *left)],
        k=round_.sheets_per_idea,
        conflicts=(forbidden | closed) - fixed,
        limit={
            **{str(row.judge_id): row.max_sheets for row in panel if row.max_sheets is not None},
            **{str(judge): 0 for judge in left},  # no more than is held
        },
        topic={row.code: row.slug for row in entries},
        expertise={str(row.judge_id): row.expertise for row in panel},
        unit={row.code: _unit(row) for row in entries if row.unit_id is not None},
        locked=fixed,
        keep=loose,
        names=_names(entries, panel, left),
        seed=seed_of(drawn_from(round_), round_.id),
        accept_imbalance=accept_imbalance,
    )


def _names(entries: Sequence[Any], panel: Sequence[Any], left: Mapping[int, str]) -> dict[str, str]:
    topics = dict(db.session.execute(sa.select(Topic.slug, Topic.name)).all())
    return {
        **topics,
        **{_unit(row): row.unit_name for row in entries if row.unit_id is not None},
        **{str(judge): name for judge, name in left.items()},
        **{str(row.judge_id): row.full_name for row in panel},
    }


def _unit(row: Any) -> str:
    return f"unit-{row.unit_id}"  # a judge's key is a bare number
