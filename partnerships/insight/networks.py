"""The scores of a network, from who is tied to whom. Pure: no rows are read here.

A network is undirected: `near[v]` lists the neighbors of node v, each once, never v itself. n nodes, m ties. A table at which
k parties sit makes each two of them a tie, k(k−1)/2 in all (a clique): large tables weigh much in every score.
Sources: Freeman 1978 (degree, betweenness, centralization), Brandes 2001, Marchiori and Latora 2000 (harmonic closeness),
Krackhardt and Stern 1988 (E-I index). Parts and articulation points are networkx's (docs/decisions/0020 says why no more).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

import networkx as nx

Near = Sequence[Sequence[int]]
SAMPLED_ABOVE, SAMPLE, SEED = 2_000, 400, 1978  # nodes; sources of paths that are followed; of their choice


@dataclass(frozen=True)
class Paths:
    """What takes long: `betweenness` and `closeness` by node, each 0 to 1. `sampled`: from how many sources betweenness was
    estimated; None where it is exact."""

    betweenness: list[float]
    closeness: list[float]
    sampled: int | None = None


@dataclass(frozen=True)
class Loss:
    """What happens when one node leaves: how many parts more there are, and how many nodes more stand alone."""

    parts: int
    isolates: int


@dataclass(frozen=True)
class Scores:
    """All but `paths` takes time in proportion to n + m. `reciprocity` and `ei_index` are None where they say nothing."""

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


def scores(near: Near, groups: Sequence, reported: Iterable[tuple[int, int]] = ()) -> Scores:
    """All scores but those of `paths`. `groups`: the side of each node. `reported`: (who, of whom) for each tie that a party
    itself reported."""
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


def ties_in(near: Near) -> int:
    return sum(map(len, near)) // 2


def density(near: Near) -> float:
    """2m / (n(n − 1)): the share of all possible ties that are there; 0 below two nodes."""
    n = len(near)
    return 2 * ties_in(near) / (n * (n - 1)) if n > 1 else 0.0


def degree(near: Near) -> list[float]:
    """d / (n − 1): the share of the other nodes that a node is tied to."""
    others = max(len(near) - 1, 1)
    return [len(around) / others for around in near]


def centralization(near: Near) -> float | None:
    """Σ(dmax − d) / ((n − 1)(n − 2)): 1 where all hangs on one node, 0 where all have as many ties. None below three nodes."""
    n = len(near)
    if n < 3:
        return None
    most = max(map(len, near))
    return sum(most - len(around) for around in near) / ((n - 1) * (n - 2))


def components(near: Near) -> list[list[int]]:
    """The parts that do not touch, the largest first and equal ones by their first node; each in ascending order."""
    parts = map(sorted, nx.connected_components(_graph(near)))
    return sorted(parts, key=lambda part: (-len(part), part))


def _pieces(near: Near) -> list[int]:
    """Into how many parts a node's own part falls when the node leaves: 0 for one that stands alone, 1 where nothing breaks,
    more for an articulation point. It is in as many biconnected parts."""
    found = Counter(v for part in nx.biconnected_components(_graph(near)) for v in part)
    return [found[v] for v in range(len(near))]


def _graph(near: Near) -> nx.Graph:
    return nx.from_dict_of_lists(dict(enumerate(near)))


def cut_points(near: Near) -> list[int]:
    """The articulation points: nodes without which their part falls apart."""
    return [v for v, number in enumerate(_pieces(near)) if number > 1]


def reciprocity(reported: Iterable[tuple[int, int]]) -> float | None:
    """The share of the ties that somebody reported that both sides reported; None where nobody reported any."""
    said = Counter(frozenset(pair) for pair in set(reported) if pair[0] != pair[1])
    return sum(number == 2 for number in said.values()) / len(said) if said else None


def ei_index(near: Near, groups: Sequence) -> float | None:
    """(E − I) / (E + I), E ties between two groups and I ties within one: 1 where all cross, −1 where none does. None without
    ties."""
    ends = sum(map(len, near))
    external = sum(groups[v] != groups[w] for v, around in enumerate(near) for w in around)
    return (2 * external - ends) / ends if ends else None


def paths(near: Near, *, sample: int | None = None, told: Callable[[float], None] | None = None) -> Paths:
    """Betweenness: of all pairs of other nodes, the share of shortest paths that lead through a node, Σ σ(v)/σ over
    (n − 1)(n − 2)/2. Closeness (harmonic): Σ 1/distance over n − 1; a node out of reach adds nothing.

    Above SAMPLED_ABOVE nodes betweenness is estimated from SAMPLE sources that a fixed seed draws (`sample`: from so many).
    `told` hears now and then which share is done.
    """
    n, small = len(near), _without_twins(near)
    if sample is None and n > SAMPLED_ABOVE:
        sample = SAMPLE
    drawn = Random(SEED).sample(range(n), sample) if sample and sample < n else None  # noqa: S311 - no secret  # nosec
    times = Counter(small.stands_for[v] for v in drawn) if drawn else small.weight
    through, closeness = [0.0] * n, [0.0] * n
    for done, v in enumerate(small.kept):
        levels, ways, distance = _reach(small.near, v)
        total = sum(sum(small.weight[w] for w in level) / d for d, level in enumerate(levels) if d)
        closeness[v] = (total + small.weight[v] - 1) / max(n - 1, 1)
        if times[v]:
            _add_paths(small, levels, ways, distance, times[v], through)
        if told and done % 50 == 0:
            told(done / len(small.kept))
    pairs = max((n - 1) * (n - 2), 1)
    scale = (n / len(drawn) if drawn else 1) / pairs
    return Paths(
        [value * scale for value in through],
        [closeness[small.stands_for[v]] for v in range(n)],
        len(drawn) if drawn else None,
    )


def steps_of(near: Near) -> int:
    """How long `paths` takes: how often it looks along a tie."""
    small = _without_twins(near)
    return len(small.kept) * sum(map(len, small.near))


@dataclass(frozen=True)
class _Small:
    """A network in which one node stands for those that are tied to the very same nodes: `weight` says for how many."""

    near: list[Sequence[int]]
    kept: list[int]
    weight: list[int]
    stands_for: list[int]


def _without_twins(near: Near) -> _Small:
    """Parties at one and the same table alone have the same neighbors, and all these are tied to each other: no shortest path
    between two others leads through them, so one of them can stand for all. Nothing is lost, and large tables cost little."""
    alike: dict[frozenset, list[int]] = {}
    closed = [frozenset((*around, v)) for v, around in enumerate(near)]
    for v, all_of_them in enumerate(closed):
        alike.setdefault(all_of_them, []).append(v)
    weight, stands_for = [1] * len(near), list(range(len(near)))
    for table, (first, *others) in alike.items():
        if others and all(table <= closed[w] for w in table):
            weight[first] += len(others)
            for v in others:
                weight[v], stands_for[v] = 0, first
    kept = [v for v, number in enumerate(weight) if number]
    return _Small(
        [[w for w in around if weight[w]] if weight[v] else () for v, around in enumerate(near)],
        kept,
        weight,
        stands_for,
    )


def _reach(near, source):
    """The nodes in reach by their distance, in how many shortest ways each is reached, and the distance of each (−1: none)."""
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


def _add_paths(small, levels, ways, distance, times, through):
    """Brandes: from the farthest back, what of the paths to all that lies behind leads through each node."""
    near, weight, behind = small.near, small.weight, [0.0] * len(small.near)
    for d in range(len(levels) - 1, 0, -1):
        for w in levels[d]:
            share = (weight[w] + behind[w]) / ways[w]
            for v in near[w]:
                if distance[v] == d - 1:
                    behind[v] += ways[v] * share
            through[w] += times * behind[w]
