"""What organisers may type about a round."""

from __future__ import annotations

from enum import StrEnum

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core.fields import row_id
from app.core.forms import Form
from app.core.i18n import _l


class LoadForm(Form):
    """How much a judge takes on, and of what."""

    max_sheets = IntegerField(
        _l("Nhiều nhất mấy bài"),
        description=_l("Để trống nếu không giới hạn."),
        validators=[Optional(), NumberRange(1, 500, _l("Ghi số từ 1 đến 500."))],
    )
    expertise = SelectMultipleField(_l("Lĩnh vực am hiểu"), validators=[Optional()])


class MemberForm(LoadForm):
    judge_id = SelectField(_l("Giám khảo"), coerce=row_id, validators=[InputRequired(_l("Chọn giám khảo."))])
    is_chair = BooleanField(_l("Trưởng ban Giám khảo"))
    is_secretary = BooleanField(_l("Thư ký"))


class DutyForm(Form):
    """Who leads the panel, who writes its minutes."""

    is_chair = BooleanField(_l("Trưởng ban Giám khảo"))
    is_secretary = BooleanField(_l("Thư ký"))


class PinForm(Form):
    """A conflict that staff know of."""

    judge_id = SelectField(_l("Giám khảo"), coerce=row_id)
    unit_id = SelectField(_l("Không chấm bài của đơn vị"), coerce=row_id)
    idea_code = SelectField(_l("Không chấm ý tưởng"), validators=[Optional()])
    reason = TextAreaField(_l("Lý do"), validators=[InputRequired(_l("Ghi lý do.")), Length(max=500)])


class LiftForm(Form):
    """Why a conflict that staff set no longer holds."""

    reason = TextAreaField(
        _l("Vì sao gỡ?"), validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=500)]
    )


class SeenForm(Form):
    """The fingerprint of what was previewed, which sheets had been begun by then (signed), what was agreed to."""

    seen = HiddenField(validators=[InputRequired()])
    begun = HiddenField()
    accept_imbalance = HiddenField()
    sure = BooleanField(_l("Vẫn phân công, dù khó so các giám khảo với nhau"))


class SheetStep(StrEnum):
    REOPEN = "mo-lai"
    VOID = "bo"


class SheetStepForm(Form):
    """Give a sheet back to its judge, or void it."""

    sheet = SelectField(_l("Phiếu"), validators=[InputRequired(_l("Chọn phiếu."))])
    step = RadioField(
        _l("Làm gì?"),
        choices=[
            (SheetStep.REOPEN, _l("Mở lại để giám khảo sửa")),
            (SheetStep.VOID, _l("Bỏ phiếu, giao người khác")),
        ],
        validators=[InputRequired(_l("Chọn việc cần làm."))],
    )
    reason = TextAreaField(
        _l("Lý do"), validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=500)]
    )
