"""Mails to judges about the sheets that wait for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from app.campaigns.models import Round
from app.core.db import db
from app.core.events import Event, HeadReason
from app.core.formats import deadline, moment
from app.core.i18n import _l
from app.judging.evening.entrance import service as entrance
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import COUNTS, SCORABLE, Exclusion
from app.mail.compose.ideas import to_authors
from app.mail.letters import PreviewMail, letter, link, people


class Load(NamedTuple):
    """How many sheets a judge has in a round, and how many of them are still open."""

    sheets: int
    open: int


def loads(round_id: int) -> dict[int, Load]:
    """Every judge's load. Sheets handed back or voided are nobody's work any more."""
    still_open = sa.func.sum(sa.case((ScoreSheet.state.in_(SCORABLE), 1), else_=0))
    rows = db.session.execute(
        sa.select(ScoreSheet.judge_id, sa.func.count(), still_open)
        .join(Entry, Entry.id == ScoreSheet.entry_id)
        .where(Entry.round_id == round_id, ScoreSheet.state.in_({*SCORABLE, COUNTS}))
        .group_by(ScoreSheet.judge_id)
    )
    return {judge_id: Load(sheets, open_) for judge_id, sheets, open_ in rows}


def judge_assigned(event: Event) -> list[PreviewMail]:
    round_ = db.session.get_one(Round, event.object_id)
    named: Collection[int] = event.data.get("judge_ids", [])
    load = {judge: of for judge, of in loads(round_.id).items() if judge in named and of.open}
    return [
        letter(
            "judge_assigned",
            to,
            {
                "so_bai": load[to.user_id or 0].open,
                "han_cham": deadline(round_.ends_at),
                "ten_vong": round_.name,
                "lien_ket": link("/cham-diem"),
            },
            campaign=round_.campaign,
        )
        for to in people(load)
    ]


HEAD_OF = {
    HeadReason.OPENED: _l("mở vòng chấm"),
    HeadReason.LOCKED: _l("khóa vòng chấm"),
    HeadReason.PUBLISHED: _l("công bố kết quả"),
}


def head_published(event: Event) -> list[PreviewMail]:
    """To everybody on the panel: a copy of the head outside the building is what makes the chain a proof."""
    round_ = db.session.get_one(Round, event.data["round_id"])
    judges = db.session.scalars(sa.select(PanelMember.judge_id).where(PanelMember.round_id == round_.id))
    number, head = event.data["number"], event.data["head"]
    return [
        letter(
            "head_published",
            to,
            {
                "viec": HEAD_OF[HeadReason(event.data["reason"])],
                "ten_vong": round_.name,
                "so_dau": number,
                "dau": head[:16],
                "dau_day_du": head,
                "lien_ket": link(f"/kiem-chung?so={number}&dau={head[:16]}"),
            },
            campaign=round_.campaign,
        )
        for to in people(judges)
    ]


def judge_invited(event: Event) -> list[PreviewMail]:
    """Each judge's own link; made here, so that only the mail ever holds it."""
    round_ = db.session.get_one(Round, event.object_id)
    made = {judge: (row, secret) for judge, row, secret in entrance.mailed(event)}
    return [
        letter(
            "judge_invited",
            to,
            {
                "ten_vong": round_.name,
                "lien_ket": link(entrance.PATH + made[to.user_id or 0][1]),
                "han_lien_ket": moment(made[to.user_id or 0][0].expires_at),
            },
            holds_link=True,
            campaign=round_.campaign,
        )
        for to in people(made)
    ]


def judges_reminded(event: Event) -> list[PreviewMail]:
    """To those whom the chair reminds; who has finished since hears nothing."""
    return judge_reminders(db.session.get_one(Round, event.object_id), event.data.get("judge_ids", []))


def judge_reminders(round_: Round, only: Collection[int] | None = None) -> list[PreviewMail]:
    """To every judge with open sheets in this round, or `only` to these."""
    load = {
        judge: of for judge, of in loads(round_.id).items() if of.open and (only is None or judge in only)
    }
    return [
        letter(
            "judge_reminder",
            to,
            {
                "so_bai": load[to.user_id or 0].sheets,
                "so_bai_con": load[to.user_id or 0].open,
                "so_bai_xong": load[to.user_id or 0].sheets - load[to.user_id or 0].open,
                "han_cham": deadline(round_.ends_at),
                "ten_vong": round_.name,
                "lien_ket": link("/cham-diem"),
            },
            campaign=round_.campaign,
        )
        for to in people(load)
    ]


def entry_excluded(event: Event) -> list[PreviewMail]:
    """To the team: their idea has no rank, and why."""
    entry = db.session.get_one(Entry, event.object_id)
    if entry.excluded_as is None:
        return []  # put back meanwhile
    template = {
        Exclusion.WITHDRAWN: "entry_withdrawn",
        Exclusion.DISQUALIFIED: "entry_disqualified",
    }[entry.excluded_as]
    return to_authors(template, entry.idea, {"ten_vong": entry.round.name, "ly_do": entry.excluded_reason})


def entry_readmitted(event: Event) -> list[PreviewMail]:
    entry = db.session.get_one(Entry, event.object_id)
    if entry.excluded_as is not None:
        return []
    return to_authors(
        "entry_readmitted", entry.idea, {"ten_vong": entry.round.name, "ly_do": entry.excluded_reason}
    )
