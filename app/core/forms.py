"""How a POST becomes one transaction, and a refusal a message beside its field."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import g, request
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from app.core.db import transaction
from app.core.errors import Invalid, Stale, WrongState
from app.core.text import nfc

TEXT_FIELDS = (StringField, TextAreaField)


# No width, or turning the direction of what follows: a name of these alone looks empty, others read backwards.
_UNSEEN = dict.fromkeys([0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
LONGEST_KEY = 40  # as wide as the columns that hold one


def clean_text(value: Any) -> Any:
    """Whatever is typed: NFC, Vietnamese Đ, no NUL, no unseen marks; spaces around it do not count."""
    return nfc(value).translate(_UNSEEN).strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """A form whose field names are its command's keyword names."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            kind = unbound_field.field_class
            is_text = issubclass(kind, TEXT_FIELDS) and not issubclass(kind, PasswordField)
            if is_text and not unbound_field.kwargs.get("filters"):
                options = {**options, "filters": (clean_text,)}
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only what a form sends: a body of JSON may hold lists and numbers where fields expect text."""
            return None if request and request.is_json else super().wrap_formdata(form, formdata)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by keyword, without the token."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(label, text) of what was written at length."""
        return [
            (str(field.label.text), field.data)
            for field in self._fields.values()
            if isinstance(field, TextAreaField) and field.data
        ]

    def run(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Valid → one transaction, the command, one commit → True. A refused field keeps all that was typed.

        The command's result is kept in `self.result`. On False the page is shown again with status 422.
        """
        if not self.is_submitted():
            return False
        if not self.validate():
            g.status = 422
            return False
        try:
            with transaction():
                self.result = command(*args, **kwargs)
        except Invalid as refused:
            self.refuse(refused)
            return False
        except (Stale, WrongState) as refused:
            refused.typed = refused.typed or self.texts
            raise
        return True

    def refuse(self, refused: Invalid) -> None:
        """Put a refusal beside its field (or on top, when no field has its name)."""
        g.status = 422
        field = self._fields.get(refused.field)
        if field is None:
            self.form_errors.append(refused.message)
        else:
            field.errors = [*field.errors, refused.message]


class VersionForm(Form):
    """A change to what stood on the page; a thing changed since then is refused by its command (same_version)."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class OnceForm(Form):
    """A form that creates something: pressing twice, or sending again, shows the first result."""

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(18), validators=[Length(max=LONGEST_KEY)])
