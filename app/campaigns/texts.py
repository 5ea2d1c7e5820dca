"""The ward's own long texts (app/content/*.md), with their blanks filled, as sanitised HTML."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.config import Settings
from app.core.richtext import markdown_to_html

CONTENT = Path(__file__).resolve().parent.parent / "content"
PRIVACY_IN_FORCE = "01/10/2026"


class Text(NamedTuple):
    """A page's title and what follows it."""

    title: str
    html: str


@cache
def _source(name: str) -> str:
    return (CONTENT / f"{name}.md").read_text(encoding="utf-8")


def page(name: str, settings: Settings) -> Text:
    """One text: its first heading is the page's title. Raises KeyError for a blank nobody fills."""
    blanks = {
        "ten_bo_phan": settings.contact_office,
        "email_bao_ve_du_lieu": settings.contact_email,
        "dien_thoai": settings.contact_phone,
        "ngay_ap_dung": PRIVACY_IN_FORCE,
        "noi_luu_tru": "máy chủ đặt tại Việt Nam do Ủy ban nhân dân phường quản lý",
        "duong_dan_phien_ban": f"{settings.base_url}/quyen-rieng-tu",
    }
    filled = re.sub(r"\{(\w+)\}", lambda blank: blanks[blank[1]], _source(name))
    heading, _, rest = filled.partition("\n")
    return Text(heading.lstrip("# "), markdown_to_html(rest))
