"""In which order each judge reads, so that no idea is always read late in the evening."""

from collections.abc import Collection, Mapping
from random import Random


def reading_order(packs: Mapping[str, Collection[str]], seed: int) -> dict[str, tuple[str, ...]]:
    """Each judge's ideas in reading order: what earlier judges read late comes first, ties at random.

    Repeatable: the same packs and seed give the same order, whatever order they are written in.
    """
    random = Random(seed)  # noqa: S311 - to be repeated by anyone, not to be secret
    judges = sorted(packs)
    random.shuffle(judges)
    lateness: dict[str, float] = {}  # sum over earlier judges of (place − middle), −½ to ½ each
    order: dict[str, tuple[str, ...]] = {}
    for judge in judges:
        pack = sorted(packs[judge])
        random.shuffle(pack)
        pack.sort(key=lambda idea: -lateness.get(idea, 0.0))
        for place, idea in enumerate(pack):
            lateness[idea] = lateness.get(idea, 0.0) + (place + 0.5) / len(pack) - 0.5
        order[judge] = tuple(pack)
    return {judge: order[judge] for judge in sorted(order)}
