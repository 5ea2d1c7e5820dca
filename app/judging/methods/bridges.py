"""Edges of a graph that nothing goes around (Tarjan 1974): without one its two ends fall apart."""

from collections.abc import Sequence


def bridges(links: Sequence[Sequence[tuple[int, int]]]) -> set[int]:
    """The bridges among the edges. `links` holds for each node its (neighbour, edge); each edge stands at both ends."""
    found: set[int] = set()
    seen = [-1] * len(links)  # when a node was first reached
    back = [0] * len(links)  # the earliest node reached from it or below it, not by the edge that led to it
    clock = 0
    for start in range(len(links)):
        if seen[start] >= 0:
            continue
        seen[start] = back[start] = clock
        clock += 1
        path = [(start, -1, iter(links[start]))]
        while path:
            node, came_by, rest = path[-1]
            for other, edge in rest:
                if seen[other] < 0:
                    seen[other] = back[other] = clock
                    clock += 1
                    path.append((other, edge, iter(links[other])))
                    break
                if edge != came_by:
                    back[node] = min(back[node], seen[other])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    back[above] = min(back[above], back[node])
                    if back[node] > seen[above]:
                        found.add(came_by)
    return found
