"""Which judge reads which idea."""

import random
import re
from dataclasses import replace
from itertools import combinations, product
from math import inf
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.judging.methods import assignment
from app.judging.methods.assignment import (
    AssignmentInput,
    Infeasible,
    Reason,
    Rule,
    assign,
    everyone,
    seed_of,
)
from app.judging.methods.bridges import bridges
from app.judging.methods.design import Advice, advice, efficiency
from app.judging.methods.mixing import Draft

unhurried = settings(deadline=None)  # a busy machine is no failure

Pairs = frozenset[tuple[str, str]]


def names(letter: str, count: int) -> list[str]:
    return [f"{letter}{n:02}" for n in range(1, count + 1)]


@st.composite
def small_rounds(draw, limits=True, locks=True):
    """Few enough that every possible assignment can be looked at."""
    ideas, judges = names("B-", draw(st.integers(1, 4))), names("GK", draw(st.integers(1, 4)))
    pair = st.tuples(st.sampled_from(ideas), st.sampled_from(judges))
    topics = st.sampled_from(["cntt", "moi_truong"])
    conflicts = draw(st.frozensets(pair, max_size=5))
    return AssignmentInput(
        ideas,
        judges,
        draw(st.integers(1, 3)),
        conflicts=conflicts,
        limit=draw(st.dictionaries(st.sampled_from(judges), st.integers(0, 5), max_size=3)) if limits else {},
        topic=draw(st.dictionaries(st.sampled_from(ideas), topics)),
        expertise=draw(st.dictionaries(st.sampled_from(judges), st.lists(topics, max_size=2))),
        locked=draw(st.frozensets(pair, max_size=2)) - conflicts if locks else (),
        seed=draw(st.integers(0, 9)),
    )


def loads_of(given_round, pairs: Pairs) -> dict[str, int]:
    return {judge: sum(judge == j for _, j in pairs) for judge in given_round.judges}


def all_assignments(given_round) -> list[Pairs]:
    """Every assignment that meets all demands but evenness."""
    teams = []
    for idea in given_round.ideas:
        open_to = [j for j in given_round.judges if (idea, j) not in given_round.conflicts]
        need = {j for i, j in given_round.locked if i == idea}
        teams.append([team for team in combinations(open_to, given_round.k) if need <= set(team)])
    found = []
    for chosen in product(*teams):
        pairs = frozenset((i, j) for i, team in zip(given_round.ideas, chosen, strict=True) for j in team)
        held = loads_of(given_round, frozenset(given_round.locked))
        loads = loads_of(given_round, pairs)
        if all(loads[j] <= max(given_round.limit.get(j, inf), held[j]) for j in loads):
            found.append(pairs)
    return found


def even(given_round, pairs: Pairs) -> bool:
    """Nobody has two sheets less than another, unless a limit holds them down or locked sheets the other up."""
    loads, held = loads_of(given_round, pairs), loads_of(given_round, frozenset(given_round.locked))
    level = max((load for judge, load in loads.items() if load > held[judge]), default=0)
    return all(load >= min(given_round.limit.get(judge, inf), level - 1) for judge, load in loads.items())


def without_expert(given_round, pairs: Pairs) -> set[str]:
    known = {i for i, j in pairs if given_round.topic.get(i) in given_round.expertise.get(j, ())}
    return set(given_round.topic) - known


@unhurried
@given(small_rounds())
def test_an_assignment_that_meets_every_demand_is_found_whenever_there_is_one(given_round):
    possible = [pairs for pairs in all_assignments(given_round) if even(given_round, pairs)]

    if not possible:
        assert all(reason.message for reason in reasons(given_round))
        return
    result = assign(given_round)

    pairs = frozenset(result.pairs)
    assert pairs in possible
    assert set(result.without_expert) == without_expert(given_round, pairs)
    assert result.loads == loads_of(given_round, pairs)


def assign_unjoined(given_round):
    """Joining groups of judges may cost an expert or a kept pair; what stands before it is the optimum."""
    with patch.object(Draft, "join", lambda draft, _: draft.groups()):
        return assign(given_round)


@unhurried
@given(small_rounds())
def test_no_assignment_has_fewer_ideas_without_an_expert(given_round):
    possible = [pairs for pairs in all_assignments(given_round) if even(given_round, pairs)]
    assume(possible)

    result = assign_unjoined(given_round)

    assert len(result.without_expert) == min(len(without_expert(given_round, pairs)) for pairs in possible)


@unhurried
@given(small_rounds(locks=False), st.data())
def test_rebalancing_keeps_as_many_pairs_as_experts_allow(given_round, data):
    pair = st.tuples(st.sampled_from(given_round.ideas), st.sampled_from(given_round.judges))
    keep = data.draw(st.frozensets(pair, min_size=1, max_size=6))
    possible = [pairs for pairs in all_assignments(given_round) if even(given_round, pairs)]
    assume(possible)

    def cost(pairs):
        return 10 * len(without_expert(given_round, pairs)) - 3 * len(keep & pairs)

    result = assign_unjoined(replace(given_round, keep=keep))

    assert cost(frozenset(result.pairs)) == min(map(cost, possible))
    assert set(result.added) == set(result.pairs) - keep
    assert set(result.removed) == keep - set(result.pairs)


@st.composite
def torn_rounds(draw):
    """Some judges may read almost nothing."""
    ideas, judges = names("B-", draw(st.integers(3, 4))), names("GK", draw(st.integers(3, 4)))
    barred = draw(st.integers(1, 2))
    free = draw(st.frozensets(st.tuples(st.sampled_from(ideas), st.sampled_from(judges)), max_size=3))
    conflicts = {(idea, judge) for idea in ideas for judge in judges[:barred]} - free
    return AssignmentInput(ideas, judges, draw(st.integers(1, 2)), conflicts=conflicts)


@unhurried
@given(torn_rounds())
def test_uneven_loads_need_consent_and_are_then_as_even_as_can_be(given_round):
    possible = all_assignments(given_round)
    assume(possible and not any(even(given_round, pairs) for pairs in possible))
    gaps = [
        max(loads.values()) - min(loads.values()) for loads in (loads_of(given_round, p) for p in possible)
    ]

    with pytest.raises(Infeasible) as refused:
        assign(given_round)
    agreed = assign(replace(given_round, accept_imbalance=True))

    assert [reason.rule for reason in refused.value.reasons] == [Rule.BALANCE]
    assert f"Chênh lệch nhỏ nhất là {min(gaps)}." in refused.value.reasons[0].message
    assert max(agreed.loads.values()) - min(agreed.loads.values()) == min(gaps)


@st.composite
def barred_rounds(draw):
    """Many conflicts, a limit, a sheet that is locked: evenness fails in every way."""
    ideas, judges = names("B-", draw(st.integers(2, 4))), names("GK", draw(st.integers(2, 4)))
    pair = st.tuples(st.sampled_from(ideas), st.sampled_from(judges))
    conflicts = draw(st.frozensets(pair, min_size=3, max_size=9))
    return AssignmentInput(
        ideas,
        judges,
        draw(st.integers(1, 2)),
        conflicts=conflicts,
        limit=draw(st.dictionaries(st.sampled_from(judges), st.integers(0, 3), max_size=1)),
        locked=draw(st.frozensets(pair, max_size=2)) - conflicts,
    )


def uneven_cases(given_round) -> list[Pairs]:
    possible = all_assignments(given_round)
    assume(possible and not any(even(given_round, pairs) for pairs in possible))
    return possible


@settings(unhurried, max_examples=50, suppress_health_check=[HealthCheck.filter_too_much])
@given(barred_rounds())
def test_who_is_named_as_held_down_can_carry_no_more_whatever_is_dealt(given_round):
    possible = uneven_cases(given_round)

    (reason,) = reasons(given_round)

    said = re.match(r"Không thể chia đều: (.+?)(?: cùng nhau)? chỉ được chấm (\d+) bài", reason.message)
    named, most = said[1].split(", "), int(said[2])
    assert most == max(sum(loads_of(given_round, pairs)[judge] for judge in named) for pairs in possible)
    assert len(named) < len(given_round.judges)


@settings(unhurried, max_examples=50, suppress_health_check=[HealthCheck.filter_too_much])
@given(barred_rounds())
def test_with_consent_nobody_but_who_is_held_down_pays_for_it(given_round):
    possible = uneven_cases(given_round)

    agreed = assign(replace(given_round, accept_imbalance=True))

    def spread(loads):
        return sum(load * load for load in loads.values())

    assert frozenset(agreed.pairs) in possible
    assert spread(agreed.loads) == min(spread(loads_of(given_round, pairs)) for pairs in possible)


def test_an_innocent_judge_is_neither_named_nor_left_without_sheets():
    # of four judges only GK04 is barred; the other three share four sheets
    given_round = AssignmentInput(
        ["B-01", "B-02"], names("GK", 4), 2, conflicts=[("B-01", "GK04"), ("B-02", "GK04")]
    )

    (reason,) = reasons(given_round)
    agreed = assign(replace(given_round, accept_imbalance=True))

    assert reason.message.startswith("Không thể chia đều: GK04 chỉ được chấm 0 bài vì xung đột.")
    assert agreed.loads["GK04"] == 0
    assert sorted(agreed.loads.values()) == [0, 1, 1, 2]


def test_judges_who_hold_each_other_down_are_named_together():
    # GK03 and GK04 may read one idea only, and it is the same one
    ideas = names("B-", 8)
    barred = [(idea, judge) for idea in ideas[1:] for judge in ("GK03", "GK04")]

    (reason,) = reasons(AssignmentInput(ideas, names("GK", 4), 1, conflicts=barred))

    assert reason.message.startswith("Không thể chia đều: GK03, GK04 cùng nhau chỉ được chấm 1 bài")


@unhurried
@given(small_rounds(), st.randoms(use_true_random=False))
def test_the_same_demand_and_seed_give_the_same_assignment_whatever_the_order(given_round, luck):
    try:
        before = assign(given_round)
    except Infeasible:
        return
    ideas, judges = list(given_round.ideas), list(given_round.judges)
    luck.shuffle(ideas)
    luck.shuffle(judges)

    assert assign(replace(given_round, ideas=ideas, judges=judges)) == before


@unhurried
@given(small_rounds())
def test_connected_says_whether_all_judges_can_be_compared(given_round):
    try:
        result = assign(given_round)
    except Infeasible:
        return
    groups = [{judge} for judge in sorted({j for _, j in result.pairs})]
    for idea in given_round.ideas:
        team = {j for i, j in result.pairs if i == idea}
        groups = [g for g in groups if not g & team] + [set().union(*(g for g in groups if g & team))]

    assert result.connected == (len(groups) <= 1)
    assert bool(result.warnings) != result.connected


def contest(ideas: int, judges: int, k: int, topics: int, **more) -> AssignmentInput:
    luck = random.Random(3)
    given_ideas, given_judges = names("B-", ideas), names("GK", judges)
    return AssignmentInput(
        given_ideas,
        given_judges,
        k,
        topic={idea: f"t{luck.randrange(topics)}" for idea in given_ideas},
        expertise={judge: [f"t{n % topics}"] for n, judge in enumerate(given_judges)},
        **more,
    )


def test_every_idea_has_an_expert_and_judges_stay_comparable():
    result = assign(contest(60, 9, 3, topics=3, seed=7))

    assert set(result.loads.values()) == {20}
    assert result.without_expert == ()
    assert result.efficiency >= 0.95
    assert {judge: sorted(ideas) for judge, ideas in result.order.items()} == {
        judge: [i for i, j in result.pairs if j == judge] for judge in result.loads
    }


def test_another_seed_deals_otherwise():
    assert len({assign(contest(30, 6, 3, topics=3, seed=seed)).pairs for seed in range(5)}) == 5


def test_a_seed_comes_from_the_log_and_the_round():
    head = "ab" * 32

    assert seed_of(head, 1) == seed_of(head, 1)
    assert len({seed_of(head, 1), seed_of(head, 2), seed_of("cd" * 32, 1)}) == 3


def test_an_expert_is_found_for_every_idea_even_if_the_first_choice_of_experts_was_in_the_way():
    # both ideas could have GK01 as expert, but nobody else can read B-02
    given_round = AssignmentInput(
        ["B-01", "B-02"],
        ["GK01", "GK02"],
        1,
        conflicts=[("B-02", "GK02")],
        topic={"B-01": "cntt"},
        expertise={"GK01": ["cntt"]},
    )

    result = assign(given_round)

    assert result.pairs == (("B-01", "GK02"), ("B-02", "GK01"))
    assert result.without_expert == ("B-01",)


def test_submitted_sheets_stay_even_above_a_judges_limit():
    locked = [("B-01", "GK01"), ("B-02", "GK01"), ("B-03", "GK01")]

    result = assign(AssignmentInput(names("B-", 6), names("GK", 4), 2, limit={"GK01": 1}, locked=locked))

    assert {j for i, j in result.pairs if (i, j) in locked} == {"GK01"}
    assert result.loads == {"GK01": 3, "GK02": 3, "GK03": 3, "GK04": 3}


def test_a_limit_puts_a_judge_below_the_common_level():
    result = assign(AssignmentInput(names("B-", 10), names("GK", 4), 2, limit={"GK01": 2}))

    assert result.loads == {"GK01": 2, "GK02": 6, "GK03": 6, "GK04": 6}


def test_when_a_judge_leaves_the_others_keep_what_they_have():
    before = assign(contest(30, 6, 3, topics=1, seed=1))
    smaller = replace(contest(30, 6, 3, topics=1, seed=1), judges=names("GK", 5), keep=before.pairs)

    after = assign(smaller)

    gone = {pair for pair in before.pairs if pair[1] == "GK06"}
    assert set(after.removed) == gone
    assert len(after.added) == len(gone)
    assert set(after.loads.values()) == {18}


def test_too_many_pairs_for_the_optimum_are_kept_one_after_another(monkeypatch):
    before = assign(contest(30, 6, 3, topics=3, seed=1))
    smaller = replace(contest(30, 6, 3, topics=3, seed=1), judges=names("GK", 5), keep=before.pairs)
    monkeypatch.setattr(assignment, "EXACT_PAIRS", 0)

    after = assign(smaller)

    assert after.without_expert == ()
    assert len(after.removed) <= 18 + 2
    assert set(after.loads.values()) == {18}


def two_wards(open_pairs=()) -> AssignmentInput:
    """Ideas of two wards, each closed to the judges of its own; `open_pairs` are let through."""
    ideas, judges = names("B-", 12), names("GK", 6)
    own = {(i, j) for n, i in enumerate(ideas) for m, j in enumerate(judges) if (n < 6) == (m < 3)}
    return AssignmentInput(ideas, judges, 2, conflicts=own - set(open_pairs), seed=2)


def test_groups_of_judges_are_joined_where_a_swap_allows_it():
    result = assign(two_wards([("B-01", "GK01"), ("B-12", "GK06")]))

    assert result.connected
    assert set(result.loads.values()) == {4}
    assert {("B-01", "GK01"), ("B-12", "GK06")} <= set(result.pairs)


def test_groups_are_joined_by_handing_a_pair_over_where_no_swap_is_allowed():
    conflicts = [("B-1", "GK0"), ("B-1", "GK2")]

    result = assign(
        AssignmentInput(
            ["B-0", "B-1", "B-2"], ["GK0", "GK1", "GK2", "GK3"], 2, conflicts=conflicts, limit={"GK1": 1}
        )
    )

    assert result.connected
    assert sorted(result.loads.values()) == [1, 1, 2, 2]
    assert not set(conflicts) & set(result.pairs)
    assert result.loads["GK1"] == 1


def test_groups_are_joined_beside_pairs_that_must_stay():
    """The circle of the larger group has two submitted sheets on it; the pairs between them are free."""
    conflicts = [("B-0", "GK1"), ("B-1", "GK3"), ("B-1", "GK0"), ("B-2", "GK0")]
    locked = [("B-0", "GK0"), ("B-1", "GK1"), ("B-2", "GK1")]

    result = assign(
        AssignmentInput(
            ["B-0", "B-1", "B-2"],
            ["GK0", "GK1", "GK2", "GK3"],
            2,
            conflicts=conflicts,
            limit={"GK1": 0},
            locked=locked,
            seed=676112,
        )
    )

    assert result.connected
    assert set(locked) <= set(result.pairs)
    assert not set(conflicts) & set(result.pairs)


def test_joining_groups_takes_no_expert_where_it_need_not():
    result = assign(
        AssignmentInput(
            ["B-0", "B-1", "B-2"],
            ["GK0", "GK1", "GK2", "GK3"],
            2,
            conflicts=[("B-1", "GK0")],
            topic={"B-0": "cchc", "B-1": "moi_truong", "B-2": "so"},
            expertise={"GK2": ["cchc", "so"], "GK3": ["moi_truong"]},
        )
    )

    assert (result.connected, result.without_expert) == (True, ())


@unhurried
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=9))
def test_an_edge_is_a_bridge_if_without_it_its_ends_fall_apart(edges):
    def links(left_out=None):
        return [
            [(a + b - node, edge) for edge, (a, b) in enumerate(edges) if node in (a, b) and edge != left_out]
            for node in range(6)
        ]

    def reached(graph, node):
        found, new = {node}, [node]
        while new:
            near = {other for other, _ in graph[new.pop()]} - found
            found |= near
            new += near
        return found

    apart = {edge for edge, (a, b) in enumerate(edges) if b not in reached(links(edge), a)}

    assert bridges(links()) == apart


def test_groups_that_cannot_be_joined_are_said_to_the_chair():
    result = assign(two_wards())

    assert (result.connected, result.efficiency) == (False, 0.0)
    assert list(result.warnings) == [
        (
            "Không nối được hai nhóm GK01, GK02, GK03 và GK04, GK05, GK06: mọi cặp nối đều xung đột (hoặc k = 1). "
            "Kết quả phải dùng điểm trung bình."
        )
    ]


def test_a_full_panel_leaves_out_conflicts_only():
    result = everyone(AssignmentInput(["B-01", "B-02"], ["GK01", "GK02"], 1, conflicts=[("B-01", "GK02")]))

    assert result.pairs == (("B-01", "GK01"), ("B-02", "GK01"), ("B-02", "GK02"))
    assert result.connected


def test_no_idea_needs_no_judge():
    result = assign(AssignmentInput([], ["GK01"], 3))

    assert (result.pairs, dict(result.loads)) == ((), {"GK01": 0})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"conflicts": [("B-99", "GK01")]}, "Không có B-99 trong danh sách"),
        ({"locked": [("B-01", "GK99")]}, "Không có GK99 trong danh sách"),
        ({"ideas": ["B-01", "B-01"]}, "B-01 có hai lần trong danh sách"),
    ],
)
def test_names_that_nobody_has_are_refused(more, message):
    with pytest.raises(ValueError, match=message):
        assign(replace(AssignmentInput(["B-01"], ["GK01"], 1), **more))


# --- why not ------------------------------------------------------------------------------------------------------------


def reasons(given_round) -> list[Reason]:
    with pytest.raises(Infeasible) as refused:
        assign(given_round)
    return list(refused.value.reasons)


@pytest.mark.parametrize(
    ("k", "message"),
    [
        (0, "Mỗi ý tưởng cần ít nhất 1 giám khảo. Hãy nhập số phiếu từ 1 trở lên."),
        (
            5,
            "Mỗi ý tưởng cần 5 giám khảo nhưng chỉ có 3 người. Thêm 2 giám khảo hoặc giảm số phiếu mỗi ý tưởng.",
        ),
    ],
)
def test_a_number_of_judges_that_cannot_be(k, message):
    assert reasons(AssignmentInput(["B-01"], names("GK", 3), k)) == [Reason(Rule.K, (), message)]


def test_an_idea_with_more_sheets_than_asked_for():
    locked = [("B-01", "GK01"), ("B-01", "GK02")]

    assert reasons(AssignmentInput(["B-01"], names("GK", 3), 1, locked=locked)) == [
        Reason(Rule.K, ("B-01",), "Ý tưởng B-01 đã có 2 phiếu, nhiều hơn 1. Tăng số phiếu mỗi ý tưởng.")
    ]


def test_a_submitted_sheet_of_a_judge_in_conflict():
    pair = [("B-01", "GK01")]

    assert reasons(AssignmentInput(["B-01"], names("GK", 3), 1, conflicts=pair, locked=pair)) == [
        Reason(
            Rule.ELIGIBLE,
            ("B-01",),
            "Ý tưởng B-01 đã có phiếu của GK01 nhưng hai bên xung đột. Hủy phiếu đó trước khi phân công lại.",
        )
    ]


def test_an_idea_with_too_few_judges_free_of_conflict():
    conflicts = [("B-01", "GK01"), ("B-01", "GK02")]

    assert reasons(AssignmentInput(names("B-", 2), names("GK", 4), 3, conflicts=conflicts)) == [
        Reason(
            Rule.ELIGIBLE,
            ("B-01",),
            "Ý tưởng B-01 chỉ có 2 giám khảo không xung đột, cần 3. "
            "Thêm 1 giám khảo hoặc giảm số phiếu mỗi ý tưởng.",
        )
    ]


def test_limits_that_do_not_add_up():
    limit = dict.fromkeys(names("GK", 4), 5)

    assert reasons(AssignmentInput(names("B-", 10), names("GK", 4), 3, limit=limit)) == [
        Reason(
            Rule.CAPACITY,
            (),
            "Cần 30 phiếu nhưng tổng hạn mức chỉ 20. "
            "Tăng hạn mức thêm 10, hoặc thêm giám khảo, hoặc giảm còn 2 phiếu/ý tưởng.",
        )
    ]


def test_limits_below_one_sheet_an_idea_offer_no_smaller_number():
    limit = dict.fromkeys(names("GK", 2), 2)

    assert [
        reason.message for reason in reasons(AssignmentInput(names("B-", 10), names("GK", 2), 1, limit=limit))
    ] == ["Cần 10 phiếu nhưng tổng hạn mức chỉ 4. Tăng hạn mức thêm 6, hoặc thêm giám khảo."]


def test_a_group_of_ideas_that_asks_too_much_of_its_judges():
    # six ideas of Tổ 1 only GK03 and GK04 may read, four sheets each
    ideas, judges = names("B-", 10), names("GK", 4)
    group = ideas[:6]

    found = reasons(
        AssignmentInput(
            ideas,
            judges,
            2,
            conflicts=[(i, j) for i in group for j in judges[:2]],
            limit={"GK03": 4, "GK04": 4},
            topic=dict.fromkeys(group, "mt"),
            unit=dict.fromkeys(group, "t1"),
            names={"mt": "Môi trường", "t1": "Tổ 1"},
        )
    )

    assert found == [
        Reason(
            Rule.GROUP,
            tuple(group),
            "6 ý tưởng (Môi trường, Tổ 1) chỉ 2 giám khảo này chấm được: cần 12 phiếu, tối đa 8. "
            "Thêm giám khảo ngoài Tổ 1.",
        )
    ]


@unhurried
@given(small_rounds())
def test_a_group_is_named_only_if_it_cannot_be_served(given_round):
    """However the sheets of the group alone are dealt, they are fewer than it needs."""
    try:
        assign(given_round)
        return
    except Infeasible as refused:
        (reason, *others) = refused.reasons
    assume(reason.rule is Rule.GROUP)

    held = loads_of(given_round, frozenset(given_round.locked))
    elsewhere = loads_of(given_round, frozenset(p for p in given_round.locked if p[0] not in reason.ideas))
    most = 0
    for judge in given_round.judges:
        room = max(given_round.limit.get(judge, inf), held[judge]) - elsewhere[judge]
        most += min(room, sum((i, judge) not in given_round.conflicts for i in reason.ideas))
    need = given_round.k * len(reason.ideas)
    assert others == []
    assert most < need
    assert f"cần {need} phiếu, tối đa {most}." in reason.message


def test_a_judge_held_down_by_conflicts():
    ideas, judges = names("B-", 8), names("GK", 4)

    assert reasons(AssignmentInput(ideas, judges, 2, conflicts=[(i, "GK01") for i in ideas[1:]])) == [
        Reason(
            Rule.BALANCE,
            (),
            "Không thể chia đều: GK01 chỉ được chấm 1 bài vì xung đột. Chênh lệch nhỏ nhất là 4. "
            "Chấp nhận hay thêm giám khảo?",
        )
    ]


# --- design efficiency ------------------------------------------------------------------------------------------------


FANO = [[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]]


@pytest.mark.parametrize(
    ("packs", "judges", "value"),
    [
        (FANO, 7, 1.0),  # balanced incomplete blocks
        ([[0, 1, 2]] * 4, 3, 1.0),  # full panel
        ([[0, 1], [2, 3]], 4, 0.0),  # two panels apart
        ([[0, 1], [1, 2]], 3, 0.75),  # a chain: ω = ½ and 3/2, 4 / (2 · (2 + ⅔))
        ([[0]], 1, 1.0),
    ],
)
def test_efficiency_is_one_in_balanced_blocks_and_nought_between_strangers(packs, judges, value):
    assert efficiency(packs, judges) == pytest.approx(value)


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.98, Advice.GOOD), (0.7, Advice.GOOD), (0.6, Advice.WARN), (0.5, Advice.WARN), (0.27, Advice.CONFIRM)],
)
def test_a_poor_design_is_said(value, word):
    assert advice(value) is word
