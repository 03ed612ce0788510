"""Whether the groups of a pasted table add up to its total. A pure function."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partnerships.measurement.choices import Unit
from partnerships.measurement.groups import SETS
from partnerships.measurement.models import Measure, MeasureGroup
from partnerships.measurement.number_kinds import is_rate
from partnerships.measurement.pasted_tables import SubmittedNumber
from partnerships.measurement.rate_math import DIMENSIONS, group_of


@dataclass(frozen=True)
class Mismatch:
    """The groups of one dimension that don't add up to the total of a period. `part`: “value”, “numerator” or “denominator”."""

    starts_on: date
    dimension: str
    part: str
    together: Decimal
    total: Decimal


def find_mismatches(
    measure: Measure, groups: Sequence[MeasureGroup], found: Iterable[SubmittedNumber]
) -> list[Mismatch]:
    """Where the counts of groups are more than the total that came with them, or less although each group is there.

    Each group is there if the table has all of the measure's groups of that dimension, two or more; for race, they are also all
    of the standard. Averages, amounts and scores don't add up, nor do groups of two dimensions at once.
    """
    periods: dict[date, dict[str, dict[str, Decimal]]] = {}
    for one in found:
        if not one.problems and one.starts_on:
            periods.setdefault(one.starts_on, {})[one.cell] = dict(_counts(measure, one.numbers))
    mismatches = []
    for starts_on, cells in sorted(periods.items()):
        for dimension in DIMENSIONS:
            own = {f"{dimension}={group.key}" for group in groups if group.dimension == dimension}
            for part, total in cells.get("", {}).items():
                counts = {
                    cell: counts[part] for cell, counts in cells.items() if _is_of(cell, dimension) and part in counts
                }
                together = sum(counts.values(), Decimal())
                if together > total or (together < total and counts.keys() == own and _is_whole(dimension, own)):
                    mismatches.append(Mismatch(starts_on, dimension, part, together, total))
    return mismatches


def _counts(measure: Measure, numbers: Mapping[str, Decimal | None]) -> Iterator[tuple[str, Decimal]]:
    if is_rate(measure):
        parts = {name: numbers.get(name) for name in ("numerator", "denominator")}
    elif measure.unit == Unit.NUMBER:  # a count, whichever column it is in
        parts = {"value": next((n for name in ("value", "numerator") if (n := numbers.get(name)) is not None), None)}
    else:
        parts = {}
    yield from ((name, number) for name, number in parts.items() if number is not None)


def _is_of(cell: str, dimension: str) -> bool:
    return [name for name, _ in group_of(cell)] == [dimension]


def _is_whole(dimension: str, own: set[str]) -> bool:
    standard = {f"{dimension}={key}" for one in SETS.values() if one.dimension == dimension for key, _ in one.groups}
    return len(own) > 1 and standard <= own
