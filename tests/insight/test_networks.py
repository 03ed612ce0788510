"""Every network score, compared with hand-made tables, and with networkx on random networks."""

import random

import networkx as nx
import pytest

from partnerships.insight import networks
from partnerships.insight.network_layout import layout

CASES = 1_000


def neighbors_of(graph):
    return [sorted(graph.neighbors(v)) for v in range(graph.number_of_nodes())]


def network_of(number):
    """A random network like the registry's: partnerships, some with partners in common. The largest has 14 parties."""
    chance = random.Random(number)
    size = chance.randint(1, 14)
    graph = nx.empty_graph(size)
    for _ in range(chance.randint(0, 6)):
        table = chance.sample(range(size), min(size, chance.randint(1, 6)))
        graph.add_edges_from((v, w) for v in table for w in table if v < w)
    return graph


@pytest.fixture(scope="module")
def random_networks():
    return [network_of(number) for number in range(CASES)]


# Hand-made networks
#   star: 0 in the middle of 1, 2, 3       path: 0 - 1 - 2 - 3       two: a triangle 0, 1, 2 with 3 attached to 2, and 4 alone
STAR = [[1, 2, 3], [0], [0], [0]]
PATH = [[1], [0, 2], [1, 3], [2]]
TWO = [[1, 2], [0, 2], [0, 1, 3], [2], []]
ALONE, NOBODY = [[]], []


@pytest.mark.parametrize(
    ("near", "density", "centralization"),
    [
        (STAR, 3 / 6, 1.0),
        (PATH, 3 / 6, (1 + 0 + 0 + 1) / 6),
        (TWO, 4 / 10, (1 + 1 + 0 + 2 + 3) / 12),
        (ALONE, 0.0, None),
        ([[1], [0]], 1.0, None),
        (NOBODY, 0.0, None),
    ],
)
def test_density_and_centralization(near, density, centralization):
    assert networks.density(near) == density
    assert networks.centralization(near) == pytest.approx(centralization)


def test_degree_is_a_share_of_the_others():
    assert networks.degree(TWO) == [2 / 4, 2 / 4, 3 / 4, 1 / 4, 0]
    assert networks.degree(ALONE) == [0]


@pytest.mark.parametrize(
    ("near", "betweenness", "closeness"),
    [
        (STAR, [1, 0, 0, 0], [1, (1 + 2 / 2) / 3, (1 + 2 / 2) / 3, (1 + 2 / 2) / 3]),
        (PATH, [0, 2 / 3, 2 / 3, 0], [(1 + 1 / 2 + 1 / 3) / 3, 2.5 / 3, 2.5 / 3, (1 + 1 / 2 + 1 / 3) / 3]),
        (TWO, [0, 0, 2 / 6, 0, 0], [2.5 / 4, 2.5 / 4, 3 / 4, 2 / 4, 0]),
        (ALONE, [0], [0]),
        (NOBODY, [], []),
    ],
)
def test_betweenness_and_closeness(near, betweenness, closeness):
    found = networks.paths(near)
    assert found.betweenness == pytest.approx(betweenness)
    assert found.closeness == pytest.approx(closeness)
    assert found.sampled is None


@pytest.mark.parametrize(
    ("near", "parts", "cuts", "losses"),
    [
        (STAR, [[0, 1, 2, 3]], [0], [(2, 3), (0, 0), (0, 0), (0, 0)]),
        (PATH, [[0, 1, 2, 3]], [1, 2], [(0, 0), (1, 1), (1, 1), (0, 0)]),
        (TWO, [[0, 1, 2, 3], [4]], [2], [(0, 0), (0, 0), (1, 1), (0, 0), (-1, -1)]),
        ([[1], [0]], [[0, 1]], [], [(0, 1), (0, 1)]),
    ],
)
def test_parts_cut_points_and_losses(near, parts, cuts, losses):
    found = networks.scores(near, [0] * len(near))
    assert found.parts == parts
    assert found.cut_points == networks.cut_points(near) == cuts
    assert [(loss.parts, loss.isolates) for loss in found.losses] == losses
    assert found.isolates == [part[0] for part in parts if len(part) == 1]


@pytest.mark.parametrize(
    ("groups", "index"),
    [("aaaa", -1), ("abbb", 1), ("abba", (2 - 1) / 3), ("aaab", (1 - 2) / 3)],
)
def test_ei_index_of_a_star(groups, index):
    assert networks.ei_index(STAR, groups) == pytest.approx(index)


def test_ei_index_says_nothing_without_ties():
    assert networks.ei_index(ALONE, "a") is None


@pytest.mark.parametrize(
    ("reported", "share"),
    [
        ([(0, 1), (1, 0), (1, 2)], 1 / 2),
        ([(0, 1), (0, 1)], 0),
        ([(0, 1), (1, 0)], 1),
        ([(0, 0)], None),
        ([], None),
    ],
)
def test_reciprocity(reported, share):
    assert networks.reciprocity(reported) == share


# Compared with networkx


def test_paths_as_networkx_has_them(random_networks):
    for graph in random_networks:
        found, others = networks.paths(neighbors_of(graph)), max(len(graph) - 1, 1)
        between, close = nx.betweenness_centrality(graph), nx.harmonic_centrality(graph)
        assert found.betweenness == pytest.approx([between[v] for v in graph])
        assert found.closeness == pytest.approx([close[v] / others for v in graph])


def test_parts_and_losses_as_networkx_has_them(random_networks):
    for graph in random_networks:
        found = networks.scores(neighbors_of(graph), [0] * len(graph))
        assert sorted(map(sorted, nx.connected_components(graph))) == sorted(found.parts)
        assert sorted(nx.articulation_points(graph)) == found.cut_points
        assert sorted(nx.isolates(graph)) == found.isolates
        before = nx.number_connected_components(graph), nx.number_of_isolates(graph)
        for v in graph:
            without = graph.copy()
            without.remove_node(v)
            after = nx.number_connected_components(without), nx.number_of_isolates(without)
            assert (found.losses[v].parts, found.losses[v].isolates) == (after[0] - before[0], after[1] - before[1])


def test_density_degree_and_centralization_as_networkx_has_them(random_networks):
    for graph in random_networks:
        near = neighbors_of(graph)
        assert networks.density(near) == pytest.approx(nx.density(graph))
        if len(graph) > 1:
            shares = list(nx.degree_centrality(graph).values())
            assert networks.degree(near) == pytest.approx(shares)
        if len(graph) > 2:
            summed = sum(max(shares) - share for share in shares) / (len(graph) - 2)
            assert networks.centralization(near) == pytest.approx(summed)


def test_ei_index_as_networkx_mixes(random_networks):
    for number, graph in enumerate(random_networks):
        chance = random.Random(number)
        nx.set_node_attributes(graph, {v: chance.choice("gci") for v in graph}, "side")
        groups = [graph.nodes[v]["side"] for v in graph]
        found = networks.ei_index(neighbors_of(graph), groups)
        if graph.number_of_edges() == 0:
            assert found is None
            continue
        mixed = nx.attribute_mixing_dict(graph, "side")
        within, ends = sum(row.get(side, 0) for side, row in mixed.items()), 2 * graph.number_of_edges()
        assert found == pytest.approx((ends - within - within) / ends)


def test_reciprocity_as_networkx_counts():
    for number in range(CASES):
        graph = nx.gnp_random_graph(number % 9 + 2, 0.4, seed=number, directed=True)
        tied_pairs = graph.to_undirected().number_of_edges()
        both = graph.to_undirected(reciprocal=True).number_of_edges()
        assert networks.reciprocity(graph.edges) == (both / tied_pairs if tied_pairs else None)


# Large networks


def test_a_long_chain_needs_no_deep_stack():
    size = 20_000
    chain = [[w for w in (v - 1, v + 1) if 0 <= w < size] for v in range(size)]
    assert networks.cut_points(chain) == list(range(1, size - 1))


def test_one_large_table_costs_as_little_as_a_small_one():
    table = [[w for w in range(500) if w != v] for v in range(500)]
    assert networks.steps_of(table) == 0
    found = networks.paths(table)
    assert (set(found.betweenness), set(found.closeness)) == ({0.0}, {1.0})


def test_many_parties_are_sampled_and_it_says_so(monkeypatch):
    graph = nx.connected_watts_strogatz_graph(300, 6, 0.2, seed=4)
    near, exact = neighbors_of(graph), networks.paths(neighbors_of(graph)).betweenness
    monkeypatch.setattr(networks, "SAMPLED_ABOVE", 299)
    monkeypatch.setattr(networks, "SAMPLE", 150)
    found = networks.paths(near)
    assert found.sampled == 150
    assert found == networks.paths(near)  # the seed is fixed
    assert sum(found.betweenness) == pytest.approx(sum(exact), rel=0.1)
    best = set(sorted(range(300), key=lambda v: -exact[v])[:10])
    assert len(best & set(sorted(range(300), key=lambda v: -found.betweenness[v])[:20])) >= 9
    assert found.closeness == pytest.approx(networks.paths(near, sample=300).closeness)


def test_progress_is_reported():
    heard = []
    networks.paths([[v ^ 1] for v in range(300)], report_progress=heard.append)
    assert heard == sorted(heard)
    assert (heard[0], heard[-1] < 1, len(heard)) == (0, True, 3)


# The picture


@pytest.mark.parametrize(("width", "gap"), [(640, (150, 64)), (286, (48, 48))])
def test_no_two_marks_overlap_and_all_lie_inside(width, gap):
    wrong = []
    for number in range(20):
        near = neighbors_of(network_of(number))
        places, height = layout(near, width=width, space=130, gap=gap)
        assert places == layout(near, width=width, space=130, gap=gap)[0]
        for v, (x, y) in enumerate(places):
            inside = gap[0] / 2 - 1 <= x <= width - gap[0] / 2 + 1 and gap[1] / 2 - 1 <= y <= height - gap[1] / 2 + 1
            overlaps = [
                n for n, (a, b) in enumerate(places[:v]) if abs(x - a) <= gap[0] - 1 and abs(y - b) <= gap[1] - 1
            ]
            wrong += [(number, v, "outside")] * (not inside) + [(number, v, f"overlaps {n}") for n in overlaps]
    assert wrong == []


def test_a_row_of_components_has_the_same_room_around_each():
    pairs = [[1], [0], [3], [2]]
    places, _ = layout(pairs, width=640, space=130, gap=(150, 78))
    edges = [(min(x for x, _ in part) - 75, max(x for x, _ in part) + 75) for part in (places[:2], places[2:])]
    (first, second), (third, fourth) = edges
    assert first * 2 == pytest.approx(third - second, abs=0.2)
    assert 640 - fourth == pytest.approx(first, abs=0.2)
