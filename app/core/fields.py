"""Form fields that read what people here type: days as dd/mm/yyyy, numbers with a comma."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import IntegerField, StringField

from app.core import formats
from app.core.i18n import _

_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")


class DayField(StringField):
    """A day typed as ngày/tháng/năm (d/m/yyyy too); data is a date."""

    data: Any  # the base class knows only text

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] or "").strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        self.data = day_of(self.typed)
        if self.data is None:
            raise ValueError(_("Viết ngày theo dạng ngày/tháng/năm, ví dụ 05/02/2027."))

    def _value(self) -> str:
        return getattr(self, "typed", "") or (formats.day(self.data) if self.data else "")


class NumberTextField(StringField):
    """A number with a decimal comma or point, thousands apart by points or spaces; data is a Decimal."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] or "").strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        try:
            self.data = Decimal(plain_number(self.typed))
        except InvalidOperation:
            raise ValueError(_("Viết bằng số, ví dụ 12,5 hoặc 1.200.000.")) from None

    def _value(self) -> str:
        return getattr(self, "typed", "") or formats.decimal_text(self.data)


class WholeField(IntegerField):
    """A whole number; an empty box is None, anything else is told in our words and stays as typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        if not re.fullmatch(r"[0-9]{1,9}", typed):
            raise ValueError(_("Viết bằng số nguyên, ví dụ 12."))
        self.data = int(typed)


def row_id(text: str) -> int:
    """The number of a row, small enough for a database. Raises ValueError: for `type=` and `coerce=`."""
    number = int(text)
    if not -(2**31) <= number < 2**31:
        raise ValueError
    return number


def day_of(text: str) -> date | None:
    """ "5/2/2027" → that day; None when it is none, like 31/02."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def plain_number(text: str) -> str:
    """ "1.200.000" → "1200000", "12,5" → "12.5", "12.5" → "12.5"."""
    text = re.sub(r"[\s\u00a0]", "", text)
    if "," in text:
        return text.replace(".", "").replace(",", ".")
    return text.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text
