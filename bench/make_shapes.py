"""Makes the shapes of maps from npm's us-atlas 3 (ISC license), which are committed: `python bench/make_shapes.py FOLDER`.

FOLDER is the unpacked package (`npm pack us-atlas`). Its coordinates are projected to a picture of 975 × 610.
states.json has the states on one picture. counties.json has each state alone, as large as the picture allows, with the
borders of its counties. Shapes are simplified by Visvalingam and Whyatt's method to whole units of their picture, and
islands too small to see are left out.
"""

import json
import os
import sys
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "partnerships/web/charts"
WIDTH, HEIGHT, MARGIN = 975, 610, 15
LEAST = 4  # area of a triangle, in square units, below which its point is left out
SMALLEST = 25  # area of a ring that is kept, unless it's the only one of its state
REMOTE = 0.001  # of the largest ring of a state: smaller ones don't make its picture wider


def arcs_of(topology):
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


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


def _steps(points):
    """The first point in whole units, and the steps to the others."""
    whole = [(round(x), round(y)) for x, y in points]
    return whole[0], [f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in pairwise(whole) if a != b]


def path(rings):
    """The path data of these rings, in whole units, relative after each first point."""
    found = [_steps(ring) for ring in rings]
    return "".join(f"M{x},{y}l{' '.join(steps[:-1])}z" for (x, y), steps in found if len(steps) > 2)


def lines(arcs):
    """The same for lines."""
    return "".join(f"M{x},{y}l{' '.join(steps)}" for (x, y), steps in map(_steps, arcs) if steps)


def _numbers(shape):
    """The numbers of the arcs of each ring of a shape. A number below 0 means an arc that is read backwards."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return [polygon[0] for polygon in polygons]


def rings_of(shape, arcs):
    """The rings of a shape, largest first."""
    rings = []
    for numbers in _numbers(shape):
        ring = []
        for n in numbers:
            arc = arcs[n] if n >= 0 else arcs[~n][::-1]
            ring += arc[1:] if ring else arc
        rings.append(ring)
    return sorted(rings, key=_area, reverse=True)


def land(rings):
    return path([rings[0], *(ring for ring in rings[1:] if _area(ring) >= SMALLEST)])


def on_one_picture(topology, codes):
    arcs = [simplified(arc) for arc in arcs_of(topology)]
    shapes = topology["objects"]["states"]["geometries"]
    return {codes[shape["id"]]: land(rings_of(shape, arcs)) for shape in shapes}


def alone(topology, codes):
    """State → its shape, the borders of its counties, and what turns a point (x, y) of the common picture into one of
    its own: (x - left) × scale, (y - top) × scale.
    """
    arcs = list(arcs_of(topology))
    counties = topology["objects"]["counties"]["geometries"]
    return {
        codes[shape["id"]]: _alone(shape, [one for one in counties if one["id"][:2] == shape["id"]], arcs)
        for shape in topology["objects"]["states"]["geometries"]
    }


def _alone(shape, counties, arcs):
    rings = rings_of(shape, arcs)
    points = list(chain.from_iterable(ring for ring in rings if _area(ring) >= REMOTE * _area(rings[0])))
    (left, right), (top, bottom) = ((min(one), max(one)) for one in zip(*points, strict=True))
    scale = round(min((WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top)), 3)
    width = round((right - left) * scale)
    left = round((left + right) / 2 - WIDTH / 2 / scale, 2)
    top = round((top + bottom) / 2 - HEIGHT / 2 / scale, 2)
    uses = Counter(_own(n) for county in counties for numbers in _numbers(county) for n in numbers)
    own = {_own(n) for numbers in _numbers(shape) for n in numbers} | uses.keys()
    large = {n: simplified([((x - left) * scale, (y - top) * scale) for x, y in arcs[n]]) for n in own}
    borders = [large[n] for n in sorted(uses) if uses[n] > 1]
    return {
        "scale": scale,
        "left": left,
        "top": top,
        "width": width,
        "land": land(rings_of(shape, large)),
        "borders": lines(borders),
    }


def _own(n):
    """The number of an arc, however it's read."""
    return n if n >= 0 else ~n


def write(name, shapes):
    file = TARGET / name
    file.write_text(json.dumps(dict(sorted(shapes.items())), indent=0) + "\n")
    print(f"{name}: {len(shapes)} states, {file.stat().st_size} bytes")


def main(folder):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    from partnerships.directory.name_words import STATES

    states, counties = (
        json.loads((Path(folder) / f"{name}-albers-10m.json").read_text()) for name in ("states", "counties")
    )
    shapes = states["objects"]["states"]["geometries"]
    codes = {shape["id"]: STATES[shape["properties"]["name"].casefold()].upper() for shape in shapes}
    write("states.json", on_one_picture(states, codes))
    write("counties.json", alone(counties, codes))


if __name__ == "__main__":
    main(*sys.argv[1:])
