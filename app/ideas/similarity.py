"""How much two ideas say the same, judged by their words alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

# Words that any text has, folded; what two texts share must be more than these.
COMMON_WORDS = frozenset(
    "va la co khong mot cac nhung cho o tai cua de khi duoc voi thi ma tu den nguoi ban em minh chung toi nay do se"
    " da dang ra vao len xuong trong ngoai tren duoi theo bang ve nhu hay hoac con cung nen neu vi moi hai ba nhieu"
    " it lam cach viec y tuong phuong dan cu nha".split()
)
FEWEST_WORDS = 4  # a text with fewer says too little to be compared
# Found by reading the pairs of a whole contest: below these, what is alike is the language, not the idea.
ALIKE_PERCENT = 66
SHARED_PERCENT = 35


class Alike(NamedTuple):
    """The place of a text in the list, and how much of it is the same, in percent."""

    place: int
    percent: int


def most_alike(text: str, others: Sequence[str], limit: int) -> list[Alike]:
    """The texts that say most nearly the same, best first. All texts are folded."""
    wanted = _telling(text)
    if len(wanted) < FEWEST_WORDS:
        return []
    words = [_telling(other) for other in others]
    found = process.extract(
        " ".join(wanted),
        [" ".join(one) for one in words],
        scorer=fuzz.token_set_ratio,
        score_cutoff=ALIKE_PERCENT,
        limit=4 * limit,
    )
    kept = [Alike(place, round(percent)) for _text, percent, place in found if _share(wanted, words[place])]
    return kept[:limit]


def _telling(text: str) -> list[str]:
    return [word for word in text.split() if word not in COMMON_WORDS]


def _share(one: Sequence[str], other: Sequence[str]) -> bool:
    """Enough of the shorter text's words are in the longer one."""
    shorter = min(len(set(one)), len(set(other)))
    return 100 * len(set(one) & set(other)) >= SHARED_PERCENT * shorter
