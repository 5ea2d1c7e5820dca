"""Passwords: which are refused, and how the others are kept (argon2id)."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Refused
from app.core.i18n import _l
from app.core.text import fold

SHORTEST = 10
LONGEST = 128

# OWASP's argon2id setting for 19 MiB; about 0.1 s
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# a flood of sign-ins must not take 19 MiB each without end
_at_once = threading.BoundedSemaphore(4)

_KEYBOARD = "qwertyuiopasdfghjklzxcvbnm 01234567890 9876543210 abcdefghijklmnopqrstuvwxyz"
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LOOK_LIKE_LETTERS = str.maketrans("013457@$!", "oieastasi")
# how many characters around a common word still leave the password as easy as the word
_EASY_EXTRAS = 6


class PasswordRefused(Refused, ValueError):
    """A password that is too short, too long, or among the first that a stranger would try."""

    status = 422

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(message)
        self.code = code


def check_password(password: str, *, personal: Iterable[str] = ()) -> None:
    """Refuse what is easily guessed; `personal` are the person's own name and mail address."""
    password = _normal(password)
    if _is_common(password):
        raise PasswordRefused(
            "common",
            _l(
                "Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan với nhau, ví dụ một câu chỉ mình bạn biết."
            ),
        )
    if _is_personal(password, personal):
        raise PasswordRefused("personal", _l("Mật khẩu không được dựa trên tên hoặc địa chỉ thư của bạn."))


def hash_password(password: str) -> str:
    """The argon2id line to store. Refuses only a wrong length: call check_password where people choose one."""
    with _at_once:
        return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is the password. None, for an account that does not exist, takes as long to answer."""
    # longer than any we accept: refused alike for every account, without the work
    if len(password) > 4 * LONGEST:
        return False
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    with _at_once:
        try:
            return _hasher.verify(stored or _hash_of_nobody(), typed) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with older settings; renew it at the next sign-in."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The one change we make: NFC, because keyboards differ. Raises PasswordRefused for the length."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise PasswordRefused(
            "short",
            _l(
                "Mật khẩu cần ít nhất %(number)s ký tự. Dài và dễ nhớ tốt hơn ngắn và rắc rối.",
                number=SHORTEST,
            ),
        )
    if len(password) > LONGEST:
        raise PasswordRefused("long", _l("Mật khẩu dài nhất %(number)s ký tự.", number=LONGEST))
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in password):
        raise PasswordRefused("unreadable", _l("Mật khẩu có ký tự không đọc được. Hãy gõ lại."))
    return password


def _is_common(password: str) -> bool:
    bare = _bare(password)
    # people put digits and signs around a word, or in the place of its letters
    stem = _AROUND.sub("", password)
    as_letters = (stem.translate(_LOOK_LIKE_LETTERS), password.translate(_LOOK_LIKE_LETTERS))
    forms = {bare, _bare(stem), *map(_bare, as_letters)}
    if any(form in _common_words() and len(bare) - len(form) <= _EASY_EXTRAS for form in forms):
        return True
    if len(set(bare)) <= 2 or _is_repeated(bare) or bare in _KEYBOARD:
        return True
    return bare.isdecimal() and len(bare) <= 12  # phone numbers and dates


def _is_personal(password: str, personal: Iterable[str]) -> bool:
    bare = _bare(password)
    for fact in personal:
        own = _bare(fact.partition("@")[0])
        if len(own) >= 4 and own in bare and len(bare) - len(own) <= _EASY_EXTRAS:
            return True
    return False


def _bare(text: str) -> str:
    return fold(text).replace(" ", "")


def _is_repeated(text: str) -> bool:
    """One short piece over and over, such as abcabcabcabc."""
    return any(len(text) % size == 0 and text == text[:size] * (len(text) // size) for size in range(1, 5))


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
