"""Who is to keep the papers."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.validators import InputRequired

from app.core.fields import row_id
from app.core.forms import Form
from app.core.i18n import _l


class SecretaryForm(Form):
    person_id = SelectField(
        _l("Thư ký"),
        description=_l("Giám khảo của vòng, người kiểm duyệt hoặc cán bộ phường."),
        coerce=row_id,
        validators=[InputRequired(_l("Chọn người làm Thư ký."))],
    )
