"""What the team may type."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.core.forms import Form
from app.core.i18n import _l
from app.ideas.models import Idea


class ActForm(Form):
    """A button alone."""


class AnswerForm(Form):
    """Yes or no to a team."""

    answer = HiddenField()


class InviteForm(Form):
    full_name = StringField(
        _l("Họ và tên"), validators=[InputRequired(_l("Ghi họ và tên người được mời.")), Length(max=120)]
    )
    email = StringField(
        _l("Địa chỉ thư"),
        description=_l("Thư mời gửi tới địa chỉ này; người được mời trả lời mới tính vào đội."),
        validators=[InputRequired(_l("Ghi địa chỉ thư."))],
    )
    share_percent = IntegerField(
        _l("Tỷ lệ đóng góp (%)"),
        description=_l("Số nguyên. Phần của trưởng nhóm giảm đi chừng đó."),
        validators=[
            InputRequired(_l("Ghi tỷ lệ từ 0 đến 100.")),
            NumberRange(0, 100, _l("Ghi tỷ lệ từ 0 đến 100.")),
        ],
    )


class SharesForm(Form):
    """One field a member; `shares_form` adds them."""

    @property
    def values(self) -> dict[str, Any]:
        typed = super().values
        shares = {int(name.removeprefix("share_")): value for name, value in typed.items()}
        return {"shares": {author_id: value for author_id, value in shares.items() if value is not None}}


def shares_form(idea: Idea) -> SharesForm:
    fields = {
        f"share_{author.id}": IntegerField(
            author.full_name,
            validators=[
                InputRequired(_l("Ghi tỷ lệ từ 0 đến 100.")),
                NumberRange(0, 100, _l("Ghi tỷ lệ từ 0 đến 100.")),
            ],
        )
        for author in idea.team
    }
    held = {f"share_{author.id}": author.share_percent for author in idea.team}
    return type("TeamSharesForm", (SharesForm,), fields)(data=held)
