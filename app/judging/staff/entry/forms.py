"""Taking an idea out of a round, and putting it back."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form
from app.core.i18n import _l
from app.judging.rules import REASON_MAX_CHARS, Exclusion

ENOUGH = [InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)]


class ExclusionForm(Form):
    excluded_as = RadioField(
        _l("Vì sao bài ra khỏi vòng chấm?"),
        choices=[
            (Exclusion.WITHDRAWN.value, _l("Tác giả xin rút")),
            (Exclusion.DISQUALIFIED.value, _l("Bài vi phạm thể lệ")),
        ],
        validators=[InputRequired(_l("Chọn một lý do."))],
    )
    reason = TextAreaField(
        _l("Lý do"), description=_l("Tác giả đọc được lý do này trong thư báo."), validators=ENOUGH
    )


class ReadmissionForm(Form):
    reason = TextAreaField(_l("Vì sao nhận lại?"), validators=ENOUGH)
