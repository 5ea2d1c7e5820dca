"""The smaller things an administrator may type about rounds and rubrics, and what their larger forms share."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.core.forms import Form, VersionForm
from app.core.i18n import _l

POINTS = NumberRange(0, 1000, _l("Ghi số từ 0 đến 1000."))
TOO_LONG = _l("Rút gọn, nhiều nhất %(max)d ký tự.")


class Row(Form):
    """A group of fields inside a form, which carries the token for all."""

    class Meta(Form.Meta):
        csrf = False


def typed_in(field: Any) -> bool:
    """Does anything stand in the box, readable or not?"""
    return bool(field.raw_data and str(field.raw_data[0]).strip())


class ReasonForm(VersionForm):
    """Of rules that are frozen: why they change, for everybody to read."""

    reason = TextAreaField(
        _l("Vì sao đổi thể lệ?"),
        description=_l("Mọi người đọc được lý do này trên trang thể lệ."),
        validators=[Optional(), Length(max=500, message=TOO_LONG)],
    )


class NewRubricForm(Form):
    preset = SelectField(_l("Bắt đầu từ"), validators=[Optional()])
    name = StringField(_l("Tên bộ tiêu chí"), validators=[Optional(), Length(max=160, message=TOO_LONG)])


class VariantForm(Form):
    topic_id = SelectField(_l("Lĩnh vực"), coerce=int)
