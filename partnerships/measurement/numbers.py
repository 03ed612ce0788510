"""The one door to the numbers of a measure. What a group is too small for leaves it for nobody (`suppression`); only
`entered` gives numbers as they were entered, to those who enter them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import F, Q, Window, prefetch_related_objects
from django.db.models.functions import DenseRank

from partnerships.core.access import require
from partnerships.measurement.choices import Counted, ReadingKind, Unit
from partnerships.measurement.intervals import interval
from partnerships.measurement.models import DataPoint, Reading
from partnerships.measurement.rates import COUNT, EVENTS, PROPORTION, Cell, group_of
from partnerships.measurement.rules import may_supply
from partnerships.measurement.suppression import SUPPRESSED, protected
from partnerships.registry.rules import parties_visible_to

MISSING = "missing"
PERIODS = 24  # that are read at once


@dataclass(frozen=True)
class Number:
    """One number as its reader may see it. `state`: empty where it stands here, SUPPRESSED or MISSING; then nothing else does.

    `low`, `high`: a 95 % interval, where counts allow one. `supplied_by`: the party, where the reader may know of it.
    """

    state: str = MISSING
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    story: str = ""
    source: str = ""
    supplied_by: str = ""
    at: object = None
    is_disputed: bool = False

    @property
    def cell(self):
        return Cell("", self.value, self.numerator, self.denominator)


NOTHING = Number()


@dataclass
class Numbers:
    """The numbers of some periods of a measure, the earliest period first. `cells`: keys, all together first, then as the
    measure's groups stand. `since`: when the first number of each period came in. `is_cut`: earlier periods are not among them.
    """

    measure: object
    periods: list[date]
    cells: list[str]
    at: dict[tuple[date, str], Number] = field(default_factory=dict)
    since: dict[date, datetime] = field(default_factory=dict)
    is_cut: bool = False

    def number(self, period, cell="") -> Number:
        return self.at.get((period, cell), NOTHING)

    def of(self, cell="") -> list[Number]:
        return [self.number(period, cell) for period in self.periods]


def multiplier(measure) -> int:
    """Of a rate, per how many it is; 100 for percent, 1 for what is no rate."""
    return {Unit.PERCENT: 100, Unit.RATE: measure.per}.get(measure.unit) or 1


def is_rate(measure) -> bool:
    return measure.unit in (Unit.PERCENT, Unit.RATE)


def counts_as(measure) -> str:
    """How its counts are to be read, as in `rates`."""
    if is_rate(measure):
        return EVENTS if measure.counted == Counted.EVENTS else PROPORTION
    return COUNT if measure.unit == Unit.NUMBER and measure.counted else EVENTS


def numbers_of(person, measure, *, until=None, last=PERIODS) -> Numbers:
    """The numbers of a measure that the person may see, of its last periods (up to the one that begins on `until`).

    Give it a measure of `measures_visible_to` alone. Five queries at most, whatever the number of numbers.
    """
    return numbers_of_each(person, [measure], until=until, last=last)[measure.pk]


def numbers_of_each(person, measures, *, until=None, last=PERIODS) -> dict[int, Numbers]:
    """The same of several measures, by primary key; as many queries as for one."""
    starts = _starts(measures, until, last + 1)
    periods = {pk: sorted(found[:last]) for pk, found in starts.items()}
    wanted = reduce(or_, (Q(measure=pk, starts_on__in=found) for pk, found in periods.items()), Q(pk__in=()))
    rows = list(DataPoint.objects.filter(wanted).select_related(*_SUPPLIER).order_by("id"))
    seen = parties_visible_to(person).filter(pk__in={row.supplied_by_id for row in rows if row.supplied_by_id})
    seen = set(seen.values_list("pk", flat=True))
    disputed = Reading.objects.filter(measure__in=measures, kind=ReadingKind.DISPUTE, settled_at=None)
    disputed = set(disputed.values_list("measure", "starts_on", "cell"))
    prefetch_related_objects(measures, "groups")
    entered, found = defaultdict(list), {}
    for row in rows:
        entered[row.measure_id, row.starts_on].append(row)
    for one in measures:
        by_period = {start: entered[one.pk, start] for start in periods.get(one.pk, ())}
        found[one.pk] = _numbers(one, by_period, seen, disputed)
        found[one.pk].is_cut = len(starts.get(one.pk, ())) > last
    return found


_SUPPLIER = ("supplied_by__organization", "supplied_by__department", "supplied_by__jurisdiction")


def _starts(measures, until, most) -> dict[int, list[date]]:
    """Measure → the first days of its latest periods for which a number stands, the latest first."""
    standing = DataPoint.objects.filter(measure__in=measures, replaced_at=None)
    if until:
        standing = standing.filter(starts_on__lte=until)
    nth = Window(DenseRank(), partition_by="measure", order_by=F("starts_on").desc())
    rows = standing.order_by().annotate(nth=nth).filter(nth__lte=most).values_list("measure", "starts_on").distinct()
    found: dict = {}
    for pk, start in sorted(rows, key=lambda row: row[1], reverse=True):
        found.setdefault(pk, []).append(start)
    return found


def _numbers(measure, by_period, seen, disputed) -> Numbers:
    groups = list(measure.groups.all())
    references = frozenset(f"{group.dimension}={group.key}" for group in groups if group.is_reference)
    found = Numbers(measure, [*by_period], in_order(groups, {row.cell for rows in by_period.values() for row in rows}))
    for period, of_period in by_period.items():
        hidden = kept_back(measure, of_period, references)
        found.since[period] = min(row.at for row in of_period)
        for row in of_period:
            if row.replaced_at is None:
                said = row.supplied_by_id in seen, (measure.pk, period, row.cell) in disputed
                shown = Number(SUPPRESSED) if row.cell in hidden else _shown(measure, row, *said)
                found.at[period, row.cell] = shown
    return found


def kept_back(measure, rows, references=frozenset()) -> frozenset[str]:
    """Which cells of one period are not shown. `rows`: all that was ever entered for it, in that order: what an earlier version
    kept back stays so, since whoever kept that version could compare. `references`: cells that are given up last."""
    hidden, table, kind = frozenset(), {}, counts_as(measure)
    moments = sorted({row.at for row in rows})
    for at in moments:
        for row in rows:
            if row.at == at:
                table[row.cell] = Cell(row.cell, row.value, row.numerator, row.denominator)
        for row in rows:
            if row.replaced_at is not None and row.replaced_at <= at and not _stands(rows, row.cell, at):
                table.pop(row.cell, None)
        keep, before = references & table.keys(), hidden & table.keys()
        hidden |= protected(table, measure.smallest, kind=kind, before=before, keep=keep)
    return hidden


def _stands(rows, cell, at):
    return any(r.cell == cell and r.at <= at and (r.replaced_at is None or r.replaced_at > at) for r in rows)


def _shown(measure, row, knows_supplier, is_disputed) -> Number:
    kind = counts_as(measure)
    numerator = row.value if kind == COUNT else row.numerator
    sure = (
        interval(numerator, row.denominator, multiplier(measure), kind) if is_rate(measure) or kind == COUNT else None
    )
    return Number(
        "",
        row.value,
        row.numerator,
        row.denominator,
        sure.low if sure else None,
        sure.high if sure else None,
        row.story,
        row.source,
        str(row.supplied_by) if knows_supplier else "",
        row.at,
        is_disputed,
    )


def in_order(groups, cells) -> list[str]:
    """Keys of cells, all together first, then by the places of these groups; combined ones behind single ones."""
    place = {f"{group.dimension}={group.key}": n for n, group in enumerate(groups)}
    return sorted(
        {"", *cells}, key=lambda key: (key.count("&") + bool(key), [place.get(p, 10**6) for p in key.split("&")], key)
    )


def cell_name(measure, key) -> str:
    """A cell in words, such as “Black or African American, Women”."""
    names = {(group.dimension, group.key): group.name for group in measure.groups.all()}
    return ", ".join(names.get(part, part[1]) for part in group_of(key)) or "All together"


def entered(person, measure, periods) -> dict[tuple[date, str], DataPoint]:
    """The numbers that stand for these periods, as they were entered, for whoever may enter them. Raises NotAllowed."""
    require(may_supply(person, measure))
    rows = DataPoint.objects.filter(measure=measure, starts_on__in=periods, replaced_at=None)
    return {(row.starts_on, row.cell): row for row in rows}


def revisions(person, measure, period, cell) -> list[DataPoint]:
    """All that ever stood for one period and cell, the latest first, for whoever may enter it. Raises NotAllowed."""
    require(may_supply(person, measure))
    rows = DataPoint.objects.filter(measure=measure, starts_on=period, cell=cell).order_by("-id")
    return list(rows.select_related("by", *_SUPPLIER))
