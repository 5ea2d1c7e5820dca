"""What authors and those who answer them may type."""

from __future__ import annotations

from enum import StrEnum

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from app.core.forms import Form, VersionForm
from app.core.i18n import _l


class AppealForm(Form):
    reason = TextAreaField(
        _l("Bạn thấy chưa đúng ở đâu?"),
        description=_l(
            "Nêu rõ phiếu, tiêu chí hay quy định nào. Ít nhất 30 ký tự. Chỉ người giải quyết đọc được."
        ),
        validators=[InputRequired(_l("Viết điều bạn thấy chưa đúng."))],
    )


class AnswerForm(VersionForm):
    decision = RadioField(
        _l("Kết luận"),
        choices=[
            ("upheld", _l("Chấp nhận khiếu nại")),
            ("rejected", _l("Không chấp nhận khiếu nại")),
        ],
        validators=[InputRequired(_l("Chọn kết luận."))],
    )
    answer = TextAreaField(
        _l("Trả lời tác giả"),
        description=_l(
            "Nêu lý do. Nếu chấp nhận, ghi rõ việc sẽ làm: bỏ hay mở lại phiếu nào, xếp hạng lại, công bố lại."
        ),
        validators=[InputRequired(_l("Viết lời trả lời."))],
    )


class CorrectionStep(StrEnum):
    REOPEN = "mo-lai"
    VOID = "bo"


class CorrectionForm(Form):
    """Give a locked sheet back to its judge, or take it out."""

    sheet = SelectField(_l("Phiếu"), coerce=int, validators=[InputRequired(_l("Chọn phiếu."))])
    step = RadioField(
        _l("Làm gì?"),
        choices=[
            (CorrectionStep.REOPEN, _l("Mở lại để giám khảo sửa")),
            (CorrectionStep.VOID, _l("Bỏ phiếu, không tính nữa")),
        ],
        validators=[InputRequired(_l("Chọn việc cần làm."))],
    )
    reason = TextAreaField(_l("Lý do"), validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự."))])
