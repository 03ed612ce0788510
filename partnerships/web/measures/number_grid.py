"""The grid for entering numbers: a row per group, and a column per period, or per count if there is only one period.

It keeps what was typed and the errors.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.ids import primary_key
from partnerships.core.types import Text
from partnerships.measurement import number_words as words
from partnerships.measurement.number_actions import value_errors
from partnerships.measurement.number_queries import cell_name
from partnerships.measurement.point_checks import read_number

COUNTS, VALUE = ("numerator", "denominator"), ("value",)
# The visible part of an input's label, and the part for screen readers only.
_LABELS: dict[str, tuple[Text, str]] = {
    "value": ("", ""),
    "numerator": (_("Numerator"), ": "),
    "denominator": (_("Denominator"), ": "),
}


@dataclass
class Input:
    """An input of a box. `seen` is the visible part of its label, and `heard` the part for screen readers only."""

    name: str
    id: str
    seen: str
    heard: str
    text: str
    error: str = ""

    @property
    def label(self) -> str:
        return self.seen + self.heard


@dataclass
class Box:
    """One number. `seen` is the primary key of the number that the person saw, or "", and `now` is the current number."""

    starts_on: object
    cell: str
    name: str
    period: str
    inputs: list[Input]
    seen: str
    now: object = None
    values: dict = field(default_factory=dict)
    note: str = ""
    group: str = ""


def written(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


class Grid:
    """`starts`: the first days of the periods. `current_numbers` maps (first day, cell) to the current number.

    `saw` maps primary keys to the numbers that the person saw. `data` is the POST data, or None. `is_stale`: someone else has
    changed a number since.
    """

    is_stale = False

    def __init__(self, measure, periods, cells, current_numbers, fields, data=None, saw=None):
        self.measure, self.fields, self.data, self.saw = measure, fields, data, saw or {}
        self.starts = list(periods)
        self.periods = [words.period_words(measure, at) for at in periods]
        self.rows = [
            {
                "name": cell_name(measure, cell),
                "boxes": [
                    self._box(at, cell, f"{n}-{m}", current_numbers.get((at, cell))) for n, at in enumerate(periods)
                ],
            }
            for m, cell in enumerate(cells)
        ]
        self.boxes = [box for row in self.rows for box in row["boxes"]]

    def _box(self, at, cell, index, now):
        name, period = f"{at.isoformat()}|{cell}", words.period_words(self.measure, at)
        is_sent = self.data is not None and f"{name}|seen" in self.data
        seen = str(primary_key(self.data.get(f"{name}|seen", "")) or "") if is_sent else str(now.pk) if now else ""
        inputs = []
        for part in self.fields:
            text = self.data.get(f"{name}|{part}", "")[:60] if is_sent else written(getattr(now, part, None))
            shown, more = str(_LABELS[part][0]), _LABELS[part][1]
            heard = f"{more}{period}, {cell_name(self.measure, cell)}"
            inputs.append(Input(f"{name}|{part}", f"box-{index}-{part}", shown, heard, text))
        box = Box(at, cell, name, period, inputs, seen, now, group=cell_name(self.measure, cell))
        if now and self.fields == COUNTS and now.numerator is None:
            box.note = gettext("Without counts: %(number)s") % {"number": words.number_words(self.measure, now.value)}
        return box

    @property
    def only_period(self) -> str:
        """The period, if there is only one. Each number then has a column of its own."""
        return self.periods[0] if len(self.periods) == 1 else ""

    @property
    def columns(self) -> list[str]:
        """The headings above the numbers."""
        return (
            [str(_LABELS[part][0]) or gettext("Number") for part in self.fields] if self.only_period else self.periods
        )

    def read(self) -> bool:
        """Parse what was typed. Returns whether all of it is valid."""
        for box in self.boxes:
            for one, part in zip(box.inputs, self.fields, strict=True):
                try:
                    box.values[part] = read_number(one.text)
                except ValueError as problem:
                    one.error = str(problem)
        return not self.errors

    def check(self, link: str) -> None:
        """Add what `save_points` would refuse in the numbers that can be read, if they aren't sent to it for other errors.

        `link`: of the published table that the numbers are from, or "".
        """
        for box in self.changed():
            if not any(one.error for one in box.inputs):
                kept = getattr(box.now, "link", "")
                for part, text in value_errors(self.measure, box.cell, box.values, link=link or kept).items():
                    self.refuse(box, part, text)

    @property
    def errors(self) -> list[Input]:
        return [one for box in self.boxes for one in box.inputs if one.error]

    def changed(self) -> list[Box]:
        """The boxes whose values differ from what the person saw."""
        return [box for box in self.boxes if box.values != self._was(box)]

    def _was(self, box):
        was = self.saw.get(box.seen)
        return {part: getattr(was, part, None) for part in self.fields}

    def corrects(self, boxes) -> bool:
        return any(any(value is not None for value in self._was(box).values()) for box in boxes)

    def row_of(self, box) -> dict:
        """A box in the form that `save_points` takes."""
        return {"starts_on": box.starts_on, "cell": box.cell, "seen": int(box.seen) if box.seen else None} | box.values

    def renew(self) -> None:
        """Show the current number in each box where nothing was typed."""
        for box in self.boxes:
            if box.values and box.values == self._was(box):
                box.seen = str(box.now.pk) if box.now else ""
                for one, part in zip(box.inputs, self.fields, strict=True):
                    one.text = written(getattr(box.now, part, None))

    def refuse(self, box, part, text) -> None:
        one = box.inputs[self.fields.index(part) if part in self.fields else 0]
        one.error = f"{one.error} {text}".strip()
