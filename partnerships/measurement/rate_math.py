"""Rates, and how far apart two of them are. Exact: counts are Decimals and are divided once, at the end.

A cell is one number of one period and one group. Its key is "" for the whole population, otherwise
“dimension=category” joined by "&" in the order of DIMENSIONS (“race=asian&gender=women”). Categories are slugs. `race`
has the categories of SPD 15 of 2024, `race1997` those of the 1997 standard: two dimensions that are never combined in
one key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

DIMENSIONS = ("race", "race1997", "place", "gender", "age", "disability", "language")
NEVER_TOGETHER = {"race", "race1997"}
# How to read a cell's counts: a part of its denominator; events, one person may have several; or without a
# denominator, where the numerator (or the value alone) is itself a count.
PROPORTION, EVENTS, COUNT = "proportion", "events", "count"
_DIGITS = Context(prec=28)


@dataclass(frozen=True)
class Cell:
    """`value` in the measure's unit; it is given alone if no counts are known."""

    key: str
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def group(self) -> tuple[tuple[str, str], ...]:
        return group_of(self.key)


def group_of(key: str) -> tuple[tuple[str, str], ...]:
    """(dimension, category) of each part of a key. Raises ValueError for a key that isn't written as above."""
    parts = tuple((name, value) for name, _, value in (part.partition("=") for part in key.split("&"))) if key else ()
    if any(not value for _, value in parts) or key_of(dict(parts)) != key:
        raise ValueError(f"“{key}” is no key of a cell.")
    return parts


def key_of(group: dict[str, str]) -> str:
    """The key of a group, {dimension: category}. Raises ValueError for an unknown dimension, and for both standards of
    race.
    """
    unknown = group.keys() - set(DIMENSIONS)
    if unknown or group.keys() >= NEVER_TOGETHER:
        raise ValueError(f"A group cannot be named by {', '.join(sorted(unknown or NEVER_TOGETHER))}.")
    return "&".join(f"{name}={group[name]}" for name in DIMENSIONS if name in group)


def rate(numerator: Decimal | None, denominator: Decimal | None, per: int = 100) -> Decimal | None:
    """numerator × per / denominator (per: 100 for percent, 1,000, 100,000), to 28 digits.

    None without counts, or with a zero denominator.
    """
    if numerator is None or not denominator:
        return None
    return to_decimal(Fraction(numerator) * per / Fraction(denominator))


def to_decimal(number: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))


def summed(cells: Iterable[Cell], per: int = 100, key: str = "") -> Cell:
    """One cell for several: added counts, each None if one is missing, and the rate of the sums, never a mean of
    rates.

    A person who is in two of the cells counts twice.
    """
    cells = list(cells)
    numerator = _sum(cell.numerator for cell in cells)
    denominator = _sum(cell.denominator for cell in cells)
    return Cell(key, rate(numerator, denominator, per), numerator, denominator)


def _sum(counts: Iterable) -> Decimal | None:
    counts = list(counts)
    return None if not counts or None in counts else sum(counts, Decimal())


def combined(cells: Iterable[Cell], per: int = 100) -> Decimal | None:
    """The rate of several groups, places or periods together, from their summed counts. None if a count is missing."""
    return summed(cells, per).value


@dataclass(frozen=True)
class Disparity:
    """`ratio`: group / reference, None if the reference is 0. `gap`: group − reference, in the unit of the measure.

    `higher`: "group", "reference", "same", or None if one of them is unknown.
    """

    ratio: Decimal | None
    gap: Decimal | None
    higher: str | None


def disparity(group: Cell, reference: Cell, per: int = 100) -> Disparity:
    """How far a group's rate is from a reference group's. For a cell without counts, its value is used."""
    one, other = _exact(group, per), _exact(reference, per)
    if one is None or other is None:
        return Disparity(None, None, None)
    higher = "same" if one == other else "group" if one > other else "reference"
    return Disparity(to_decimal(one / other) if other else None, to_decimal(one - other), higher)


def _exact(cell: Cell, per: int) -> Fraction | None:
    if cell.numerator is not None and cell.denominator:
        return Fraction(cell.numerator) * per / Fraction(cell.denominator)
    # Counts of an empty group say nothing, whatever its value.
    return None if cell.denominator == 0 or cell.value is None else Fraction(cell.value)


def worse_side(higher: str | None, better: str) -> str | None:
    """Who is worse off, "group" or "reference". None: neither, or unknown.

    `better`: "up" if more is better, otherwise "down". A ratio over 1 is the group's disadvantage if less is better
    (evictions), and its advantage if more is (graduation).
    """
    if better not in ("up", "down"):
        raise ValueError(f"Better is up or down, not {better}.")
    if higher not in ("group", "reference"):
        return None
    lower = "reference" if higher == "group" else "group"
    return lower if better == "up" else higher
