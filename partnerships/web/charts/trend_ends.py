"""Where the lines of a trend end, its target, baseline and forecast: named beside the wide picture, above the narrow one."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import Key, aim, cut, dot, group, n, path, series, words
from partnerships.web.charts.lines import point_keys
from partnerships.web.charts.scale import apart, number
from partnerships.web.charts.values import Line

MOST_LINES = 6  # that can be told apart by their dashes
GUTTER, LABEL = 216, 40  # beside the wide picture: its width, and the height of a label of two lines


@dataclass(frozen=True)
class End:
    """What stands beside the wide picture and, with its mark, above the narrow one."""

    period: str
    value: Decimal
    name: str
    below: str
    shape: SafeString
    is_level: bool = False  # a line across, so that nothing leads to its end


def ends_of(trend):
    """Of the lines only where there are several: one alone has the name of the picture."""
    lines = enumerate(trend.lines[:MOST_LINES]) if len(trend.lines) > 1 else ()
    ends = [_of_line(place, line, last) for place, line in lines if (last := say.last_known(line))]
    if trend.baseline:
        period, value = trend.baseline
        shape = path("v-baseline", "M1 8H31")
        ends.append(End(period, value, "Baseline", f"{number(value)} in {period}", shape, is_level=True))
    ahead = say.last_known(Line("", trend.forecast))
    if ahead:
        shape = group([path("v-forecast", "M2 8H30"), dot(16, 8, is_hollow=True, r=3.5)])
        ends.append(End(ahead.label, ahead.known, "Forecast", f"{number(ahead.known)} for {ahead.label}", shape))
    if trend.target:
        period, value = trend.target
        ends.append(End(period, value, "Target", f"{number(value)} by {period}", aim(16, 8)))
    return ends


def _of_line(place, line, last):
    shape = group([path(series(place), "M1 8H31"), dot(16, 8, is_hollow=place % 2 == 1)])
    return End(last.label, last.known, line.name, f"{number(last.known)} in {last.label}", shape)


def beside(ends, frame):
    """Names and values in a column of their own, each led to from where it ends."""
    ys = [frame.scale.at(end.value) for end in ends]
    parts, room = [], GUTTER - 26
    for end, y, at in zip(ends, ys, apart(ys, LABEL, frame.top, frame.bottom - 8), strict=True):
        begin = frame.right if end.is_level else frame.xs[end.period] + 10
        parts.append(path("v-lead", f"M{n(begin)} {n(y)}H{n(frame.right + 4)}L{n(frame.right + 16)} {n(at)}"))
        parts.append(words(frame.right + 22, at + 2, cut(end.name, room), "v-strong"))
        parts.append(words(frame.right + 22, at + 19, cut(end.below, room), "v-soft"))
    return group(parts)


def keys_of(trend):
    found = [Key(end.shape, f"{say.named(end.name)}: {end.below}", is_narrow=True) for end in ends_of(trend)]
    return found + point_keys([one for line in trend.lines[:MOST_LINES] for one in line.points])
