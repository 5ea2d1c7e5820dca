"""In which order each judge reads."""

import random
from statistics import mean, pstdev

from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.methods.reading_order import reading_order

unhurried = settings(deadline=None)  # a busy machine is no failure

packs = st.dictionaries(
    st.sampled_from([f"GK{n}" for n in range(8)]),
    st.lists(st.sampled_from([f"B-{n:02}" for n in range(20)]), unique=True),
)


@unhurried
@given(packs, st.integers())
def test_each_judge_reads_the_own_pack_once(given_packs, seed):
    order = reading_order(given_packs, seed)

    assert {judge: sorted(ideas) for judge, ideas in order.items()} == {
        judge: sorted(ideas) for judge, ideas in given_packs.items()
    }


@unhurried
@given(packs, st.integers(), st.randoms(use_true_random=False))
def test_the_same_packs_and_seed_give_the_same_order(given_packs, seed, luck):
    shuffled = [(judge, luck.sample(ideas, len(ideas))) for judge, ideas in given_packs.items()]
    luck.shuffle(shuffled)

    assert reading_order(dict(shuffled), seed) == reading_order(given_packs, seed)


def test_another_seed_gives_another_order():
    given_packs = {"GK1": [f"B-{n:02}" for n in range(20)]}

    assert len({reading_order(given_packs, seed)["GK1"] for seed in range(20)}) == 20


def spread_of_places(order) -> float:
    places: dict[str, list[float]] = {}
    for ideas in order.values():
        for place, idea in enumerate(ideas):
            places.setdefault(idea, []).append((place + 0.5) / len(ideas))
    return pstdev(mean(found) for found in places.values())


def test_no_idea_is_late_for_every_judge():
    luck = random.Random(1)
    judges = [f"GK{n:02}" for n in range(20)]
    given_packs: dict[str, list[str]] = {judge: [] for judge in judges}
    for number in range(200):
        for judge in luck.sample(judges, 3):
            given_packs[judge].append(f"B-{number:03}")

    balanced = spread_of_places(reading_order(given_packs, 7))
    chance = spread_of_places({judge: luck.sample(ideas, len(ideas)) for judge, ideas in given_packs.items()})

    assert balanced < 0.08
    assert chance > 0.14


def test_what_one_judge_reads_last_another_reads_first():
    both = [f"B-{n:02}" for n in range(10)]

    order = reading_order({"GK1": both, "GK2": both}, 3)

    assert order["GK1"] == tuple(reversed(order["GK2"]))
