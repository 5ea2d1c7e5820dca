"""Values as the same bytes on every machine, and the hashes that the proof of results is made of.

Every hash begins with a byte of its own, so that none can stand for another (RFC 6962 does so too).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

LEAF, HEAD, ORIGIN, PRIVATE, COMMITMENT = b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


def canonical(value: Any) -> bytes:
    """UTF-8 JSON: keys sorted, no spaces, text in NFC, numbers whole.

    Raises TypeError on a number with a fraction: two machines may print it differently.
    """
    return _ENCODER.encode(_plain(value)).encode()


def _encoded(value: Any) -> bytes:
    """The same bytes for whatever has a canonical form, in a third of the time: only `canonical` says whether it has.

    What has none gives other bytes or an error, so that it matches no hash that was ever taken of a value that has.
    """
    text = _ENCODER.encode(value)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text.encode()
    return canonical(value)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if kind is int or value is None or kind is bool:
        return value
    if kind is dict:
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):  # a StrEnum
        return unicodedata.normalize("NFC", str(value))
    raise TypeError(f"{kind.__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("a key is text")
    return key if key.isascii() else unicodedata.normalize("NFC", key)


def leaf_hash(salt: str, payload: Any) -> str:
    """What stands for a payload in the chain; `salt` (hex) keeps anyone from guessing the payload."""
    return hashlib.sha256(LEAF + bytes.fromhex(salt) + _encoded(payload)).hexdigest()


def private_hash(salt: str, payload: Any) -> str:
    """What stands inside a payload for the part of it that is not published."""
    return hashlib.sha256(PRIVATE + bytes.fromhex(salt) + _encoded(payload)).hexdigest()


def first_head(origin: str) -> str:
    """Where a chain begins."""
    return hashlib.sha256(ORIGIN + origin.encode()).hexdigest()


def next_head(head: str, leaf: str) -> str:
    """The head after one more leaf."""
    return hashlib.sha256(HEAD + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()


def commitment(salt: str, round_: str, code: str, name: str) -> str:
    """Binds a judge's code to a name without telling the name; `salt` is known to that judge alone."""
    return hashlib.sha256(COMMITMENT + bytes.fromhex(salt) + canonical([round_, code, name])).hexdigest()
