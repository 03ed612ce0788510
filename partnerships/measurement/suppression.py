"""Disclosure control: which cells of a table must not be shown, so that no one can be identified from them.

A cell is protected for its own sake if its group is smaller than `smallest`, if fewer than that had the event (but not
zero), or, for a proportion, if fewer than that did not have it. So is one that rounding would show as fewer than
`smallest`. Other cells are protected so that these can't be computed from what is shown. All of this uses exact
counts, although what is shown is rounded (`rounding`): each protection holds without the other.

What is guaranteed, against a reader who knows every shown count, rate and total, that the categories of a dimension
add up to their margin (and by how much they don't, where groups overlap), that counts are whole numbers from 0 up,
that a part is no larger than its whole, and this file: the numerator, the denominator and the complement (those
without the event) of each protected cell have other possible values. The smallest and the largest possible value are
at least `smallest` apart for numerator and complement (for events: numerator and denominator), and so for their sum;
or as far apart as if only the total were shown. A reader who also computes which tables would be protected in the same
way still finds two values for each; how far apart those are isn't guaranteed.

It is proved by example. A *move* (`moves`) adds to some cells and subtracts from others so that everything shown stays
the same, as when two groups in each of two places are swapped. A cell is safe when moves among protected cells lead
from the real table to two tables in which its count is far enough apart. Which other cells are protected for it
depends on their number and a fixed order of keys, not on their size: a choice by size would reveal sizes, and would
always affect the same small groups.

What can't be guaranteed: if no one (or everyone) of a shown total had the event, that is true of each part. If a
dimension has one category that isn't all of its margin, a reader who knows the rest knows it. The total is protected
only if it is small itself. A sum of some cells (a filter, several places) may be shown only if each of them is. A
table with gaps, cells that weren't entered, may rarely have no move of these kinds although another change exists. Two
versions of a table, or two periods of the same people, can be compared: see `before` and `protected_periods`. Periods
that share no total and no people reveal nothing about each other, and may differ in what they protect.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from partnerships.measurement.choices import SMALLEST
from partnerships.measurement.disclosure_audit import Table
from partnerships.measurement.rate_math import COUNT, PROPORTION, Cell, group_of, summed
from partnerships.measurement.rounding import nearest

SUPPRESSED = "suppressed"
PERIOD = "period"  # several periods are one more dimension
PART = "part"  # and so are the parts of a sum


def protected_keys(
    cells: Mapping[str, Cell],
    smallest: int = SMALLEST,
    *,
    kind: str = PROPORTION,
    before: Collection[str] = (),
    keep: Collection[str] = (),
) -> frozenset[str]:
    """The keys of one period's table that must not be shown, for their own sake or for others.

    `kind`: how to read counts (rates.PROPORTION, EVENTS, COUNT). `before`: what an earlier version of this table
    protected; it stays protected, since a reader who kept that version could compare. `keep`: keys to protect last
    (the reference group).
    """
    groups = {key: group_of(key) for key in cells}
    table = Table(
        {groups[key]: _counts(cell, kind) for key, cell in cells.items()},
        smallest,
        [groups[key] for key in cells if key in keep],
    )
    first = {groups[key] for key, cell in cells.items() if key in before or is_small(cell, smallest, kind)}
    hidden = table.protect(first)
    return frozenset(key for key, group in groups.items() if group in hidden)


def protected_periods(
    tables: Mapping[str, Mapping[str, Cell]],
    smallest: int = SMALLEST,
    *,
    kind: str = PROPORTION,
    alike: bool = False,
    keep: Collection[str] = (),
) -> dict[str, frozenset[str]]:
    """`protected_keys` for periods that are shown with their totals (a year and its quarters): {period: keys, "": keys of the
    total}.

    The total of a key is the sum of its cells; it is shown only for keys that every period has. `alike`: what is
    protected in one period is protected in all. Use it if the periods count the same people (one census for four
    quarters), since a denominator that is shown once would be known.
    """
    shown = {(period, key): cell for period, cells in tables.items() for key, cell in cells.items()}
    shown |= {("", key): cell for key, cell in _totals(tables).items()}
    groups = {(period, key): _group_in(period, key) for period, key in shown}
    table = Table(
        {groups[at]: _counts(cell, kind) for at, cell in shown.items()},
        smallest,
        [groups[at] for at in groups if at[1] in keep],
    )
    first = {at for at, cell in shown.items() if is_small(cell, smallest, kind)}
    while True:
        hidden = table.protect({groups[at] for at in first})
        found = {at for at in shown if groups[at] in hidden}
        keys = {key for period, key in found if period} if alike else ()
        first = found | {(period, key) for period, key in shown if period and key in keys}
        if first == found:
            return {period: frozenset(key for of, key in found if of == period) for period in ("", *tables)}


def protected_sum(
    whole: Mapping[str, Cell],
    parts: Sequence[Mapping[str, Cell]],
    smallest: int = SMALLEST,
    *,
    kind: str = PROPORTION,
    before: Sequence[Collection[str]],
    keep: Collection[str] = (),
) -> list[frozenset[str]]:
    """The keys that must not be shown in a table and in its parts, whose numerators add up: [of the whole, of each
    part].

    The parts are one more dimension. Only keys that all of them have are checked, and denominators if they add up as
    well. `before`: what is already protected in each.
    """
    tables = [whole, *parts]
    keys = sorted(set.intersection(*map(set, tables)))
    if not any(key in kept for key in keys for kept in before):
        return [frozenset()] * len(tables)
    are_split = kind == COUNT or all(_adds_up(key, whole, parts) for key in keys)
    counts = {
        (n, key): _counts(table[key], kind) if are_split else (_numerator(table[key], kind),)
        for n, table in enumerate(tables)
        for key in keys
    }
    groups = {(n, key): group_of(key) + (((PART, str(n)),) if n else ()) for n, key in counts}
    kept = [groups[at] for at in groups if at[1] in keep]
    table = Table({groups[at]: count for at, count in counts.items()}, smallest, kept)
    hidden = table.protect({groups[n, key] for n, key in groups if key in before[n]})
    return [frozenset(key for key in keys if groups[n, key] in hidden) for n in range(len(tables))]


def _adds_up(key: str, whole: Mapping[str, Cell], parts: Sequence[Mapping[str, Cell]]) -> bool:
    tables = (whole, *parts)
    known = [count for table in tables if (count := table[key].denominator) is not None]
    return len(known) == len(tables) and known[0] == sum(known[1:])


def _totals(tables: Mapping[str, Mapping[str, Cell]]) -> dict[str, Cell]:
    """The sum over all periods for each key that all of them have."""
    keys = set.intersection(*(set(cells) for cells in tables.values())) if tables else ()
    return {key: summed([cells[key] for cells in tables.values()], key=key) for key in keys}


def _group_in(period: str, key: str) -> tuple[tuple[str, str], ...]:
    return group_of(key) + (((PERIOD, period),) if period else ())


def is_small(cell: Cell, smallest: int = SMALLEST, kind: str = PROPORTION) -> bool:
    """Whether a cell is protected for its own sake. Zero in a large enough group isn't."""
    part, whole = _numerator(cell, kind), None if kind == COUNT else cell.denominator
    if part is not None and part > 0 and _is_few(part, smallest):
        return True
    if whole is None:
        return False
    rest = whole - part if kind == PROPORTION and part is not None else Decimal()
    return _is_few(whole, smallest) or (rest > 0 and _is_few(rest, smallest))


def _is_few(count: Decimal, smallest: int) -> bool:
    """A count that rounds to less than `smallest` would be one of very few numbers (7 if groups below 7 are hidden)."""
    return count < smallest or nearest(count) < smallest


def pattern(cell: Cell) -> dict:
    """What is shown of a protected cell: only that it is protected, in the same way for all."""
    return {"key": cell.key, "value": SUPPRESSED}


def _numerator(cell: Cell, kind: str) -> Decimal | None:
    return cell.value if kind == COUNT and cell.numerator is None else cell.numerator


def _counts(cell: Cell, kind: str) -> tuple[Decimal | None, ...]:
    """The counts of a cell that can move by themselves, each adding up to totals of its own.

    For a proportion, those with and those without the event; for events, events and people; or the count alone.
    """
    part = _numerator(cell, kind)
    if kind == COUNT:
        return (part,)
    if kind == PROPORTION:  # if the numerator is unknown, the whole denominator counts as those without the event
        return part, None if cell.denominator is None else cell.denominator - (part or 0)
    return part, cell.denominator
