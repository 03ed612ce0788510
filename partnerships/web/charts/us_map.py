"""A map of the United States: states as shapes, and places as marks with a number, each linked to its row in the table.

The projection is Albers's equal-area conic with Alaska and Hawaii moved below the West, in a picture of 975 × 610, as
the package us-atlas has its shapes. bench/make_states.py makes states.json from it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import cos, pi, radians, sin, sqrt
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHAPES = Path(__file__).with_name("states.json")
WIDTH, HEIGHT = 975, 610
SCALE, CENTER = 1300, (487.5, 305.0)
NEAR = 34  # units between two marks, below which they become one
RIGHT_HALF = 760  # beyond it, names are on the left of their marks
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
        x, y = self._raw(longitude + self.turn, latitude)
        cx, cy = self._raw(*self.middle)
        scale = SCALE * self.scale
        left, top = CENTER[0] + SCALE * self.offset[0], CENTER[1] + SCALE * self.offset[1]
        return left + scale * (x - cx), top - scale * (y - cy)

    def _raw(self, longitude, latitude):
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
    """A place with a number. `anchor`: the id of its row in the table."""

    name: str
    state: str
    number: int
    anchor: str
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""  # of its page


@dataclass
class Cluster:
    """Places that are too close together for a mark each."""

    x: float
    y: float
    places: list[Place] = field(default_factory=list)

    @property
    def number(self) -> int:
        return sum(place.number for place in self.places)

    @property
    def name(self) -> str:
        names = [place.name for place in self.places]
        both = " and ".join(names[:2])
        if len(names) > 2 or (len(names) == 2 and len(both) > LONGEST):
            return f"{names[0]} and {len(names) - 1} more"
        return both


@cache
def shapes() -> dict[str, str]:
    """State → the path data of its shape."""
    return json.loads(SHAPES.read_text())


def is_on_map(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None and place.state in shapes()


def clusters(places: Iterable[Place]) -> list[Cluster]:
    """The marks, largest number first: each place is in the first one that is near."""
    found: list[Cluster] = []
    for place in sorted(places, key=lambda one: (-one.number, one.name)):
        assert place.latitude is not None
        assert place.longitude is not None
        x, y = APART.get(place.state, MAINLAND).xy(place.latitude, place.longitude)
        near = next((one for one in found if (one.x - x) ** 2 + (one.y - y) ** 2 < NEAR**2), None)
        if near is None:
            near = Cluster(x, y)
            found.append(near)
        near.places.append(place)
    return found


def picture(places: Sequence[Place], *, title: str, description: str) -> SafeString:
    """The map as SVG."""
    on_map = [place for place in places if is_on_map(place)]
    with_any = {place.state for place in on_map if place.number}
    land = format_html_join(
        "",
        '<path class="v-land{}" d="{}"/>',
        ((" has" if code in with_any else "", d) for code, d in _sorted(with_any)),
    )
    marks = format_html_join("", "{}", ((_mark(one),) for one in clusters(on_map)))
    return format_html(
        '<svg class="v map" viewBox="0 0 {} {}" role="group" aria-label="{}"><desc>{}</desc>{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        description,
        land,
        marks,
    )


def _sorted(with_any):
    """States with a match come last, so that no neighbor covers their outline."""
    return sorted(shapes().items(), key=lambda one: (one[0] in with_any, one[0]))


def _mark(one: Cluster) -> SafeString:
    half = 11 + 2 * min(len(str(one.number)), 4)
    is_left = one.x > RIGHT_HALF
    name = one.name if len(one.name) <= LONGEST else one.name[: LONGEST - 1] + "…"
    return format_html(
        '<a class="v-link" href="#{}" aria-label="{} {}"><rect class="v-mark v-gov" x="{}" y="{}" width="{}" height="{}" '
        'rx="4"/><text class="v-n" x="{}" y="{}">{}</text><text class="v-label{}" x="{}" y="{}">{}</text></a>',
        one.places[0].anchor,
        one.number,
        one.name,
        *(round(one.x - half, 1), round(one.y - half, 1), 2 * half, 2 * half),
        *(round(one.x, 1), round(one.y + 5, 1), one.number),
        " end" if is_left else "",
        *(round(one.x + (-half - 7 if is_left else half + 7), 1), round(one.y + 5, 1), name),
    )
