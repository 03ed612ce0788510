"""What of the numbers of one period is public: which entry each is made of, and which are kept back. Pure.

- What was kept back once stays so: whoever kept the earlier page could compare.
- A correction changes a number of people only where it leads STEP or more away from the entry that the public number is made of.
  Otherwise nothing public moves, or a page before and a page after would tell that one person came or left.
- Measures whose counts add up to another's are protected together, once that is known.
- The limit below which groups are hidden belongs to the period: the highest that its measure had while the period had numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from partnerships.measurement.choices import Counted
from partnerships.measurement.counting import cell_of, counts_as, counts_people, lacks_counts
from partnerships.measurement.models import DataPoint
from partnerships.measurement.quoting import is_quoted
from partnerships.measurement.rates import COUNT
from partnerships.measurement.rounding import STEP
from partnerships.measurement.suppression import protected, protected_sum


@dataclass(frozen=True)
class Release:
    """`made_of`: of each number that stands, the entry that it is public as. `hidden`: the cells of which nothing is shown.
    `limit`: groups of fewer are among them."""

    made_of: dict[str, DataPoint]
    hidden: frozenset[str]
    limit: int


@dataclass
class _Member:
    """A measure while its period is gone through."""

    measure: object
    rows: Sequence[DataPoint]
    made_of: dict = field(default_factory=dict)
    standing: set = field(default_factory=set)
    table: dict = field(default_factory=dict)
    hidden: frozenset = frozenset()
    limit: int = 0

    def __post_init__(self):
        self.kind = counts_as(self.measure)
        self.limits = _limits(self.measure, self.rows[0].at)
        self.references = frozenset(f"{g.dimension}={g.key}" for g in self.measure.groups.all() if g.is_reference)

    @property
    def moments(self):
        return (
            {row.at for row in self.rows}
            | {row.replaced_at for row in self.rows if row.replaced_at}
            | self.limits.keys()
        )

    def go(self, at):
        """What was entered and taken out at a moment, and the limit that was set; whether anything that counts has changed."""
        for row in self.rows:
            if row.replaced_at == at:
                self.standing.discard(row.cell)
        for row in self.rows:
            if row.at == at:
                self.standing.add(row.cell)
                if row.cell not in self.made_of or _moves(self.measure, self.made_of[row.cell], row):
                    self.made_of[row.cell] = row
        was = self.table, self.limit
        own = (cell for cell in sorted(self.standing) if not is_quoted(self.made_of[cell]))
        self.table = {cell: cell_of(self.made_of[cell], self.kind) for cell in own}
        self.limit = max(self.limit, self.limits.get(at, 0))
        return (self.table, self.limit) != was and self.measure.counted != Counted.THINGS

    def hide(self, more=frozenset()):
        """Protects these cells and what they take along; whether any came to it."""
        keep, before = self.references & self.table.keys(), (self.hidden | more) & self.table.keys()
        hidden = self.hidden | more
        hidden |= protected(self.table, self.limit, kind=self.kind, before=before, keep=keep)
        has_more, self.hidden = hidden != self.hidden, hidden
        return has_more

    def release(self):
        shown = {cell: row for cell, row in self.made_of.items() if cell in self.standing}
        bare = {cell for cell, row in shown.items() if lacks_counts(self.measure, row)}
        public = {cell for cell, row in shown.items() if is_quoted(row)}
        return Release(shown, (self.hidden | bare) - public, self.limit)


def released(measure, rows: Sequence[DataPoint]) -> Release:
    """`rows`: all that was ever entered for one period, in that order."""
    return released_together({measure: rows}, ())[measure]


def released_together(entered: Mapping, sums: Iterable) -> dict:
    """{measure: Release} of measures that are linked. `entered`: measure → all that was ever entered for one period, in that
    order. `sums`: (moment, whole, parts) of each link, from which moment on the two are protected together."""
    members = {measure: _Member(measure, rows) for measure, rows in entered.items() if rows}
    sums = [one for one in sums if {one[1], *one[2]} <= members.keys()]
    moments = {at for member in members.values() for at in member.moments}
    first = min(moments, default=None)
    for at in sorted(moments | {at for at, *_ in sums if first is not None and at > first}):
        changed = [member for member in members.values() if member.go(at)]
        for member in changed:
            member.hide()
        linked = [(members[whole], [members[part] for part in parts]) for since, whole, parts in sums if since <= at]
        is_new = any(since == at for since, *_ in sums)
        has_more = changed or is_new
        while has_more:
            has_more = sum(_hide_sum(*one) for one in linked) > 0
    return {measure: member.release() for measure, member in members.items()}


def _hide_sum(whole, parts) -> bool:
    """Protects what the counts of a sum would tell of each other; whether any came to it."""
    of_all = [whole, *parts]
    found = protected_sum(
        whole.table,
        [part.table for part in parts],
        max(member.limit for member in of_all),
        kind=whole.kind,
        before=[member.hidden for member in of_all],
        keep=whole.references,
    )
    return sum(member.hide(keys) for member, keys in zip(of_all, found, strict=True) if keys - member.hidden) > 0


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
