"""What may be typed at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import BooleanField, EmailField, Field, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from app.accounts import credentials, queries, rules
from app.accounts.rules import Purpose, needs_guardian
from app.accounts.words import RELATIONS, UNIT_KINDS
from app.core import content
from app.core.clock import today
from app.core.errors import Invalid
from app.core.forms import Form
from app.core.i18n import _, _l
from app.core.passwords import LONGEST


def by_rule(rule: Callable[[str], Any]) -> Callable[[Any, Field], None]:
    """A validator from a rule that raises Invalid."""

    def check(_form: Any, field: Field) -> None:
        try:
            rule(field.data or "")
        except Invalid as refused:
            raise ValidationError(str(refused.message)) from refused

    return check


def number_or_none(value: Any) -> int | None:
    """A number small enough for a database, or none."""
    return int(value) if str(value).isdecimal() and len(str(value)) < 10 else None


def unit_choices(none: str = "") -> dict[Any, list[tuple[Any, Any]]]:
    """Units under the words of their kind; first of all none of them, in the words given."""
    groups: dict[Any, list[tuple[Any, Any]]] = {
        _("Chưa chọn"): [("", none or _("Không thuộc đơn vị nào dưới đây"))]
    }
    by_kind: dict[str, list[tuple[Any, Any]]] = {}
    for unit in queries.units():
        by_kind.setdefault(unit.kind, []).append((unit.id, unit.name))
    for kind, words in UNIT_KINDS.items():
        if kind in by_kind:
            groups[str(words)] = by_kind.pop(kind)
    if by_kind:
        groups[_("Đơn vị khác")] = [unit for units in by_kind.values() for unit in units]
    return groups


class UnitField(SelectField):
    """One unit of the ward, or none; the command looks whether there is such a unit."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, coerce=number_or_none, validate_choice=False, choices=[], **options)


def purpose_words(purpose: Purpose) -> dict[str, Any]:
    """What is agreed to, in the words of app/content/consent_purposes.yaml."""
    rows = content.data("consent_purposes")["purposes"]
    return next(row for row in rows if row["id"] == purpose.value)


def purpose_field(purpose: Purpose) -> BooleanField:
    words = purpose_words(purpose)
    return BooleanField(words["label"], description=words["detail"])


class GuardianFields(Form):
    """Whom to ask when the person is under 16."""

    guardian_name = StringField(_l("Họ và tên cha, mẹ hoặc người giám hộ"))
    guardian_email = EmailField(
        _l("Địa chỉ thư của người lớn"),
        description=_l("Người lớn nhận một liên kết ở địa chỉ này. Không trùng địa chỉ của bạn."),
    )
    guardian_relation = SelectField(
        _l("Quan hệ với bạn"), choices=[("", _l("Chọn một")), *RELATIONS.items()], validate_choice=False
    )

    def check_guardian(self, own_email: str) -> bool:
        """Every message at once, beside its field."""
        for field, rule in (
            (self.guardian_name, rules.adults_name),
            (self.guardian_email, lambda text: rules.adults_address(text, own_email)),
            (self.guardian_relation, _known_relation),
        ):
            try:
                rule(field.data or "")
            except Invalid as refused:
                field.errors = [*field.errors, refused.message]
        return not (self.guardian_name.errors or self.guardian_email.errors or self.guardian_relation.errors)


def _known_relation(relation: str) -> None:
    if relation not in RELATIONS:
        raise Invalid("guardian_relation", _l("Chọn quan hệ của người lớn với bạn."))


class SignUpForm(GuardianFields):
    """Everything needed to take part, on one page."""

    full_name = StringField(
        _l("Họ và tên"),
        description=_l("Viết có dấu, đúng như giấy khai sinh hoặc căn cước."),
        validators=[by_rule(rules.person_name)],
    )
    day = StringField(_l("Ngày"))
    month = StringField(_l("Tháng"))
    year = StringField(_l("Năm"))
    email = EmailField(
        _l("Địa chỉ thư điện tử"),
        description=_l("Để đăng nhập và nhận tin về bài dự thi. Không hiện công khai."),
        validators=[by_rule(rules.mail_address)],
    )
    unit_id = UnitField(_l("Trường, tổ dân phố hoặc nơi làm việc"), description=_l("Dùng để thống kê."))
    password = PasswordField(
        _l("Mật khẩu"),
        description=_l("Từ 10 ký tự. Vài từ ghép lại vừa dài vừa dễ nhớ."),
    )
    du_thi = purpose_field(Purpose.CONTEST)
    cong_khai = purpose_field(Purpose.PUBLIC_NAME)
    chuyen_ubnd = purpose_field(Purpose.FORWARD_TO_WARD)
    gui_so_khcn = purpose_field(Purpose.SEND_TO_DEPARTMENT)
    nhan_thong_bao = purpose_field(Purpose.NEWSLETTER)
    assent = BooleanField(content.document("child_assent").ticks[0])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_id.choices = unit_choices()
        for name in ("assent", "guardian_name", "guardian_email", "guardian_relation"):
            self._fields[name] = self._fields.pop(name)  # the summary of errors follows the page

    def validate(self, extra_validators: Any = None) -> bool:
        """The birth date decides whether the guardian's part counts."""
        passed = super().validate(extra_validators)
        try:
            day, month, year = (part.data or "" for part in (self.day, self.month, self.year))
            self.born = rules.born_on(day, month, year, today())
        except Invalid as refused:
            self.day.errors = [*self.day.errors, refused.message]
            passed = False
        else:
            if self.is_child and not self._check_childs_part():
                passed = False
        return self._check_password() and passed

    @property
    def is_child(self) -> bool:
        return needs_guardian(self.born, today())

    def _check_childs_part(self) -> bool:
        if not self.assent.data:
            self.assent.errors = [*self.assent.errors, _("Nếu em muốn tham gia, hãy đọc rồi đánh dấu ô này.")]
        return self.check_guardian(self.email.data or "") and not self.assent.errors

    def _check_password(self) -> bool:
        try:
            credentials.check_new(self.password.data or "", self.full_name.data or "", self.email.data or "")
        except Invalid as refused:
            self.password.errors = [*self.password.errors, refused.message]
        return not self.password.errors

    def purposes(self) -> list[BooleanField]:
        return [self[purpose.value] for purpose in Purpose]

    @property
    def values(self) -> dict[str, Any]:
        """For service.join: asked for after validate(), because the password is hashed here."""
        typed = super().values
        guardian = ("guardian_name", "guardian_email", "guardian_relation") if self.is_child else ()
        return {
            **{name: typed[name] for name in ("full_name", "email", "unit_id", *guardian)},
            "born": self.born,
            "consents": [purpose for purpose in Purpose if typed[purpose.value]],
            "password_hash": credentials.choose(typed["password"], typed["full_name"], typed["email"]),
        }


class SignInForm(Form):
    email = EmailField(_l("Địa chỉ thư điện tử"), validators=[InputRequired(_l("Nhập địa chỉ thư điện tử."))])
    password = PasswordField(_l("Mật khẩu"), validators=[InputRequired(_l("Nhập mật khẩu."))])


class AddressForm(Form):
    """Where a link is sent to."""

    email = EmailField(_l("Địa chỉ thư điện tử"), validators=[by_rule(rules.mail_address)])


class NewPasswordForm(Form):
    """A new password, by the link of a mail."""

    password = PasswordField(
        _l("Mật khẩu mới"), description=_l("Từ 10 ký tự. Vài từ ghép lại vừa dài vừa dễ nhớ.")
    )
    personal: tuple[str, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        try:
            credentials.check_new(self.password.data or "", *self.personal)
        except Invalid as refused:
            self.password.errors = [*self.password.errors, refused.message]
            return False
        return passed

    def hashed(self) -> str:
        """Asked for after validate()."""
        return credentials.choose(self.password.data or "", *self.personal)


class InvitationForm(NewPasswordForm):
    """Somebody invited says who they are."""

    full_name = StringField(_l("Họ và tên"), validators=[by_rule(rules.person_name)])
    password = PasswordField(
        _l("Mật khẩu"),
        description=_l(
            "Từ %(number)s đến %(most)s ký tự. Vài từ ghép lại vừa dài vừa dễ nhớ.", number=10, most=LONGEST
        ),
    )
