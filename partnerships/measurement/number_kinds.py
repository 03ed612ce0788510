"""What the numbers of a measure count, and how: people or other things, as a rate or as a count. Pure functions."""

from decimal import Decimal

from partnerships.measurement.choices import Counted, Unit
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.rate_math import COUNT, EVENTS, PROPORTION, Cell
from partnerships.measurement.rounding import STEP, nearest
from partnerships.measurement.suppression import is_small


def multiplier(measure: Measure) -> int:
    """For a rate, per how many; 100 for percent, 1 for what isn't a rate."""
    units: dict[str, int | None] = {Unit.PERCENT: 100, Unit.RATE: measure.per}
    return units.get(measure.unit) or 1


def is_rate(measure: Measure) -> bool:
    return measure.unit in (Unit.PERCENT, Unit.RATE)


def counts_people(measure: Measure) -> bool:
    """Whether its numbers count people, or events that happen to people, and so are shown rounded.

    This is the default.
    """
    return measure.counted != Counted.THINGS and (is_rate(measure) or measure.unit == Unit.NUMBER)


def counts_as(measure: Measure) -> str:
    """How to read its counts: PROPORTION, EVENTS or COUNT (`rate_math`)."""
    if is_rate(measure):
        return EVENTS if measure.counted == Counted.EVENTS else PROPORTION
    return COUNT if counts_people(measure) else EVENTS


def rounded(measure: Measure, value: Decimal | None) -> Decimal | None:
    """A value of the measure as it is shown for people: counts to the nearest 5, rates in whole units; others
    unchanged.
    """
    return nearest(value, STEP if counts_as(measure) == COUNT else 1) if counts_people(measure) else value


def baseline_of(measure: Measure) -> Decimal | None:
    """Its baseline as everyone may see it. None when there is none, or it is of too few people."""
    value = measure.baseline_value
    limit = max([measure.smallest, *(limit for _, limit, *_ in measure.limits)])  # what was hidden once stays hidden
    if value is None or (counts_as(measure) == COUNT and is_small(Cell("", value), limit, COUNT)):
        return None
    return rounded(measure, value)


def needs_counts(measure: Measure, cell: str, link: str = "") -> bool:
    """Whether a number of this cell must be entered with its counts.

    That is the rate of a group, which is computed from rounded counts, unless it is quoted from a public table.
    """
    return bool(cell) and is_rate(measure) and counts_people(measure) and not link


def lacks_counts(measure: Measure, row: DataPoint) -> bool:
    """Whether the number was entered before its counts were required."""
    return needs_counts(measure, row.cell, row.link) and (row.numerator is None or row.denominator is None)


def cell_of(row: DataPoint, kind: str) -> Cell:
    """A number as it was entered. A count of people is one number, whichever field it was entered in."""
    if kind == COUNT:
        return Cell(row.cell, row.numerator if row.value is None else row.value)
    return Cell(row.cell, row.value, row.numerator, row.denominator)
