"""Mails about an account: confirming, resetting, inviting, warning."""

from __future__ import annotations

from typing import Any

from app.accounts import links
from app.accounts.models import Guardianship, User
from app.accounts.rules import LINK_LIFE, GuardianState, LinkPurpose, Purpose, UserState
from app.accounts.words import ROLES
from app.core.db import db
from app.core.events import Event
from app.core.formats import moment
from app.core.i18n import _
from app.mail.letters import PreviewMail, Recipient, letter, life, link, person
from app.permissions import Role

# What a purpose is called in one breath; the whole clauses are in content/consent_purposes.yaml.
PURPOSE_NAMES: dict[Purpose, str] = {
    Purpose.CONTEST: "dùng thông tin và bài viết để tổ chức cuộc thi",
    Purpose.PUBLIC_NAME: "hiện họ tên, đơn vị và ảnh trên trang công khai",
    Purpose.FORWARD_TO_WARD: "chuyển hồ sơ kèm tên tới các đơn vị của phường",
    Purpose.SEND_TO_DEPARTMENT: "nêu tên trong báo cáo gửi Sở Khoa học và Công nghệ",
    Purpose.NEWSLETTER: "gửi bản tin và lời mời",
}


def confirm_address(event: Event) -> list[PreviewMail]:
    return _one_time_link("confirm_address", event, LinkPurpose.CONFIRM, "/xac-nhan/")


def password_reset(event: Event) -> list[PreviewMail]:
    return _one_time_link("password_reset", event, LinkPurpose.RESET, "/dat-lai-mat-khau/")


def staff_invitation(event: Event) -> list[PreviewMail]:
    """The link carries the roles that were offered, so that a later invitation offers its own."""
    roles = [Role(name) for name in event.data.get("roles", [])]
    named = ", ".join(str(ROLES[role]).lower() for role in roles)
    offered = {"roles": roles, "invited_by": event.data.get("invited_by")}
    return _one_time_link(
        "staff_invitation", event, LinkPurpose.INVITE_STAFF, "/loi-moi/", data=offered, vai_tro=named
    )


def new_address(event: Event) -> list[PreviewMail]:
    """To the address that somebody wants to use from now on: only who reads it there can say yes."""
    user = db.session.get(User, event.object_id)
    if user is None or not user.wanted_email:
        return []  # confirmed meanwhile, or thought better of
    to = Recipient(user.id, user.full_name, user.wanted_email)
    return _one_time_link("confirm_new_address", event, LinkPurpose.NEW_ADDRESS, "/xac-nhan/", to=to)


def _one_time_link(
    template: str,
    event: Event,
    purpose: LinkPurpose,
    path: str,
    *,
    to: Recipient | None = None,
    data: dict[str, Any] | None = None,
    **values: str,
) -> list[PreviewMail]:
    to = to or person(event.object_id)
    if to is None:
        return []
    secret = links.issue(purpose, user_id=to.user_id, data=data)
    shared = {
        "lien_ket": link(path + secret),
        "han_lien_ket": life(LINK_LIFE[purpose]),
        "thoi_diem": moment(event.at),
    }
    return [letter(template, to, {**shared, **values}, holds_link=True)]


def joined_again(event: Event) -> list[PreviewMail]:
    """The page tells nobody that an address has an account; the mail does, and helps who lost the first one."""
    user = db.session.get(User, event.object_id)
    if user is None or user.state is UserState.DEACTIVATED:
        return []
    if user.state is UserState.PENDING:
        # somebody invited has no password yet: their way in is the invitation
        return confirm_address(event) if user.password_hash else []
    to = Recipient(user.id, user.full_name, user.email)
    values = {"lien_ket": link("/dang-nhap"), "lien_ket_dat_lai": link("/quen-mat-khau")}
    return [letter("already_joined", to, values)]


def security_changed(event: Event) -> list[PreviewMail]:
    to = person(event.object_id)
    changed = {
        "user.password_changed": _("mật khẩu của bạn đã được đổi"),
        "user.address_changed": _("địa chỉ thư của tài khoản đã được đổi"),
    }
    values = {
        "thoi_diem": moment(event.at),
        "noi_dung_thay_doi": changed[event.kind],
        "lien_ket": link("/quen-mat-khau"),
    }
    return [letter("security_changed", to, values)] if to else []


def invite_guardian(event: Event) -> list[PreviewMail]:
    """The same link asks, shows the answer, and lets it be changed."""
    guardianship = db.session.get(Guardianship, event.object_id)
    if guardianship is None or not guardianship.guardian_email:
        return []  # a stranger said it was not them: their address is forgotten
    secret = links.issue(LinkPurpose.GUARDIAN, user_id=guardianship.child_id)
    values = {
        "ten_tre": guardianship.child.full_name,
        "ten_nguoi_giam_ho": guardianship.guardian_name,
        "quan_he": guardianship.relation or _("người giám hộ"),
        "lien_ket": link(f"/giam-ho/{secret}"),
        "han_lien_ket": life(LINK_LIFE[LinkPurpose.GUARDIAN]),
    }
    to = Recipient(None, guardianship.guardian_name, guardianship.guardian_email)
    asked = guardianship.state is GuardianState.ASKED
    return [letter("invite_guardian" if asked else "guardian_link", to, values, holds_link=True)]


def guardian_answered(event: Event) -> list[PreviewMail]:
    guardianship = db.session.get(Guardianship, event.object_id)
    to = person(guardianship.child_id) if guardianship else None
    if guardianship is None or to is None:
        return []
    agreed = guardianship.state is GuardianState.CONFIRMED
    values = {
        "ten_nguoi_giam_ho": guardianship.guardian_name or _("Người nhận thư"),
        "ket_qua": _("đồng ý") if agreed else _("không đồng ý"),
        "viec_tiep_theo": _("Em gửi ý tưởng được rồi.")
        if agreed
        else _("Bản nháp của em vẫn được giữ. Em có thể nói chuyện thêm với người lớn rồi xin ý kiến lại."),
        "lien_ket": link("/tai-khoan"),
    }
    return [letter("guardian_answered", to, values)]


def consent_withdrawn(event: Event) -> list[PreviewMail]:
    to = person(event.object_id) if event.object_type == User.__tablename__ else None
    purpose = event.data.get("purpose")
    if to is None or purpose is None:
        return []
    values = {
        "thoi_diem": moment(event.at),
        "muc_dich": PURPOSE_NAMES[Purpose(purpose)],
        "lien_ket": link("/tai-khoan"),
    }
    return [letter("consent_withdrawn", to, values)]
