"""Numbers and codes as a master of ceremonies reads them aloud."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LETTERS = {
    "A": "A", "B": "bê", "C": "xê", "D": "đê", "Đ": "đê có gạch", "E": "e", "G": "giê", "H": "hát", "K": "ca",
    "L": "e-lờ", "M": "em-mờ", "N": "en-nờ", "P": "pê", "Q": "quy", "R": "e-rờ", "S": "ét", "T": "tê", "U": "u",
    "V": "vê", "X": "ích", "Y": "i dài", "O": "o", "I": "i ngắn",
}  # fmt: skip
SCALES = ((1_000_000_000, "tỷ"), (1_000_000, "triệu"), (1000, "nghìn"))


def number(value: int) -> str:
    """A whole number from 0 to under 1000 billion in words: 3000000 → “ba triệu”."""
    if value == 0:
        return DIGITS[0]
    parts: list[str] = []
    for scale, name in SCALES:
        group, value = divmod(value, scale)
        if group:
            parts.append(f"{_below_thousand(group, full=bool(parts))} {name}")
    if value:
        parts.append(_below_thousand(value, full=bool(parts)))
    return " ".join(parts)


def code(text: str) -> str:
    """A judging code: K47 → “ca bốn mươi bảy”."""
    letters = [LETTERS.get(sign, sign) for sign in text if not sign.isdecimal()]
    digits = "".join(sign for sign in text if sign.isdecimal())
    return " ".join([*letters, number(int(digits))] if digits else letters)


def _below_thousand(value: int, *, full: bool) -> str:
    """`full`: something stands before it, so that “không trăm” is said too."""
    hundreds, rest = divmod(value, 100)
    words = [f"{DIGITS[hundreds]} trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if tens == 0:
        if ones:
            words.append(f"linh {DIGITS[ones]}" if words else DIGITS[ones])
        return " ".join(words)
    words.append("mười" if tens == 1 else f"{DIGITS[tens]} mươi")
    if ones:
        words.append(_ones(tens, ones))
    return " ".join(words)


def _ones(tens: int, ones: int) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    return "lăm" if ones == 5 else DIGITS[ones]
