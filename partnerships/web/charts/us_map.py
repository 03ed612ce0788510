"""A map of the United States or of one state: shapes, and places as marks with a number, each linked to its row in the
table.

The projection is Albers's equal-area conic with Alaska and Hawaii moved below the West, in a picture of 975 × 610, as
the package us-atlas has its shapes. bench/make_shapes.py makes states.json and counties.json from it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import cos, hypot, pi, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 975, 610
GOVERNMENT = "v-gov"  # the class of square marks; others are round
STEPS = 4  # of the tint of a state
SCALE, CENTER = 1300, (487.5, 305.0)
ROOM = 46  # units between two marks: on a phone, a mark is that large
RINGS = 6  # of such units, within which a mark without room moves
EDGE = 24  # of a mark's center from the edge of the picture
CHARACTER = 10  # units
LABEL_HALF = 11  # of its height
LONGEST = 34  # characters of a name on the map; the table has the full text


@dataclass(frozen=True)
class Projection:
    """An equal-area conic projection, as d3-geo defines it. Angles are in degrees, `offset` in units of the scale."""

    turn: float
    middle: tuple[float, float]
    parallels: tuple[float, float]
    scale: float = 1
    offset: tuple[float, float] = (0, 0)

    def xy(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return the point of the picture."""
        x, y = self._projected(longitude + self.turn, latitude)
        cx, cy = self._projected(*self.middle)
        scale = SCALE * self.scale
        left, top = CENTER[0] + SCALE * self.offset[0], CENTER[1] + SCALE * self.offset[1]
        return left + scale * (x - cx), top - scale * (y - cy)

    def _projected(self, longitude, latitude):
        first, second = (sin(radians(one)) for one in self.parallels)
        n = (first + second) / 2
        c = 1 + first * (2 * n - first)
        turned = (radians(longitude) + pi) % (2 * pi) - pi
        r = sqrt(c - 2 * n * sin(radians(latitude))) / n
        return r * sin(turned * n), sqrt(c) / n - r * cos(turned * n)


MAINLAND = Projection(96, (-0.6, 38.7), (29.5, 45.5))
APART = {
    "AK": Projection(154, (-2, 58.5), (55, 65), 0.35, (-0.307, 0.201)),
    "HI": Projection(157, (-3, 19.9), (8, 18), 1, (-0.205, 0.212)),
}


@dataclass
class Place:
    """A place with a number of rows. `anchor`: the id of its row in the table. `keys`: the rows, if they may be at other
    places, too.
    """

    name: str
    state: str
    number: int
    anchor: str
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""  # of its page
    keys: frozenset[int] = frozenset()

    @property
    def has_point(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    @property
    def xy(self) -> tuple[float, float]:
        """Its point on the picture of the United States."""
        assert self.latitude is not None
        assert self.longitude is not None
        return APART.get(self.state, MAINLAND).xy(self.latitude, self.longitude)


class StateLink(NamedTuple):
    """A state with a match: where its shape leads to, what that is called, and the step of its tint, from 1."""

    url: str
    words: str
    step: int


@dataclass
class Cluster:
    """Places with one mark at x, y: those of the United States that are too close together, or one of a state.

    `point` is where they are, if the mark had to move.
    """

    x: float
    y: float
    places: list[Place] = field(default_factory=list)
    point: tuple[float, float] | None = None

    @property
    def number(self) -> int:
        return count(self.places)

    @property
    def name(self) -> str:
        first, *others = (place.name for place in self.places)
        if len(others) == 1:
            both = gettext("%(first)s and %(second)s") % {"first": first, "second": others[0]}
            if len(both) <= LONGEST:
                return both
        if others:
            return gettext("%(names)s and %(number)s more") % {"names": first, "number": len(others)}
        return first

    @property
    def label(self) -> str:
        return self.name if len(self.name) <= LONGEST else self.name[: LONGEST - 1] + "…"

    @property
    def half(self) -> int:
        """Half the size of its mark."""
        return 11 + 2 * min(len(str(self.number)), 4)


class StateShape(NamedTuple):
    """A state alone, as large as the picture allows. A point (x, y) of the United States is at (x - left) × scale,
    (y - top) × scale. `width` is of its land.
    """

    scale: float
    left: float
    top: float
    width: int
    land: str
    borders: str

    def xy(self, place: Place) -> tuple[float, float]:
        x, y = place.xy
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    @property
    def is_tall(self) -> bool:
        """Whether it has room in the square middle of the picture. On a phone, only that part is shown, and larger."""
        return self.width <= HEIGHT - 2 * EDGE

    def has(self, place: Place) -> bool:
        """Whether the place can have a mark. One whose coordinates are in another state may have none."""
        if not place.has_point:
            return False
        x, y = self.xy(place)
        return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


@cache
def shapes() -> dict[str, str]:
    """State → the path data of its shape on the picture of the United States."""
    return json.loads((FOLDER / "states.json").read_text())


@cache
def state_shapes() -> dict[str, StateShape]:
    """State → its shape on a picture of its own, with the borders of its counties."""
    return {code: StateShape(**shape) for code, shape in json.loads((FOLDER / "counties.json").read_text()).items()}


def count(places: Sequence[Place]) -> int:
    """How many rows are at these places, each counted once."""
    return len(frozenset().union(*(place.keys for place in places))) or sum(place.number for place in places)


def _largest_first(places: Iterable[Place]) -> list[Place]:
    return sorted((one for one in places if one.has_point), key=lambda one: (-one.number, one.name))


def _distance(one: Cluster, point: tuple[float, float]) -> float:
    return hypot(one.x - point[0], one.y - point[1])


def steps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Up to STEPS ranges (lowest, highest) that have all these numbers: each as many different ones as the others."""
    found = sorted(set(numbers))
    few = min(STEPS, len(found))
    parts = [found[n * len(found) // few : (n + 1) * len(found) // few] for n in range(few)]
    return [(part[0], part[-1]) for part in parts]


def clusters(places: Iterable[Place]) -> list[Cluster]:
    """The marks of the United States, largest number first: each place is in the first one that is near."""
    found: list[Cluster] = []
    for place in _largest_first(places):
        x, y = place.xy
        near = next((one for one in found if _distance(one, (x, y)) < ROOM), None)
        if near is None:
            near = Cluster(x, y)
            found.append(near)
        near.places.append(place)
    return found


def spread(places: Iterable[Place], shape: StateShape) -> list[Cluster]:
    """The marks of a state, one for each place, largest number first. A mark without room moves as little as it can.

    With more than a hundred in one region there's no room left, and marks cover each other: the table has all.
    """
    found: list[Cluster] = []
    edge = EDGE + (WIDTH - HEIGHT) / 2 if shape.is_tall else EDGE
    for place in _largest_first(one for one in places if shape.has(one)):
        point = shape.xy(place)
        free = next(
            (at for at in _around(*point, edge) if all(_distance(one, at) >= ROOM - 0.1 for one in found)), point
        )
        found.append(Cluster(*free, [place], None if free == point else point))
    return found


def _around(x: float, y: float, edge: float) -> Iterator[tuple[float, float]]:
    """This point, then those around it, nearest first, not beyond `edge` from the left or right of the picture."""
    yield x, y
    for ring in range(1, RINGS + 1):
        for n in range(6 * ring):
            turn = 2 * pi * n / (6 * ring)
            at = x + ring * ROOM * cos(turn), y + ring * ROOM * sin(turn)
            if edge <= at[0] <= WIDTH - edge and EDGE <= at[1] <= HEIGHT - EDGE:
                yield at


@dataclass
class Label:
    """Where the name of a mark is: beginning at x, or ending there."""

    x: float
    y: float
    text: str
    is_end: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        width = CHARACTER * len(self.text)
        left = self.x - width if self.is_end else self.x
        return left, self.y - LABEL_HALF, left + width, self.y + LABEL_HALF


def labels(marks: Sequence[Cluster]) -> list[Label | None]:
    """The label of each mark: right or left of it, or none where it would cover another mark or label."""
    taken = [(one.x - one.half, one.y - one.half, one.x + one.half, one.y + one.half) for one in marks]
    found: list[Label | None] = []
    for mark in marks:
        away = mark.half + 7
        sides = (Label(mark.x + away, mark.y, mark.label, False), Label(mark.x - away, mark.y, mark.label, True))
        label = next((one for one in sides if _is_free(one.box, taken)), None)
        if label:
            taken.append(label.box)
        found.append(label)
    return found


def _is_free(box, taken) -> bool:
    left, top, right, bottom = box
    if left < 0 or right > WIDTH:
        return False
    return not any(
        left < right2 and left2 < right and top < bottom2 and top2 < bottom for left2, top2, right2, bottom2 in taken
    )


def picture(
    places: Sequence[Place], *, title: str, description: str, links: Mapping[str, StateLink], mark: str = GOVERNMENT
) -> SafeString:
    """The map of the United States as SVG. `links` has the states with a match, and `mark` is the class of the marks."""
    land = format_html_join(
        "", "{}", ((_state(d, *links[code]) if code in links else _land(d),) for code, d in _sorted(links))
    )
    return _svg("map", land, clusters(places), title, description, mark)


def state_picture(
    state: str, places: Sequence[Place], *, title: str, description: str, mark: str = GOVERNMENT
) -> SafeString:
    """The map of one state as SVG, with a mark for each place."""
    shape = state_shapes()[state]
    land = format_html('<path class="v-land has" d="{}"/><path class="v-border" d="{}"/>', shape.land, shape.borders)
    kind = "map tall" if shape.is_tall else "map"
    return _svg(kind, land, spread(places, shape), title, description, mark)


def _svg(kind, land, marks, title, description, mark) -> SafeString:
    points = format_html_join("", "{}", ((_leader(one),) for one in marks if one.point))
    drawn = format_html_join("", "{}", ((_mark(*pair, mark),) for pair in zip(marks, labels(marks), strict=True)))
    return format_html(
        '<svg class="v {}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid slice" role="group" aria-label="{}">'
        "<desc>{}</desc>{}{}{}</svg>",
        *(kind, WIDTH, HEIGHT, title, description, land, points, drawn),
    )


def _sorted(links):
    """States with a match come last, so that no neighbor covers their outline."""
    return sorted(shapes().items(), key=lambda one: (one[0] in links, one[0]))


def _land(d) -> SafeString:
    return format_html('<path class="v-land" d="{}"/>', d)


def _state(d, url, words, step) -> SafeString:
    return format_html(
        '<a class="v-state" href="{}" aria-label="{}"><path class="v-land step step-{}" d="{}"/></a>',
        url,
        words,
        step,
        d,
    )


def _leader(one: Cluster) -> SafeString:
    assert one.point is not None
    x, y = (round(n, 1) for n in one.point)
    ends = (x, y, round(one.x, 1), round(one.y, 1))
    return format_html(
        '<path class="v-leader" d="M{},{}L{},{}"/><circle class="v-point" cx="{}" cy="{}" r="4"/>', *ends, x, y
    )


def _mark(one: Cluster, label: Label | None, mark: str) -> SafeString:
    half, y = one.half, round(one.y + 5, 1)
    name: SafeString | str = ""
    if label:
        name = format_html(
            '<text class="v-label{}" x="{}" y="{}">{}</text>',
            " end" if label.is_end else "",
            round(label.x, 1),
            y,
            label.text,
        )
    return format_html(
        '<a class="v-link" href="#{}" aria-label="{} {}"><rect class="v-mark {}" x="{}" y="{}" width="{}" height="{}" '
        'rx="{}"/><text class="v-n" x="{}" y="{}">{}</text>{}</a>',
        *(one.places[0].anchor, one.number, one.name, mark),
        *(round(one.x - half, 1), round(one.y - half, 1), 2 * half, 2 * half, 4 if mark == GOVERNMENT else half),
        *(round(one.x, 1), y, one.number, name),
    )
