"""Mails about what becomes of an idea: to its authors, to the units that work on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from app.core.clock import today
from app.core.db import db
from app.core.events import Event
from app.core.formats import day, decimal_text
from app.core.i18n import _
from app.ideas.models import Idea
from app.initiatives.models import Initiative, Measure, Update
from app.initiatives.rules import InitiativeState
from app.mail.letters import PreviewMail, Recipient, authors_of, contacts_of, letter, link, person
from app.results.models import Publication

STATE_NAMES: dict[InitiativeState, str] = {
    InitiativeState.RECEIVED: "đã tiếp nhận",
    InitiativeState.ASSIGNED: "đã phân công",
    InitiativeState.IN_PROGRESS: "đang thực hiện",
    InitiativeState.TRIAL: "đang áp dụng thử",
    InitiativeState.PAUSED: "tạm dừng",
    InitiativeState.COMPLETED: "đã hoàn thành",
    InitiativeState.DECLINED: "không thực hiện",
    InitiativeState.MERGED: "đã gộp",
}


def forwarded(event: Event) -> list[PreviewMail]:
    initiative = db.session.get_one(Initiative, event.object_id)
    idea = initiative.source_idea
    return _to_authors("initiative_forwarded", initiative, {"ten_y_tuong": idea.title if idea else ""})


def to_be_forwarded(publication: Publication) -> list[PreviewMail]:
    """What `forwarded` will say once these awards are published; the code is given only then."""
    winners = db.session.scalars(
        sa.select(Idea)
        .where(
            Idea.id.in_([award.idea_id for award in publication.awards]),
            Idea.id.not_in(
                sa.select(Initiative.source_idea_id).where(Initiative.source_idea_id.is_not(None))
            ),
        )
        .order_by(Idea.id)
    ).all()
    teams = authors_of(idea.id for idea in winners)
    code = _("SK-…")
    return [
        letter(
            "initiative_forwarded",
            to,
            {"ten_y_tuong": idea.title, "ma_sang_kien": code, "lien_ket": link(f"/sang-kien/{code}")},
        )
        for idea in winners
        for to in teams.get(idea.id, [])
    ]


def begun(event: Event) -> list[PreviewMail]:
    initiative = db.session.get_one(Initiative, event.object_id)
    return _to_authors("initiative_begun", initiative, {})


def assigned(event: Event) -> list[PreviewMail]:
    """To the contact people of the units that lead and support."""
    initiative = db.session.get_one(Initiative, event.object_id)
    lead = [initiative.lead_unit] if initiative.lead_unit else []
    contacts = contacts_of(initiative.unit_ids)
    support = ", ".join(unit.short_name for unit in initiative.support_units)
    return [
        letter(
            "initiative_assigned",
            to,
            {
                **_values(initiative),
                "ten_don_vi": unit.short_name,
                "vai_tro": role,
                "san_pham": initiative.product or _("chưa ghi"),
                "nguoi_chiu_trach_nhiem": initiative.responsible or _("đơn vị phân công"),
                "don_vi_phoi_hop": support or _("không có"),
                "lien_ket": work_page(initiative),
            },
            about=f"u{unit.id}",
        )
        for role, units in ((_("chủ trì"), lead), (_("phối hợp"), initiative.support_units))
        for unit in units
        for to in contacts.get(unit.id, [])
    ]


def updated(event: Event) -> list[PreviewMail]:
    """Only what the public may read goes out."""
    initiative = db.session.get_one(Initiative, event.object_id)
    update = db.session.get(Update, event.data.get("update_id", 0))
    if update is None or not update.is_public:
        return []
    values = {
        "noi_dung_cap_nhat": update.text,
        "phan_tram": update.percent,
        "trang_thai": STATE_NAMES[update.state],
    }
    return _to_authors("initiative_updated", initiative, values)


def completed(event: Event) -> list[PreviewMail]:
    initiative = db.session.get_one(Initiative, event.object_id)
    outcome = initiative.outcome
    values = {
        "chi_so": "\n".join(measured(measure) for measure in outcome.measures) if outcome else "",
        "tom_tat_ket_qua": outcome.summary if outcome else "",
    }
    return _to_authors("initiative_completed", initiative, values)


def measured(measure: Measure) -> str:
    """“Thời gian chờ: trước 68 phút, nay 23 phút”."""
    after = (
        f"{decimal_text(measure.after)} {measure.unit}".strip() if measure.after is not None else _("chưa đo")
    )
    if measure.before is None:
        return f"{measure.name}: {after}"
    before = f"{decimal_text(measure.before)} {measure.unit}".strip()
    return _("%(name)s: trước %(before)s, nay %(after)s", name=measure.name, before=before, after=after)


def declined(event: Event) -> list[PreviewMail]:
    """To the authors; where a unit had asked, to its contact people."""
    initiative = db.session.get_one(Initiative, event.object_id)
    values = {"ly_do": initiative.decline_reason}
    source = {initiative.source_unit_id} if initiative.source_unit_id else set()
    asked = [to for contacts in contacts_of(source).values() for to in contacts]
    by_unit = [letter("initiative_declined", to, {**_values(initiative), **values}) for to in asked]
    return [*_to_authors("initiative_declined", initiative, values), *by_unit]


def overdue(initiative: Initiative) -> list[PreviewMail]:
    """To the person responsible and the contact people of the unit that leads."""
    lead = initiative.lead_unit_id
    contacts = contacts_of([lead]).get(lead, []) if lead else []
    responsible = person(initiative.responsible_id)
    once = {to.user_id: to for to in [*contacts, *([responsible] if responsible else [])]}
    due_on = initiative.due_on or today()
    values = {
        "so_ngay_qua": (today() - due_on).days,
        "phan_tram": initiative.percent,
        "lien_ket": work_page(initiative),
    }
    return [letter("initiative_overdue", to, {**_values(initiative), **values}) for to in once.values()]


def work_page(initiative: Initiative) -> str:
    return link(f"/hang-doi/{initiative.code}")


def _to_authors(template: str, initiative: Initiative, values: dict[str, Any]) -> list[PreviewMail]:
    """Authors follow their idea on its public page; one that is not public they read of in the mail only."""
    idea_id = initiative.source_idea_id
    team: list[Recipient] = authors_of([idea_id]).get(idea_id, []) if idea_id else []
    shared = {**_values(initiative), "lien_ket": _public_page(initiative), **values}
    return [letter(template, to, shared) for to in team]


def _public_page(initiative: Initiative) -> str:
    return link(f"/sang-kien/{initiative.code}" if initiative.is_public else "/cua-toi")


def _values(initiative: Initiative) -> dict[str, Any]:
    return {
        "ma_sang_kien": initiative.code,
        "ten_sang_kien": initiative.title,
        "ten_don_vi": initiative.lead_unit.short_name if initiative.lead_unit else _("Đơn vị phụ trách"),
        "han_hoan_thanh": _until(initiative.due_on),
        "lien_ket": _public_page(initiative),
    }


def _until(due_on: date | None) -> str:
    return day(due_on) if due_on else _("chưa đặt")
