"""Why judges cannot be assigned as asked, in words that say what would help."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.judging.methods.network import fill
from app.judging.methods.problem import Problem


class Rule(StrEnum):
    """The demand that cannot be met."""

    K = "k"
    ELIGIBLE = "eligible"
    CAPACITY = "capacity"
    GROUP = "group"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Reason:
    """One demand that cannot be met, and the ideas it is about."""

    rule: Rule
    ideas: tuple[str, ...]
    message: str


class Infeasible(Exception):
    """No assignment meets the demands."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(" ".join(reason.message for reason in reasons))
        self.reasons = tuple(reasons)


def check(problem: Problem) -> None:
    """Raise Infeasible if no assignment exists at all, however uneven the loads."""
    for find in (_number, _locked, _eligible, _capacity, _group):
        reasons = find(problem)
        if reasons:
            raise Infeasible(reasons)


def uneven(problem: Problem, loads: Sequence[int], held_down: Sequence[int]) -> Infeasible:
    """Loads cannot be even; `loads` are the most even ones there are, `held_down` who can carry no more of them."""
    free = [j for j, limit in enumerate(problem.limits) if loads[j] < limit] or list(range(len(loads)))
    fewest = min(loads[j] for j in free)
    names = ", ".join(problem.name(problem.judges[j]) for j in held_down)
    together = " cùng nhau" if len(held_down) > 1 else ""
    message = (
        f"Không thể chia đều: {names}{together} chỉ được chấm {sum(loads[j] for j in held_down)} bài "
        "vì xung đột. "
        f"Chênh lệch nhỏ nhất là {max(loads) - fewest}. Chấp nhận hay thêm giám khảo?"
    )
    return Infeasible([Reason(Rule.BALANCE, (), message)])


def cannot_join(problem: Problem, groups: Sequence[Sequence[int]]) -> str:
    """What the result page must be told when panels share no idea and none can be made to."""
    first, second = (", ".join(problem.name(problem.judges[j]) for j in group) for group in groups[:2])
    return (
        f"Không nối được hai nhóm {first} và {second}: mọi cặp nối đều xung đột (hoặc k = 1). "
        "Kết quả phải dùng điểm trung bình."
    )


def _number(problem: Problem) -> list[Reason]:
    k, judges = problem.k, len(problem.judges)
    if k < 1:
        return [Reason(Rule.K, (), "Mỗi ý tưởng cần ít nhất 1 giám khảo. Hãy nhập số phiếu từ 1 trở lên.")]
    if k > judges and problem.ideas:
        message = (
            f"Mỗi ý tưởng cần {k} giám khảo nhưng chỉ có {judges} người. "
            f"Thêm {k - judges} giám khảo hoặc giảm số phiếu mỗi ý tưởng."
        )
        return [Reason(Rule.K, (), message)]
    return [
        Reason(
            Rule.K,
            (idea,),
            f"Ý tưởng {idea} đã có {k - rest} phiếu, nhiều hơn {k}. Tăng số phiếu mỗi ý tưởng.",
        )
        for idea, rest in zip(problem.ideas, problem.demand, strict=True)
        if rest < 0
    ]


def _locked(problem: Problem) -> list[Reason]:
    return [
        Reason(
            Rule.ELIGIBLE,
            (idea,),
            f"Ý tưởng {idea} đã có phiếu của {problem.name(judge)} nhưng hai bên xung đột. "
            "Hủy phiếu đó trước khi phân công lại.",
        )
        for idea, judge in problem.pair_names(problem.locked & problem.blocked)
    ]


def _eligible(problem: Problem) -> list[Reason]:
    k = problem.k
    return [
        Reason(
            Rule.ELIGIBLE,
            (idea,),
            f"Ý tưởng {idea} chỉ có {len(row)} giám khảo không xung đột, cần {k}. "
            f"Thêm {k - len(row)} giám khảo hoặc giảm số phiếu mỗi ý tưởng.",
        )
        for idea, row in zip(problem.ideas, problem.choices, strict=True)
        if len(row) < k
    ]


def _capacity(problem: Problem) -> list[Reason]:
    room, ideas = sum(problem.limits), len(problem.ideas)
    missing = problem.sheets - room
    if missing <= 0:
        return []
    fewer = f", hoặc giảm còn {room // ideas} phiếu/ý tưởng" if room >= ideas else ""
    message = (
        f"Cần {problem.sheets} phiếu nhưng tổng hạn mức chỉ {room}. "
        f"Tăng hạn mức thêm {missing}, hoặc thêm giám khảo{fewer}."
    )
    return [Reason(Rule.CAPACITY, (), message)]


def _group(problem: Problem) -> list[Reason]:
    """The minimum cut names the ideas that ask more of their judges than these can carry."""
    most_each = len(problem.ideas)  # a limit may be any number; an idea is read once
    room = [min(limit, most_each) - held for limit, held in zip(problem.limits, problem.held, strict=True)]
    filling = fill(problem.demand, problem.open_choices(problem.locked), [0] * len(room), room)
    if filling.full:
        return []
    stuck = filling.stuck_ideas
    able = {j for i in stuck for j in problem.choices[i]}
    inside = set(filling.stuck_judges)
    held = {j: sum((i, j) in problem.locked for i in stuck) for j in able}
    # a judge outside the cut is not full: each idea of the group may have that judge once
    most = sum(room[j] + held[j] for j in inside) + sum(
        j not in inside for i in stuck for j in problem.choices[i]
    )
    group, outside = _words(problem, stuck)
    message = (
        f"{len(stuck)} ý tưởng{group} chỉ {len(able)} giám khảo này chấm được: "
        f"cần {problem.k * len(stuck)} phiếu, tối đa {most}. Thêm giám khảo {outside}."
    )
    return [Reason(Rule.GROUP, tuple(problem.ideas[i] for i in stuck), message)]


def _words(problem: Problem, ideas: Sequence[int]) -> tuple[str, str]:
    """What the ideas have in common, in brackets; and which judges would help."""
    names = [problem.ideas[i] for i in ideas]
    topics = {problem.given.topic.get(name) for name in names}
    units = {problem.given.unit.get(name) for name in names}
    shared = [problem.name(found) for (found, *others) in (topics, units) if found is not None and not others]
    unit = next(iter(units))
    group = f" ({', '.join(shared)})" if shared else ""
    if unit is not None and len(units) == 1:
        return group, f"ngoài {problem.name(unit)}"
    return group, "không xung đột với các ý tưởng này"
