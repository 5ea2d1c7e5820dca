"""What an administrator may type about a campaign."""

from __future__ import annotations

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core.fields import DayField
from app.core.forms import Form, VersionForm
from app.core.i18n import _l

DAY = _l("Viết ngày theo dạng ngày/tháng/năm, ví dụ 05/02/2027.")
AGE = _l("Ghi tuổi bằng số từ 5 đến 100.")


class NewForm(Form):
    name = StringField(
        _l("Tên cuộc thi"),
        description=_l("Nên có năm, ví dụ: Ý tưởng sáng tạo trẻ phường Đông Hải năm 2027."),
        validators=[InputRequired(_l("Ghi tên cuộc thi.")), Length(max=200)],
    )
    tagline = StringField(_l("Khẩu hiệu"), validators=[Optional(), Length(max=200)])
    opens_on = DayField(_l("Mở nhận ý tưởng"), validators=[InputRequired(DAY)])
    closes_on = DayField(
        _l("Hạn nộp"), description=_l("Nhận đến 23:59 ngày này."), validators=[InputRequired(DAY)]
    )
    rules = TextAreaField(
        _l("Thể lệ"),
        validators=[InputRequired(_l("Dán thể lệ vào đây.")), Length(max=40_000)],
    )


class EditForm(VersionForm):
    name = StringField(
        _l("Tên cuộc thi"), validators=[InputRequired(_l("Ghi tên cuộc thi.")), Length(max=200)]
    )
    tagline = StringField(_l("Khẩu hiệu"), validators=[Optional(), Length(max=200)])
    intro = TextAreaField(_l("Lời giới thiệu"), validators=[Optional(), Length(max=20_000)])
    residence = StringField(_l("Ai tham gia được"), validators=[Optional(), Length(max=300)])
    contact_email = StringField(
        _l("Thư điện tử liên hệ"),
        validators=[InputRequired(_l("Ghi địa chỉ thư.")), Length(max=254)],
    )
    min_age = IntegerField(_l("Từ tuổi"), validators=[InputRequired(AGE), NumberRange(5, 100, AGE)])
    max_age = IntegerField(_l("Đến tuổi"), validators=[InputRequired(AGE), NumberRange(5, 100, AGE)])
    moderation_days = IntegerField(
        _l("Trả lời trong mấy ngày làm việc"),
        validators=[InputRequired(_l("Ghi số ngày.")), NumberRange(1, 60, _l("Ghi số từ 1 đến 60."))],
    )
    appeal_days = IntegerField(
        _l("Nhận khiếu nại trong mấy ngày làm việc"),
        validators=[InputRequired(_l("Ghi số ngày.")), NumberRange(1, 60, _l("Ghi số từ 1 đến 60."))],
    )


class DeadlineForm(VersionForm):
    closes_on = DayField(_l("Hạn nộp mới"), validators=[InputRequired(DAY)])
    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Mọi người đều đọc được."),
        validators=[InputRequired(_l("Ghi lý do dời hạn.")), Length(max=500)],
    )
