"""Two texts side by side: which words of one are not in the other."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"\s+|\S+")
# The comparison takes time by the square of the length; beyond this the whole text counts as changed.
MOST_WORDS = 4_000


def differences(text: str, other: str) -> list[tuple[str, bool]]:
    """The pieces of `text` in order, each with whether it is missing from `other`. Joined, they are `text` again."""
    mine, theirs = _WORD.findall(text), _WORD.findall(other)
    if max(len(mine), len(theirs)) > MOST_WORDS:
        return [(text, text != other)]
    pieces: list[tuple[str, bool]] = []
    for kind, start, end, _start, _end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if end > start:
            pieces.append(("".join(mine[start:end]), kind != "equal"))
    return pieces
