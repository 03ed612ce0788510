"""Lines of values over time, with their points."""

from django.utils.translation import gettext

from partnerships.web.charts.drawing import Key, dot, group, path, seen_differently, series, stroke, whisker
from partnerships.web.charts.values import DISPUTED

MOST_DOTS = 30  # in a line; with more of them, only ends and isolated points get a dot


def line_drawn(line, frame, place):
    """A line with its points. It is interrupted where a value is missing, and isolated points keep their dots."""
    places = [frame.place(one) for one in line.points]
    parts = [whisker(map(frame.scale.at, one.interval), frame.xs[one.label]) for one in line.points if one.interval]
    parts.append(path(series(place), stroke(places)))
    known = [at for at in places if at]
    for step, (point, at) in enumerate(zip(line.points, places, strict=True)):
        beside = (places[step - 1] if step else None, *places[step + 1 : step + 2])
        if at and point.state == DISPUTED:
            parts.append(seen_differently(*at))
        elif at and (len(known) <= MOST_DOTS or at in (known[0], known[-1]) or not any(beside)):
            x, y = at
            parts.append(dot(x, y, is_hollow=place % 2 == 1))
    return group(parts)


def point_keys(points, range_shape=None):
    found = []
    if any(one.state == DISPUTED and one.known is not None for one in points):
        found.append(Key(seen_differently(16, 8), gettext("Someone disputes this number")))
    if any(one.interval for one in points):
        found.append(Key(range_shape or whisker((2, 14), 16), gettext("Range where the true number may lie")))
    return found
