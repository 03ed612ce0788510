"""The scores of a network, from its ties. Pure functions.

A network is undirected: `near[v]` lists the neighbors of node v, each once, never v itself. n nodes, m ties. A
partnership with k parties makes every two of them a tie, k(k−1)/2 in total (a clique): large partnerships weigh much
in every score. Sources: Freeman 1978 (degree, betweenness, centralization), Brandes 2001, Marchiori and Latora 2000
(harmonic closeness), Krackhardt and Stern 1988 (E-I index). Components and articulation points are networkx's;
docs/decisions/0020 says why no more is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

import networkx as nx

Adjacency = Sequence[Sequence[int]]  # the neighbors of each node
SAMPLED_ABOVE, SAMPLE, SEED = 2_000, 400, 1978  # nodes above which paths are sampled; number of sources; random seed


@dataclass(frozen=True)
class Paths:
    """The scores that take long: `betweenness` and `closeness` by node, each 0 to 1.

    `sampled`: from how many sources betweenness was estimated; None if it is exact.
    """

    betweenness: list[float]
    closeness: list[float]
    sampled: int | None = None


@dataclass(frozen=True)
class Loss:
    """The effect of removing one node: how many more components, and how many more isolated nodes."""

    parts: int
    isolates: int


@dataclass(frozen=True)
class Scores:
    """All scores.

    Without `paths`, they take time in proportion to n + m. `reciprocity` and `ei_index` are None if undefined.
    """

    nodes: int
    ties: int
    density: float
    degree: list[float]
    centralization: float | None
    parts: list[list[int]]
    losses: list[Loss]
    cut_points: list[int]
    ei_index: float | None
    reciprocity: float | None = None
    paths: Paths | None = field(default=None)

    @property
    def isolates(self) -> list[int]:
        return [part[0] for part in self.parts if len(part) == 1]


def scores(near: Adjacency, groups: Sequence, reported: Iterable[tuple[int, int]] = ()) -> Scores:
    """All scores except `paths`.

    `groups`: the side of each node. `reported`: (who, about which party) for each tie reported by a party.
    """
    parts, losses = components(near), [Loss(0, 0)] * len(near)
    pieces = _pieces(near)
    for v, around in enumerate(near):
        alone = sum(len(near[w]) == 1 for w in around)
        losses[v] = Loss(pieces[v] - 1, alone if around else -1)
    return Scores(
        nodes=len(near),
        ties=ties_in(near),
        density=density(near),
        degree=degree(near),
        centralization=centralization(near),
        parts=parts,
        losses=losses,
        cut_points=[v for v, number in enumerate(pieces) if number > 1],
        ei_index=ei_index(near, groups),
        reciprocity=reciprocity(reported),
    )


def ties_in(near: Adjacency) -> int:
    return sum(map(len, near)) // 2


def density(near: Adjacency) -> float:
    """2m / (n(n − 1)): the share of all possible ties; 0 below two nodes."""
    n = len(near)
    return 2 * ties_in(near) / (n * (n - 1)) if n > 1 else 0.0


def degree(near: Adjacency) -> list[float]:
    """d / (n − 1): the share of other nodes to which a node is tied."""
    others = max(len(near) - 1, 1)
    return [len(around) / others for around in near]


def centralization(near: Adjacency) -> float | None:
    """Σ(dmax − d) / ((n − 1)(n − 2)): 1 if everything depends on one node, 0 if all have equally many ties.

    None below three nodes.
    """
    n = len(near)
    if n < 3:
        return None
    most = max(map(len, near))
    return sum(most - len(around) for around in near) / ((n - 1) * (n - 2))


def components(near: Adjacency) -> list[list[int]]:
    """The connected components, largest first and equal ones by their first node, each in ascending order."""
    parts = map(sorted, nx.connected_components(_graph(near)))
    return sorted(parts, key=lambda part: (-len(part), part))


def _pieces(near: Adjacency) -> list[int]:
    """Into how many parts its component falls when a node is removed.

    0 for an isolated node, 1 if the component stays connected, more for an articulation point: as many as the
    biconnected components that it is in.
    """
    found = Counter(v for part in nx.biconnected_components(_graph(near)) for v in part)
    return [found[v] for v in range(len(near))]


def _graph(near: Adjacency) -> nx.Graph:
    return nx.from_dict_of_lists(dict(enumerate(near)))


def cut_points(near: Adjacency) -> list[int]:
    """The articulation points: nodes without which their component splits."""
    return [v for v, number in enumerate(_pieces(near)) if number > 1]


def reciprocity(reported: Iterable[tuple[int, int]]) -> float | None:
    """The share of reported ties that both sides reported; None if none was reported."""
    reports = Counter(frozenset(pair) for pair in set(reported) if pair[0] != pair[1])
    return sum(number == 2 for number in reports.values()) / len(reports) if reports else None


def ei_index(near: Adjacency, groups: Sequence) -> float | None:
    """(E − I) / (E + I), with E ties between groups and I ties within one: 1 if all cross, −1 if none does.

    None without ties.
    """
    ends = sum(map(len, near))
    external = sum(groups[v] != groups[w] for v, around in enumerate(near) for w in around)
    return (2 * external - ends) / ends if ends else None


def paths(
    near: Adjacency, *, sample: int | None = None, report_progress: Callable[[float], None] | None = None
) -> Paths:
    """Betweenness and closeness.

    Betweenness: the share of shortest paths between all pairs of other nodes that lead through a node, Σ σ(v)/σ over
    (n − 1)(n − 2)/2. Closeness (harmonic): Σ 1/distance over n − 1; an unreachable node adds nothing. Above
    SAMPLED_ABOVE nodes, betweenness is estimated from SAMPLE sources drawn with a fixed seed (`sample`: from this
    many). `report_progress` is called with the share that is done.
    """
    n, reduced = len(near), _without_twins(near)
    if sample is None and n > SAMPLED_ABOVE:
        sample = SAMPLE
    drawn = Random(SEED).sample(range(n), sample) if sample and sample < n else None  # noqa: S311 - no secret  # nosec
    times = Counter(reduced.representative[v] for v in drawn) if drawn else reduced.weight
    through, closeness = [0.0] * n, [0.0] * n
    for done, v in enumerate(reduced.distinct_nodes):
        levels, ways, distance = _shortest_paths(reduced.near, v)
        total = sum(sum(reduced.weight[w] for w in level) / d for d, level in enumerate(levels) if d)
        closeness[v] = (total + reduced.weight[v] - 1) / max(n - 1, 1)
        if times[v]:
            _add_paths(reduced, levels, ways, distance, times[v], through)
        if report_progress and done % 50 == 0:
            report_progress(done / len(reduced.distinct_nodes))
    pairs = max((n - 1) * (n - 2), 1)
    scale = (n / len(drawn) if drawn else 1) / pairs
    return Paths(
        [value * scale for value in through],
        [closeness[reduced.representative[v]] for v in range(n)],
        len(drawn) if drawn else None,
    )


def steps_of(near: Adjacency) -> int:
    """The cost of `paths`: how many times it visits a tie."""
    reduced = _without_twins(near)
    return len(reduced.distinct_nodes) * sum(map(len, reduced.near))


@dataclass(frozen=True)
class _ReducedNetwork:
    """A network in which one node represents all nodes with the same ties.

    `distinct_nodes`: those that are left. `weight`: how many nodes each represents. `representative`: for each node of the
    whole network, the one that represents it.
    """

    near: list[Sequence[int]]
    distinct_nodes: list[int]
    weight: list[int]
    representative: list[int]


def _without_twins(near: Adjacency) -> _ReducedNetwork:
    """Merge nodes with the same closed neighborhood.

    Parties of only one partnership have the same neighbors, and all of these are tied to each other: no shortest path
    between two others leads through them, so one of them can represent all. The result is exact, and large
    partnerships cost little.
    """
    alike: dict[frozenset, list[int]] = {}
    closed = [frozenset((*around, v)) for v, around in enumerate(near)]
    for v, all_of_them in enumerate(closed):
        alike.setdefault(all_of_them, []).append(v)
    weight, representative = [1] * len(near), list(range(len(near)))
    for neighborhood, (first, *others) in alike.items():
        if others and all(neighborhood <= closed[w] for w in neighborhood):
            weight[first] += len(others)
            for v in others:
                weight[v], representative[v] = 0, first
    distinct_nodes = [v for v, number in enumerate(weight) if number]
    return _ReducedNetwork(
        [[w for w in around if weight[w]] if weight[v] else () for v, around in enumerate(near)],
        distinct_nodes,
        weight,
        representative,
    )


def _shortest_paths(near: Sequence[Sequence[int]], source: int) -> tuple:
    """The reachable nodes by distance, the number of shortest paths to each, and the distance of each (−1:
    unreachable).
    """
    ways, distance = [0] * len(near), [-1] * len(near)
    ways[source], distance[source], levels, d = 1, 0, [[source]], 0
    while levels[-1]:
        d, following = d + 1, []
        for v in levels[-1]:
            for w in near[v]:
                if distance[w] < 0:
                    distance[w], ways[w] = d, ways[v]
                    following.append(w)
                elif distance[w] == d:
                    ways[w] += ways[v]
        levels.append(following)
    return levels[:-1], ways, distance


def _add_paths(
    reduced: _ReducedNetwork,
    levels: Sequence[list[int]],
    ways: Sequence[int],
    distance: list[int],
    times: int,
    through: list[float],
) -> None:
    """Brandes: from the farthest nodes back, the share of paths to everything behind a node that lead through it."""
    near, weight, behind = reduced.near, reduced.weight, [0.0] * len(reduced.near)
    for d in range(len(levels) - 1, 0, -1):
        for w in levels[d]:
            share = (weight[w] + behind[w]) / ways[w]
            for v in near[w]:
                if distance[v] == d - 1:
                    behind[v] += ways[v] * share
            through[w] += times * behind[w]
