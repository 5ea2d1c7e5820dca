"""Mails about appeals: to the author at receipt and answer, to those who answer, to a judge who mends a sheet."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import RoleGrant, User
from app.accounts.rules import UserState
from app.core.db import db
from app.core.events import Event
from app.core.formats import day, moment
from app.core.i18n import _
from app.judging.models import ScoreSheet
from app.mail.compose.ideas import own_page, title_of
from app.mail.letters import PreviewMail, Recipient, letter, link, person
from app.permissions import Action as A
from app.permissions import Role, can
from app.results.appeals.models import Appeal
from app.results.appeals.rules import AppealState


def appeal_received(event: Event) -> list[PreviewMail]:
    """A receipt, with the day by which there is an answer."""
    appeal = db.session.get_one(Appeal, event.object_id)
    to = person(appeal.filed_by_id)
    values = {
        "so_khieu_nai": appeal.code,
        "ma": appeal.idea.code or "",
        "thoi_diem": moment(appeal.filed_at),
        "han_tra_loi": day(appeal.due_on),
        "lien_ket": own_page(appeal.idea, "/khieu-nai"),
    }
    return [letter("appeal_received", to, values, campaign=appeal.publication.campaign)] if to else []


def appeal_filed(event: Event) -> list[PreviewMail]:
    """To everyone who answers appeals and has no stake in this one."""
    appeal = db.session.get_one(Appeal, event.object_id)
    values = {
        "so_khieu_nai": appeal.code,
        "ma": appeal.idea.code or "",
        "ten_cuoc_thi": appeal.publication.campaign.name,
        "han_tra_loi": day(appeal.due_on),
        "lien_ket": link(f"/quan-tri/khieu-nai/{appeal.id}"),
    }
    return [
        letter("appeal_filed", to, values, campaign=appeal.publication.campaign) for to in who_answers(appeal)
    ]


def appeal_answered(event: Event) -> list[PreviewMail]:
    appeal = db.session.get_one(Appeal, event.object_id)
    to = person(appeal.filed_by_id)
    upheld = appeal.state is AppealState.UPHELD
    values = {
        "so_khieu_nai": appeal.code,
        "ma": appeal.idea.code or "",
        "ten_y_tuong": title_of(appeal.idea),
        "ket_luan": _("chấp nhận khiếu nại") if upheld else _("không chấp nhận khiếu nại"),
        "tra_loi": appeal.answer,
        "lien_ket": own_page(appeal.idea, "/khieu-nai"),
    }
    return [letter("appeal_answered", to, values, campaign=appeal.publication.campaign)] if to else []


def sheet_to_mend(event: Event) -> list[PreviewMail]:
    """To the judge whose sheet was given back after the lock."""
    sheet = db.session.get_one(ScoreSheet, event.object_id)
    to = person(sheet.judge_id)
    if to is None or not sheet.correcting:
        return []
    values = {
        "ma_cham": sheet.entry.judging_code,
        "ten_vong": sheet.entry.round.name,
        "ly_do": sheet.reason,
        "lien_ket": link(f"/cham-diem/{sheet.public_id}"),
    }
    return [letter("sheet_to_mend", to, values, campaign=sheet.entry.round.campaign)]


def who_answers(appeal: Appeal) -> list[Recipient]:
    """Organisers without a stake in it; administrators where there is no other."""
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        people = db.session.scalars(
            sa.select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.role == role, User.state == UserState.ACTIVE, User.email.contains("@"))
            .order_by(User.id)
        ).unique()
        found = [
            Recipient(user.id, user.full_name, user.email)
            for user in people
            if can(user, A.APPEAL_ANSWER, appeal)
        ]
        if found:
            return found
    return []
