"""Rounds counts of people to the nearest 5 for display, and says what can be computed from rounded counts. Pure
functions.

Rounding protects people whatever else is known: no one has to find out first which numbers add up. Sources: NHS
Digital rounds to the nearest 5 and suppresses as well; Ofqual rounds to the nearest 5 and shows a true zero; the
National Center for Health Statistics requires 10 in both numerators of a ratio and 20 in the denominator of a rate.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import overload

from partnerships.measurement.rate_math import COUNT, Cell, rate

STEP = 5
OFF = Decimal(STEP) / 2  # by how much a rounded count can differ from the true one
LEAST_BELOW = 20  # rounded, in the denominator of a rate
LEAST_ABOVE = 10  # rounded, in both numerators of a ratio or a gap


@overload
def nearest(number: Decimal | int, step: int = STEP) -> Decimal: ...


@overload
def nearest(number: None, step: int = STEP) -> None: ...


@overload
def nearest(number: Decimal | int | None, step: int = STEP) -> Decimal | None: ...


def nearest(number: Decimal | int | None, step: int = STEP) -> Decimal | None:
    """The nearest multiple of `step`. A true zero stays 0."""
    if number is None:
        return None
    return (Decimal(number) / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def rounded_cell(cell: Cell, per: int, kind: str) -> Cell:
    """A cell as it is shown: rounded counts, and a rate of these in whole units if the denominator is large enough.

    The rate of a cell without counts is in whole units too.
    """
    if kind == COUNT:
        return Cell(cell.key, nearest(cell.value), nearest(cell.numerator), nearest(cell.denominator))
    if cell.denominator is None or cell.numerator is None:
        return Cell(cell.key, nearest(cell.value, 1))
    above, below = nearest(cell.numerator), nearest(cell.denominator)
    value = nearest(rate(above, below, per), 1) if below >= LEAST_BELOW else None
    return Cell(cell.key, value, above, below)


def are_comparable(one: Cell, other: Cell) -> bool:
    """Whether the ratio and gap of two rounded rates are meaningful."""
    return all(cell.value is not None and (cell.numerator or 0) >= LEAST_ABOVE for cell in (one, other))
