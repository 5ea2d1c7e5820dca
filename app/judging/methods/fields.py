"""Reading a JSON file written by others: each value is checked where it is used, each error says where it stands."""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

MOST_DIGITS = 20  # more would only be refused; 1e999999999 must not be written out
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")


class BadFile(Exception):
    """The file cannot be used; `where` is the place in it, `message` what to write there."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message

    def as_dict(self) -> dict[str, dict[str, str]]:
        return {"error": {"where": self.where, "message": self.message}}


class Field:
    """A value in the file, and its place in words: sheets[3].marks.moi."""

    def __init__(self, value: Any, where: str = "") -> None:
        self.value = value
        self.where = where or "file"
        self._path = where

    def bad(self, message: str) -> BadFile:
        return BadFile(self.where, message)

    def entries(self) -> dict[str, "Field"]:
        if not isinstance(self.value, dict):
            raise self.bad("Cần một đối tượng JSON { … }.")
        found: dict[str, Field] = {}
        for typed, value in self.value.items():
            name = one_form(str(typed))
            if name in found:
                raise self.bad(f"“{name}” có hai lần trong cùng một đối tượng JSON. Hãy giữ lại một giá trị.")
            found[name] = Field(value, self._below(name))
        return found

    def items(self) -> list["Field"]:
        if not isinstance(self.value, list | tuple):
            raise self.bad("Cần một danh sách JSON [ … ].")
        return [Field(value, f"{self._path}[{number}]") for number, value in enumerate(self.value)]

    def need(self, name: str) -> "Field":
        found = self.get(name)
        if found is None:
            raise BadFile(self._below(name), "Thiếu giá trị này.")
        return found

    def get(self, name: str) -> "Field | None":
        """The value under a name; null is as good as absent."""
        found = self.entries().get(name)
        return None if found is None or found.value is None else found

    def list_of(self, name: str) -> list["Field"]:
        found = self.get(name)
        return found.items() if found else []

    def table_of(self, name: str) -> dict[str, "Field"]:
        found = self.get(name)
        return found.entries() if found else {}

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.bad("Cần một chuỗi không rỗng.")
        return one_form(self.value)

    def known(self, names: Collection[str], what: str) -> str:
        name = self.text()
        if name not in names:
            raise self.bad(f"Không có {what} “{name}” trong tệp.")
        return name

    def choice(self, options: type[Choice]) -> Choice:
        name = self.text()
        if name not in list(options):
            raise self.bad(f"“{name}” không dùng được. Hãy chọn: {', '.join(options)}.")
        return options(name)

    def yes_or_no(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.bad("Cần true hoặc false.")
        return self.value

    def whole(self, least: int | None = None) -> int:
        number = self.value
        if isinstance(number, str) and re.fullmatch(r"-?[0-9]{1,18}", number.strip()):
            number = int(number)
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.bad("Cần một số nguyên.")
        if least is not None and number < least:
            raise self.bad(f"Cần một số nguyên từ {least} trở lên.")
        return number

    def number_text(self) -> str:
        """A number as typed: JSON numbers and text alike."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | Decimal | str):
            raise self.bad("Cần một số, ví dụ 7,5.")
        if isinstance(self.value, Decimal) and abs(self.value.adjusted()) < MOST_DIGITS:
            return f"{self.value:f}"  # 1e1 is 10
        return str(self.value).strip()

    def points(self) -> Fraction:
        typed = self.number_text()
        if not _NUMBER.fullmatch(typed):
            raise self.bad("Cần một số từ 0 trở lên, nhiều nhất 2 chữ số thập phân, ví dụ 7,5.")
        return Fraction(typed.replace(",", "."))

    def _below(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def one_form(text: str) -> str:
    """Letters that look alike are alike: “ý” may be typed as one character or as y and a mark."""
    return unicodedata.normalize("NFC", text)
