"""What an assignment of judges must respect, by number instead of by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Pair = tuple[int, int]  # idea, judge

NO_EXPERT, KEPT = 10, 3  # what an idea without an expert costs, and what a pair that may stay is worth


@dataclass(frozen=True, slots=True)
class AssignmentInput:
    """Which ideas need judges, and which judges may take what."""

    ideas: Sequence[str]
    judges: Sequence[str]
    k: int  # judges for each idea
    conflicts: Collection[tuple[str, str]] = ()  # (idea, judge): never
    limit: Mapping[str, int] = field(default_factory=dict)  # judge → most sheets
    topic: Mapping[str, str] = field(default_factory=dict)  # idea → topic
    expertise: Mapping[str, Collection[str]] = field(default_factory=dict)  # judge → topics
    unit: Mapping[str, str] = field(default_factory=dict)  # idea → unit, for the words of a refusal
    locked: Collection[tuple[str, str]] = ()  # (idea, judge) with a submitted sheet: they stay
    keep: Collection[
        tuple[str, str]
    ] = ()  # pairs of an earlier assignment, to keep if nothing better needs them
    names: Mapping[str, str] = field(default_factory=dict)  # judge, topic or unit → how a refusal calls it
    seed: int = 0
    accept_imbalance: bool = False  # the chair agreed to loads that differ by more than 1


class Problem:
    """An assignment to be made. Ideas and judges are sorted, so that the order of the input changes nothing."""

    def __init__(self, given: AssignmentInput) -> None:
        """Raises ValueError on a pair that names nobody or an idea listed twice."""
        self.given = given
        self.k = given.k
        self.ideas = sorted(given.ideas)
        self.judges = sorted(given.judges)
        self._idea = _places(self.ideas)
        self._judge = _places(self.judges)
        self.blocked = self._pairs(given.conflicts)
        self.locked = self._pairs(given.locked)
        # a judge who left takes the pairs along
        here = [(idea, judge) for idea, judge in given.keep if idea in self._idea and judge in self._judge]
        self.keep = self._pairs(here) - self.blocked - self.locked
        self.choices = self._choices()
        self.held = self._count_by_judge(self.locked)
        count = len(self.ideas)
        own = [given.limit.get(name, count) for name in self.judges]
        self.limits = [max(limit, held) for limit, held in zip(own, self.held, strict=True)]
        self.experts = self._experts()
        self.demand = [given.k] * count
        for idea, _ in self.locked:
            self.demand[idea] -= 1

    @property
    def sheets(self) -> int:
        return self.k * len(self.ideas)

    def open_choices(self, taken: Collection[Pair]) -> list[list[int]]:
        """For each idea the judges it may still get."""
        return [[j for j in row if (i, j) not in taken] for i, row in enumerate(self.choices)]

    def name(self, key: str) -> str:
        return self.given.names.get(key, key)

    def pair_names(self, pairs: Collection[Pair]) -> tuple[tuple[str, str], ...]:
        return tuple((self.ideas[i], self.judges[j]) for i, j in sorted(pairs))

    def without_expert(self, pairs: Collection[Pair]) -> list[int]:
        """Ideas none of whose judges knows the topic; an idea without a topic needs no expert."""
        known = {i for i, j in pairs if j in self.experts[i]}
        return [i for i, name in enumerate(self.ideas) if name in self.given.topic and i not in known]

    def _choices(self) -> list[list[int]]:
        barred: dict[int, set[int]] = {}
        for idea, judge in self.blocked:
            barred.setdefault(idea, set()).add(judge)
        everyone = range(len(self.judges))
        return [[j for j in everyone if j not in barred.get(i, ())] for i in range(len(self.ideas))]

    def _experts(self) -> list[frozenset[int]]:
        by_topic: dict[str, set[int]] = {}
        for judge, name in enumerate(self.judges):
            for topic in self.given.expertise.get(name, ()):
                by_topic.setdefault(topic, set()).add(judge)
        shared = {topic: frozenset(judges) for topic, judges in by_topic.items()}
        nobody: frozenset[int] = frozenset()
        return [shared.get(self.given.topic.get(idea, ""), nobody) for idea in self.ideas]

    def _pairs(self, pairs: Collection[tuple[str, str]]) -> set[Pair]:
        try:
            return {(self._idea[idea], self._judge[judge]) for idea, judge in pairs}
        except KeyError as unknown:
            raise ValueError(f"Không có {unknown.args[0]} trong danh sách") from unknown

    def _count_by_judge(self, pairs: Collection[Pair]) -> list[int]:
        count = [0] * len(self.judges)
        for _, judge in pairs:
            count[judge] += 1
        return count


def _places(names: Sequence[str]) -> dict[str, int]:
    places = {name: number for number, name in enumerate(names)}
    if len(places) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} có hai lần trong danh sách")
    return places
