"""What a moderator may type."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.core.forms import Form, VersionForm
from app.core.i18n import _l
from app.moderation.rules import PHRASE_MAX_CHARS, REASON_MAX_CHARS


class DecisionForm(VersionForm):
    """The version that was read; enough to approve."""


class ReasonForm(DecisionForm):
    """Reasons: ticked ones first, then one's own words."""

    phrases = SelectMultipleField(_l("Lý do thường gặp"))
    reason = TextAreaField(
        _l("Lời của người kiểm duyệt"),
        description=_l("Tác giả đọc nguyên văn. Nói rõ chỗ nào và sửa thế nào."),
        validators=[Length(max=REASON_MAX_CHARS, message=_l("Rút gọn lý do, nhiều nhất 2.000 ký tự."))],
    )
    keep = BooleanField(_l("Giữ lời này để lần sau chọn lại"))

    def offer(self, phrases: list[str]) -> None:
        """The phrases of this page; anything else sent is refused."""
        self.phrases.choices = [(text, text) for text in phrases]

    @property
    def whole_reason(self) -> str:
        """All reasons, one a line."""
        return "\n".join([*(self.phrases.data or []), *([self.reason.data] if self.reason.data else [])])


class SeenPhraseForm(Form):
    """How the phrase read when the page was opened: it has no version of its own."""

    seen = HiddenField()


class PhraseForm(SeenPhraseForm):
    text = TextAreaField(
        _l("Lý do"),
        description=_l("Tác giả đọc nguyên văn. Nói rõ chỗ nào và sửa thế nào."),
        validators=[
            DataRequired(_l("Ghi lý do.")),
            Length(max=PHRASE_MAX_CHARS, message=_l("Rút gọn lý do, nhiều nhất %(max)d ký tự.")),
        ],
    )
