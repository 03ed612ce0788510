"""What of the numbers of one period is public: which entry each is made of, and which are kept back. Pure.

- What was kept back once stays so: whoever kept the earlier page could compare.
- A correction changes a number of people only where it leads STEP or more away from the entry that the public number is made of.
  Otherwise nothing public moves, or a page before and a page after would tell that one person came or left.
- The limit below which groups are hidden belongs to the period: the highest that its measure had while the period had numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from partnerships.measurement.choices import Counted
from partnerships.measurement.counting import cell_of, counts_as, counts_people, lacks_counts
from partnerships.measurement.models import DataPoint
from partnerships.measurement.quoting import is_quoted
from partnerships.measurement.rates import COUNT
from partnerships.measurement.rounding import STEP
from partnerships.measurement.suppression import protected


@dataclass(frozen=True)
class Release:
    """`made_of`: of each number that stands, the entry that it is public as. `hidden`: the cells of which nothing is shown.
    `limit`: groups of fewer are among them."""

    made_of: dict[str, DataPoint]
    hidden: frozenset[str]
    limit: int


def released(measure, rows: Sequence[DataPoint], references=frozenset()) -> Release:
    """`rows`: all that was ever entered for one period, in that order. `references`: cells that are given up last."""
    kind, limits = counts_as(measure), _limits(measure, rows[0].at)
    made_of, standing, hidden, table, limit = {}, set(), frozenset(), None, 0
    moments = {row.at for row in rows} | {row.replaced_at for row in rows if row.replaced_at} | limits.keys()
    for at in sorted(moments):
        for row in rows:
            if row.replaced_at == at:
                standing.discard(row.cell)
        for row in rows:
            if row.at == at:
                standing.add(row.cell)
                if row.cell not in made_of or _moves(measure, made_of[row.cell], row):
                    made_of[row.cell] = row
        was = table, limit
        table = {cell: cell_of(made_of[cell], kind) for cell in sorted(standing) if not is_quoted(made_of[cell])}
        limit = max(limit, limits.get(at, 0))
        if (table, limit) != was and measure.counted != Counted.THINGS:
            keep, before = references & table.keys(), hidden & table.keys()
            hidden |= protected(table, limit, kind=kind, before=before, keep=keep)
    shown = {cell: row for cell, row in made_of.items() if cell in standing}
    bare = {cell for cell, row in shown.items() if lacks_counts(measure, row)}
    public = {cell for cell, row in shown.items() if is_quoted(row)}
    return Release(shown, (hidden | bare) - public, limit)


def _limits(measure, first) -> dict[datetime, int]:
    """Moment → the limit from then on, as far as it concerns a period whose first number came in at `first`."""
    found = [(datetime.fromisoformat(at), limit) for at, limit in measure.limits] or [(first, measure.smallest)]
    at_first = next((limit for at, limit in reversed(found) if at <= first), found[0][1])
    return {first: at_first} | {at: limit for at, limit in found if at > first}


def _moves(measure, was, row) -> bool:
    """Whether a correction shows."""
    if not counts_people(measure) or is_quoted(was) or is_quoted(row):
        return True
    kind = counts_as(measure)
    before, after = cell_of(was, kind), cell_of(row, kind)
    if kind == COUNT:
        return _differ(before.value, after.value)
    if None in (before.numerator, before.denominator, after.numerator, after.denominator):
        return (before.numerator, before.denominator) != (after.numerator, after.denominator) or _differ(
            before.value, after.value, 1
        )
    return _differ(before.numerator, after.numerator) or _differ(before.denominator, after.denominator)


def _differ(one, other, least=STEP) -> bool:
    return (one is None) != (other is None) or (one is not None and abs(one - other) >= least)
