"""What is public of the numbers of one period: which entry each public number comes from, and which are hidden. Pure
functions.

- What was hidden once stays hidden: a reader who kept the earlier page could compare.
- A correction changes a public number of people only if it is STEP or more away from the entry that the public number
  comes from. Otherwise nothing public changes; two versions of a page would reveal that one person came or left.
- Measures whose counts add up to another's are protected together, as soon as that is known.
- The limit below which groups are hidden belongs to the period: the highest that its measure had while the period had
  numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from partnerships.measurement.choices import Counted
from partnerships.measurement.models import DataPoint, Measure
from partnerships.measurement.number_kinds import cell_of, counts_as, counts_people, lacks_counts
from partnerships.measurement.quoting import is_quoted
from partnerships.measurement.rate_math import COUNT
from partnerships.measurement.rounding import STEP
from partnerships.measurement.suppression import protected_keys, protected_sum


@dataclass(frozen=True)
class Release:
    """`made_of`: for each current number, the entry as which it is public. `hidden`: the cells where nothing is
    shown.

    `limit`: groups of fewer people are among them.
    """

    made_of: dict[str, DataPoint]
    hidden: frozenset[str]
    limit: int


@dataclass
class _Member:
    """The state of a measure while its period is replayed.

    `rows`: everything ever entered for it. `made_of`, `hidden`, `limit`: as in Release. `table`: the current cells of
    its own, not quoted, numbers.
    """

    measure: Measure
    rows: Sequence[DataPoint]
    made_of: dict = field(default_factory=dict)
    current_cells: set = field(default_factory=set)
    table: dict = field(default_factory=dict)
    hidden: frozenset = frozenset()
    limit: int = 0

    def __post_init__(self) -> None:
        self.kind = counts_as(self.measure)
        self.limits = _limits(self.measure, self.rows[0].at)
        self.references_at = _references(self.measure, self.rows[0].at)
        self.references = self.references_at[self.rows[0].at]

    @property
    def moments(self) -> set[datetime]:
        return (
            {row.at for row in self.rows}
            | {row.replaced_at for row in self.rows if row.replaced_at}
            | self.limits.keys()
        )

    def replay(self, at: datetime) -> bool:
        """Apply what was entered, removed and set at this moment. Returns whether anything that counts has changed."""
        for row in self.rows:
            if row.replaced_at == at:
                self.current_cells.discard(row.cell)
        for row in self.rows:
            if row.at == at:
                self.current_cells.add(row.cell)
                if row.cell not in self.made_of or _changes_public(self.measure, self.made_of[row.cell], row):
                    self.made_of[row.cell] = row
        was = self.table, self.limit
        own = (cell for cell in sorted(self.current_cells) if not is_quoted(self.made_of[cell]))
        self.table = {cell: cell_of(self.made_of[cell], self.kind) for cell in own}
        self.limit = max(self.limit, self.limits.get(at, 0))
        self.references = self.references_at.get(at, self.references)
        return (self.table, self.limit) != was and self.measure.counted != Counted.THINGS

    def hide(self, more: frozenset[str] = frozenset()) -> bool:
        """Protect these cells and those they require. Returns whether any were added."""
        keep, before = self.references & self.table.keys(), (self.hidden | more) & self.table.keys()
        hidden = self.hidden | more
        hidden |= protected_keys(self.table, self.limit, kind=self.kind, before=before, keep=keep)
        has_more, self.hidden = hidden != self.hidden, hidden
        return has_more

    def release(self) -> Release:
        shown = {cell: row for cell, row in self.made_of.items() if cell in self.current_cells}
        bare = {cell for cell, row in shown.items() if lacks_counts(self.measure, row)}
        public = {cell for cell, row in shown.items() if is_quoted(row)}
        return Release(shown, (self.hidden | bare) - public, self.limit)


def released(measure: Measure, rows: Sequence[DataPoint]) -> Release:
    """The Release of one period. `rows`: everything ever entered for it, in order of entry."""
    return released_together({measure: rows}, ())[measure]


def released_together(entered: Mapping, sums: Iterable) -> dict:
    """{measure: Release} for linked measures.

    `entered`: measure → everything ever entered for one period, in order of entry. `sums`: (moment, whole, parts) of
    each link; from that moment on they are protected together.
    """
    members = {measure: _Member(measure, rows) for measure, rows in entered.items() if rows}
    sums = [(at, whole, parts) for at, whole, parts in sums if {whole, *parts} <= members.keys()]
    moments = {at for member in members.values() for at in member.moments}
    first = min(moments, default=None)
    for at in sorted(moments | {at for at, *_ in sums if first is not None and at > first}):
        changed = [member for member in members.values() if member.replay(at)]
        for member in changed:
            member.hide()
        linked = [(members[whole], [members[part] for part in parts]) for since, whole, parts in sums if since <= at]
        is_new = any(since == at for since, *_ in sums)
        has_more = changed or is_new
        while has_more:
            has_more = sum(_hide_sum(*one) for one in linked) > 0
    return {measure: member.release() for measure, member in members.items()}


def _hide_sum(whole: _Member, parts: Sequence[_Member]) -> bool:
    """Protect what the counts of a sum would reveal of each other. Returns whether any were added."""
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


def _limits(measure: Measure, first: datetime) -> dict[datetime, int]:
    """Moment → the limit from then on, as far as it applies to a period whose first number was entered at `first`."""
    found = [(datetime.fromisoformat(at), limit) for at, limit, *_ in measure.limits] or [(first, measure.smallest)]
    at_first = next((limit for at, limit in reversed(found) if at <= first), found[0][1])
    return {first: at_first} | {at: limit for at, limit in found if at > first}


def _references(measure: Measure, first: datetime) -> dict[datetime, frozenset[str]]:
    """Moment → the reference groups from then on, as `_limits` has the limits."""
    now = frozenset(f"{g.dimension}={g.key}" for g in measure.groups.all() if g.is_reference)
    found = [(datetime.fromisoformat(at), frozenset[str](*cells)) for at, _, *cells in measure.limits if cells]
    at_first = next((cells for at, cells in reversed(found) if at <= first), found[0][1] if found else now)
    return {first: at_first} | {at: cells for at, cells in found if at > first}


def _changes_public(measure: Measure, was: DataPoint, row: DataPoint) -> bool:
    """Whether a correction changes what is public."""
    if not counts_people(measure) or is_quoted(was) or is_quoted(row):
        return True
    kind = counts_as(measure)
    before, after = cell_of(was, kind), cell_of(row, kind)
    if kind == COUNT:
        return _differ_by(before.value, after.value)
    if None in (before.numerator, before.denominator, after.numerator, after.denominator):
        return (before.numerator, before.denominator) != (after.numerator, after.denominator) or _differ_by(
            before.value, after.value, 1
        )
    return _differ_by(before.numerator, after.numerator) or _differ_by(before.denominator, after.denominator)


def _differ_by(one: Decimal | None, other: Decimal | None, least: int = STEP) -> bool:
    return one is not other if one is None or other is None else abs(one - other) >= least
