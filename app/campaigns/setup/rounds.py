"""What an administrator does with the rounds of a campaign while they are planned: add, write, put in order."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns import standard
from app.campaigns.models import Campaign, Round, Rubric
from app.campaigns.rules import Method, RoundState, sensible_round
from app.campaigns.setup import rubrics
from app.core import clock
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.core.text import slugify
from app.permissions import Action as A
from app.permissions import require

OPENS = time(8, 0)


def add_round(
    actor: User, campaign: Campaign, *, name: str, rubric: str, version: int = 0, **plan: Any
) -> Round:
    """A new round after the others. `rubric`: the id of one, or the key of a preset to make one from."""
    require(actor, A.ROUND_PLAN, campaign)
    last = sa.select(sa.func.max(Round.position)).where(Round.campaign_id == campaign.id)
    position = db.session.execute(last).scalar_one()
    round_ = Round(
        campaign_id=campaign.id,
        key=_free_key(campaign, name),
        name=name,
        rubric=_rubric(actor, campaign, rubric, None),
        position=0 if position is None else position + 1,
    )
    write(round_, **plan)
    db.session.add(round_)
    record("round.added", round_, actor, **figures(round_))
    return round_


def plan_round(actor: User, round_: Round, *, name: str, rubric: str, version: int, **plan: Any) -> Round:
    """Say how a round will be judged, while it is still planned; opening it freezes this."""
    require(actor, A.ROUND_PLAN, round_)
    same_version(round_.version, version)
    if round_.state is not RoundState.PLANNED:
        raise WrongState(_l("Vòng đã mở: cách chấm chỉ đổi được bằng một phiên bản thể lệ mới."))
    round_.name = name
    round_.rubric = _rubric(actor, round_.campaign, rubric, round_)
    write(round_, **plan)
    record("round.planned", round_, actor, **figures(round_))
    return round_


def move_round(actor: User, round_: Round, *, later: bool, version: int) -> Round:
    """Change places with the round before it, or after it; both still planned. At an end it stays."""
    require(actor, A.ROUND_PLAN, round_)
    same_version(round_.version, version)
    rounds = round_.campaign.rounds
    to = rounds.index(round_) + (1 if later else -1)
    if not 0 <= to < len(rounds):
        return round_
    other = rounds[to]
    if {round_.state, other.state} != {RoundState.PLANNED}:
        raise WrongState(_l("Chỉ đổi chỗ được hai vòng chưa mở."))
    for number, one in enumerate(rounds):
        one.position = number
    round_.position, other.position = other.position, round_.position
    record("round.moved", round_, actor, positions=[[one.id, one.position] for one in rounds])
    return round_


def write(
    round_: Round,
    *,
    starts_on: date,
    ends_on: date,
    full_panel: bool,
    sheets_per_idea: int,
    blind: bool,
    method: Method,
    deviation: int,
    tie_break: list[str],
    cut_top: int | None,
    pass_mark: int | None,
    gives_awards: bool,
) -> None:
    """Put what was typed into the row. A day that stays the same keeps its hour."""
    sensible_round(starts_on, ends_on)
    if round_.starts_at is None or clock.local(round_.starts_at).date() != starts_on:
        round_.starts_at = clock.at_local(starts_on, OPENS)
    if round_.ends_at is None or clock.local(round_.ends_at).date() != ends_on:
        round_.ends_at = clock.end_of(ends_on)
    round_.full_panel, round_.sheets_per_idea, round_.blind = full_panel, sheets_per_idea, blind
    round_.method, round_.deviation = method, deviation
    round_.tie_break = tie_break
    round_.cut_top, round_.pass_mark, round_.gives_awards = cut_top, pass_mark, gives_awards


def figures(round_: Round) -> dict[str, Any]:
    """What an event says of a round: its numbers."""
    return {
        "rubric_id": round_.rubric.id or round_.rubric_id,
        "starts_at": round_.starts_at.isoformat(),
        "ends_at": round_.ends_at.isoformat(),
        "full_panel": round_.full_panel,
        "sheets_per_idea": round_.sheets_per_idea,
        "blind": round_.blind,
        "method": round_.method.value,
        "deviation": round_.deviation,
        "tie_break": list(round_.tie_break),
        "cut_top": round_.cut_top,
        "pass_mark": round_.pass_mark,
        "gives_awards": round_.gives_awards,
    }


def _rubric(actor: User, campaign: Campaign, wanted: str, round_: Round | None) -> Rubric:
    """A rubric belongs to one round: what is frozen for one must not be frozen for another. Raises Invalid."""
    if wanted in dict(standard.presets()):
        return rubrics.new_rubric(actor, campaign, preset=wanted)
    found = db.session.get(Rubric, int(wanted)) if wanted.isdecimal() else None
    if found is None or found.campaign_id != campaign.id or found.variant_of_id is not None:
        raise Invalid("rubric", _l("Chọn bộ tiêu chí trong danh sách."))
    other = db.session.scalars(
        sa.select(Round.name).where(Round.rubric_id == found.id, Round.id != (round_.id if round_ else 0))
    ).first()
    if other is not None:
        raise Invalid(
            "rubric", _l("Bộ này đã dùng cho “%(name)s”. Sao chép nó thành bộ mới rồi chọn.", name=other)
        )
    return found


def _free_key(campaign: Campaign, name: str) -> str:
    taken = set(db.session.scalars(sa.select(Round.key).where(Round.campaign_id == campaign.id)))
    wanted = slugify(name, 34).replace("-", "_") or "vong"
    number, key = 1, wanted
    while key in taken or key == "moi":
        number += 1
        key = f"{wanted}_{number}"
    return key
