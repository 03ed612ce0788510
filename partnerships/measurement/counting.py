"""What the numbers of a measure count, and how: of people or of other things, as a rate or as a count. Pure."""

from decimal import Decimal

from partnerships.measurement.choices import Counted, Unit
from partnerships.measurement.rates import COUNT, EVENTS, PROPORTION, Cell
from partnerships.measurement.rounding import STEP, nearest
from partnerships.measurement.suppression import is_small


def multiplier(measure) -> int:
    """Of a rate, per how many it is; 100 for percent, 1 for what is no rate."""
    return {Unit.PERCENT: 100, Unit.RATE: measure.per}.get(measure.unit) or 1


def is_rate(measure) -> bool:
    return measure.unit in (Unit.PERCENT, Unit.RATE)


def counts_people(measure) -> bool:
    """Whether its numbers are of people, or of events that happen to people, and so shown rounded. They are, where no one said
    otherwise."""
    return measure.counted != Counted.THINGS and (is_rate(measure) or measure.unit == Unit.NUMBER)


def counts_as(measure) -> str:
    """How its counts are to be read, as in `rates`."""
    if is_rate(measure):
        return EVENTS if measure.counted == Counted.EVENTS else PROPORTION
    return COUNT if counts_people(measure) else EVENTS


def rounded(measure, value) -> Decimal | None:
    """A value of the measure's unit as it may be said of people: counts to the nearest 5, rates in whole units. What does not
    count people stays as it is."""
    return nearest(value, STEP if counts_as(measure) == COUNT else 1) if counts_people(measure) else value


def baseline_of(measure) -> Decimal | None:
    """Its baseline as everyone may see it: a number of people like others. None where there is none, or it is of too few."""
    value = measure.baseline_value
    limit = max([measure.smallest, *(limit for _, limit in measure.limits)])  # what was hidden once stays hidden
    if value is None or (counts_as(measure) == COUNT and is_small(Cell("", value), limit, COUNT)):
        return None
    return rounded(measure, value)


def needs_counts(measure, cell, link="") -> bool:
    """Whether a number of this cell may only be entered with its counts: the rate of a group, which is made of rounded ones,
    unless it is quoted from a public table."""
    return bool(cell) and is_rate(measure) and counts_people(measure) and not link


def lacks_counts(measure, row) -> bool:
    """Of a number that was entered before its counts were asked for."""
    return needs_counts(measure, row.cell, row.link) and (row.numerator is None or row.denominator is None)


def cell_of(row, kind) -> Cell:
    """A number as it was entered. A count of people is one number, wherever it was typed."""
    if kind == COUNT:
        return Cell(row.cell, row.numerator if row.value is None else row.value)
    return Cell(row.cell, row.value, row.numerator, row.denominator)
