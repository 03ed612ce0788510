"""Which cells of a table must not be shown, so that nobody can be made out from them.

A cell is protected by itself where its group is smaller than `smallest`, where fewer than that had the event (but some), or,
of a proportion, fewer than that had not. So is one that rounding would show as fewer than `smallest`. Others are protected so
that these cannot be worked out from what is shown. All of this asks for the exact counts, though what is shown is rounded
(`rounding`): either protection holds without the other.

What is held, against one who knows every shown count, rate and total, that the categories of a dimension add up to their
margin (and by how much they do not, where groups overlap), that counts are whole numbers from 0 on, that a part is no larger
than its whole, and what stands in this file: of each protected cell the numerator, the denominator and the complement (those
without the event) could each be another number. The least and the most that fit are at least `smallest` apart for numerator and
complement (of events: numerator and denominator) and so for their sum, or as far apart as they would be were the whole alone
shown. Whoever also reckons through which tables would be protected alike still finds two numbers for each; how far apart those
are is not promised.

It is held by exhibits. A *move* (`moves`) adds to some cells and takes the same from others so that everything shown stays: two
groups in each of two places change places, say. A cell is safe once moves among protected cells alone lead from the real table
to two in which its count lies far enough apart. Which others are protected for it is decided by their number and a fixed
order of keys, not by how large they are: a choice by size would tell sizes, and would fall on the same small groups each time.

What cannot be held: where nobody (or everybody) of a shown whole had the event, that is so of each part. Where a dimension has
one category that is not all of its margin, and somebody knows the rest, she knows it. The whole is protected only when it is
small itself. A sum of some cells (a filter, several places) may be shown only where each of them is. A table with gaps, cells
that nobody entered, may rarely have no move of the kinds that are looked for where some other change would do. Two versions of
a table, or two periods of the same people, can be compared: see `before` and `protected_periods`. Periods that share no total
and no people tell nothing of each other, and may differ in what they protect.
"""

from collections.abc import Collection, Mapping, Sequence

from partnerships.measurement.moves import Table
from partnerships.measurement.rates import COUNT, PROPORTION, Cell, group_of, summed
from partnerships.measurement.rounding import nearest

SUPPRESSED = "suppressed"
PERIOD = "period"  # over several periods they are one dimension more
PART = "part"  # and so are the parts of a sum


def protected(
    cells: Mapping[str, Cell],
    smallest: int = 5,
    *,
    kind: str = PROPORTION,
    before: Collection[str] = (),
    keep: Collection[str] = (),
) -> frozenset[str]:
    """The keys of one period's table that must not be shown, whether for themselves or for others.

    `kind`: how counts are to be read (rates.PROPORTION, EVENTS, COUNT). `before`: what an earlier version of this table
    protected; it stays so, since whoever kept that version could compare. `keep`: keys to be given up last (the reference group).
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
    smallest: int = 5,
    *,
    kind: str = PROPORTION,
    alike: bool = False,
    keep: Collection[str] = (),
) -> dict[str, frozenset[str]]:
    """The same for periods whose totals are shown beside them (a year and its quarters): {period: keys, "": keys of the total}.
    The total of a key is the sum of its cells; it is shown only for keys that every period has.

    `alike`: what is protected in one period is so in all. Wanted where the periods count the same people (one census for
    four quarters): a denominator that is shown once would be known for good.
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
    smallest: int = 5,
    *,
    kind: str = PROPORTION,
    before: Sequence[Collection[str]],
    keep: Collection[str] = (),
) -> list[frozenset[str]]:
    """The keys of a table and of its parts, whose numerators add up to its own, that must not be shown: [of the whole, of each
    part]. The parts are one more dimension. Only keys that all of them have are looked at, and denominators where they add up as
    well. `before`: what is protected in each already."""
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


def _adds_up(key, whole, parts):
    denominators = [table[key].denominator for table in (whole, *parts)]
    return None not in denominators and denominators[0] == sum(denominators[1:])


def _totals(tables):
    """The sum over all periods of each key that all of them have."""
    keys = set.intersection(*(set(cells) for cells in tables.values())) if tables else ()
    return {key: summed([cells[key] for cells in tables.values()], key=key) for key in keys}


def _group_in(period, key):
    return group_of(key) + (((PERIOD, period),) if period else ())


def is_small(cell: Cell, smallest: int = 5, kind: str = PROPORTION) -> bool:
    """Whether a cell is protected for its own sake. Nought of a group that is large enough is not."""
    part, whole = _numerator(cell, kind), None if kind == COUNT else cell.denominator
    if part is not None and part > 0 and _is_few(part, smallest):
        return True
    if whole is None:
        return False
    rest = whole - part if kind == PROPORTION and part is not None else 0
    return _is_few(whole, smallest) or (rest > 0 and _is_few(rest, smallest))


def _is_few(count, smallest):
    """A count that is rounded below `smallest` would be one of very few that are (7 where groups of fewer than 7 are hidden)."""
    return count < smallest or nearest(count) < smallest


def pattern(cell: Cell) -> dict:
    """What is shown of a protected cell: that it is, and nothing else. The same for all."""
    return {"key": cell.key, "value": SUPPRESSED}


def _numerator(cell, kind):
    return cell.value if kind == COUNT and cell.numerator is None else cell.numerator


def _counts(cell, kind):
    """The counts of a cell that can move by themselves, each adding up to totals of its own: those with the event and those
    without; of events, events and people; or the count alone."""
    part = _numerator(cell, kind)
    if kind == COUNT:
        return (part,)
    if kind == PROPORTION:  # where the numerator is unknown, the whole denominator stands for those without
        return part, None if cell.denominator is None else cell.denominator - (part or 0)
    return part, cell.denominator
