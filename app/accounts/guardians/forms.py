"""What a guardian ticks and writes."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField

from app.accounts import rules
from app.accounts.rules import GUARDIAN_PURPOSES, Purpose
from app.core import content
from app.core.errors import Invalid
from app.core.forms import Form
from app.core.i18n import _, _l

TICKS = dict(zip(GUARDIAN_PURPOSES, content.document("guardian_consent").ticks, strict=True))


class AnswerForm(Form):
    """One tick for each purpose, none of them set beforehand; the typed name stands for a signature."""

    du_thi = BooleanField(TICKS[Purpose.CONTEST])
    cong_khai = BooleanField(TICKS[Purpose.PUBLIC_NAME])
    chuyen_ubnd = BooleanField(TICKS[Purpose.FORWARD_TO_WARD])
    gui_so_khcn = BooleanField(TICKS[Purpose.SEND_TO_DEPARTMENT])
    guardian_name = StringField(_l("Họ và tên của anh/chị"), description=_l("Tự gõ họ tên thay cho chữ ký."))

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        try:
            rules.person_name(self.guardian_name.data or "", "guardian_name")
        except Invalid as refused:
            self.guardian_name.errors = [*self.guardian_name.errors, refused.message]
            passed = False
        if not self.du_thi.data:
            message = _(
                "Nếu đồng ý cho cháu dự thi, hãy đánh dấu ô này. Nếu không, bấm “Tôi không đồng ý” ở cuối trang."
            )
            self.du_thi.errors = [*self.du_thi.errors, message]
            passed = False
        return passed

    def ticks(self) -> list[BooleanField]:
        return [self[purpose.value] for purpose in GUARDIAN_PURPOSES]

    @property
    def values(self) -> dict[str, Any]:
        return {
            "guardian_name": self.guardian_name.data,
            "purposes": [purpose for purpose in GUARDIAN_PURPOSES if self[purpose.value].data],
        }
