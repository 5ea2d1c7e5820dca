"""What may be typed on the account page. What opens the account to others asks for the password again."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import InputRequired

from app.accounts import credentials, rules
from app.accounts.forms import GuardianFields, NewPasswordForm, UnitField, by_rule, unit_choices
from app.accounts.identity import me
from app.core.errors import Invalid
from app.core.forms import Form, VersionForm
from app.core.i18n import _l


class ProofForm(Form):
    """The signed-in person types the password again."""

    current_password = PasswordField(
        _l("Mật khẩu hiện tại"), validators=[InputRequired(_l("Nhập mật khẩu hiện tại."))]
    )
    is_proved = False

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not self.is_proved and not self.current_password.errors:
            try:
                credentials.prove(me(), self.current_password.data or "")
            except Invalid as refused:
                self.current_password.errors = [*self.current_password.errors, refused.message]
                return False
            self.is_proved = True  # asked twice in one request, proved once
        return passed


class DeletionForm(ProofForm):
    """Cannot be undone: the password, and a tick beside the words that say so."""

    sure = BooleanField(
        _l("Tôi hiểu tài khoản và bản nháp bị xóa hẳn, không lấy lại được."),
        validators=[InputRequired(_l("Đánh dấu để xóa tài khoản."))],
    )


class ProfileForm(VersionForm):
    full_name = StringField(
        _l("Họ và tên"),
        description=_l(
            "Viết có dấu, đúng như giấy khai sinh hoặc căn cước. Tên này in trên giấy chứng nhận."
        ),
        validators=[by_rule(rules.person_name)],
    )
    unit_id = UnitField(_l("Trường, tổ dân phố hoặc nơi làm việc"), description=_l("Dùng để thống kê."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = unit_choices()


class PasswordForm(ProofForm, NewPasswordForm):
    """The new one is looked at only after the old one was right."""


class NewAddressForm(ProofForm):
    email = EmailField(_l("Địa chỉ thư mới"), validators=[by_rule(rules.mail_address)])


class GuardianForm(GuardianFields):
    """Whom to ask, for somebody under 16."""

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        return self.check_guardian(me().email) and passed
