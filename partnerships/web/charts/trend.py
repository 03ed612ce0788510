"""A chart of one measure over time: its lines, the target, the baseline, and a forecast, which is dashed and labeled."""

from django.utils.translation import gettext

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import (
    NARROW,
    WIDE,
    Drawing,
    Picture,
    across,
    aim,
    capital,
    cut,
    dot,
    format_number,
    group,
    path,
    stroke,
    whisker,
    words,
)
from partnerships.web.charts.frame import BELOW, TOP, drawn, framed
from partnerships.web.charts.lines import line_drawn
from partnerships.web.charts.scale import in_order, number, straight, tick_words, without_zero
from partnerships.web.charts.trend_ends import GUTTER, LABEL, MOST_LINES, end_labels, ends_of, keys_of
from partnerships.web.charts.values import values_of


def trend_picture(trend, ident="trend") -> Picture:
    """`ident` is the prefix of its element ids, and must be unique on the page."""
    lines = trend.lines[:MOST_LINES]
    labels, values = _labels(trend), _values(trend)
    notes = say.not_drawn([(line.name if len(trend.lines) > 1 else "", line.points) for line in lines])
    if len(trend.lines) > len(lines):
        words_of_more = gettext("The chart shows the first %(first)s lines. The table has all %(all)s.")
        notes.append(words_of_more % {"first": MOST_LINES, "all": len(trend.lines)})
    notes += without_zero(straight(values, 0, 1).ticks)
    return Picture(
        ident=ident,
        title=gettext("%(title)s over time") % {"title": trend.title},
        sentence=say.of_trend(trend),
        notes=tuple(notes),
        head=_table_head(trend),
        rows=tuple(_row(trend, label) for label in labels),
        keys=tuple(keys_of(trend)),
        wide=_drawing(trend, labels, is_wide=True) if values else None,
        narrow=_drawing(trend, labels, is_wide=False) if values else None,
    )


def _labels(trend):
    """All periods in order. Years are sorted, since the target's may be between them."""
    runs = [[one.label for one in line.points] for line in trend.lines]
    before = [trend.baseline[0]] if trend.baseline else []
    after = [one.label for one in trend.forecast] + ([trend.target[0]] if trend.target else [])
    known = {label for run in runs for label in run} | set(after)
    runs = [*([before] if before and before[0] not in known else []), *runs, after]
    return in_order(label for run in runs for label in run)


def _values(trend):
    points = [one for line in trend.lines[:MOST_LINES] for one in line.points] + list(trend.forecast)
    return values_of(points) + [pair[1] for pair in (trend.target, trend.baseline) if pair]


def _drawing(trend, labels, *, is_wide):
    ends = ends_of(trend) if is_wide else []
    height = max(260, LABEL * len(ends)) if is_wide else 180
    scale = straight(_values(trend), TOP + height, TOP)
    width = WIDE if is_wide else NARROW
    frame = framed(trend.axis or labels, scale, tick_words(scale.ticks), width - (GUTTER if ends else 8))
    lines = trend.lines[:MOST_LINES]
    parts = [_forecast_background(trend, frame), drawn(frame, trend.unit_words), _baseline(trend, frame)]
    parts += [line_drawn(line, frame, index) for index, line in reversed(list(enumerate(lines)))]
    parts += [_forecast(trend, frame), _target(trend, frame)]
    parts += [_end_values(lines[0], frame)] if len(lines) == 1 else []
    parts += [end_labels(ends, frame)] if ends else []
    return Drawing(width, TOP + height + BELOW, group(parts))


def _last(trend):
    return say.last_known(trend.lines[0]) if trend.lines else None


def _forecast_background(trend, frame):
    """The background of the forecast."""
    last = _last(trend)
    if not any(one.known is not None for one in trend.forecast):
        return ""
    x = frame.xs[last.label] if last else frame.left
    width = frame.right - x
    ground = path(
        "v-ahead",
        f"M{format_number(x)} {format_number(frame.top)}H{format_number(frame.right)}"
        f"V{format_number(frame.bottom)}H{format_number(x)}Z",
    )
    return group(
        [ground, words(frame.right - 6, frame.top - 6, cut(gettext("Forecast"), max(width, 70)), "v-soft", "end")]
    )


def _forecast(trend, frame):
    last = _last(trend)
    points = ([last] if last else []) + list(trend.forecast)
    places = [frame.place(one) for one in points]
    own = places[1:] if last else places
    whiskers = [
        whisker(map(frame.scale.at, one.interval), frame.xs[one.label]) for one in trend.forecast if one.interval
    ]
    line = [path("v-forecast", stroke(places))] if any(own) else []
    return group([*whiskers, *line, *(dot(x, y, is_hollow=True, r=3.5) for x, y in filter(None, own))])


def _baseline(trend, frame):
    if not trend.baseline:
        return ""
    y = format_number(frame.scale.at(trend.baseline[1]))
    return path("v-baseline", f"M{format_number(frame.xs[trend.baseline[0]])} {y}H{format_number(frame.right)}")


def _target(trend, frame):
    return aim(frame.xs[trend.target[0]], frame.scale.at(trend.target[1])) if trend.target else ""


def _end_values(line, frame):
    """The first and last value at their points, on the side where the line doesn't cross them."""
    known = [one for one in line.points if one.known is not None]
    if not known:
        return ""
    first = _value(known[0], frame, is_below=len(known) > 1 and known[1].known > known[0].known)
    if len(known) == 1:
        return first
    is_falling = known[-2].known > known[-1].known
    has_room = frame.xs[known[-1].label] + across(number(known[-1].known)) + 8 <= frame.right
    anchor = "start" if is_falling and has_room else "end"
    return group([first, _value(known[-1], frame, is_below=is_falling and not has_room, anchor=anchor)])


def _value(point, frame, *, is_below, anchor="start"):
    x, y = frame.place(point)
    beside_whisker = (8 if anchor == "start" else -8) if point.interval else 0
    y += 24 if is_below and y + 24 < frame.bottom else -12
    return words(x + beside_whisker, y, number(point.known), "v-value v-halo", anchor)


def _table_head(trend):
    names = (
        [capital(trend.unit_words) or gettext("Value")] if len(trend.lines) < 2 else [line.name for line in trend.lines]
    )
    extra = (
        (gettext("Forecast"), trend.forecast),
        (gettext("Baseline"), trend.baseline),
        (gettext("Target"), trend.target),
    )
    return (gettext("Period"), *names, *(name for name, has in extra if has))


def _row(trend, label):
    """A row of the table below the chart: the period and a cell for each column of `_table_head`."""
    by_line = [{one.label: one for one in line.points} for line in trend.lines] or [{}]
    is_ahead = all(label not in line for line in by_line)
    cells = ["" if is_ahead else say.cell(line.get(label)) for line in by_line]
    if trend.forecast:
        ahead = {one.label: one for one in trend.forecast}
        cells.append(say.cell(ahead[label]) if label in ahead else "")
    for pair in (trend.baseline, trend.target):
        if pair:
            cells.append(number(pair[1]) if pair[0] == label else "")
    return (label, *cells)
