"""A chart of a group's rate as a multiple of the reference group's, over time, on a log scale around “same rate”."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import (
    NARROW,
    WIDE,
    Drawing,
    Picture,
    across,
    cut,
    format_number,
    group,
    path,
    words,
)
from partnerships.web.charts.frame import BELOW, TOP, drawn, framed, shown
from partnerships.web.charts.lines import line_drawn, point_keys
from partnerships.web.charts.scale import in_order, number, of_ratios
from partnerships.web.charts.values import Line, values_of

SAME = _("Same rate")
_GAPS = 26  # height of a row of gaps


def ratio_picture(disparity, ident="ratio") -> Picture:
    zero = [one.label for one in disparity.points if one.known is not None and one.known <= 0]
    is_drawn = any(one.known is not None and one.known > 0 for one in disparity.points)
    about = gettext("The reference group: %(group)s. “%(same)s” is as high as theirs.")
    notes = [about % {"group": say.named(disparity.reference), "same": SAME}]
    notes.append(gettext("Twice as high and half as high are equally far from it."))
    notes += say.not_drawn([("", disparity.points)])
    if zero:
        notes.append(gettext("Zero can’t be shown on this scale: %(periods)s.") % {"periods": say.few(zero)})
    names = {"title": disparity.title, "group": disparity.group, "reference": disparity.reference}
    return Picture(
        ident=ident,
        title=gettext("%(title)s: %(group)s compared with %(reference)s") % names,
        sentence=say.of_disparity(disparity),
        notes=tuple(notes),
        head=(gettext("Period"), _times_words(disparity), gettext("Gap to %(reference)s") % names),
        rows=tuple((one.label, say.cell(one), _gap(one, disparity)) for one in disparity.points),
        keys=tuple(point_keys(disparity.points)) if is_drawn else (),
        wide=_drawing(disparity, is_wide=True) if is_drawn else None,
        narrow=_drawing(disparity, is_wide=False) if is_drawn else None,
    )


def _mark(tick) -> str:
    return gettext("%(number)s times") % {"number": number(tick.normalize())}


def _times_words(disparity) -> str:
    return gettext("Times the rate of %(reference)s") % {"reference": disparity.reference}


def _gap(point, disparity):
    """The gap with its interval. Both ends have their sign in words, since the interval may include zero."""
    if point.known is None:
        return ""
    ends = (point.gap_low, point.gap_high)
    return say.gap(point.gap, disparity.gap_words) + ("" if None in ends else f" ({say.between(*ends)})")


def _drawing(disparity, *, is_wide):
    height, width = (230, WIDE) if is_wide else (180, NARROW)
    points = tuple(map(_above_zero, disparity.points))
    scale = of_ratios(values_of(points), TOP + height, TOP)
    marks = [
        str(SAME) if tick == 1 else gettext("%(number)s times") % {"number": number(tick.normalize())}
        for tick in scale.ticks
    ]
    frame = framed(in_order(one.label for one in points), scale, marks, width - 12)
    line = line_drawn(Line(disparity.group, points), frame, 0)
    parts = [drawn(frame, _times_words(disparity), heavy=Decimal(1)), line]
    parts += [_values(points, frame), _gaps(disparity, frame)]
    return Drawing(width, TOP + height + BELOW + 2 * _GAPS, group(parts))


def _above_zero(point):
    """A point for a log scale: without a value of zero or less, and without an interval that reaches zero."""
    if point.known is not None and point.known <= 0:
        return replace(point, value=None)
    return replace(point, low=None, high=None) if point.interval and point.interval[0] <= 0 else point


def _values(points, frame):
    known = [one for one in points if one.known is not None]
    parts = []
    for point in dict.fromkeys((known[0], known[-1])) if known else ():
        x, y = frame.place(point)
        anchor = "end" if x + 60 > frame.right else "start"
        parts.append(words(x, y - 13, number(point.known), "v-value v-halo", anchor))
    return group(parts)


def _gaps(disparity, frame):
    """The gaps below the periods, as many as fit."""
    gaps = {one.label: _gap_words(one) for one in disparity.points}
    if not any(gaps.values()):
        return ""
    y = frame.bottom + BELOW + _GAPS - 6
    unit = gettext("Gap, in %(unit)s:") % {"unit": disparity.gap_words} if disparity.gap_words else gettext("Gap:")
    parts = [
        path("v-grid", f"M0 {format_number(y - 17)}H{format_number(frame.right)}"),
        words(0, y + 2, cut(unit, frame.right), "v-soft"),
    ]
    for label in shown(frame.xs, lambda one: across(gaps[one]) + 16):
        anchor, aside = _text_anchor(frame.xs[label], frame.xs.values())
        parts.append(words(frame.xs[label] + aside, y + 23, gaps[label], anchor=anchor))
    return group(parts)


def _text_anchor(x, xs):
    """(text-anchor, offset) for a text at x. The first and last text must stay within the chart."""
    if min(xs) == max(xs):
        return "middle", 0
    return ("start", -18) if x == min(xs) else ("end", 18) if x == max(xs) else ("middle", 0)


def _gap_words(point):
    """A gap without its unit: “5.6 more”."""
    if point.known is None:
        return ""
    return "0" if point.gap == 0 else say.gap(point.gap, "")
