"""Makes partnerships/web/charts/states.json from the package us-atlas (ISC license): `python -m bench.make_states FILE`.

FILE is its states-albers-10m.json, whose coordinates are projected. Shapes are simplified by Visvalingam and Whyatt's
method to whole units of a picture of 975 × 610, and islands too small to see are left out.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

from partnerships.directory.name_words import STATES

TARGET = Path(__file__).parent.parent / "partnerships/web/charts/states.json"
LEAST = 4  # area of a triangle, in square units, below which its point is left out
SMALLEST = 25  # area of a ring that is kept, unless it's the only one of its state


def arcs_of(topology):
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(simplified(points))
    return arcs


def simplified(points):
    """Without the points that change the line least. Its ends stay, so that neighbors keep a common border."""
    points = list(points)
    while len(points) > 4:
        areas = [_area(points[n - 1 : n + 2]) for n in range(1, len(points) - 1)]
        least = min(range(len(areas)), key=areas.__getitem__)
        if areas[least] > LEAST:
            break
        del points[least + 1]
    return points


def _area(points):
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def path(rings):
    """The path data of these rings, in whole units, relative after each first point."""
    parts = []
    for ring in rings:
        whole = [(round(x), round(y)) for x, y in ring]
        steps = [f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in pairwise(whole) if a != b]
        if len(steps) > 2:
            parts.append(f"M{whole[0][0]},{whole[0][1]}l{' '.join(steps[:-1])}z")
    return "".join(parts)


def main(file):
    topology = json.loads(Path(file).read_text())
    arcs, found = arcs_of(topology), {}
    for shape in topology["objects"]["states"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = []
        for polygon in polygons:
            ring = []
            for n in polygon[0]:
                arc = arcs[n] if n >= 0 else arcs[~n][::-1]
                ring += arc[1:] if ring else arc
            rings.append(ring)
        rings.sort(key=_area, reverse=True)
        if code := STATES.get(shape["properties"]["name"].casefold()):
            found[code.upper()] = path([rings[0], *(ring for ring in rings[1:] if _area(ring) >= SMALLEST)])
    TARGET.write_text(json.dumps(dict(sorted(found.items())), indent=0) + "\n")
    print(f"{len(found)} states, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
