"""Where a trend's lines, target, baseline and forecast end: labels for the wide chart, a legend for the narrow one."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import Key, aim, cut, dot, format_number, group, path, series, words
from partnerships.web.charts.lines import point_keys
from partnerships.web.charts.scale import number, spread
from partnerships.web.charts.values import Line

MOST_LINES = 6  # as many as dashes can make distinct
GUTTER, LABEL = 216, 40  # width of the column for labels, and height of a label with two lines


@dataclass(frozen=True)
class End:
    """A label next to the wide chart, and an entry of the narrow chart's legend."""

    period: str
    value: Decimal
    name: str
    below: str
    shape: SafeString
    is_level: bool = False  # a horizontal line up to the edge, which needs no leader from its end


def ends_of(trend):
    """Lines have labels only if there are several, since a single one has the chart's title."""
    lines = enumerate(trend.lines[:MOST_LINES]) if len(trend.lines) > 1 else ()
    ends = [_of_line(index, line, last) for index, line in lines if (last := say.last_known(line))]
    if trend.baseline:
        period, value = trend.baseline
        shape = path("v-baseline", "M1 8H31")
        ends.append(End(period, value, gettext("Baseline"), say.number_in(number(value), period), shape, is_level=True))
    ahead = say.last_known(Line("", trend.forecast))
    if ahead:
        shape = group([path("v-forecast", "M2 8H30"), dot(16, 8, is_hollow=True, r=3.5)])
        below = gettext("%(number)s for %(period)s") % {"number": number(ahead.known), "period": ahead.label}
        ends.append(End(ahead.label, ahead.known, gettext("Forecast"), below, shape))
    if trend.target:
        period, value = trend.target
        below = gettext("%(number)s by %(period)s") % {"number": number(value), "period": period}
        ends.append(End(period, value, gettext("Target"), below, aim(16, 8)))
    return ends


def _of_line(index, line, last):
    shape = group([path(series(index), "M1 8H31"), dot(16, 8, is_hollow=index % 2 == 1)])
    return End(last.label, last.known, line.name, say.number_in(number(last.known), last.label), shape)


def end_labels(ends, frame):
    """Names and values in a column, each with a leader from the end of its line."""
    ys = [frame.scale.at(end.value) for end in ends]
    parts, room = [], GUTTER - 26
    for end, y, at in zip(ends, ys, spread(ys, LABEL, frame.top, frame.bottom - 8), strict=True):
        begin = frame.right if end.is_level else frame.xs[end.period] + 10
        parts.append(
            path(
                "v-lead",
                f"M{format_number(begin)} {format_number(y)}H{format_number(frame.right + 4)}"
                f"L{format_number(frame.right + 16)} {format_number(at)}",
            )
        )
        parts.append(words(frame.right + 22, at + 2, cut(end.name, room), "v-strong"))
        parts.append(words(frame.right + 22, at + 19, cut(end.below, room), "v-soft"))
    return group(parts)


def keys_of(trend):
    found = [Key(end.shape, f"{say.named(end.name)}: {end.below}", is_narrow=True) for end in ends_of(trend)]
    return found + point_keys([one for line in trend.lines[:MOST_LINES] for one in line.points])
