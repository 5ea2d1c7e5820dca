"""What a judge may type, and how the marks of a whole sheet are read."""

from __future__ import annotations

from flask import request
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.core.errors import Invalid
from app.core.forms import Form, VersionForm, clean_text
from app.core.i18n import _l
from app.judging.models import ScoreSheet
from app.judging.service import Typed


class SheetForm(VersionForm):
    """The version of the sheet; the marks themselves are read by criterion, below."""


class RecuseForm(Form):
    reason = TextAreaField(
        _l("Vì sao xin không chấm bài này?"),
        description=_l("Ví dụ: tác giả có thể là học sinh lớp tôi dạy."),
        validators=[InputRequired(_l("Ghi lý do, ít nhất 10 ký tự.")), Length(max=500)],
    )


class ConflictForm(Form):
    """A relation that keeps a judge from marking: with a unit, or with a person named by e-mail."""

    unit_id = SelectField(_l("Đơn vị có liên quan"), coerce=int, validators=[Optional()])
    email = StringField(
        _l("Thư điện tử của người có liên quan"),
        description=_l("Người thân, học trò, đồng nghiệp dự thi."),
        validators=[Optional(), Length(max=254)],
    )
    reason = TextAreaField(_l("Quan hệ gì?"), validators=[InputRequired(_l("Ghi quan hệ.")), Length(max=500)])


def typed_marks(sheet: ScoreSheet) -> dict[str, Typed]:
    """The marks and notes that stand on the page, by criterion; what was not sent stays as it is."""
    return {
        criterion.key: Typed((typed_text(criterion.key) or "")[:20], typed_text(f"nx_{criterion.key}"))
        for criterion in sheet.criteria
        if criterion.key in request.form
    }


def typed_version() -> int:
    """Of the sheet that the page was made from; 0, which no sheet has, when it says none."""
    return request.form.get("version", 0, type=int)


def typed_text(name: str) -> str | None:
    """As stored: NFC, without spaces around it; None when the page did not send it. Raises Invalid."""
    try:
        text: str | None = clean_text(request.form.get(name))
    except ValueError as refused:
        raise Invalid(name, _l("Trong chữ vừa gửi có ký tự không dùng được.")) from refused
    return text
