"""What proposers and publishers may type."""

from __future__ import annotations

from wtforms import HiddenField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.core.fields import WholeField
from app.core.forms import Form, VersionForm
from app.core.i18n import _, _l
from app.core.text import fold

PUBLISH_PHRASE = "CÔNG BỐ"


class ProposeForm(Form):
    """The awards themselves are chosen per idea: fields giai-<idea id>, see views.chosen."""

    note = TextAreaField(
        _l("Lời của Ban Tổ chức"),
        description=_l("Hiện trên trang kết quả. Có thể để trống."),
        validators=[Optional(), Length(max=2000)],
    )
    awards = HiddenField()


class PublishForm(VersionForm):
    """The strongest confirmation there is: a typed phrase."""

    phrase = StringField(
        _l("Gõ CÔNG BỐ để xác nhận"),
        validators=[InputRequired(_l("Gõ CÔNG BỐ để xác nhận."))],
    )

    def validate_phrase(self, field: StringField) -> None:
        """Capitals, spaces and accents do not matter: typing it at all is the point."""
        if fold(field.data or "") != fold(PUBLISH_PHRASE):
            raise ValidationError(_("Gõ CÔNG BỐ để xác nhận."))


class ReleaseForm(Form):
    """A judge's words as a team shall read them."""

    sheet = WholeField(widget=HiddenInput(), validators=[InputRequired()])
    text = TextAreaField(_l("Lời cho tác giả"), validators=[Optional(), Length(max=2000)])
    hide = SubmitField()
