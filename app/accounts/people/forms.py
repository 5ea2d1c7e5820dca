"""What an administrator types about a person."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts import rules
from app.accounts.forms import UnitField, by_rule, unit_choices
from app.accounts.rules import STAFF_ROLES
from app.accounts.words import ROLES
from app.core.forms import Form
from app.core.i18n import _, _l
from app.permissions import Role

CHOICES = [(role.value, ROLES[role]) for role in STAFF_ROLES]


class InviteForm(Form):
    email = EmailField(
        _l("Địa chỉ thư điện tử"),
        description=_l("Lời mời gửi tới địa chỉ này, dùng được 14 ngày."),
        validators=[by_rule(rules.mail_address)],
    )
    full_name = StringField(_l("Họ và tên"), validators=[by_rule(rules.person_name)])
    unit_id = UnitField(_l("Đơn vị"))
    roles = SelectMultipleField(
        _l("Vai trò"),
        choices=CHOICES,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = unit_choices(_("Không thuộc đơn vị nào"))

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not set(self.roles.data or ()) & set(STAFF_ROLES):
            self.roles.errors = [*self.roles.errors, _l("Chọn ít nhất một vai trò.")]
            return False
        return passed

    @property
    def values(self) -> dict[str, Any]:
        typed = super().values
        return {**typed, "roles": [Role(name) for name in typed["roles"] or () if name in STAFF_ROLES]}


class GrantForm(Form):
    role = SelectField(_l("Thêm vai trò"), choices=[("", _l("Chọn một")), *CHOICES], validate_choice=False)
    unit_id = UnitField(_l("Cho đơn vị"), description=_l("Đầu mối của đơn vị thì chọn đơn vị đó."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = unit_choices(_("Cả phường"))
