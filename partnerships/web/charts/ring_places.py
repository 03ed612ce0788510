"""The positions of marks in the chart of circles. They are deterministic, and marks never overlap.

The left half is for government, the right half for the community, and institutions are at the bottom between them.
Units are those of the chart, with y downward from the center.
"""

from collections import Counter
from dataclasses import dataclass, replace
from math import sqrt

LEFT, RIGHT, BELOW = "government", "community", "institution"
MOST = 12  # marks per half; further ones are folded into a mark “+ n”
MOST_BELOW = 6
_SPREAD = (0, 0.36, 0.5, 0.55, 0.6)  # the preferred height of marks in each ring, as a share of its radius


@dataclass(frozen=True)
class Size:
    """The dimensions of a chart.

    `middles` and `edges` are the radii of each ring, from inside. `reach` limits how far up a ring marks go, so that
    ring names on the axis stay readable. `steps` are the distances to try between marks, widest first.
    """

    middles: tuple
    edges: tuple
    mark: int
    reach: float
    steps: tuple
    column: int  # width for labels next to the rings; 0 for numbers only
    centre: int
    name: str

    @property
    def is_wide(self) -> bool:
        return self.column > 0


WIDE = Size((63, 110, 157, 204, 251), (87, 134, 180, 227, 274), 13, 0.86, tuple(range(54, 29, -1)), 240, 40, "wide")
NARROW = Size((38, 72, 100, 128, 156), (58, 86, 114, 142, 170), 12, 0.80, (44, 38, 32, 28, 25), 0, 0, "narrow")


@dataclass(frozen=True)
class Mark:
    """A partner or an empty seat.

    `ring` goes from 0 (decides) to 4 (not yet approached). `id` is that of its row in the table. `is_recorded`: the office
    recorded the seat, and the partner hasn't confirmed it. `more` is the number of marks that a folded mark represents.
    """

    number: str
    id: str
    name: str
    note: str
    side: str
    ring: int
    is_hollow: bool = False
    is_quiet: bool = False
    is_recorded: bool = False
    more: int = 1


class _Full(Exception):
    """A half has no space for another mark in this ring."""

    def __init__(self, ring):
        super().__init__(ring)
        self.ring = ring


def placed(marks, size) -> list[tuple[Mark, float, float]]:
    """(mark, x, y) for all marks. Marks of a ring that don't fit are folded into one."""
    found = _fitted([one for one in marks if one.side == BELOW], MOST_BELOW, lambda some: _below(some, size))
    taken = [(x, y) for _, x, y in found]
    for side, sign in ((LEFT, -1), (RIGHT, 1)):
        half = [one for one in marks if one.side == side]
        there = [(sign * x, y) for x, y in taken]
        here = _fitted(half, MOST, lambda some, there=there: _place_half(some, size, there))
        found += [(mark, sign * x, y) for mark, x, y in here]
    return found


def folded_to(most, marks) -> list[Mark]:
    """At most `most` marks. Folds the last marks of the fullest ring, or of the outer one if two are equally full."""
    while len(marks) > most:
        counts = Counter(one.ring for one in marks)
        marks = _last_two_merged(marks, max(counts, key=lambda ring: (counts[ring], ring)))
    return marks


def _fitted(marks, most, place):
    marks = folded_to(most, marks)
    while True:
        try:
            return place(marks)
        except _Full as full:
            counts = Counter(one.ring for one in marks)
            marks = _last_two_merged(
                marks, full.ring if counts[full.ring] > 1 else max(counts, key=lambda ring: counts[ring])
            )


def _last_two_merged(marks, ring):
    """The marks with the last two of a ring folded into one."""
    *_, one, two = [mark for mark in marks if mark.ring == ring]
    n = one.more + two.more
    plain = {"note": "", "is_hollow": False, "is_quiet": False, "is_recorded": False}
    both = replace(one, number=f"+{n}", name=f"{n} more in the table", more=n, **plain)
    return [both if mark is one else mark for mark in marks if mark is not two]


def _inner_first(marks):
    return sorted(enumerate(marks), key=lambda pair: (pair[1].ring, pair[0]))


def _below(marks, size):
    """Institutions at equal steps from the axis: the first below the center, the next ones to its left and right."""
    apart, used = 2 * size.mark + 4, Counter[int]()
    found: list = [None] * len(marks)
    for place, mark in _inner_first(marks):
        n, radius = used[mark.ring], size.middles[mark.ring]
        x = (n + 1) // 2 * apart * (-1 if n % 2 else 1)
        if abs(x) > radius * 0.45:
            raise _Full(mark.ring)
        used[mark.ring] += 1
        found[place] = (mark, x, sqrt(radius**2 - x**2))
    return found


def _place_half(marks, size, taken):
    """Place marks with the widest step at which all fit. With labels next to the rings, each mark has its own height."""
    fit = _by_height if size.is_wide else _by_distance
    for step in size.steps[:-1]:
        try:
            return fit(marks, size, taken, step)
        except _Full:
            continue
    return fit(marks, size, taken, size.steps[-1])


def _by_height(marks, size, taken, step):
    inner = sum(one.ring == 0 for one in marks)
    shift = 0.5 if inner and inner % 2 == 0 else 0
    heights = sorted(((n + shift) * step for n in range(-12, 13)), key=lambda y: (abs(y), y))
    return _place_outward(marks, size, taken, 2 * size.mark + 2, heights, own_height=True)


def _by_distance(marks, size, taken, step):
    return _place_outward(marks, size, taken, step, range(-134, 135, 2), own_height=False)


def _place_outward(marks, size, taken, apart, heights, *, own_height):
    """Place marks from the inner rings outward, each as close as possible to its preferred height, alternating above
    and below the center.
    """
    found, taken, free, up = [None] * len(marks), list(taken), list(heights), 0
    for place, mark in _inner_first(marks):
        radius = size.middles[mark.ring]
        want = _SPREAD[mark.ring] * radius
        fits = [y for y in free if abs(y) <= size.reach * radius and _is_free(_x(radius, y), y, taken, apart)]
        if not fits:
            raise _Full(mark.ring)
        y = min(fits, key=lambda y: (round(abs(abs(y) - want)), y * (1 if up > 0 else -1)))
        if own_height:
            free.remove(y)
        taken.append((_x(radius, y), y))
        up += (y > 0) - (y < 0)
        found[place] = (mark, *taken[-1])
    return found


def _x(radius, y):
    return sqrt(radius**2 - y**2)


def _is_free(x, y, taken, apart):
    return all(abs(x - a) >= apart or abs(y - b) >= apart for a, b in taken)
