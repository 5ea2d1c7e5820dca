"""Rules that are already frozen: each change is a new version with a public reason, as far as the stage allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Round, Rubric
from app.campaigns.rules import RoundState
from app.campaigns.setup import rounds as setup
from app.campaigns.setup import rubrics
from app.campaigns.setup.planned import BandPlan, CriterionPlan
from app.campaigns.setup.plans import rubric_plan
from app.campaigns.setup.rules import Part, changed_parts, public_reason, require_changeable
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.judging.frozen import freeze_rules, require_sound, stage_of
from app.judging.models import Entry, PanelMember
from app.permissions import Action as A
from app.permissions import require

PARTS: dict[str, Part] = {
    "starts_at": Part.DATES,
    "ends_at": Part.DATES,
    "full_panel": Part.SHEETS,
    "sheets_per_idea": Part.SHEETS,
    "blind": Part.BLINDNESS,
    "method": Part.METHOD,
    "deviation": Part.METHOD,
    "tie_break": Part.TIE_BREAK,
    "cut_top": Part.CUT,
    "pass_mark": Part.CUT,
    "gives_awards": Part.AWARDS,
    "rubric_id": Part.CRITERIA,
}


def change_round(
    actor: User, round_: Round, *, name: str, rubric: str, version: int, reason: str, **plan: Any
) -> Round:
    """Change how an opened round is judged: a new version of its rules, for everybody to read. Its rubric stays."""
    require(actor, A.ROUND_PLAN, round_)
    _hold(round_)
    same_version(round_.version, version)
    before = setup.figures(round_)
    if rubric != str(round_.rubric_id):
        raise Invalid("rubric", _l("Vòng đã mở nên không đổi sang bộ tiêu chí khác được."))
    setup.write(round_, **plan)
    after = setup.figures(round_)
    changed = {name for name, part in PARTS.items() if before[name] != after[name]}
    renamed, round_.name = round_.name != name, name
    require_changeable({PARTS[one] for one in changed}, stage_of(round_))
    if not changed and not renamed:
        raise Invalid("reason", _l("Chưa có gì thay đổi."))
    _new_version(actor, round_, reason, changed={one: [before[one], after[one]] for one in sorted(changed)})
    return round_


def change_rubric(
    actor: User,
    round_: Round,
    rubric: Rubric,
    *,
    name: str,
    criteria: Sequence[CriterionPlan],
    version: int,
    reason: str,
    scale: int | None = None,
    community_points: int | None = None,
) -> Rubric:
    """Change the rubric of an opened round, or a variant: words until the lock, criteria until the first mark."""
    require(actor, A.ROUND_PLAN, round_)
    _hold(round_)
    same_version(rubric.version, version)
    before = rubric_plan(rubric)
    scale = rubric.scale if scale is None else scale
    community = rubric.community_points if community_points is None else community_points
    parts = changed_parts(
        before, before._replace(name=name, scale=scale, criteria=tuple(rubrics.keyed(criteria)))
    )
    if community != rubric.community_points:
        parts.add(Part.CRITERIA)
    if not parts:
        raise Invalid("reason", _l("Chưa có gì thay đổi."))
    require_changeable(parts, stage_of(round_))
    rubrics.write(rubric, name=name, scale=scale, community_points=community, criteria=criteria)
    _new_version(actor, round_, reason, rubric_id=rubric.id, **rubrics.figures(rubric))
    return rubric


def change_bands(
    actor: User, round_: Round, rubric: Rubric, *, bands: Sequence[BandPlan], version: int, reason: str
) -> Rubric:
    """Change the bands of an opened round until its lock: after it somebody could choose who reaches one."""
    require(actor, A.ROUND_PLAN, round_)
    _hold(round_)
    same_version(rubric.version, version)
    before = rubric_plan(rubric)
    parts = changed_parts(before, before._replace(bands=tuple(bands)))
    if not parts:
        raise Invalid("reason", _l("Chưa có gì thay đổi."))
    require_changeable(parts, stage_of(round_))
    rubrics.write_bands(rubric, bands)
    _new_version(actor, round_, reason, rubric_id=rubric.id, **rubrics.figures(rubric))
    return rubric


def delete_round(actor: User, round_: Round, *, version: int) -> None:
    """Take away a round that is planned and empty: no judge, no idea in it. Its rubric stays."""
    require(actor, A.ROUND_PLAN, round_)
    same_version(round_.version, version)
    inside = sa.union_all(
        sa.select(Entry.id).where(Entry.round_id == round_.id),
        sa.select(PanelMember.id).where(PanelMember.round_id == round_.id),
    )
    if round_.state is not RoundState.PLANNED or db.session.execute(inside).first() is not None:
        raise WrongState(_l("Chỉ xóa được vòng chưa mở, chưa có giám khảo và chưa có bài."))
    record("round.deleted", round_, actor, key=round_.key, **setup.figures(round_))
    db.session.delete(round_)


def _hold(round_: Round) -> None:
    """Whoever marks or locks waits for us: what is decided here is decided on how the round stands now."""
    db.session.execute(sa.select(Round.id).where(Round.id == round_.id).with_for_update())


def _new_version(actor: User, round_: Round, reason: str, **told: Any) -> None:
    reason = public_reason(reason)
    db.session.flush()
    require_sound(round_)
    version = freeze_rules(actor, round_, reason)
    record(
        "round.rules_changed",
        round_,
        actor,
        rows=[version],
        number=version.number,
        rules_hash=version.hash,
        **told,
    )
