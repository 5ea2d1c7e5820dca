"""What the chair types on a phone."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.core.forms import Form, VersionForm
from app.core.i18n import _l
from app.finals.rules import MINUTES_MAX, MINUTES_MIN
from app.judging.rules import REASON_MAX_CHARS

BAD_MINUTES = _l("Ghi số phút từ 0 đến 60.")


class PlanForm(Form):
    minutes = IntegerField(
        _l("Số phút trình bày"),
        default=7,
        validators=[InputRequired(BAD_MINUTES), NumberRange(MINUTES_MIN, MINUTES_MAX, message=BAD_MINUTES)],
    )
    question_minutes = IntegerField(
        _l("Số phút hỏi đáp"),
        default=5,
        validators=[InputRequired(BAD_MINUTES), NumberRange(0, MINUTES_MAX, message=BAD_MINUTES)],
    )


class MinutesForm(VersionForm, PlanForm):
    """For the presentation at hand and all that follow."""


class ReplanForm(MinutesForm):
    reason = TextAreaField(
        _l("Lý do lập lại"),
        description=_l("Hội trường đọc được lý do này trên màn chiếu."),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)],
    )


class CancelForm(VersionForm):
    reason = TextAreaField(
        _l("Lý do hủy"),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)],
    )


class DrawForm(VersionForm):
    number = StringField(
        _l("Con số được đọc lên"),
        description=_l("Mời ba người trong hội trường mỗi người đọc một số, ghép lại thành một số."),
        validators=[InputRequired(_l("Ghi con số được đọc lên.")), Length(max=40)],
    )


class OrderForm(VersionForm):
    order = TextAreaField(
        _l("Thứ tự mã chấm"),
        description=_l("Mỗi mã một dòng, bài trình bày đầu tiên ở trên cùng."),
        validators=[InputRequired(_l("Ghi thứ tự các mã chấm.")), Length(max=4000)],
    )
    reason = TextAreaField(
        _l("Lý do không bốc thăm"),
        description=_l("Hội trường đọc được lý do này trên màn chiếu."),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)],
    )


class LeftForm(VersionForm):
    judge_id = SelectField(_l("Giám khảo rời giữa chừng"), coerce=int)
    reason = TextAreaField(
        _l("Lý do bỏ phiếu"),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)],
    )


class TotalsForm(VersionForm):
    shown = BooleanField(_l("Chiếu bảng điểm lên màn hình ngay"), default=True)
