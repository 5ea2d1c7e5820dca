"""What officers and units may type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import MultipleFileField
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
from app.core.forms import OnceForm, VersionForm
from app.core.i18n import _, _l
from app.core.stored_files import Kept, keep
from app.core.uploads import UploadRefused
from app.core.web import file_store
from app.initiatives.rules import InitiativeKind
from app.initiatives.service import MeasureRow
from app.initiatives.words import KIND_WORDS

KINDS = [(kind.value, words) for kind, words in KIND_WORDS.items()]
MEASURES = 4
FILES_MAX = 5


class StepForm(VersionForm):
    """A step on the initiative as it stood when the page was opened."""

    @property
    def command_values(self) -> dict[str, Any]:
        """What the step's command asks for; read once the form is valid."""
        return self.values

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Every text typed, with its label: given back when a colleague was first."""
        return [(label, text) for label, text in typed_in(self) if text]


def typed_in(fields: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for field in fields:
        if isinstance(field, FieldList):
            for row in field:
                yield from typed_in(row.form)
        elif isinstance(field, StringField | IntegerField) and not isinstance(field.widget, HiddenInput):
            yield str(field.label.text), boxed(field)


def boxed(field: Any) -> str:
    """What stands in a field's box."""
    return str(field._value())  # noqa: SLF001 - WTForms' own name for it


class NewForm(OnceForm):
    kind = SelectField(_l("Loại"), choices=KINDS, coerce=InitiativeKind)
    title = StringField(
        _l("Tên việc"),
        validators=[
            InputRequired(_l("Ghi tên việc.")),
            Length(max=150, message=_l("Rút gọn tên, nhiều nhất 150 ký tự.")),
        ],
    )
    summary = TextAreaField(
        _l("Nội dung"),
        description=_l("Chuyện gì, ở đâu, cần ai làm gì."),
        validators=[
            InputRequired(_l("Ghi nội dung.")),
            Length(max=4000, message=_l("Rút gọn nội dung, nhiều nhất 4.000 ký tự.")),
        ],
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


class PercentForm(StepForm):
    percent = IntegerField(
        _l("Tiến độ (%)"),
        validators=[
            InputRequired(_l("Ghi tiến độ bằng số từ 0 đến 100.")),
            NumberRange(0, 100, _l("Ghi tiến độ bằng số từ 0 đến 100.")),
        ],
    )


class ProgressForm(PercentForm):
    text = TextAreaField(
        _l("Đã làm được gì?"),
        validators=[InputRequired(_l("Viết một vài câu về việc đã làm.")), Length(max=4000)],
    )
    files = MultipleFileField(
        _l("Tài liệu, ảnh"),
        description=_l("PDF, DOCX, PPTX, JPG, PNG; nhiều nhất 5 tệp, mỗi tệp tối đa 20 MB."),
        validators=[Optional(), Length(max=FILES_MAX, message=_l("Chọn nhiều nhất 5 tệp một lần."))],
    )
    is_public = BooleanField(_l("Hiện cho mọi người xem"), default=True)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Files are looked into once all else is right: it takes its time."""
        self.kept: list[Kept] = []
        return super().validate(*args, **kwargs) and self._receive_files()

    def _receive_files(self) -> bool:
        for sent in self.files.data or []:
            try:
                self.kept.append(keep(file_store(), sent.stream, sent.filename or ""))
            except UploadRefused as refused:
                reason = _("%(name)s: %(reason)s", name=sent.filename, reason=refused.message)
                self.files.errors = [*self.files.errors, reason]
        return not self.files.errors

    @property
    def command_values(self) -> dict[str, Any]:
        return {**self.values, "files": self.kept}


class EndTrialForm(PercentForm):
    text = TextAreaField(
        _l("Áp dụng thử cho thấy gì?"),
        description=_l("Điều gì làm được, điều gì phải đổi, làm tiếp thế nào."),
        validators=[InputRequired(_l("Viết điều rút ra từ lần áp dụng thử.")), Length(max=4000)],
    )


class TrialForm(StepForm):
    place = StringField(
        _l("Nơi áp dụng thử"), validators=[InputRequired(_l("Ghi nơi áp dụng thử.")), Length(max=200)]
    )
    trial_from = DayField(
        _l("Từ ngày"), validators=[InputRequired(_l("Ghi ngày bắt đầu, dạng ngày/tháng/năm."))]
    )
    trial_to = DayField(_l("Đến ngày"), validators=[Optional()])
    text = TextAreaField(_l("Cách làm thử"), validators=[Optional(), Length(max=4000)])


class ReasonForm(StepForm):
    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Tác giả và người dân đọc được nguyên văn."),
        validators=[InputRequired(_l("Ghi lý do.")), Length(max=2000)],
    )


class MergeForm(StepForm):
    into_code = StringField(
        _l("Gộp vào việc có mã"),
        description=_l("Ví dụ SK-2026-0001."),
        validators=[InputRequired(_l("Ghi mã của việc nhận gộp.")), Length(max=20)],
    )
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
        """Rows without a name are left out; money and hours are whole numbers."""
        return {
            "version": self.version.data,
            "summary": self.summary.data,
            "measures": [MeasureRow(**row) for row in self.measures.data if row["name"]],
            "cost_actual_vnd": whole(self.cost_actual_vnd.data),
            "hours_saved_per_month": whole(self.hours_saved_per_month.data),
        }


def whole(number: Any) -> int | None:
    return None if number is None else int(number)
