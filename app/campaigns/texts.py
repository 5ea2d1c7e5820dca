"""The ward's own long texts (app/content/*.md) as pages: a title and clean HTML, with their blanks filled."""

from __future__ import annotations

from typing import NamedTuple

from app.config import Settings
from app.core import content
from app.core.richtext import markdown_to_html

PRIVACY_IN_FORCE = "01/10/2026"
STORED_AT = "máy chủ đặt tại Việt Nam do Ủy ban nhân dân phường quản lý"


class Text(NamedTuple):
    """A page's title and what follows it."""

    title: str
    html: str


def page(name: str, settings: Settings) -> Text:
    """One text: its first heading is the page's title. Raises KeyError for a blank nobody fills."""
    heading, _, rest = content.text(f"{name}.md").partition("\n")
    filled = content.filled(
        markdown_to_html(rest),
        ten_bo_phan=settings.contact_office,
        email_bao_ve_du_lieu=settings.contact_email,
        dien_thoai=settings.contact_phone,
        ngay_ap_dung=PRIVACY_IN_FORCE,
        noi_luu_tru=STORED_AT,
        duong_dan_phien_ban=f"{settings.base_url}/quyen-rieng-tu",
    )
    return Text(heading.lstrip("# "), filled)
