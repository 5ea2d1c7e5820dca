"""Calibration: ideas of earlier campaigns that every judge marks first. It teaches a scale and never counts.

A judge who has submitted every anchor sees the own marks beside the mean of those who have, never whose they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.campaigns.models import Criterion, Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _, _l
from app.core.pagination import Page, page
from app.ideas.models import Idea, Version
from app.ideas.rules import IdeaState
from app.judging.models import Anchor, AnchorSheet, Entry, PanelMember, ScoreSheet
from app.judging.rules import require_open, require_unlocked
from app.judging.service import points_of
from app.permissions import Action as A
from app.permissions import require

FEWEST, MOST = 2, 5  # one idea says nothing of a scale; six are an evening of their own
ENOUGH_JUDGES = 3  # a mean of two would be the other one's marks


class Comparison(NamedTuple):
    """One line of the result, in hundredths: own points, the panel's mean (None: too few have finished)."""

    name: str
    own: int
    mean: int | None

    @property
    def difference(self) -> int | None:
        return None if self.mean is None else self.own - self.mean


class Compared(NamedTuple):
    """One anchor: its total, and each criterion."""

    anchor: Anchor
    total: Comparison
    criteria: list[Comparison]


# --- staff


def name_anchor(actor: User, round_: Round, *, code: str) -> Anchor:
    """Make an idea of an earlier campaign an anchor of this round, before anybody has submitted anything."""
    require(actor, A.ROUND_MANAGE, round_)
    _not_begun(round_)
    held = anchors_of(round_)
    if len(held) >= MOST:
        raise Invalid("code", _("Nhiều nhất %(n)d bài hiệu chuẩn.", n=MOST))
    idea = db.session.scalars(_choosable(round_).where(Idea.code == code.strip().upper())).first()
    if idea is None or idea.id in {anchor.idea_id for anchor in held}:
        raise Invalid("code", _l("Chọn một ý tưởng của cuộc thi trước, đã chấm xong."))
    anchor = Anchor(
        round_id=round_.id, idea_id=idea.id, version_id=_version_of(idea).id, code=_free_code(held)
    )
    db.session.add(anchor)
    record("anchor.named", anchor, actor, round_id=round_.id, idea_id=idea.id)
    return anchor


def drop_anchor(actor: User, round_: Round, anchor: Anchor) -> None:
    """The idea is no anchor any more; only before anybody has marked one."""
    require(actor, A.ROUND_MANAGE, round_)
    _not_begun(round_)
    record("anchor.dropped", round_, actor, gone=[anchor], anchor_id=anchor.id, idea_id=anchor.idea_id)
    db.session.delete(anchor)


class Choice(NamedTuple):
    """An idea that may become an anchor."""

    code: str
    title: str


def choosable(round_: Round, number: int = 1) -> Page[Choice]:
    """Valid ideas of campaigns judged to the end, newest first; without those taken. Two queries."""
    taken = sa.select(Anchor.idea_id).where(Anchor.round_id == round_.id)
    ideas = _choosable(round_).where(Idea.id.not_in(taken)).order_by(Idea.code.desc())
    return page(ideas.with_only_columns(Idea.code, Idea.title), Choice, number)


def _choosable(round_: Round) -> sa.Select[Idea]:
    """Of this campaign none: what is ranked must not be talked about before."""
    rounds = sa.exists().where(Round.campaign_id == Idea.campaign_id)
    return sa.select(Idea).where(
        Idea.campaign_id != round_.campaign_id,
        Idea.state == IdeaState.APPROVED,
        rounds,
        ~rounds.where(Round.state != RoundState.CLOSED),
    )


def _version_of(idea: Idea) -> Version:
    return db.session.scalars(
        sa.select(Version).where(Version.idea_id == idea.id, Version.number == idea.version_number)
    ).one()


def _free_code(held: Sequence[Anchor]) -> str:
    taken = {anchor.code for anchor in held}
    return next(f"HC{n}" for n in range(1, MOST + 1) if f"HC{n}" not in taken)


def _not_begun(round_: Round) -> None:
    require_unlocked(round_.state)
    marked = sa.select(AnchorSheet.id).join(Anchor).where(Anchor.round_id == round_.id)
    submitted = (
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.submitted_at.is_not(None))
    )
    if db.session.execute(sa.select(marked.exists() | submitted.exists())).scalar_one():
        raise WrongState(_l("Đã có giám khảo chấm nên không đổi bài hiệu chuẩn được nữa."))


# --- the judge


def mark_anchor(
    actor: User, anchor: Anchor, criterion: Criterion, *, points: str, version: int
) -> AnchorSheet:
    """Keep one mark at once; empty points take it back."""
    hundredths = points_of(points, criterion) if points.strip() else None
    return _put(_own(actor, anchor, version), {criterion.key: hundredths})


def fill_anchor(
    actor: User, anchor: Anchor, *, typed: Mapping[str, str], version: int
) -> tuple[AnchorSheet, dict[str, str]]:
    """Keep the whole sheet as typed, by key. What cannot be taken is named by criterion; the rest is kept."""
    sheet, errors = _own(actor, anchor, version), {}
    marks: dict[str, int | None] = {}
    for criterion in anchor.round.rubric.criteria:
        points = typed.get(criterion.key, "")[:20]
        try:
            marks[criterion.key] = points_of(points, criterion) if points.strip() else None
        except Invalid as refused:
            errors[criterion.key] = str(refused.message)
    return _put(sheet, marks), errors


def _put(sheet: AnchorSheet, marks: Mapping[str, int | None]) -> AnchorSheet:
    """Marks by key; None takes a mark back."""
    kept: dict[str, int | None] = {**sheet.points, **marks}
    sheet.points = {key: points for key, points in kept.items() if points is not None}
    sheet.touched_at = now()
    db.session.add(sheet)
    db.session.flush()
    return sheet


def submit_anchor(actor: User, anchor: Anchor, *, version: int) -> AnchorSheet:
    """Raises Invalid beside the first criterion without a mark."""
    sheet = _own(actor, anchor, version)
    for criterion in anchor.round.rubric.criteria:
        if criterion.key not in sheet.points:
            raise Invalid(criterion.key, _("Cho điểm “%(name)s” trước khi nộp.", name=criterion.name))
    sheet.submitted_at = now()
    db.session.add(sheet)
    record("anchor_sheet.submitted", sheet, actor)  # no marks: organisers read what events say
    return sheet


def _own(actor: User, anchor: Anchor, version: int) -> AnchorSheet:
    """The judge's sheet, begun with the first mark. Raises WrongState, or Stale when the page is older."""
    sheet = sheet_of(actor, anchor) or AnchorSheet(anchor=anchor, judge_id=actor.id, points={})
    require(actor, A.SHEET_SCORE, sheet)
    if not _sits_in(actor, anchor.round_id):
        raise WrongState(_l("Ông/bà không ở trong Ban Giám khảo của vòng này."))
    require_open(anchor.round.state)
    if sheet.submitted_at is not None:
        raise WrongState(_l("Bài hiệu chuẩn đã nộp thì không sửa nữa."))
    same_version(sheet.version or 0, version)
    return sheet


def _sits_in(judge: User, round_id: int) -> bool:
    seat = sa.select(PanelMember.id).where(PanelMember.judge_id == judge.id, PanelMember.round_id == round_id)
    return db.session.execute(seat).first() is not None


def anchors_of(round_: Round) -> list[Anchor]:
    return list(
        db.session.scalars(
            sa.select(Anchor)
            .where(Anchor.round_id == round_.id)
            .order_by(Anchor.code)
            .options(joinedload(Anchor.idea_version).joinedload(Version.topic), joinedload(Anchor.idea))
        )
    )


def in_use(anchors: Sequence[Anchor]) -> bool:
    return len(anchors) >= FEWEST


def anchor_by_code(round_: Round, code: str) -> Anchor | None:
    return next((anchor for anchor in anchors_of(round_) if anchor.code == code), None)


def sheet_of(judge: User, anchor: Anchor) -> AnchorSheet | None:
    return db.session.scalars(
        sa.select(AnchorSheet).where(AnchorSheet.anchor_id == anchor.id, AnchorSheet.judge_id == judge.id)
    ).first()


def own_sheets(judge: User, round_: Round) -> dict[int, AnchorSheet]:
    """The judge's sheets by anchor."""
    rows = db.session.scalars(
        sa.select(AnchorSheet)
        .join(Anchor)
        .where(Anchor.round_id == round_.id, AnchorSheet.judge_id == judge.id)
    )
    return {sheet.anchor_id: sheet for sheet in rows}


def comes_first(judge: User, round_id: int) -> bool:
    """Has the round anchors in use that this judge has not submitted? One query."""
    anchors, submitted = db.session.execute(
        sa.select(sa.func.count(Anchor.id), sa.func.count(AnchorSheet.submitted_at))
        .select_from(Anchor)
        .outerjoin(AnchorSheet, sa.and_(AnchorSheet.anchor_id == Anchor.id, AnchorSheet.judge_id == judge.id))
        .where(Anchor.round_id == round_id)
    ).one()
    return bool(anchors >= FEWEST and submitted < anchors)


def finished(round_: Round, anchors: Sequence[Anchor]) -> dict[int, dict[int, Mapping[str, int]]]:
    """judge → anchor → marks, of those on the panel who have submitted every anchor."""
    rows = db.session.execute(
        sa.select(AnchorSheet.judge_id, AnchorSheet.anchor_id, AnchorSheet.points)
        .join(Anchor)
        .join(
            PanelMember,
            sa.and_(PanelMember.judge_id == AnchorSheet.judge_id, PanelMember.round_id == Anchor.round_id),
        )
        .where(Anchor.round_id == round_.id, AnchorSheet.submitted_at.is_not(None))
    )
    by_judge: dict[int, dict[int, Mapping[str, int]]] = {}
    for judge_id, anchor_id, points in rows:
        by_judge.setdefault(judge_id, {})[anchor_id] = points
    return {judge: marks for judge, marks in by_judge.items() if len(marks) == len(anchors)}


def compared(judge: User, round_: Round, anchors: Sequence[Anchor]) -> list[Compared]:
    """Own marks beside the panel's mean; empty until this judge has submitted every anchor."""
    panel = finished(round_, anchors)
    own = panel.get(judge.id)
    if own is None:
        return []
    return [
        _compare(anchor, round_, own[anchor.id], [marks[anchor.id] for marks in panel.values()])
        for anchor in anchors
    ]


def _compare(
    anchor: Anchor, round_: Round, own: Mapping[str, int], all_: Sequence[Mapping[str, int]]
) -> Compared:
    lines = [
        Comparison(criterion.name, own[criterion.key], mean_of([marks[criterion.key] for marks in all_]))
        for criterion in round_.rubric.criteria
    ]
    total = Comparison(anchor.code, sum(own.values()), mean_of([sum(marks.values()) for marks in all_]))
    return Compared(anchor, total, lines)


def mean_of(values: Sequence[int]) -> int | None:
    """The mean in whole hundredths, halves up; None when fewer than three have finished."""
    if len(values) < ENOUGH_JUDGES:
        return None
    return int(Fraction(sum(values), len(values)) + Fraction(1, 2))
