"""Every figure of a report, and how rows become them. Pure: what is counted here was read in queries.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.core.i18n import _l
from app.initiatives.rules import FINISHED, InitiativeKind, InitiativeState
from app.reports.counts import AgeGroup, AuthorCount, IdeaCount, Standing, Timing, Work
from app.reports.period import Period

# Fewer persons than this are not shown as a group of their own: one could tell who they are.
SMALLEST_GROUP = 5
DIFFICULTIES = frozenset({InitiativeKind.DIFFICULTY, InitiativeKind.OBSTACLE})
WORKS = frozenset(InitiativeKind) - DIFFICULTIES
S = InitiativeState


class Share(NamedTuple):
    """One bar of a chart, one line of a table."""

    label: Any
    number: int


class UnitShare(NamedTuple):
    """A unit's authors and the ideas sent from it."""

    label: Any
    authors: int
    ideas: int
    valid: int


class TopicShare(NamedTuple):
    slug: str
    label: Any
    ideas: int
    valid: int
    works: int
    completed: int


class LeadShare(NamedTuple):
    """What one unit leads."""

    label: Any
    works: int
    running: int
    completed: int
    in_time: int
    overdue: int


@dataclass(frozen=True)
class IdeaFigures:
    """Ideas first sent in the period."""

    counts: Sequence[IdeaCount]
    authors_by: Sequence[AuthorCount]

    @property
    def received(self) -> int:
        return sum(row.ideas for row in self.counts)

    def of(self, standing: Standing) -> int:
        return sum(row.ideas for row in self.counts if row.standing is standing)

    @property
    def valid(self) -> int:
        return self.of(Standing.VALID)

    @property
    def authors(self) -> int:
        return sum(row.people for row in self.authors_by)

    @property
    def units(self) -> int:
        """How many units have authors."""
        return len({row.unit_name for row in self.authors_by if row.unit_name})

    def by_standing(self) -> list[Share]:
        return [Share(words, self.of(standing)) for standing, words in STANDING_WORDS.items()]

    def by_age(self) -> list[Share]:
        """Authors by age, small groups joined."""
        found = Counter[AgeGroup]()
        for row in self.authors_by:
            found[row.age] += row.people
        groups = [Share(words, found[age]) for age, words in AGE_WORDS.items() if found[age]]
        kept, small = apart(groups, lambda group: group.number)
        return (
            [*kept, Share(_l("Các nhóm tuổi còn lại"), sum(group.number for group in small))]
            if small
            else kept
        )

    def by_unit(self) -> list[UnitShare]:
        """Authors and ideas of each unit, most first; units with few authors are joined."""
        authors, ideas, valid = Counter[str](), Counter[str](), Counter[str]()
        for person in self.authors_by:
            authors[person.unit_name or ""] += person.people
        for idea in self.counts:
            ideas[idea.unit_name or ""] += idea.ideas
            valid[idea.unit_name or ""] += idea.ideas if idea.standing is Standing.VALID else 0
        names = sorted(set(authors) | set(ideas), key=lambda name: (-authors[name], -ideas[name], name))
        groups = [UnitShare(name or NO_UNIT, authors[name], ideas[name], valid[name]) for name in names]
        kept, small = apart(groups, lambda group: group.authors)
        if not small:
            return kept
        joined = (sum(group[place] for group in small) for place in (1, 2, 3))
        return [*kept, UnitShare(_l("Các đơn vị còn lại"), *joined)]


@dataclass(frozen=True)
class Followed:
    """What the ward followed on some day of the period."""

    period: Period
    day: date  # the last day that counts
    works: Sequence[Work]

    @property
    def total(self) -> int:
        return len(self.works)

    @property
    def overdue(self) -> list[Work]:
        return [work for work in self.works if work.timing(self.day) is Timing.OVERDUE]


class WorkFigures(Followed):
    """Initiatives and proposals."""

    @property
    def received(self) -> int:
        return sum(work.received_on >= self.period.first for work in self.works)

    @property
    def from_contest(self) -> int:
        return sum(work.from_contest and work.received_on >= self.period.first for work in self.works)

    @property
    def completed(self) -> list[Work]:
        return [work for work in self.works if work.state is S.COMPLETED]

    @property
    def declined(self) -> int:
        return sum(work.state is S.DECLINED for work in self.works)

    @property
    def running(self) -> int:
        """Still to be done at the end, paused ones included."""
        return sum(work.state not in FINISHED for work in self.works)

    @property
    def trials(self) -> int:
        return sum(work.tried_out_in(self.period) for work in self.works)

    @property
    def in_time(self) -> int:
        return self.timed(Timing.DONE_IN_TIME) + self.timed(Timing.RUNNING_IN_TIME)

    def timed(self, timing: Timing) -> int:
        return sum(work.timing(self.day) is timing for work in self.works)

    @property
    def hours_saved_per_month(self) -> int:
        return sum(work.hours_saved_per_month or 0 for work in self.completed)

    @property
    def cost_actual_vnd(self) -> int:
        return sum(work.cost_actual_vnd or 0 for work in self.completed)

    def by_state(self) -> list[tuple[InitiativeState, int]]:
        """Every state that occurs, in the order of the way."""
        found = Counter(work.state for work in self.works)
        return [(state, found[state]) for state in InitiativeState if found[state]]

    def by_timing(self) -> list[Share]:
        return [Share(words, self.timed(timing)) for timing, words in TIMING_WORDS.items()]

    def by_lead(self) -> list[LeadShare]:
        """What each unit leads, most first; work that nobody leads yet comes last."""
        names = Counter(work.unit_name or "" for work in self.works)
        ordered = sorted(names, key=lambda name: (not name, -names[name], name))
        return [
            self._lead(name, [work for work in self.works if (work.unit_name or "") == name])
            for name in ordered
        ]

    def _lead(self, name: str, works: list[Work]) -> LeadShare:
        part = WorkFigures(self.period, self.day, works)
        return LeadShare(
            name or _l("Chưa giao"),
            part.total,
            part.running,
            len(part.completed),
            part.in_time,
            len(part.overdue),
        )


class Difficulties(Followed):
    """Difficulties and obstacles that units reported."""

    @property
    def solved(self) -> int:
        return sum(work.state is S.COMPLETED for work in self.works)

    @property
    def dropped(self) -> int:
        """Answered with why nothing will be done, or merged into another."""
        return sum(work.state in {S.DECLINED, S.MERGED} for work in self.works)

    @property
    def unsolved(self) -> int:
        return self.total - self.solved - self.dropped


@dataclass(frozen=True)
class Figures:
    """All that is counted for one period."""

    period: Period
    day: date  # the last day that counts: the period's own, or today while it is still going on
    ideas: IdeaFigures
    awards: int
    work: WorkFigures
    difficulties: Difficulties


class Contest(NamedTuple):
    """A contest that took ideas in the period."""

    name: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Report:
    """A period beside the one before it."""

    now: Figures
    before: Figures
    contests: Sequence[Contest]
    measured: dict[str, list[str]]  # code → “Thời gian chờ: 68 → 23 phút”

    @property
    def period(self) -> Period:
        return self.now.period

    @property
    def is_going_on(self) -> bool:
        return self.now.day < self.period.last

    def indicators(self) -> list[Indicator]:
        return [
            Indicator(words, count(self.now), count(self.before), unit, inside)
            for words, count, unit, inside in INDICATORS
        ]

    def by_topic(self) -> list[TopicShare]:
        """Each topic with its ideas and its work, most first."""
        ideas, works = self.now.ideas.counts, self.now.work.works
        names = {row.topic_slug or "": row.topic_name for row in ideas}
        names |= {work.topic_slug or "": work.topic_name for work in works}
        shares = [
            TopicShare(
                slug,
                name or _l("Chưa xếp lĩnh vực"),
                sum(row.ideas for row in ideas if (row.topic_slug or "") == slug),
                sum(
                    row.ideas
                    for row in ideas
                    if (row.topic_slug or "") == slug and row.standing is Standing.VALID
                ),
                sum((work.topic_slug or "") == slug for work in works),
                sum((work.topic_slug or "") == slug for work in self.now.work.completed),
            )
            for slug, name in names.items()
        ]
        return sorted(shares, key=lambda share: (not share.slug, -share.ideas, -share.works, share.slug))


class Indicator(NamedTuple):
    """One line of the summary."""

    label: Any
    now: int
    before: int
    unit: Any
    inside: bool  # a part of the line above

    @property
    def change(self) -> int:
        return self.now - self.before


def apart(groups: Iterable[Any], persons: Callable[[Any], int]) -> tuple[list[Any], list[Any]]:
    """Groups large enough to be shown, and those to be joined.

    A joined group that is still too small takes the smallest of the others with it, or its number could be had by
    subtraction.
    """
    ordered = list(groups)
    small = [group for group in ordered if persons(group) < SMALLEST_GROUP]
    kept = [group for group in ordered if persons(group) >= SMALLEST_GROUP]
    if small and kept and sum(persons(group) for group in small) < SMALLEST_GROUP:
        smallest = min(reversed(kept), key=persons)
        kept.remove(smallest)
        small.insert(0, smallest)
    return kept, small


NO_UNIT = _l("Không ghi đơn vị")

STANDING_WORDS = {
    Standing.VALID: _l("Hợp lệ"),
    Standing.REVIEWING: _l("Đang xem xét"),
    Standing.INVALID: _l("Không hợp lệ"),
    Standing.WITHDRAWN: _l("Đã rút"),
}
AGE_WORDS = {
    AgeGroup.UNDER_16: _l("Dưới 16 tuổi"),
    AgeGroup.UNDER_18: _l("16 – 17 tuổi"),
    AgeGroup.UNDER_26: _l("18 – 25 tuổi"),
    AgeGroup.OLDER: _l("Từ 26 tuổi"),
    AgeGroup.UNKNOWN: _l("Không có ngày sinh"),
}
TIMING_WORDS = {
    Timing.DONE_IN_TIME: _l("Hoàn thành đúng hạn"),
    Timing.DONE_LATE: _l("Hoàn thành muộn"),
    Timing.RUNNING_IN_TIME: _l("Đang làm, trong hạn"),
    Timing.OVERDUE: _l("Quá hạn"),
    Timing.NO_DUE_DATE: _l("Chưa đặt thời hạn"),
    Timing.PAUSED: _l("Tạm dừng"),
    Timing.DROPPED: _l("Không thực hiện hoặc đã gộp"),
}

# words, what is counted, its unit, whether it is a part of the line above
INDICATORS: tuple[tuple[Any, Callable[[Figures], int], Any, bool], ...] = (
    (_l("Ý tưởng nhận"), lambda f: f.ideas.received, _l("ý tưởng"), False),
    (_l("Ý tưởng hợp lệ"), lambda f: f.ideas.valid, _l("ý tưởng"), True),
    (_l("Tác giả"), lambda f: f.ideas.authors, _l("người"), False),
    (_l("Giải thưởng đã công bố"), lambda f: f.awards, _l("giải"), False),
    (_l("Sáng kiến, đề xuất theo dõi trong kỳ"), lambda f: f.work.total, _l("việc"), False),
    (_l("Tiếp nhận mới"), lambda f: f.work.received, _l("việc"), True),
    (_l("Tiếp nhận mới từ cuộc thi"), lambda f: f.work.from_contest, _l("việc"), True),
    (_l("Đúng hạn"), lambda f: f.work.in_time, _l("việc"), True),
    (_l("Quá hạn"), lambda f: len(f.work.overdue), _l("việc"), True),
    (_l("Áp dụng thử"), lambda f: f.work.trials, _l("việc"), True),
    (_l("Hoàn thành"), lambda f: len(f.work.completed), _l("việc"), True),
    (_l("Không thực hiện"), lambda f: f.work.declined, _l("việc"), True),
    (_l("Giờ làm việc tiết kiệm mỗi tháng"), lambda f: f.work.hours_saved_per_month, _l("giờ"), False),
    (_l("Kinh phí đã chi cho việc hoàn thành"), lambda f: f.work.cost_actual_vnd, _l("đồng"), False),
    (_l("Khó khăn, vướng mắc theo dõi trong kỳ"), lambda f: f.difficulties.total, _l("việc"), False),
    (_l("Đã giải quyết"), lambda f: f.difficulties.solved, _l("việc"), True),
    (_l("Chưa giải quyết"), lambda f: f.difficulties.unsolved, _l("việc"), True),
)
