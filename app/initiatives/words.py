"""How kinds, states and steps of the queue read."""

from __future__ import annotations

from app.core.i18n import _l
from app.initiatives.rules import InitiativeKind, InitiativeState

KIND_WORDS = {
    InitiativeKind.PROPOSAL: _l("Đề xuất"),
    InitiativeKind.INITIATIVE: _l("Sáng kiến"),
    InitiativeKind.DIFFICULTY: _l("Khó khăn"),
    InitiativeKind.OBSTACLE: _l("Vướng mắc"),
}
STATE_WORDS = {
    InitiativeState.RECEIVED: _l("Đã tiếp nhận"),
    InitiativeState.ASSIGNED: _l("Đã phân công"),
    InitiativeState.IN_PROGRESS: _l("Đang thực hiện"),
    InitiativeState.TRIAL: _l("Áp dụng thử"),
    InitiativeState.PAUSED: _l("Tạm dừng"),
    InitiativeState.COMPLETED: _l("Hoàn thành"),
    InitiativeState.DECLINED: _l("Không thực hiện"),
    InitiativeState.MERGED: _l("Đã gộp"),
}
