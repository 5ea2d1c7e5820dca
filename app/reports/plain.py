"""Text that a document can hold: what people paste may carry characters that XML forbids."""

from __future__ import annotations

import re

# XML 1.0: no control characters but tab and line breaks, no surrogates, no U+FFFE and U+FFFF
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    return _ILLEGAL.sub("", text)
