"""The frame of a chart over time: a scale with ticks, and periods below it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from partnerships.web.charts.drawing import LETTER, across, capital, cut, format_number, group, path, words
from partnerships.web.charts.scale import Scale, along

TOP, BELOW = 40, 36  # space above the highest tick, for the unit, and below the lowest, for periods
_PERIOD = 12 * LETTER  # the maximum width of a period's label below the frame


Label = TypeVar("Label")


@dataclass(frozen=True)
class Frame:
    left: float
    right: float
    scale: Scale  # from bottom to top
    marks: list[str]  # labels of its ticks
    xs: dict[str, float]

    @property
    def top(self) -> float:
        return self.scale.end

    @property
    def bottom(self) -> float:
        return self.scale.start

    def place(self, point):
        """(x, y) of a point, or None if it has no value to draw."""
        return None if point.known is None else (self.xs[point.label], self.scale.at(point.known))


def framed(labels, scale, marks, right) -> Frame:
    """A frame for these periods, at least one, in this order. `right` is its right edge."""
    left = max(across(one) for one in marks) + 12
    first, last = (max(18, _length(one) / 2 + 2) for one in (labels[0], labels[-1]))
    return Frame(left, right, scale, marks, along(labels, left + first, right - last))


def drawn(frame, unit, heavy=Decimal(0)) -> str:
    """Ticks with labels, the unit above and the periods below. `heavy` is the value with a bold line."""
    parts = [words(0, frame.top - 20, cut(capital(unit), frame.right), "v-soft")] if unit else []
    for tick, text in zip(frame.scale.ticks, frame.marks, strict=True):
        y = frame.scale.at(tick)
        parts.append(
            path(
                "v-base" if tick == heavy else "v-grid",
                f"M{format_number(frame.left)} {format_number(y)}H{format_number(frame.right)}",
            )
        )
        parts.append(words(frame.left - 8, y + 5, text, "v-soft", "end"))
    parts += [
        words(frame.xs[one], frame.bottom + 24, cut(one, _PERIOD), "v-soft", "middle")
        for one in shown(frame.xs, _length)
    ]
    return group(parts)


def shown(xs: Mapping[Label, float], length_of: Callable[[Label], float]) -> list[Label]:
    """Every nth label, counted from the last, with the smallest n at which the labels don't overlap."""
    labels = sorted(xs, key=lambda label: xs[label], reverse=True)
    for step in range(1, len(labels) + 1):
        found = labels[::step]
        if all(xs[b] - xs[a] >= (length_of(a) + length_of(b)) / 2 + 10 for b, a in pairwise(found)):
            return found
    return []


def _length(label):
    return min(across(label), _PERIOD)
