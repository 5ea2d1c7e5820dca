"""Where the chain of seals begins."""

from __future__ import annotations

from app.core.canonical import first_head

ORIGIN = "Nhật ký Ý tưởng sáng tạo trẻ phường Đông Hải"
BEGINNING = first_head(ORIGIN)
