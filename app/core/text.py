"""Vietnamese text: one stored form, one folded form for search, one alphabetical order."""

import html
import re
import unicodedata
from functools import lru_cache

from app.core.errors import Refused
from app.core.i18n import _l

# Three letters that look like Đ on paper but are Icelandic or African in Unicode; old keyboards produce them.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}
# ngang < huyền < hỏi < ngã < sắc < nặng (CLDR root for Vietnamese)
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_INLINE_TAGS = {"strong", "em", "u", "s", "a", "code", "sub", "sup", "b", "i", "span"}

Level = tuple[int, ...]
CollationKey = tuple[tuple[Level, ...], Level, str]


class BadText(Refused, ValueError):
    """Text that no keyboard makes: a NUL character or half of a character pair."""

    status = 422
    code = "bad_text"

    def __init__(self) -> None:
        super().__init__(_l("Văn bản có ký tự không đọc được. Hãy xoá ký tự lạ rồi gửi lại."))


def nfc(text: str) -> str:
    """The one form in which text is stored. Raises BadText."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LOOKALIKES)
    text = unicodedata.normalize("NFC", text)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadText
    return text


def fold(text: str) -> str:
    """Text as a hurried searcher types it: lower case, no marks, letters and digits with single spaces."""
    # twice, because lower() may compose again ("İ") and NFKD may bring capitals back ("𝐘")
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.translate(_LOOKALIKES)).lower()
    text = text.replace("đ", "d")
    kept = (
        character if character.isalnum() else " "
        for character in text
        if unicodedata.category(character) not in {"Mn", "Cf"}
    )
    return " ".join("".join(kept).split())


def count_words(text_or_html: str) -> int:
    """How many syllables, as Vietnamese counts words: pieces between spaces, tags not counted."""
    return len(_without_tags(text_or_html).split())


def excerpt(text: str, words: int = 30) -> str:
    """The first words of a plain text, ending in … when something was left out."""
    pieces = text.split()
    return " ".join(pieces[:words]) + (" …" if len(pieces) > words else "")


def slugify(text: str, max_length: int = 80) -> str:
    """A piece of an address, cut at a word: "Cuộc thi năm 2026" → "cuoc-thi-nam-2026"."""
    slug = ""
    for word in re.findall(r"[a-z0-9]+", fold(text)):
        longer = f"{slug}-{word}" if slug else word[:max_length]
        if len(longer) > max_length:
            break
        slug = longer
    return slug


def initials(full_name: str) -> str:
    """First letters of the family name and the given name: "Nguyễn Thị Đào" → "NĐ"."""
    words = nfc(full_name).split()
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0].upper() for word in ends)


def collation_key(text: str) -> CollationKey:
    """Sort key for the Vietnamese alphabet; numbers in the text sort by value ("Tổ 2" before "Tổ 10")."""
    text = nfc(text)
    letters, tones = _levels(text)
    return letters, tones, text.swapcase()


def name_key(full_name: str) -> tuple[tuple[Level, ...], Level, tuple[Level, ...], Level, CollationKey]:
    """Sort key for lists of people: by given name, then family name, then the whole name."""
    words = nfc(full_name).split()
    given, family = "".join(words[-1:]), "".join(words[:1])
    return (*_levels(given), *_levels(family), collation_key(" ".join(words[1:-1])))


def looks_like_old_encoding(text: str) -> str | None:
    """Which old Vietnamese font a pasted text was written for: "TCVN3", "VNI", or None for Unicode."""
    words = [word for word in re.split(r"[\s.,;:!?()\"/]+", text) if word and not word.isascii()]
    odd = [word for word in words if not _is_vietnamese(word)]
    # one odd word in a long text is a foreign name; short texts have few words to judge by
    needed = 1 if len(text.split()) <= 3 else 2
    found = {
        name: sum(_is_vietnamese(word.translate(table)) for word in odd)
        for name, table in (("TCVN3", _TCVN3),)
    }
    found["VNI"] = sum(bool(_VNI_SIGN.search(word)) and _is_vietnamese(_from_vni(word)) for word in odd)
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= needed else None


def _without_tags(text: str) -> str:
    if "<" in text:
        text = _TAG.sub(lambda tag: "" if tag[1].lower() in _INLINE_TAGS else " ", text)
    return html.unescape(text)


@lru_cache(maxsize=4096)
def _levels(text: str) -> tuple[tuple[Level, ...], Level]:
    """What decides the order first (letters of each word) and second (the tone of each word)."""
    letters, tones = [], []
    for word in re.findall(r"\d+|[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*", text.lower()):
        if word.isdecimal():
            digits = [unicodedata.decimal(digit) for digit in word.lstrip("0")]
            letters.append((0, len(digits), *digits))
            tones.append(0)
            continue
        ranks, tone = [], 0
        for character in word:
            apart = unicodedata.normalize("NFD", character)
            base, marks = apart[0], apart[1:]
            tone = max([tone, *(_TONES.get(mark, 0) for mark in marks)])
            letter = unicodedata.normalize("NFC", base + "".join(m for m in marks if m in _LETTER_MARKS))
            if letter not in _RANK and base in _RANK:
                letter = base  # a foreign mark (ü, ç) sorts with its plain letter
            ranks.append(_RANK.get(letter, 100 + ord(base)))
        letters.append(tuple(ranks))
        tones.append(tone)
    return tuple(letters), tuple(tones)


# --- old encodings: what Latin-1 shows of a TCVN3 or VNI-Windows text ---

_TCVN3 = str.maketrans(
    "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ®¡¢£¤¥¦§",
    "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂÊÔƠƯĐ",
)
_VNI_SIGN = re.compile(r"[aeouôöy][ùøûõï]|[aeo][âáàåãä]|a[êéèúüë]|^ñ|[ñöôæ]", re.IGNORECASE)
_VNI_PAIRS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_SINGLE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
    r"(?:uye|uya|uyu|oai|oay|oeo|uay|uoi|uou|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|ua|ue|ui|uo|uu|uy|ye"
    r"|a|e|i|o|u|y)"
    r"(?:ch|ng|nh|c|m|n|p|t)?"
)


def _is_vietnamese(word: str) -> bool:
    """Whether a word could be one Vietnamese syllable: allowed letters, one tone, a possible shape."""
    marks = unicodedata.normalize("NFD", word.lower())
    plain = "".join(mark for mark in marks if mark not in _TONES and mark not in _LETTER_MARKS)
    return len(marks) - sum(m in _LETTER_MARKS for m in marks) - len(plain) <= 1 and bool(
        _SYLLABLE.fullmatch(plain)
    )


def _from_vni(word: str) -> str:
    word = word.lower()
    out = ""
    for before, character in zip(" " + word, word, strict=False):
        if character in _VNI_PAIRS and before in "aeouôöy":
            out += _VNI_PAIRS[character]
        else:
            out += _VNI_SINGLE.get(character, character)
    return unicodedata.normalize("NFC", out)
