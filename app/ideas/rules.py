"""What an idea can become, and what it needs before it can be sent. No roles here: who may is permissions.py."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.core import formats
from app.core.clock import local
from app.core.errors import Invalid, Refused, WrongState
from app.core.flow import Flow
from app.core.i18n import _, _l
from app.core.text import fold
from app.permissions import Action as A
from app.permissions import Role


class IdeaState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


S = IdeaState

IDEA_FLOW = Flow[IdeaState]({
    #  action            may start from                                     ends in
    A.IDEA_SUBMIT:   ({S.DRAFT, S.RETURNED, S.SUBMITTED},              S.SUBMITTED),
    A.IDEA_APPROVE:  ({S.SUBMITTED},                                   S.APPROVED),
    A.IDEA_RETURN:   ({S.SUBMITTED},                                   S.RETURNED),
    A.IDEA_REJECT:   ({S.SUBMITTED},                                   S.REJECTED),
    A.IDEA_REOPEN:   ({S.REJECTED},                                    S.RETURNED),
    A.IDEA_WITHDRAW: ({S.DRAFT, S.SUBMITTED, S.RETURNED, S.APPROVED},  S.WITHDRAWN),
})  # fmt: skip

# Where authors may still write. A submitted idea is edited until the deadline; sending again makes the next version.
WRITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED})
# What the public list shows, once judged by moderators.
PUBLIC = frozenset({S.APPROVED})
# What has been sent and counts against a person's number of ideas.
SENT = frozenset({S.SUBMITTED, S.APPROVED, S.RETURNED, S.REJECTED})
# Who runs or judges a campaign is never an author in it.
ORGANISERS = frozenset({Role.JUDGE, Role.MODERATOR, Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR})

TITLE_MAX_CHARS = 300
KEYWORDS_MAX_CHARS = 300
SUMMARY_MAX_CHARS = 10_000
BUDGET_MAX_VND = 1_000_000_000_000
WITHDRAW_PHRASE = "RÚT BÀI"


class AuthorState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REMOVED = "removed"


# Who is, or may soon be, of the team.
ON_TEAM = frozenset({AuthorState.INVITED, AuthorState.ACCEPTED})


class Late(WrongState):
    """What came in after the deadline stays a draft."""


class Incomplete(Refused):
    """Something is still missing; `missing` says what, and where to mend it."""

    status = 422

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(_l("Bài còn thiếu %(n)d chỗ, nên chưa gửi được.", n=len(missing)))
        self.missing = missing


class AlreadyDone(WrongState):
    """The same form came twice; its first result stands."""


def may_submit_at(
    state: IdeaState, received: datetime, closes_at: datetime, return_due_at: datetime | None
) -> bool:
    """Up to the deadline; a returned idea until its own date, even after the general deadline."""
    return received <= deadline_of(state, closes_at, return_due_at)


def deadline_of(state: IdeaState, closes_at: datetime, return_due_at: datetime | None) -> datetime:
    """The last moment at which this idea can still be sent."""
    if state is S.RETURNED and return_due_at is not None:
        return max(closes_at, return_due_at)
    return closes_at


def require_in_time(
    state: IdeaState, received: datetime, closes_at: datetime, return_due_at: datetime | None
) -> None:
    """Raises Late, with both times: when it had to be here, and when it came."""
    if may_submit_at(state, received, closes_at, return_due_at):
        return
    raise Late(
        _(
            "Hạn nộp là %(deadline)s, bài đến máy chủ lúc %(received)s nên chưa gửi được. "
            "Phần đã viết vẫn được giữ nguyên trong bản nháp.",
            deadline=formats.deadline(deadline_of(state, closes_at, return_due_at)),
            received=local(received).strftime("%H:%M:%S %d/%m/%Y"),
        )
    )


def require_writable(state: IdeaState) -> None:
    """Raises WrongState where authors may no longer write."""
    if state not in WRITABLE:
        raise WrongState(_("Bài này đã khóa, không sửa được nữa."))


def require_before_judging(judging_started_at: datetime | None) -> None:
    """Raises WrongState once judges are reading it."""
    if judging_started_at is not None:
        raise WrongState(_("Bài đã vào vòng chấm nên không rút được nữa. Hãy liên hệ Đoàn phường nếu cần."))


def require_phrase(phrase: str) -> None:
    """Raises Invalid unless the words were typed by hand (capitals, spaces and accents do not matter)."""
    if fold(phrase) != fold(WITHDRAW_PHRASE):
        raise Invalid("phrase", _("Gõ đúng hai chữ %(phrase)s để rút.", phrase=WITHDRAW_PHRASE))


@dataclass(frozen=True)
class Part:
    """One part of the form as it stands: what it asks and how many words it has."""

    key: str
    label: str
    words: int
    min_words: int
    max_words: int
    required: bool


@dataclass(frozen=True)
class Missing:
    """One thing that still keeps an idea from being sent: the field to go to, and what to do there."""

    field: str
    text: Any


@dataclass(frozen=True)
class Member:
    """A member of the team, as far as sending is concerned. `blockers`: what their account lacks, in words."""

    name: str
    is_me: bool
    agreed: bool
    share_percent: int
    age: int | None
    ideas_sent: int  # others in this campaign
    is_organiser: bool
    blockers: Sequence[Any] = ()


@dataclass(frozen=True)
class Limits:
    """What the campaign asks of every idea."""

    title_max_chars: int
    words_min: int
    words_max: int
    min_age: int
    max_age: int
    team_max: int
    ideas_max: int


@dataclass(frozen=True)
class Draft:
    """An idea as it stands, ready to be checked."""

    title: str
    has_topic: bool
    parts: Sequence[Part]  # the summary first, then the questions in their order
    team: Sequence[Member]
    limits: Limits


@dataclass(frozen=True)
class Check:
    """One line of the list before sending."""

    field: str
    missing: Sequence[Missing]


def field_of(key: str) -> str:
    """The name of a question's field on the page; the prefix keeps it apart from title, topic and the rest."""
    return f"p_{key}"


def checks(draft: Draft) -> list[Check]:
    """Everything that is looked at before sending, in the order of the page."""
    asked = [
        Check(part.key, _listed(part_missing(part))) for part in draft.parts if part.required or part.words
    ]
    words = sum(part.words for part in draft.parts)
    # too few words in all is said only once every part is long enough: one thing to mend at a time
    whole = _listed(total_missing(words, draft.limits.words_min, draft.limits.words_max))
    return [
        Check("title", _listed(title_missing(draft.title, draft.limits.title_max_chars))),
        Check("topic", () if draft.has_topic else (Missing("topic", _("Chọn lĩnh vực")),)),
        *asked,
        Check("total", () if any(check.missing for check in asked) else whole),
        Check("team", tuple(team_missing(draft.team, draft.limits))),
    ]


def title_missing(title: str, max_chars: int) -> Missing | None:
    if not title.strip():
        return Missing("title", _("Ghi tên ý tưởng"))
    if len(title) > max_chars:
        return Missing(
            "title",
            _("Rút gọn tên ý tưởng, nhiều nhất %(max)d ký tự (đang có %(n)d)", max=max_chars, n=len(title)),
        )
    return None


def part_missing(part: Part) -> Missing | None:
    """What one part still needs, in the words of the page."""
    if part.words == 0:
        return Missing(part.key, _("Viết phần “%(label)s”", label=part.label)) if part.required else None
    if part.words < part.min_words:
        return Missing(
            part.key,
            _(
                "Viết thêm phần “%(label)s”, ít nhất %(min)d chữ (đang có %(n)d)",
                label=part.label,
                min=part.min_words,
                n=part.words,
            ),
        )
    if part.words > part.max_words:
        return Missing(
            part.key,
            _(
                "Rút gọn phần “%(label)s”, nhiều nhất %(max)d chữ (đang có %(n)d)",
                label=part.label,
                max=part.max_words,
                n=part.words,
            ),
        )
    return None


def total_missing(words: int, at_least: int, at_most: int) -> Missing | None:
    """The whole idea, summary and answers together."""
    if words < at_least:
        return Missing("total", _("Cả bài cần ít nhất %(min)d chữ (đang có %(n)d)", min=at_least, n=words))
    if words > at_most:
        return Missing("total", _("Cả bài nhiều nhất %(max)d chữ (đang có %(n)d)", max=at_most, n=words))
    return None


def shares_missing(shares: Sequence[int]) -> Missing | None:
    """Contribution shares of the team, in whole percent, add up to 100."""
    total = sum(shares)
    if total == 100:
        return None
    return Missing("team", _("Tổng tỷ lệ đóng góp của đội phải bằng 100%% (đang là %(n)d%%)", n=total))


def team_missing(team: Sequence[Member], limits: Limits) -> Iterator[Missing]:
    """Shares, answers to invitations, and each member's own conditions."""
    if len(team) > limits.team_max:
        yield Missing(
            "team", _("Đội nhiều nhất %(max)d người (đang có %(n)d)", max=limits.team_max, n=len(team))
        )
    if unequal := shares_missing([member.share_percent for member in team]):
        yield unequal
    for member in team:
        if not member.agreed:
            yield Missing("team", _("Chờ %(name)s xác nhận vào đội", name=member.name))
            continue
        yield from _member_missing(member, limits)


def _member_missing(member: Member, limits: Limits) -> Iterator[Missing]:
    who = _("Bạn") if member.is_me else member.name
    if member.is_organiser:
        yield Missing("team", _("%(who)s đang giữ vai trò trong cuộc thi nên không dự thi được", who=who))
    if member.age is not None and not limits.min_age <= member.age <= limits.max_age:
        yield Missing(
            "team",
            _(
                "%(who)s ngoài độ tuổi dự thi (%(min)d–%(max)d tuổi)",
                who=who,
                min=limits.min_age,
                max=limits.max_age,
            ),
        )
    if member.ideas_sent >= limits.ideas_max:
        yield Missing(
            "team", _("%(who)s đã gửi đủ %(max)d ý tưởng trong cuộc thi này", who=who, max=limits.ideas_max)
        )
    if not member.blockers:
        return
    if member.is_me:
        yield from (Missing("account", text) for text in member.blockers)
    else:  # what exactly a person has not agreed to yet is theirs to know
        yield Missing(
            "team", _("%(who)s còn việc cần làm ở trang Tài khoản của mình trước khi đội gửi được", who=who)
        )


def _listed(missing: Missing | None) -> tuple[Missing, ...]:
    return (missing,) if missing else ()


_UNITS = {"": 1, "dong": 1, "d": 1, "vnd": 1, "nghin": 10**3, "ngan": 10**3, "k": 10**3, "trieu": 10**6, "tr": 10**6,
          "ty": 10**9, "ti": 10**9}  # fmt: skip
_MONEY = re.compile(
    r"(\d+(?:[.\s]\d{3})+|\d+(?:[.,]\d{1,2})?)\s*([^\W\d]*)(?:\s*(?:đồng|đ|vnđ|vnd))?", re.IGNORECASE
)


MONEY_MAX_DIGITS = 20


def money_of(typed: str) -> int | None:
    """đồng, however people write it: 3500000, 3.500.000 đồng, 3,5 triệu. None if left empty. Raises Invalid."""
    typed = typed.strip()
    if not typed:
        return None
    found = _MONEY.fullmatch(typed)
    unit = _UNITS.get(fold(found[2])) if found else None
    if found is None or unit is None:
        raise Invalid("budget", _("Ghi số tiền bằng đồng, ví dụ 3500000 hoặc 3,5 triệu."))
    digits = found[1]
    if re.fullmatch(r"\d+(?:[.\s]\d{3})+", digits):
        digits = re.sub(r"[.\s]", "", digits)
    if len(digits) > MONEY_MAX_DIGITS:
        raise Invalid("budget", _("Số tiền lớn quá, hãy xem lại."))
    amount = round(float(digits.replace(",", ".")) * unit)
    if amount > BUDGET_MAX_VND:
        raise Invalid("budget", _("Số tiền lớn quá, hãy xem lại."))
    return amount


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of what was sent: printed on the receipt, so that anyone can check it."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
