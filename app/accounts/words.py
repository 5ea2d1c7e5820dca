"""What roles, states and kinds of units are called on the page."""

from __future__ import annotations

from app.accounts.rules import GuardianState, UserState
from app.core.i18n import _l
from app.permissions import Role

ROLES = {
    Role.YOUTH: _l("Người dự thi"),
    Role.GUARDIAN: _l("Cha mẹ, người giám hộ"),
    Role.JUDGE: _l("Giám khảo"),
    Role.MODERATOR: _l("Người kiểm duyệt"),
    Role.SCHOOL_COORDINATOR: _l("Đầu mối của trường"),
    Role.UNIT_CONTACT: _l("Đầu mối của đơn vị"),
    Role.OFFICER: _l("Cán bộ theo dõi"),
    Role.LEADER: _l("Lãnh đạo"),
    Role.ADMINISTRATOR: _l("Quản trị viên"),
}

# (words, look of the badge, drawing)
USER_STATES = {
    UserState.PENDING: (_l("Chờ xác nhận"), "warn", "clock"),
    UserState.ACTIVE: (_l("Đang dùng"), "ok", "ok"),
    UserState.DEACTIVATED: (_l("Đã ngừng"), "draft", "no"),
}

GUARDIAN_STATES = {
    GuardianState.ASKED: (_l("Chờ trả lời"), "warn", "clock"),
    GuardianState.CONFIRMED: (_l("Đã đồng ý"), "ok", "ok"),
    GuardianState.REFUSED: (_l("Không đồng ý"), "bad", "no"),
    GuardianState.WITHDRAWN: (_l("Đã rút lại đồng ý"), "bad", "return"),
}

# In the order of a sign-up form: where young people are, first.
UNIT_KINDS = {
    "school": _l("Trường học"),
    "residential": _l("Tổ dân phố"),
    "youth_branch": _l("Chi đoàn"),
    "youth_union": _l("Đoàn Thanh niên"),
    "enterprise": _l("Doanh nghiệp"),
    "cooperative": _l("Hợp tác xã"),
    "household_business": _l("Hộ kinh doanh"),
    "health": _l("Y tế"),
    "security": _l("Công an, quân sự"),
    "mass_org": _l("Tổ chức chính trị - xã hội"),
    "front": _l("Mặt trận Tổ quốc"),
    "one_stop": _l("Trung tâm Phục vụ hành chính công"),
    "service_centre": _l("Đơn vị sự nghiệp công lập"),
    "department": _l("Phòng chuyên môn"),
    "office": _l("Văn phòng"),
    "leadership": _l("Ủy ban nhân dân"),
    "external": _l("Cơ quan ngoài phường"),
}

RELATIONS = {
    "mẹ": _l("Mẹ"),
    "cha": _l("Cha"),
    "ông, bà": _l("Ông, bà"),
    "người giám hộ": _l("Người giám hộ khác"),
}
