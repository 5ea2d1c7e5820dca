"""What is typed about a paper sheet."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.forms import VersionForm
from app.core.i18n import _l
from app.judging.rules import REASON_MAX_CHARS


class PaperForm(VersionForm):
    """Confirming asks for nothing more; the marks to type follow the rubric and are read from the request."""


class RefusalForm(VersionForm):
    reason = TextAreaField(
        _l("Sai ở đâu?"),
        description=_l("Ví dụ: tiêu chí Tính mới trên giấy là 22, không phải 12."),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=REASON_MAX_CHARS)],
    )
