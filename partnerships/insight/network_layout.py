"""The positions of a network's nodes. Pure and deterministic: the same network always looks the same.

Each component is laid out by itself with forces (Fruchterman and Reingold 1991: ties attract, near nodes repel) and
then fitted to the width. Components are placed next to each other, largest first. Lengths are in pixels.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import cos, hypot, pi, sin, sqrt

from partnerships.insight.networks import Adjacency, components

TURN = pi * (3 - sqrt(5))  # the golden angle, so that the nodes of a spiral are never in line
# the largest number of iterations; and iterations times nodes, so that large networks take fewer
STEPS, WORK = 50, 4_000
MOST_PULLED = 4_000  # largest number of ties for which a component uses forces: above that it stays a spiral
REACH = 2  # the distance, in spaces, within which nodes repel each other
IN_ROWS = 0.6  # if the width shrinks to less than this share, nodes are placed in rows
ROUNDS, WIDER = 120, 1.08  # rounds of separating overlapping nodes; and by how much the room grows every few rounds


def layout(
    near: Adjacency, *, width: float, space: float, gap: tuple[float, float]
) -> tuple[list[tuple[float, float]], float]:
    """The position of each node, and the total height, for this width.

    `space`: the ideal distance of tied nodes. `gap`: the least distance of any two nodes, across or down.
    """
    boxes = []
    for part in components(near):
        number = {v: n for n, v in enumerate(part)}
        inner = [[number[w] for w in near[v]] for v in part]
        spots = _squeezed(_moved_apart(_by_forces(inner, space), gap), gap, width)
        boxes.append(
            (part, spots, *(max(along) + room / 2 for along, room in zip(zip(*spots, strict=True), gap, strict=True)))
        )
    return _side_by_side(boxes, len(near), width)


def _squeezed(
    spots: Sequence[tuple[float, float]], gap: tuple[float, float], width: float
) -> list[tuple[float, float]]:
    """Fit to the width, starting at the corner. Nodes that would overlap are moved down.

    If the width shrinks a lot, nodes are placed in rows, in their order.
    """
    left, top = min(x for x, _ in spots), min(y for _, y in spots)
    wide = max(x for x, _ in spots) - left
    narrower = min(1, (width - gap[0]) / wide) if wide else 1
    if narrower < IN_ROWS:
        return _in_rows(spots, gap, int(width // gap[0]))
    placed = list(spots)
    columns: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for v in sorted(range(len(spots)), key=lambda v: (spots[v][1], spots[v][0])):
        x, y = (spots[v][0] - left) * narrower + gap[0] / 2, spots[v][1] - top + gap[1] / 2
        column = int(x // gap[0])
        others = sorted(spot for beside in (-1, 0, 1) for spot in columns[column + beside] if abs(spot[1] - x) < gap[0])
        for other, _ in others:
            if abs(y - other) < gap[1] - 0.01:
                y = other + gap[1]
        columns[column].append((y, x))
        placed[v] = (x, y)
    return placed


def _in_rows(
    spots: Sequence[tuple[float, float]], gap: tuple[float, float], in_a_row: int
) -> list[tuple[float, float]]:
    downward, placed = sorted(range(len(spots)), key=lambda v: spots[v][::-1]), list(spots)
    for first in range(0, len(spots), in_a_row):
        across = sorted(downward[first : first + in_a_row], key=lambda v: spots[v])
        for column, v in enumerate(across):
            placed[v] = ((column + 0.5) * gap[0], (first // in_a_row + 0.5) * gap[1])
    return placed


def _side_by_side(boxes: Sequence, count: int, widest: float) -> tuple[list[tuple[float, float]], float]:
    """The position of each node, and the total height: components in rows, as words fill a page, with equal space around.

    `boxes`: (its nodes, their positions in it, width, height) of each component. `count`: how many nodes there are.
    """
    rows: list[list] = []
    left = 0.0
    for box in boxes:
        width = box[2]
        if not rows or width > left:
            rows.append([])
            left = widest
        rows[-1].append(box)
        left -= width
    placed, y = [(0.0, 0.0)] * count, 0.0
    for row in rows:
        room = max(0.0, widest - sum(width for _, _, width, _ in row)) / len(row)
        x = room / 2
        for part, spots, width, _ in row:
            for v, (across, down) in zip(part, spots, strict=True):
                placed[v] = (round(x + across, 1), round(y + down, 1))
            x += width + room
        y += max(height for *_, height in row)
    return placed, y


def _spiral(near: Adjacency, space: float) -> list[tuple[float, float]]:
    """Start with the node with most ties, and go outward along ties."""
    order = [max(range(len(near)), key=lambda v: (len(near[v]), -v))]
    seen = set(order)
    for v in order:  # grows during the loop
        for w in near[v]:
            if w not in seen:
                seen.add(w)
                order.append(w)
    spots = [(0.0, 0.0)] * len(near)
    for n, v in enumerate(order):
        out = 0.7 * space * sqrt(n)
        spots[v] = (out * cos(n * TURN), out * sin(n * TURN))
    return spots


def _by_forces(near: Adjacency, space: float) -> list[tuple[float, float]]:
    """The positions of the nodes of one component. Each step moves them less far than the one before."""
    spots = _spiral(near, space)
    ties = [(v, w) for v, around in enumerate(near) for w in around if v < w]
    if len(ties) > MOST_PULLED:
        return spots
    ease = min(1, 2 * len(near) / max(2 * len(ties), 1)) / space  # many ties would pull all nodes into one heap
    steps = min(STEPS, WORK // len(near) + 1)
    for step in range(steps):
        pushed_x, pushed_y = [0.0] * len(near), [0.0] * len(near)
        for v, w, dx, dy in _pairs_nearer_than(spots, REACH * space, REACH * space):
            push = space * space / max(dx * dx + dy * dy, 1)
            pushed_x[v] += dx * push
            pushed_y[v] += dy * push
            pushed_x[w] -= dx * push
            pushed_y[w] -= dy * push
        for v, w in ties:
            dx, dy = spots[v][0] - spots[w][0], spots[v][1] - spots[w][1]
            pull = hypot(dx, dy) * ease
            pushed_x[v] -= dx * pull
            pushed_y[v] -= dy * pull
            pushed_x[w] += dx * pull
            pushed_y[w] += dy * pull
        farthest = space * (1 - step / steps)
        for v, (x, y) in enumerate(spots):
            length = max(hypot(pushed_x[v], pushed_y[v]), 0.01)
            part = min(length, farthest) / length
            spots[v] = (x + pushed_x[v] * part, y + pushed_y[v] * part)
    return spots


def _pairs_nearer_than(
    spots: Sequence[tuple[float, float]], across: float, down: float
) -> Iterator[tuple[int, int, float, float]]:
    """(v, w, dx, dy) once for every two nodes that are nearer than this in both directions."""
    cells = defaultdict(list)
    for v, (x, y) in enumerate(spots):
        cells[int(x // across), int(y // down)].append(v)
    for (column, row), inside in cells.items():
        others = [
            w
            for c, r in ((column + 1, row - 1), (column + 1, row), (column + 1, row + 1), (column, row + 1))
            for w in cells.get((c, r), ())
        ]
        for n, v in enumerate(inside):
            x, y = spots[v]
            for w in (*inside[n + 1 :], *others):
                dx, dy = x - spots[w][0], y - spots[w][1]
                if abs(dx) < across and abs(dy) < down:
                    yield v, w, dx, dy


def _moved_apart(spots: list[tuple[float, float]], gap: tuple[float, float]) -> list[tuple[float, float]]:
    """Separate overlapping nodes, each pair the shorter way, until none overlap."""
    across, down = gap
    for turn in range(ROUNDS):
        moved = False
        if turn % 8 == 7:
            spots = [(x * WIDER, y * WIDER) for x, y in spots]
        for v, w, _, _ in list(_pairs_nearer_than(spots, across, down)):
            dx, dy = spots[v][0] - spots[w][0], spots[v][1] - spots[w][1]
            lacks_x, lacks_y = across - abs(dx), down - abs(dy)
            if lacks_x <= 0.01 or lacks_y <= 0.01:
                continue
            moved = True
            if lacks_x / across < lacks_y / down:
                by = lacks_x / 2 if dx >= 0 else -lacks_x / 2
                spots[v], spots[w] = (spots[v][0] + by, spots[v][1]), (spots[w][0] - by, spots[w][1])
            else:
                by = lacks_y / 2 if dy >= 0 else -lacks_y / 2
                spots[v], spots[w] = (spots[v][0], spots[v][1] + by), (spots[w][0], spots[w][1] - by)
        if not moved:
            break
    return spots
