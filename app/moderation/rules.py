"""What a moderator may decide, and what a reason must be."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from app.core.errors import Invalid
from app.core.i18n import _l
from app.core.text import fold, looks_like_old_encoding
from app.permissions import Action as A

REASON_MIN_CHARS = 15
REASON_MAX_CHARS = 2000
PHRASE_MAX_CHARS = 500


class Outcome(StrEnum):
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    REOPENED = "reopened"


# What a moderator does to come to an outcome: a row of IDEA_FLOW each.
ACTIONS: dict[Outcome, A] = {
    Outcome.APPROVED: A.IDEA_APPROVE,
    Outcome.RETURNED: A.IDEA_RETURN,
    Outcome.REJECTED: A.IDEA_REJECT,
    Outcome.REOPENED: A.IDEA_REOPEN,
}


def needs_reason(outcome: Outcome) -> bool:
    """Whatever is not a plain yes is explained to the authors."""
    return outcome is not Outcome.APPROVED


def enough_to_act_on(reason: str) -> str:
    """A reason that the authors can do something with. Raises Invalid."""
    reason = reason.strip()
    if len(reason) < REASON_MIN_CHARS:
        raise Invalid("reason", _l("Viết rõ hơn để tác giả biết phải làm gì, ít nhất 15 ký tự."))
    if len(reason) > REASON_MAX_CHARS:
        raise Invalid("reason", _l("Rút gọn lý do, nhiều nhất 2.000 ký tự."))
    return reason


# What moderators most often have to say; picked with a tick, mended in the text box.
COMMON_REASONS: dict[Outcome, tuple[str, ...]] = {
    Outcome.RETURNED: (
        "Phần thuyết minh ghi tên tác giả, trường hoặc nơi làm việc; hãy bỏ đi để bài được chấm ẩn danh.",
        "Bài có số điện thoại hoặc thông tin riêng của người khác; hãy bỏ đi.",
        "Nêu rõ hơn ai làm, làm ở đâu và bước áp dụng thử đầu tiên.",
        "Bổ sung con số trước và sau, kèm cách đo hoặc nguồn.",
        "Kinh phí vượt khả năng của phường; hãy nêu phương án thử nhỏ hơn.",
        "Bài gần giống một ý tưởng đã gửi; hãy nêu điểm khác của bạn.",
    ),
    Outcome.REJECTED: (
        "Nội dung không phải giải pháp cho cải cách hành chính, kinh tế hoặc đời sống của phường.",
        "Phần lớn câu chữ trùng với ý tưởng của người khác mà không ghi nguồn.",
        "Nội dung công khai dữ liệu cá nhân của người khác, trái quy định.",
    ),
}

# A phone number (0912 345 678, +84…, 0225 3…), an identity number, a mail address.
PERSONAL_DATA = re.compile(
    r"(?<![\d.,])(?:(?:\+?84|0)[\s.-]?[235789](?:[\s.-]?\d){8,9}|\d{12})(?![\d])|[\w.+-]+@[\w-]+\.[a-z]{2,}",
    re.IGNORECASE,
)


class Flag(StrEnum):
    """What a moderator should look at twice."""

    PERSONAL_DATA = "personal_data"
    NAMES_AUTHOR = "names_author"
    OLD_ENCODING = "old_encoding"


def flags(text: str, names: Collection[str]) -> list[Flag]:
    """Signs in the plain text: a phone or identity number, an address, an author's or a school's name, an old font."""
    found = []
    if PERSONAL_DATA.search(text):
        found.append(Flag.PERSONAL_DATA)
    folded = f" {fold(text)} "
    if any(f" {fold(name)} " in folded for name in names if name):
        found.append(Flag.NAMES_AUTHOR)
    if looks_like_old_encoding(text):
        found.append(Flag.OLD_ENCODING)
    return found
