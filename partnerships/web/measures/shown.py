"""The charts of a measure, from the numbers that the reader may see."""

from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.measurement import number_words as words
from partnerships.measurement.choices import Dimension, Direction
from partnerships.measurement.forecasts import MOST, forecast
from partnerships.measurement.number_kinds import baseline_of, counts_as, is_rate, multiplier, rounded
from partnerships.measurement.number_queries import NOTHING, cell_name, displayed_disparity, redefined_on, true_values
from partnerships.measurement.periods import after, end_of
from partnerships.measurement.rate_math import PROPORTION, group_of, worse_side
from partnerships.web.charts.measures import (
    Disparity,
    Dots,
    Group,
    GroupDisparity,
    Line,
    Panels,
    Picture,
    Point,
    Trend,
    dots_picture,
    panels_picture,
    ratio_picture,
    trend_picture,
)
from partnerships.web.charts.values import TOO_FEW

AHEAD = 2  # periods of a forecast
_BETTER = {Direction.UP: "higher", Direction.DOWN: "lower"}


@dataclass(frozen=True)
class Shown:
    """A chart with its heading.

    `key` is part of its files' URLs. `others` has (cell, name) of groups that it could show instead.
    """

    key: str
    heading: str
    picture: Picture
    cell: str = ""
    others: tuple = ()


def pictures_of(measure, numbers, cell="", part=None) -> list[Shown]:
    """The charts of these numbers (`measurement.number_queries.Numbers`).

    `cell` is the group to compare with the reference group. The default is the group with the largest disparity. `part`:
    only those of one part of the page: "" for its overview, or a dimension.
    """
    if not numbers.periods:
        return []
    times, found = words.with_gaps(measure, numbers.periods), []
    if not part:
        found.append(Shown("trend", gettext("Over time"), _trend(measure, numbers, times)))
    for name, cells in dimensions_of(numbers).items():
        if part in (None, "", name):
            heading = gettext("Comparison by %(group)s") % {"group": dimension_words(name)}
            found.append(Shown(f"dots-{name}", heading, _dots(measure, numbers, cells, name)))
        if part in (None, name):
            found += _over_time(measure, numbers, times, cells, name, cell)
    return found


def dimensions_of(numbers) -> dict[str, list]:
    """Each dimension with numbers → its cells."""
    single = [cell for cell in numbers.cells if cell and "&" not in cell]
    return {name: list(cells) for name, cells in groupby(single, key=lambda cell: group_of(cell)[0][0])}


def trend_of(measure, numbers, ident) -> Picture | None:
    """The trend of all people together, for a page with several charts. None if there is no line to draw."""
    if len(numbers.periods) < 2:
        return None
    picture = _trend(measure, numbers, words.with_gaps(measure, numbers.periods), ident)
    return picture if picture.is_drawn else None


def _over_time(measure, numbers, times, cells, name, asked):
    yield from _gap_charts(measure, numbers, times, cells, name, asked)
    if len(times) > 1:
        heading = gettext("Over time, by %(group)s") % {"group": dimension_words(name)}
        yield Shown(f"groups-{name}", heading, _panels(measure, numbers, times, cells, name))


def _title_by(measure, name):
    return gettext("%(measure)s, by %(group)s") % {"measure": measure.title, "group": dimension_words(name)}


def dimension_words(name) -> str:
    """The name of a dimension inside a sentence."""
    label = str(Dimension(name).label)
    return label[0].lower() + label[1:]


def _point(measure, period, number):
    value, low, high, state = _sizes(measure, number)
    least, most = true_values(measure, number) or (None, None)
    return Point(words.period_words(measure, period), value, low, high, state, _counts_words(number), least, most)


def _sizes(measure, number):
    """The value, both bounds of its interval, and its state."""
    value, low, high = (words.rounded(measure, one) for one in (number.value, number.low, number.high))
    return value, low, high, "disputed" if number.is_disputed else number.state


def _counts_words(number):
    return words.counts_words(number.numerator, number.denominator)


def _line(measure, numbers, times, cell, kind=""):
    points = tuple(_point(measure, period, numbers.number(period, cell)) for period in times)
    return Line(cell_name(measure, cell), points, kind)


def _at(measure, value, on):
    return (words.period_words(measure, on), words.rounded(measure, value)) if value is not None else None


def _trend(measure, numbers, times, ident="trend") -> Picture:
    line = _line(measure, numbers, times, "", "whole")
    is_exact = all(number.link for number in numbers.of() if number.is_shown)
    ahead = tuple(
        Point(
            words.period_words(measure, period), words.rounded(measure, value if is_exact else rounded(measure, value))
        )
        for period, value in _values_ahead(measure, dict(zip(times, line.points, strict=True)))
    )
    trend = Trend(
        measure.title,
        words.unit_words(measure),
        (line,),
        target=_at(measure, measure.target_value, measure.target_on),
        baseline=_at(measure, baseline_of(measure), measure.baseline_on),
        forecast=ahead,
        direction=_BETTER.get(measure.direction, ""),
        axis=_axis(measure, times, ahead),
    )
    return _of_several_periods(trend_picture(trend, ident=ident), numbers)


def _of_several_periods(picture, numbers) -> Picture:
    """The chart with a note if the definition of the measure changed between its numbers."""
    on = redefined_on(numbers)
    return replace(picture, notes=(*picture.notes, words.redefined_words(on))) if on else picture


def _values_ahead(measure, points):
    """(period, value) of the forecast. There is none once its last period is over, or the measure has ended."""
    low, high = (0, 100 if counts_as(measure) == PROPORTION and multiplier(measure) == 100 else None)
    low, high = (low, high) if is_rate(measure) else (measure.lowest, measure.highest)
    last = max(points)
    coming = [after(measure.period, last, n) for n in range(1, AHEAD + 1)]
    if measure.last_on or end_of(measure.period, coming[-1]) < clock.today(clock.zone(measure.lead.zone)):
        return []
    recent = words.periods_between(measure, min(points), last, most=MOST)
    known = [points[one].known if one in points else None for one in recent]
    found = forecast(known, AHEAD, low=low, high=high)
    return list(zip(coming, found.values, strict=True)) if found else []


def _axis(measure, times, ahead):
    """All periods from the first to the last one in the chart. Empty if they are too many."""
    spoken = {*times, after(measure.period, times[-1], len(ahead)), measure.baseline_on, measure.target_on} - {None}
    found = words.periods_between(measure, min(spoken), max(spoken), most=words.MOST_PERIODS + 1)
    fits = len(found) <= words.MOST_PERIODS and spoken <= set(found)
    return tuple(words.period_words(measure, one) for one in found) if fits else ()


def _panels(measure, numbers, times, cells, name):
    lines = tuple(_line(measure, numbers, times, cell) for cell in cells)
    whole = _line(measure, numbers, times, "", "whole")
    panels = Panels(_title_by(measure, name), words.unit_words(measure), lines, whole)
    return _of_several_periods(panels_picture(panels, ident=f"groups-{name}"), numbers)


def _dots(measure, numbers, cells, name):
    """A chart of the last period for which any group has a number."""
    last = next(at for at in reversed(numbers.periods) if any(numbers.number(at, one) is not NOTHING for one in cells))
    references = _references(measure)
    groups = []
    for cell in cells:
        number = numbers.number(last, cell)
        value, low, high, state = _sizes(measure, number)
        is_reference = cell in references
        groups.append(Group(cell_name(measure, cell), value, low, high, state, is_reference, _counts_words(number)))
    title, period = _title_by(measure, name), words.period_words(measure, last)
    dots = Dots(title, period, words.unit_words(measure), tuple(groups))
    return dots_picture(dots, ident=f"dots-{name}")


def _references(measure):
    return {f"{group.dimension}={group.key}" for group in measure.groups.all() if group.is_reference}


def _gap_charts(measure, numbers, times, cells, name, asked):
    reference = next((cell for cell in cells if cell in _references(measure)), None)
    others = [cell for cell in cells if cell != reference]
    if reference is None or not others or not is_rate(measure):
        return
    cell = asked if asked in others else max(others, key=lambda one: _how_far(measure, numbers, one, reference))
    points = tuple(_disparity_point(measure, numbers, period, cell, reference) for period in times)
    group, other = cell_name(measure, cell), cell_name(measure, reference)
    gap = gettext("percentage points") if multiplier(measure) == 100 else words.unit_words(measure)
    worse = _worse_off(measure, points, group, other)
    found = Disparity(measure.title, group, other, points, gap, worse)
    choices = tuple((one, cell_name(measure, one)) for one in others)
    picture = _of_several_periods(ratio_picture(found, ident=f"apart-{name}"), numbers)
    heading = gettext("%(group)s compared with %(reference)s") % {"group": group, "reference": other}
    yield Shown(f"apart-{name}", heading, picture, cell, choices)


def _disparity_point(measure, numbers, period, cell, reference):
    one, other = numbers.number(period, cell), numbers.number(period, reference)
    label = words.period_words(measure, period)
    if one.state or other.state:
        return GroupDisparity(label, None, state=one.state or other.state)
    found = displayed_disparity(measure, one, other)
    if found.gap is None:
        return GroupDisparity(label, None, state=TOO_FEW)
    ratio, low, high = (words.to_places(one, 2) for one in (found.ratio, *(found.ratio_between or (None, None))))
    gaps = (words.rounded(measure, one) for one in (found.gap_between or (None, None)))
    return GroupDisparity(label, ratio, words.rounded(measure, found.gap), low, high, "", *gaps)


def _worse_off(measure, points, group, reference) -> str:
    """The group that fares worse in the last period with both. "" if the interval of the gap includes zero."""
    last = next((one for one in reversed(points) if one.known is not None), None)
    if last is None or measure.direction == Direction.NEITHER or not last.gap:
        return ""
    if last.gap_low is not None and last.gap_low <= 0 <= last.gap_high:
        return ""
    worse = worse_side("group" if last.gap > 0 else "reference", measure.direction)
    return group if worse == "group" else reference


def _how_far(measure, numbers, cell, reference):
    """The disparity in the last period with both, as a ratio of 1 or more. 0 if there is none."""
    for period in reversed(numbers.periods):
        point = _disparity_point(measure, numbers, period, cell, reference)
        if point.known:
            return max(point.known, 1 / point.known)
    return 0


def source_of(measure, numbers) -> str:
    """Who provided the numbers, for downloaded files, and today's date."""
    found = [number for number in numbers.at.values() if number.is_shown]
    sources = list(dict.fromkeys(number.source for number in found if number.source))
    sources += dict.fromkeys(f"As published by {number.published_by}" for number in found if number.published_by)
    return f"{'; '.join(sources) or measure.source or measure.lead}. {measure.lead}, {clock.today():%Y-%m-%d}"
