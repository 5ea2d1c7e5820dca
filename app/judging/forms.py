"""What a judge may type."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.core.forms import Form
from app.core.i18n import _l


class SheetForm(Form):
    """The version of the sheet; the marks themselves are read by criterion."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


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
