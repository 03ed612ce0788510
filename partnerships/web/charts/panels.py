"""Small charts of one measure, one per group, all on the same scale. A faint line in each shows the whole population."""

from django.utils.translation import gettext

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import (
    NARROW,
    Drawing,
    Key,
    Panel,
    Picture,
    capital,
    dot,
    group,
    path,
    series,
    stroke,
)
from partnerships.web.charts.frame import BELOW, drawn, framed
from partnerships.web.charts.lines import line_drawn, point_keys
from partnerships.web.charts.scale import in_order, straight, tick_words, without_zero
from partnerships.web.charts.values import values_of

MOST_PANELS = 24
_TOP, _HEIGHT = 12, 108


def panels_picture(panels, ident="panels") -> Picture:
    lines = panels.lines[:MOST_PANELS]
    every = (*panels.lines, *([panels.whole] if panels.whole else ()))
    labels = in_order(one.label for line in every for one in line.points)
    points = [one for line in (*lines, *every[len(panels.lines) :]) for one in line.points]
    values = values_of(points)
    scale = straight(values, _TOP + _HEIGHT, _TOP, 4)
    frame = framed(labels, scale, tick_words(scale.ticks), NARROW - 4) if values else None
    notes = say.not_drawn([(line.name, line.points) for line in every]) + without_zero(scale.ticks)
    if len(panels.lines) > len(lines):
        notes.append(say.first_groups(MOST_PANELS, len(panels.lines)))
    return Picture(
        ident=ident,
        title=gettext("%(title)s over time, by group") % {"title": panels.title},
        sentence=say.of_panels(panels),
        notes=tuple(notes),
        head=(gettext("Period"), *(line.name for line in every)),
        rows=tuple(_rows(every, labels)),
        keys=tuple(_keys(panels, points)) if frame else (),
        panels=tuple(_panel(line, panels, frame) for line in lines if frame),
    )


def _panel(line, panels, frame):
    last = say.last_known(line)
    words = f"{capital(say.nothing(line.points))}."
    if last:
        words = say.number_in(say.with_unit(last.known, panels.unit_words), last.label)
    parts = [drawn(frame, "")]
    if panels.whole:
        parts.append(path("v-whole", stroke([frame.place(one) for one in panels.whole.points])))
    return Panel(line.name, words, Drawing(NARROW, _TOP + _HEIGHT + BELOW, group([*parts, line_drawn(line, frame, 0)])))


def _rows(lines, labels):
    """The rows of the table: the label of a period, and a cell for each line."""
    by_line = [{one.label: one for one in line.points} for line in lines]
    return [(label, *(say.cell(line.get(label)) for line in by_line)) for label in labels]


def _keys(panels, points):
    found = [Key(group([path(series(0), "M1 8H31"), dot(16, 8)]), gettext("The group named above"))]
    if panels.whole:
        found.append(Key(path("v-whole", "M1 8H31"), panels.whole.name))
    return found + point_keys(points)
