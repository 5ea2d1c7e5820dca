"""What happens next with an idea, said to its authors: who acts, and by when."""

from __future__ import annotations

from datetime import datetime

from app.core import formats
from app.core.i18n import _
from app.ideas.rules import IdeaState, deadline_of, may_submit_at


def next_step(
    state: IdeaState,
    *,
    now: datetime,
    closes_at: datetime,
    return_due_at: datetime | None,
    moderation_days: int,
    judging_started_at: datetime | None,
    published_at: datetime | None,
) -> str:
    """One sentence, whatever the state: no idea is left without a next step or a reason."""
    deadline = formats.deadline(deadline_of(state, closes_at, return_due_at))
    in_time = may_submit_at(state, now, closes_at, return_due_at)
    if state is IdeaState.DRAFT:
        if in_time:
            return _("Viết tiếp rồi gửi trước %(deadline)s.", deadline=deadline)
        return _("Đã hết hạn nộp (%(deadline)s). Bản nháp vẫn được giữ.", deadline=deadline)
    if state is IdeaState.SUBMITTED:
        asked = _("Đoàn phường trả lời trong %(n)d ngày làm việc kể từ lúc gửi.", n=moderation_days)
        again = _("Bạn sửa và gửi lại được đến %(deadline)s.", deadline=deadline)
        return f"{asked} {again}" if in_time else asked
    if state is IdeaState.RETURNED:
        if in_time:
            return _("Bổ sung rồi gửi lại trước %(deadline)s.", deadline=deadline)
        return _("Đã hết hạn bổ sung (%(deadline)s), bài không vào vòng chấm.", deadline=deadline)
    if state is IdeaState.APPROVED:
        if published_at is not None:
            return _("Đã công bố kết quả của cuộc thi.")
        if judging_started_at is not None:
            return _("Giám khảo đang chấm. Kết quả công bố theo lịch của cuộc thi.")
        return _("Bài hợp lệ, đang chờ giám khảo chấm.")
    if state is IdeaState.REJECTED:
        return _("Bài không vào vòng chấm. Nếu thấy chưa đúng, hãy viết cho Ban Tổ chức để xem lại.")
    return _("Bài đã rút, không xét và chấm nữa.")
