"""What the chair, the secretary and an amending judge may type."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.core.forms import Form, VersionForm
from app.core.i18n import _l
from app.results.council.rules import (
    DECISION_MAX_CHARS,
    NOTE_MAX_CHARS,
    PLACE_MAX_CHARS,
    REASON_MAX_CHARS,
)


class ConveneForm(Form):
    place = StringField(
        _l("Nơi họp"),
        description=_l("Ví dụ: Phòng họp số 2, trụ sở UBND phường."),
        validators=[Optional(), Length(max=PLACE_MAX_CHARS)],
    )


class PresentForm(Form):
    present_ids = SelectMultipleField(_l("Có mặt"), coerce=int, validators=[Optional()])


class CaseForm(VersionForm):
    """The council's notes; with a decision and a reason once it concludes."""

    note = TextAreaField(_l("Ghi chép của hội đồng"), validators=[Optional(), Length(max=NOTE_MAX_CHARS)])
    decision = TextAreaField(
        _l("Kết luận"),
        description=_l("Ví dụ: Giữ nguyên điểm; hai giám khảo đã giải thích cách hiểu tiêu chí."),
        validators=[Optional(), Length(max=DECISION_MAX_CHARS)],
    )
    reason = TextAreaField(_l("Lý do"), validators=[Optional(), Length(max=REASON_MAX_CHARS)])


class ShareForm(VersionForm):
    """All share, because too few may vote in secret."""

    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Ghi vào biên bản."),
        validators=[InputRequired(_l("Ghi lý do.")), Length(max=REASON_MAX_CHARS)],
    )


class AmendForm(VersionForm):
    """The marks themselves are fields named by criterion, see views.typed_points."""

    reason = TextAreaField(
        _l("Lý do sửa phiếu"),
        description=_l("Ghi vào biên bản dưới mã giám khảo. Mỗi phiếu chỉ sửa được một lần."),
        validators=[InputRequired(_l("Ghi lý do.")), Length(max=REASON_MAX_CHARS)],
    )


class VoteForm(Form):
    """As many as there are places; none is a blank vote."""

    entries = SelectMultipleField(_l("Bài được chọn"), coerce=int, validators=[Optional()])
