"""What officers and units may type."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.core.fields import DayField, NumberTextField
from app.core.forms import Form, OnceForm
from app.core.i18n import _l
from app.initiatives.rules import InitiativeKind
from app.initiatives.service import MeasureRow
from app.initiatives.words import KIND_WORDS

KINDS = tuple((kind.value, words) for kind, words in KIND_WORDS.items())
MEASURES = 4


class StepForm(Form):
    """The state of the thing when the page was opened."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class NewForm(OnceForm):
    kind = SelectField(_l("Loại"), choices=KINDS, coerce=InitiativeKind)
    title = StringField(
        _l("Tên việc"), validators=[InputRequired(_l("Ghi tên việc.")), Length(max=150, message=_l("Rút gọn tên, nhiều nhất 150 ký tự."))]
    )
    summary = TextAreaField(
        _l("Nội dung"),
        description=_l("Chuyện gì, ở đâu, cần ai làm gì."),
        validators=[InputRequired(_l("Ghi nội dung.")), Length(max=4000, message=_l("Rút gọn nội dung, nhiều nhất 4.000 ký tự."))],
    )
    source_unit_id = SelectField(_l("Đơn vị gửi"), coerce=int)
    topic_id = SelectField(_l("Lĩnh vực"), coerce=int)
    is_public = BooleanField(_l("Hiện trên trang “Phường đang làm”"), default=True)


class AssignForm(StepForm):
    lead_unit_id = SelectField(_l("Đơn vị chủ trì"), coerce=int)
    support_unit_ids = SelectMultipleField(_l("Đơn vị phối hợp"), coerce=int, validators=[Optional()])
    responsible = StringField(
        _l("Người chịu trách nhiệm"),
        description=_l("Ghi chức danh, ví dụ: Phó Trưởng phòng phụ trách hạ tầng."),
        validators=[InputRequired(_l("Ghi ai chịu trách nhiệm.")), Length(max=160)],
    )
    due_on = DayField(_l("Thời hạn"), validators=[InputRequired(_l("Ghi thời hạn, dạng ngày/tháng/năm."))])
    product = StringField(
        _l("Sản phẩm"),
        description=_l("Làm xong thì có gì để xem?"),
        validators=[InputRequired(_l("Ghi sản phẩm phải có.")), Length(max=500)],
    )
    text = TextAreaField(_l("Lời giao việc"), validators=[Optional(), Length(max=2000)])


class ProgressForm(StepForm):
    percent = IntegerField(
        _l("Tiến độ (%)"),
        validators=[
            InputRequired(_l("Ghi tiến độ bằng số từ 0 đến 100.")),
            NumberRange(0, 100, _l("Ghi tiến độ bằng số từ 0 đến 100.")),
        ],
    )
    text = TextAreaField(
        _l("Đã làm được gì?"),
        validators=[InputRequired(_l("Viết một vài câu về việc đã làm.")), Length(max=4000)],
    )
    is_public = BooleanField(_l("Hiện cho mọi người xem"), default=True)


class TrialForm(StepForm):
    place = StringField(_l("Nơi áp dụng thử"), validators=[InputRequired(_l("Ghi nơi áp dụng thử.")), Length(max=200)])
    trial_from = DayField(_l("Từ ngày"), validators=[InputRequired(_l("Ghi ngày bắt đầu, dạng ngày/tháng/năm."))])
    trial_to = DayField(_l("Đến ngày"), validators=[Optional()])
    text = TextAreaField(_l("Cách làm thử"), validators=[Optional(), Length(max=4000)])


class ReasonForm(StepForm):
    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Tác giả và người dân đọc được nguyên văn."),
        validators=[InputRequired(_l("Ghi lý do.")), Length(max=2000)],
    )


class WordForm(StepForm):
    text = TextAreaField(_l("Lời nhắn"), validators=[Optional(), Length(max=2000)])


class MeasureForm(PlainForm):
    name = StringField(_l("Số đo"), validators=[Optional(), Length(max=200)])
    before = NumberTextField(_l("Trước"), validators=[Optional()])
    after = NumberTextField(_l("Sau"), validators=[Optional()])
    unit = StringField(_l("Đơn vị tính"), validators=[Optional(), Length(max=40)])
    method = StringField(_l("Cách đo"), validators=[Optional(), Length(max=300)])


class CompleteForm(StepForm):
    summary = TextAreaField(
        _l("Kết quả áp dụng"),
        description=_l("Điều gì đã khác trước, với ai."),
        validators=[InputRequired(_l("Viết kết quả áp dụng.")), Length(max=4000)],
    )
    measures = FieldList(FormField(MeasureForm), min_entries=MEASURES, max_entries=MEASURES)
    cost_actual_vnd = NumberTextField(_l("Đã chi (đồng)"), validators=[Optional()])
    hours_saved_per_month = NumberTextField(_l("Số giờ tiết kiệm mỗi tháng"), validators=[Optional()])

    @property
    def command_values(self) -> dict[str, Any]:
        """What the command asks for: rows without a name are left out."""
        rows = [MeasureRow(**row) for row in self.measures.data if row["name"]]
        whole = {name: int(self[name].data) if self[name].data is not None else None for name in ("cost_actual_vnd", "hours_saved_per_month")}
        return {"summary": self.summary.data, "measures": rows, "version": self.version.data, **whole}
