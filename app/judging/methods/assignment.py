"""Which judge reads which idea: even loads, no conflict, an expert for each idea, and all judges comparable."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from app.judging.methods.cheapest import cheapest
from app.judging.methods.design import efficiency
from app.judging.methods.levelling import level
from app.judging.methods.levels import Levels, common, nearest
from app.judging.methods.mixing import Draft
from app.judging.methods.network import fill, most
from app.judging.methods.problem import AssignmentInput, Pair, Problem
from app.judging.methods.reading_order import reading_order
from app.judging.methods.refusal import Infeasible, Reason, Rule, cannot_join, check, uneven

__all__ = [
    "AssignmentInput",
    "AssignmentResult",
    "Infeasible",
    "Reason",
    "Rule",
    "assign",
    "everyone",
    "seed_of",
]

EXACT_PAIRS = 100_000  # possible pairs up to which a re-balancing is solved to the optimum in seconds


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """Who reads what, and how good that is."""

    pairs: tuple[tuple[str, str], ...]  # (idea, judge)
    loads: Mapping[str, int]
    without_expert: tuple[str, ...]
    efficiency: float  # how fairly leniency can be told: see design.advice
    connected: bool
    order: Mapping[str, tuple[str, ...]]  # judge → ideas in reading order
    added: tuple[tuple[str, str], ...]  # against the earlier assignment, if there was one
    removed: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def assign(given: AssignmentInput) -> AssignmentResult:
    """Assign judges to ideas. Raises Infeasible with what would help; ValueError on a name nobody has."""
    problem = Problem(given)
    check(problem)
    random = Random(given.seed)  # noqa: S311 - to be repeated by anyone, not to be secret
    pairs = _solve(problem, _levels(problem))
    draft = Draft(problem, pairs)
    draft.mix(random)
    groups = draft.join(random)
    warnings = [cannot_join(problem, groups)] if len(groups) > 1 else []
    return _result(problem, draft.pairs, warnings)


def everyone(given: AssignmentInput) -> AssignmentResult:
    """A full panel: every judge reads every idea without a conflict; k and limits do not matter."""
    problem = Problem(given)
    pairs = [(i, j) for i, row in enumerate(problem.choices) for j in row]
    return _result(problem, pairs, [])


def seed_of(log_head: str, round_id: int) -> int:
    """The seed that nobody can shop for: the log's head (hexadecimal) when submissions closed, and the round."""
    return int.from_bytes(sha256(bytes.fromhex(log_head) + str(round_id).encode()).digest())


def _levels(problem: Problem) -> Levels:
    """Loads that differ by at most one; more only where conflicts force it and the chair agreed."""

    def filling(levels: Levels) -> frozenset[Pair] | None:
        return _fill(problem, levels, problem.locked)

    levels = common(problem.sheets, problem.limits, problem.held)
    if filling(levels) is not None:
        return levels
    levels = nearest(lambda tried: filling(tried) is not None, len(problem.ideas))
    evened = level(problem, filling(levels) or ())
    if problem.given.accept_imbalance:
        # those held down keep what they can carry; all others differ by at most one
        return Levels(max(0, levels.high - 1), levels.high, tuple(evened.loads))
    raise uneven(problem, evened.loads, evened.held_down)


def _solve(problem: Problem, levels: Levels) -> frozenset[Pair]:
    """As many ideas as possible with an expert, as many pairs kept as that allows.

    Two flows: experts first, then the rest around them. If both succeed the first one's count is reached, so
    nothing better exists. Where they fail, or pairs are to be kept, a linear programme finds the optimum.
    """
    low, high = levels.bounds(problem.limits, problem.held)
    possible = sum(map(len, problem.choices))
    if problem.keep and possible <= EXACT_PAIRS:
        answer = cheapest(problem, low, high)
    else:
        answer = _fill(problem, levels, _chosen(problem, low, high))
    if answer is None:
        answer = cheapest(problem, low, high)
    if answer is None:
        raise AssertionError("levels are chosen so that an assignment exists")
    return answer


def _chosen(problem: Problem, low: Sequence[int], high: Sequence[int]) -> set[Pair]:
    """The pairs to build on: locked ones, one expert an idea (an earlier one if possible), earlier ones."""
    chosen = set(problem.locked)
    experts = [(i, j) for i, row in enumerate(problem.choices) for j in row if j in problem.experts[i]]
    for offered in ([pair for pair in experts if pair in problem.keep], experts):
        lacking = set(problem.without_expert(chosen))
        chosen |= _some(problem, low, high, chosen, [pair for pair in offered if pair[0] in lacking], each=1)
    return chosen | _some(problem, low, high, chosen, problem.keep - chosen, each=problem.k)


def _some(
    problem: Problem,
    low: Sequence[int],
    high: Sequence[int],
    chosen: Collection[Pair],
    offered: Collection[Pair],
    *,
    each: int,
) -> frozenset[Pair]:
    """As many of the offered pairs as find room beside the chosen ones, at most `each` an idea."""
    by_idea, by_judge = _taken(problem, chosen)
    choices: list[list[int]] = [[] for _ in problem.ideas]
    for idea, judge in sorted(offered):
        choices[idea].append(judge)
    demand = [min(problem.k - used, each) if row else 0 for used, row in zip(by_idea, choices, strict=True)]
    owed = [max(0, least - used) for least, used in zip(low, by_judge, strict=True)]
    room = [top - used for top, used in zip(high, by_judge, strict=True)]
    return most(demand, choices, owed, room, problem.sheets - len(chosen) - sum(owed))


def _fill(problem: Problem, levels: Levels, chosen: Collection[Pair]) -> frozenset[Pair] | None:
    """Complete the chosen pairs within the levels; None if they leave no way to."""
    low, high = levels.bounds(problem.limits, problem.held)
    by_idea, by_judge = _taken(problem, chosen)
    filling = fill(
        [problem.k - used for used in by_idea],
        problem.open_choices(chosen),
        [max(0, least - used) for least, used in zip(low, by_judge, strict=True)],
        [top - used for top, used in zip(high, by_judge, strict=True)],
    )
    return filling.pairs | frozenset(chosen) if filling.full else None


def _taken(problem: Problem, pairs: Collection[Pair]) -> tuple[list[int], list[int]]:
    by_idea, by_judge = [0] * len(problem.ideas), [0] * len(problem.judges)
    for idea, judge in pairs:
        by_idea[idea] += 1
        by_judge[judge] += 1
    return by_idea, by_judge


def _result(problem: Problem, pairs: Sequence[Pair], warnings: Sequence[str]) -> AssignmentResult:
    teams: list[list[int]] = [[] for _ in problem.ideas]
    packs: dict[str, list[str]] = {judge: [] for judge in problem.judges}
    for idea, judge in sorted(pairs):
        teams[idea].append(judge)
        packs[problem.judges[judge]].append(problem.ideas[idea])
    working = {judge: number for number, judge in enumerate(sorted({judge for _, judge in pairs}))}
    value = efficiency([[working[judge] for judge in team] for team in teams], len(working))
    named = problem.pair_names(pairs)
    before = set(problem.given.keep) | set(problem.given.locked) if problem.given.keep else set(named)
    return AssignmentResult(
        pairs=named,
        loads={judge: len(ideas) for judge, ideas in packs.items()},
        without_expert=tuple(problem.ideas[i] for i in problem.without_expert(pairs)),
        efficiency=value,
        connected=value > 0,
        order=reading_order(packs, problem.given.seed),
        added=tuple(pair for pair in named if pair not in before),
        removed=tuple(sorted(before - set(named))),
        warnings=tuple(warnings),
    )
