"""How states, outcomes and flags read on the moderators' pages."""

from __future__ import annotations

from app.core.i18n import _l
from app.ideas.rules import IdeaState
from app.moderation.rules import Flag, Outcome

STATE_WORDS = {
    IdeaState.SUBMITTED: _l("Chờ xem xét"),
    IdeaState.RETURNED: _l("Chờ tác giả bổ sung"),
    IdeaState.APPROVED: _l("Hợp lệ"),
    IdeaState.REJECTED: _l("Không hợp lệ"),
    IdeaState.WITHDRAWN: _l("Đã rút"),
}
OUTCOME_WORDS = {
    Outcome.APPROVED: _l("Hợp lệ"),
    Outcome.RETURNED: _l("Trả lại để bổ sung"),
    Outcome.REJECTED: _l("Không hợp lệ"),
    Outcome.REOPENED: _l("Mở lại"),
}
DECISION_WORDS = {
    Outcome.RETURNED: _l("Trả lại để bổ sung"),
    Outcome.REJECTED: _l("Kết luận không hợp lệ"),
    Outcome.REOPENED: _l("Mở lại cho tác giả"),
}
# what it is, what to do about it, and in a line of the queue
FLAG_WORDS = {
    Flag.PERSONAL_DATA: (
        _l("Có thể có số điện thoại, số định danh hoặc địa chỉ thư."),
        _l("Nếu là của người thật, trả lại để tác giả bỏ đi."),
        _l("Có số điện thoại, số định danh hoặc địa chỉ"),
    ),
    Flag.NAMES_AUTHOR: (
        _l("Có tên tác giả hoặc đơn vị của tác giả trong bài."),
        _l("Bài chấm ẩn danh: trả lại để tác giả bỏ đi."),
        _l("Có tên tác giả hoặc đơn vị"),
    ),
    Flag.OLD_ENCODING: (
        _l("Chữ có thể gõ bằng phông cũ (TCVN3 hoặc VNI)."),
        _l("Giám khảo sẽ không đọc được đúng dấu."),
        _l("Gõ bằng phông chữ cũ"),
    ),
}
