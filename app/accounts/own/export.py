"""A copy of everything the accounts keep about one person, as plain values for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import LoginSession, User
from app.core.clock import now
from app.core.db import db
from app.core.events import Event
from app.core.formats import iso

MOST_EVENTS = 5000


def of(user: User) -> dict[str, Any]:
    """Only the person's own data: of a guardian what the person typed, of others nothing."""
    return {
        "lap_luc": iso(now()),
        "tai_khoan": {
            "ho_ten": user.full_name,
            "thu_dien_tu": user.email,
            "ngay_sinh": user.birth_date.isoformat() if user.birth_date else None,
            "don_vi": user.unit.name if user.unit else None,
            "chuc_danh": user.title,
            "tao_luc": iso(user.created_at),
            "xac_nhan_luc": moment(user.confirmed_at),
            "vai_tro": sorted(user.roles),
        },
        "dong_y": [
            {
                "muc_dich": consent.purpose,
                "cua_nguoi_giam_ho": consent.by_guardian,
                "dong_y": consent.given,
                "phien_ban": consent.text_version,
                "cach_the_hien": consent.means,
                "luc": iso(consent.at),
                "rut_luc": moment(consent.withdrawn_at),
            }
            for consent in user.consents
        ],
        "nguoi_giam_ho": guardian_of(user),
        "phien_dang_nhap": [
            {"thiet_bi": row.device, "luc": iso(row.created_at), "thu_hoi_luc": moment(row.revoked_at)}
            for row in db.session.execute(
                sa.select(LoginSession).where(LoginSession.user_id == user.id).order_by(LoginSession.id)
            ).scalars()
        ],
        "viec_da_lam": [
            {"viec": kind, "luc": iso(at)}
            for kind, at in db.session.execute(
                sa.select(Event.kind, Event.at)
                .where(Event.actor_id == user.id)
                .order_by(Event.id)
                .limit(MOST_EVENTS)
            )
        ],
    }


def guardian_of(user: User) -> dict[str, Any] | None:
    guardianship = user.guardianship
    if guardianship is None:
        return None
    return {
        "ho_ten": guardianship.guardian_name,
        "thu_dien_tu": guardianship.guardian_email,
        "quan_he": guardianship.relation,
        "tra_loi": guardianship.state,
        "hoi_luc": iso(guardianship.asked_at),
        "tra_loi_luc": moment(guardianship.answered_at),
    }


def moment(value: datetime | None) -> str | None:
    return iso(value) if value else None
