"""What an administrator does with rubrics: begin one from a preset, write it, copy it, give a topic its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.campaigns import standard
from app.campaigns.models import Band, Campaign, Criterion, Level, Round, Rubric, Topic
from app.campaigns.setup.planned import BandPlan, CriterionPlan
from app.campaigns.setup.plans import band_plan, criterion_plan
from app.core.db import db
from app.core.errors import Invalid, WrongState, same_version
from app.core.events import record
from app.core.i18n import _, _l
from app.core.text import slugify
from app.permissions import Action as A
from app.permissions import require

# names of other fields on the sheet that judges fill in
RESERVED = frozenset({"chung", "version", "viec", "csrf_token", "nx_chung"})


def new_rubric(actor: User, campaign: Campaign, *, preset: str = "", name: str = "") -> Rubric:
    """A rubric of P1, P2 or P3 (judging.md 6), or an empty one; editable until its round opens."""
    require(actor, A.ROUND_PLAN, campaign)
    if preset:
        rubric = standard.rubric(campaign.id, preset)
        rubric.name = name or rubric.name
    else:
        rubric = Rubric(campaign_id=campaign.id, name=name or _("Bộ tiêu chí mới"))
    rubric.key = free_key(campaign.id, preset or "BTC")
    db.session.add(rubric)
    record("rubric.created", rubric, actor, **figures(rubric))
    return rubric


def save_rubric(
    actor: User,
    rubric: Rubric,
    *,
    name: str,
    scale: int,
    community_points: int,
    criteria: Sequence[CriterionPlan],
    version: int,
) -> Rubric:
    """Write a rubric while its round is planned; afterwards judging.changes makes a new version of the rules."""
    require(actor, A.ROUND_PLAN, rubric)
    same_version(rubric.version, version)
    require_unfrozen(rubric)
    write(rubric, name=name, scale=scale, community_points=community_points, criteria=criteria)
    record("rubric.edited", rubric, actor, **figures(rubric))
    return rubric


def save_bands(actor: User, rubric: Rubric, *, bands: Sequence[BandPlan], version: int) -> Rubric:
    """Write the bands of a rubric while its round is planned; afterwards judging.changes makes a new version."""
    require(actor, A.ROUND_PLAN, rubric)
    same_version(rubric.version, version)
    require_unfrozen(rubric)
    write_bands(rubric, bands)
    record("rubric.edited", rubric, actor, **figures(rubric))
    return rubric


def copy_rubric(actor: User, rubric: Rubric, *, topic: Topic | None = None) -> Rubric:
    """The same criteria under a new name; or, for a topic, a variant that stands in for it on that topic's ideas."""
    require(actor, A.ROUND_PLAN, rubric)
    if topic is not None:
        require_unfrozen(rubric)
        if rubric.variant_of_id is not None:
            raise Invalid("topic_id", _l("Bộ riêng của một lĩnh vực không tách thêm được nữa."))
    copy = Rubric(
        campaign_id=rubric.campaign_id,
        key=free_key(rubric.campaign_id, rubric.key.partition("-")[0]),
        name=(f"{rubric.name} – {topic.name}" if topic else _("%(name)s (bản sao)", name=rubric.name))[:160],
        scale=rubric.scale,
        community_points=rubric.community_points,
        variant_of=rubric if topic else None,
        topic=topic,
        criteria=[row_of(criterion_plan(criterion), n) for n, criterion in enumerate(rubric.criteria)],
        bands=[] if topic else [_band(band_plan(band), n) for n, band in enumerate(rubric.bands)],
    )
    db.session.add(copy)
    record("rubric.created", copy, actor, copy_of=rubric.id, **figures(copy))
    return copy


def delete_rubric(actor: User, rubric: Rubric, *, version: int) -> None:
    """Take away a rubric that no round uses, its variants with it; or a variant before its round opens."""
    require(actor, A.ROUND_PLAN, rubric)
    same_version(rubric.version, version)
    require_unfrozen(rubric)
    if db.session.execute(sa.select(Round.id).where(Round.rubric_id == rubric.id).limit(1)).first():
        raise WrongState(_l("Bộ tiêu chí đang dùng cho một vòng chấm. Chọn bộ khác cho vòng đó trước."))
    for variant in list(rubric.variants):
        record("rubric.deleted", variant, actor, **figures(variant))
        db.session.delete(variant)
    db.session.flush()
    record("rubric.deleted", rubric, actor, **figures(rubric))
    db.session.delete(rubric)


def write(
    rubric: Rubric, *, name: str, scale: int, community_points: int, criteria: Sequence[CriterionPlan]
) -> None:
    """Put what was typed into the rows. A criterion keeps its row by its key; variants follow the scale."""
    rubric.name = name
    if rubric.variant_of is None:
        rubric.scale, rubric.community_points = scale, community_points
        for variant in rubric.variants:
            variant.scale, variant.community_points = scale, community_points
    held = {criterion.key: criterion for criterion in rubric.criteria}
    rows = []
    for position, plan in enumerate(keyed(criteria)):
        row = row_of(plan, position)
        kept = held.get(plan.key)
        if kept is not None:
            for column in COLUMNS:
                setattr(kept, column, getattr(row, column))
            if criterion_plan(kept).levels != plan.levels:
                kept.levels = row.levels
            row = kept
        rows.append(row)
    rubric.criteria = rows
    db.session.flush()


def write_bands(rubric: Rubric, bands: Sequence[BandPlan]) -> None:
    """Put the bands that were typed into the rows; the rubric's version counts on. Raises WrongState on a variant."""
    if rubric.variant_of_id is not None:
        raise WrongState(_l("Xếp loại theo bộ tiêu chí chung; bộ riêng của lĩnh vực dùng cùng xếp loại."))
    rows = rubric.bands
    for place, (row, plan) in enumerate(zip(rows, bands, strict=False)):
        row.name, row.floor, row.floors, row.position = plan.name, plan.floor, dict(plan.floors), place
    rubric.bands = [*rows[: len(bands)], *(_band(plan, n) for n, plan in enumerate(bands) if n >= len(rows))]
    flag_modified(rubric, "name")  # rows of its own changed: an older page must be told
    db.session.flush()


COLUMNS = (
    "name",
    "question",
    "max_points",
    "minimum",
    "informs_only",
    "note_below",
    "note_above",
    "position",
)


def keyed(criteria: Sequence[CriterionPlan]) -> list[CriterionPlan]:
    """Each with a key of its own: the one it has, or one from its name."""
    taken = {plan.key for plan in criteria if plan.key} | RESERVED
    found = []
    for plan in criteria:
        key = plan.key or _free(slugify(plan.name, 36).replace("-", "_") or "tieu_chi", taken, "_")
        taken.add(key)
        found.append(plan._replace(key=key))
    return found


def row_of(plan: CriterionPlan, position: int) -> Criterion:
    return Criterion(
        key=plan.key,
        name=plan.name,
        question=plan.question,
        max_points=plan.max_points,
        minimum=plan.minimum,
        informs_only=plan.informs_only,
        note_below=plan.note_below,
        note_above=plan.note_above,
        position=position,
        levels=[
            Level(
                points_from=level.points_from, points_to=level.points_to, label=level.label, text=level.text
            )
            for level in plan.levels
        ],
    )


def _band(plan: BandPlan, position: int) -> Band:
    return Band(name=plan.name, floor=plan.floor, floors=dict(plan.floors), position=position)


def require_unfrozen(rubric: Rubric) -> None:
    """Raises WrongState once the round of the rubric has opened."""
    if rubric.frozen_at is not None:
        raise WrongState(_l("Vòng chấm đã mở nên bộ tiêu chí đã khóa. Sửa bằng một phiên bản thể lệ mới."))


def free_key(campaign_id: int, wanted: str) -> str:
    """A key that no other rubric of the campaign has."""
    taken = set(db.session.scalars(sa.select(Rubric.key).where(Rubric.campaign_id == campaign_id)))
    return _free(wanted[:14], taken, "-")


def figures(rubric: Rubric) -> dict[str, Any]:
    """What an event says of a rubric: its numbers, criterion by criterion."""
    return {
        "key": rubric.key,
        "scale": rubric.scale,
        "topic_id": rubric.topic.id if rubric.topic else rubric.topic_id,
        "criteria": [
            [c.key, c.max_points, c.minimum, c.informs_only, c.note_below, c.note_above]
            for c in rubric.criteria
        ],
        **(
            {"bands": [[band.name, band.floor, band.floors] for band in rubric.bands]} if rubric.bands else {}
        ),
    }


def _free(wanted: str, taken: Collection[str], joint: str) -> str:
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}{joint}{number}"
    return key
