"""What each event is called: one table for timelines, the audit page and exports."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.core.i18n import _l


class Words(NamedTuple):
    """The sentence of an event, its drawing, and whether everybody may read that it happened."""

    text: Any
    drawing: str = "history"
    public: bool = False


KINDS: dict[str, Words] = {
    # accounts
    "user.joined": Words(_l("Đăng ký tài khoản"), "user"),
    "user.join_repeated": Words(_l("Đăng ký lại bằng địa chỉ đã có tài khoản"), "user"),
    "user.confirmed": Words(_l("Xác nhận địa chỉ thư"), "check"),
    "user.reset_asked": Words(_l("Yêu cầu đặt lại mật khẩu"), "key"),
    "user.password_changed": Words(_l("Đổi mật khẩu"), "key"),
    "user.address_asked": Words(_l("Yêu cầu đổi địa chỉ thư"), "send"),
    "user.address_changed": Words(_l("Đổi địa chỉ thư"), "send"),
    "user.invited": Words(_l("Mời làm việc trên trang"), "send"),
    "user.deactivated": Words(_l("Ngừng tài khoản"), "lock"),
    "user.reactivated": Words(_l("Mở lại tài khoản"), "user"),
    "user.profile_changed": Words(_l("Sửa hồ sơ cá nhân"), "pencil"),
    "user.data_exported": Words(_l("Tải dữ liệu cá nhân"), "file"),
    "session.ended": Words(_l("Đăng xuất một trình duyệt"), "out"),
    "user.erased": Words(_l("Xóa dữ liệu cá nhân"), "trash"),
    "role.granted": Words(_l("Giao vai trò"), "shield"),
    "role.revoked": Words(_l("Thu lại vai trò"), "shield"),
    "guardian.asked": Words(_l("Xin ý kiến người giám hộ"), "users"),
    "guardian.answered": Words(_l("Người giám hộ trả lời"), "users"),
    "consent.given": Words(_l("Đồng ý cho dùng dữ liệu"), "check"),
    "consent.withdrawn": Words(_l("Rút đồng ý"), "undo"),
    # campaigns
    "campaign.created": Words(_l("Lập cuộc thi"), "calendar"),
    "campaign.edited": Words(_l("Sửa cuộc thi"), "pencil"),
    "campaign.opened": Words(_l("Mở cuộc thi"), "play", public=True),
    "campaign.closed": Words(_l("Đóng cuộc thi"), "lock", public=True),
    "campaign.deadline_moved": Words(_l("Đổi hạn nộp"), "calendar", public=True),
    # ideas
    "author.invited": Words(_l("Mời đồng tác giả"), "users"),
    "author.answered": Words(_l("Đồng tác giả trả lời"), "users"),
    "author.removed": Words(_l("Bớt thành viên khỏi đội"), "users"),
    "idea.created": Words(_l("Bắt đầu bản nháp"), "pencil"),
    "idea.submitted": Words(_l("Gửi ý tưởng"), "send", public=True),
    "idea.withdrawn": Words(_l("Rút ý tưởng"), "undo"),
    "idea.discarded": Words(_l("Xóa bản nháp"), "trash"),
    "idea.emptied": Words(_l("Xóa nội dung bài đã rút"), "trash"),
    "idea.approved": Words(_l("Xác nhận hợp lệ"), "ok", public=True),
    "idea.returned": Words(_l("Trả lại để bổ sung"), "return"),
    "idea.rejected": Words(_l("Kết luận không hợp lệ"), "no"),
    "idea.reopened": Words(_l("Xem lại và mở cho sửa"), "undo"),
    # judging
    "panel.changed": Words(_l("Đổi Ban Giám khảo"), "users"),
    "panel.load_set": Words(_l("Đổi hạn mức, lĩnh vực của giám khảo"), "users"),
    "panel.confirmed": Words(_l("Giám khảo xác nhận đã đọc thể lệ"), "check"),
    "ideas.taken_out": Words(_l("Đưa bài ra khỏi vòng chấm"), "undo"),
    "entry.excluded": Words(_l("Đưa một bài ra khỏi vòng chấm"), "no"),
    "entry.readmitted": Words(_l("Nhận lại một bài vào vòng chấm"), "undo"),
    "ideas.entered": Words(_l("Đưa bài vào vòng chấm"), "assign"),
    "round.planned": Words(_l("Thiết lập vòng chấm"), "gear"),
    "rubric.created": Words(_l("Lập bộ tiêu chí"), "sheet"),
    "rubric.edited": Words(_l("Sửa bộ tiêu chí"), "sheet"),
    "rubric.deleted": Words(_l("Xóa bộ tiêu chí"), "trash"),
    "round.added": Words(_l("Thêm vòng chấm"), "plus"),
    "round.moved": Words(_l("Đổi thứ tự vòng chấm"), "columns"),
    "round.deleted": Words(_l("Xóa vòng chấm"), "trash"),
    "round.rules_changed": Words(_l("Đổi thể lệ chấm điểm"), "pencil", public=True),
    "round.opened": Words(_l("Mở vòng chấm"), "play", public=True),
    "judges.assigned": Words(_l("Phân công giám khảo"), "assign"),
    "paper.scanned": Words(_l("Đính kèm bản quét phiếu giấy"), "file"),
    "paper.typed": Words(_l("Nhập phiếu giấy lần một"), "pencil"),
    "paper.agreed": Words(_l("Nhập phiếu giấy lần hai, khớp"), "check"),
    "paper.differed": Words(_l("Nhập phiếu giấy lần hai, khác lần một"), "warn"),
    "paper.confirmed": Words(_l("Giám khảo xác nhận phiếu giấy"), "ok"),
    "paper.refused": Words(_l("Giám khảo báo phiếu giấy nhập sai"), "undo"),
    "anchor.named": Words(_l("Thêm bài hiệu chuẩn"), "plus"),
    "anchor.dropped": Words(_l("Bỏ bài hiệu chuẩn"), "no"),
    "anchor_sheet.submitted": Words(_l("Nộp phiếu hiệu chuẩn"), "star"),
    "judges.invited": Words(_l("Gửi liên kết vào chấm"), "send"),
    "judge_link.made": Words(_l("Tạo liên kết vào chấm"), "key"),
    "judge_link.used": Words(_l("Vào chấm bằng liên kết riêng"), "key"),
    "judge_link.voided": Words(_l("Liên kết vào chấm hết hiệu lực"), "lock"),
    "conflict.declared": Words(_l("Khai mối quan hệ có thể ảnh hưởng"), "warn"),
    "conflict.lifted": Words(_l("Gỡ quan hệ liên quan do Ban Tổ chức ghi"), "undo"),
    "sheet.submitted": Words(_l("Nộp phiếu chấm"), "star"),
    "sheet.taken_back": Words(_l("Lấy lại phiếu để sửa"), "undo"),
    "sheet.put_off": Words(_l("Để bài lại chấm sau"), "clock"),
    "sheet.recused": Words(_l("Xin không chấm"), "return"),
    "sheet.reopened": Words(_l("Mở lại phiếu chấm"), "undo"),
    "sheet.withdrawn": Words(_l("Rút phiếu chưa ghi gì để giao lại"), "undo"),
    "sheet.voided": Words(_l("Bỏ phiếu chấm"), "no"),
    "votes.counted": Words(_l("Ghi số lượt bình chọn"), "heart"),
    "comment.released": Words(_l("Cho đội đọc nhận xét"), "talk"),
    "round.closed": Words(_l("Kết thúc vòng chấm"), "done2", public=True),
    "round.locked": Words(_l("Khóa vòng chấm"), "lock", public=True),
    # results
    "ranking.frozen": Words(_l("Chốt xếp hạng"), "medal"),
    "awards.proposed": Words(_l("Đề nghị giải thưởng"), "medal"),
    "results.published": Words(_l("Công bố kết quả"), "medal", public=True),
    "results.withdrawn": Words(_l("Rút đề nghị giải thưởng"), "undo"),
    "judges.reminded": Words(_l("Nhắc giám khảo chấm"), "mail"),
    "secretary.appointed": Words(_l("Giao việc Thư ký không chấm"), "users"),
    "secretary.relieved": Words(_l("Thôi việc Thư ký không chấm"), "users"),
    "panel.appointed": Words(_l("Giao việc Trưởng ban, Thư ký"), "users"),
    "council.opened": Words(_l("Mở phiên họp hội đồng"), "play"),
    "council.attended": Words(_l("Điểm danh hội đồng"), "users"),
    "council.listed": Words(_l("Lập danh sách việc của hội đồng"), "list"),
    "council.closed": Words(_l("Kết thúc phiên họp hội đồng"), "lock"),
    "case.noted": Words(_l("Ghi ý kiến hội đồng"), "pencil"),
    "case.decided": Words(_l("Hội đồng kết luận một việc"), "check"),
    "sheet.amended": Words(_l("Giám khảo sửa phiếu trong phiên họp"), "pencil"),
    "case.shared": Words(_l("Kết luận cùng hưởng vì quá ít người biểu quyết"), "ok"),
    "vote.opened": Words(_l("Mở biểu quyết"), "play"),
    "vote.cast": Words(_l("Bỏ phiếu biểu quyết"), "check"),
    "vote.closed": Words(_l("Kiểm phiếu biểu quyết"), "lock"),
    "appeal.received": Words(_l("Nhận khiếu nại"), "inbox", public=True),
    "appeal.taken_up": Words(_l("Bắt đầu xem xét khiếu nại"), "eye", public=True),
    "appeal.upheld": Words(_l("Chấp nhận khiếu nại"), "ok", public=True),
    "appeal.rejected": Words(_l("Không chấp nhận khiếu nại"), "no", public=True),
    "appeal.withdrawn": Words(_l("Rút khiếu nại"), "undo", public=True),
    "appeal.carried_out": Words(_l("Xếp hạng lại sau khiếu nại"), "medal"),
    # a live final
    "round.made_live": Words(_l("Đổi cách kết thúc vòng chấm"), "gear"),
    "final.planned": Words(_l("Lập buổi chung khảo"), "calendar"),
    "final.replanned": Words(_l("Lập lại buổi chung khảo"), "calendar"),
    "final.cancelled": Words(_l("Hủy buổi chung khảo"), "no"),
    "final.link_changed": Words(_l("Đổi liên kết máy chiếu"), "lock"),
    "final.draw_opened": Words(_l("Mở phần bốc thăm"), "play"),
    "final.lots_drawn": Words(_l("Bốc thăm thứ tự trình bày"), "list"),
    "final.lot_shown": Words(_l("Mở một lá thăm"), "list"),
    "final.order_set": Words(_l("Xếp thứ tự trình bày"), "list"),
    "final.begun": Words(_l("Bắt đầu trình bày"), "play"),
    "final.moved_on": Words(_l("Sang bài tiếp theo"), "right"),
    "final.moved_back": Words(_l("Quay lại bài trước"), "left"),
    "final.timer_started": Words(_l("Chạy đồng hồ"), "play"),
    "final.timer_paused": Words(_l("Dừng đồng hồ"), "pause"),
    "final.timer_reset": Words(_l("Đặt lại đồng hồ"), "undo"),
    "final.questions_begun": Words(_l("Sang phần hỏi đáp"), "talk"),
    "final.minutes_set": Words(_l("Đổi số phút trình bày"), "clock"),
    "final.scoring_closed": Words(_l("Khóa phiếu chung khảo"), "lock"),
    "final.judge_left": Words(_l("Bỏ mọi phiếu của giám khảo rời giữa chừng"), "no"),
    "final.totals_opened": Words(_l("Mở tổng điểm"), "eye"),
    "final.totals_shown": Words(_l("Chiếu hoặc cất bảng điểm"), "eye"),
    "final.reveal_begun": Words(_l("Bắt đầu mở giải"), "medal"),
    "final.award_revealed": Words(_l("Mở một giải trên màn chiếu"), "medal"),
    "final.finished": Words(_l("Kết thúc buổi chung khảo"), "done2"),
    # initiatives
    "initiative.received": Words(_l("Tiếp nhận vào hàng đợi của phường"), "inbox", public=True),
    "initiative.assigned": Words(_l("Phân công đơn vị chủ trì"), "assign", public=True),
    "initiative.updated": Words(_l("Cập nhật tiến độ"), "pencil", public=True),
    "initiative.trial_started": Words(_l("Áp dụng thử"), "flask", public=True),
    "initiative.paused": Words(_l("Tạm dừng"), "pause", public=True),
    "initiative.resumed": Words(_l("Làm tiếp"), "play", public=True),
    "initiative.completed": Words(_l("Hoàn thành"), "done2", public=True),
    "initiative.declined": Words(_l("Không thực hiện"), "no", public=True),
    "initiative.merged": Words(_l("Gộp vào việc khác"), "merge", public=True),
    "initiative.award_lost": Words(_l("Giải của ý tưởng không còn trong kết quả công bố lại"), "medal"),
    "initiative.award_changed": Words(_l("Giải của ý tưởng theo kết quả công bố lại"), "medal"),
    "initiative.reopened": Words(_l("Mở lại"), "undo", public=True),
    # reports
    "report.exported": Words(_l("Tải báo cáo gửi Sở"), "down"),
    # the record itself
    "record.adopted": Words(_l("Nhận vào nhật ký dữ liệu có từ trước"), "book"),
    "record.rows": Words(_l("Ghi thêm các dòng của việc ngay sau đó"), "book"),
    "record.erased": Words(_l("Xóa nội dung một sự kiện theo luật"), "trash"),
    "head.published": Words(_l("Công bố dấu niêm phong"), "shield", public=True),
    # mail
    "mail.retried": Words(_l("Gửi lại thư"), "send"),
    "reaction.restarted": Words(_l("Chạy lại việc bị dừng"), "sync"),
}

# What a thing is called; anything else by the name of its table.
THINGS: dict[str, Any] = {
    "users": _l("Tài khoản"),
    "guardianships": _l("Ý kiến người giám hộ"),
    "campaigns": _l("Cuộc thi"),
    "rounds": _l("Vòng chấm"),
    "ideas": _l("Ý tưởng"),
    "authors": _l("Thành viên đội"),
    "decisions": _l("Quyết định kiểm duyệt"),
    "score_sheets": _l("Phiếu chấm"),
    "paper_sheets": _l("Phiếu giấy"),
    "panel_members": _l("Thành viên Ban Giám khảo"),
    "entries": _l("Bài trong vòng chấm"),
    "versions": _l("Bản đã gửi"),
    "events": _l("Sự kiện"),
    "published_heads": _l("Dấu đã công bố"),
    "anchors": _l("Bài hiệu chuẩn"),
    "anchor_sheets": _l("Phiếu hiệu chuẩn"),
    "judge_links": _l("Liên kết vào chấm"),
    "conflicts": _l("Xung đột lợi ích"),
    "rankings": _l("Xếp hạng"),
    "publications": _l("Giải thưởng"),
    "appeals": _l("Khiếu nại"),
    "councils": _l("Phiên họp hội đồng"),
    "council_cases": _l("Việc của hội đồng"),
    "live_finals": _l("Buổi chung khảo"),
    "initiatives": _l("Sáng kiến"),
    "mails": _l("Thư"),
    "outbox": _l("Việc sau sự kiện"),
}

SYSTEM = _l("Hệ thống")
NOBODY_LEFT = _l("Người dùng đã xóa")


def of(kind: str) -> Words:
    """The words of a kind; one without any is shown by its own name rather than hidden."""
    return KINDS.get(kind, Words(kind))


def thing(object_type: str) -> Any:
    return THINGS.get(object_type, object_type)
