"""Reads the numbers of a measure: the only access to them.

Counts of people are returned rounded (`rounding`), and numbers of too small groups aren't returned at all
(`suppression`). Only `entered_numbers` returns numbers as they were entered, to the people who enter them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import F, Q, Window, prefetch_related_objects
from django.db.models.functions import DenseRank
from django.utils.translation import gettext_noop

from partnerships.core import clock
from partnerships.core.access import Viewer, require
from partnerships.core.stored_texts import StoredText
from partnerships.measurement.choices import Counted, Dimension, InterpretationKind
from partnerships.measurement.intervals import Interval, difference_interval, interval, ratio_interval, true_rates
from partnerships.measurement.linked_measures import families_of, releases
from partnerships.measurement.models import DataPoint, Measure, MeasureGroup, Reading
from partnerships.measurement.number_kinds import cell_of, counts_as, counts_people, is_rate, multiplier, rounded
from partnerships.measurement.quoting import is_quoted
from partnerships.measurement.rate_math import COUNT, Cell, disparity, group_of
from partnerships.measurement.rounding import OFF, STEP, are_comparable, nearest, rounded_cell
from partnerships.measurement.rules import may_supply
from partnerships.measurement.suppression import SUPPRESSED
from partnerships.registry.rules import parties_visible_to

if TYPE_CHECKING:
    from partnerships.measurement.number_disclosure import Release

MISSING = "missing"
COUNTS_ONLY = "counts_only"  # a rate of too few people: only its rounded counts are shown
PERIODS = 24  # that are read at once
_HALF = Decimal("0.5")  # by how much a rate in whole units can differ from the true one


@dataclass(frozen=True)
class Number:
    """One number as its reader may see it.

    `state`: "" if the number is present, COUNTS_ONLY if only its counts are; otherwise SUPPRESSED or MISSING, and
    nothing else is set. `low`, `high`: a 95% interval, if counts allow one; it includes the effect of rounding.
    `supplied_by`: the party, if the reader may know of it. `published_by`, `link`: for a quoted number, which is
    exact. `limit`: for a hidden one, the least number of people.
    """

    state: str = MISSING
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    story: str = ""
    source: str = ""
    published_by: str = ""
    link: str = ""
    supplied_by: str = ""
    at: datetime | None = None
    is_disputed: bool = False
    limit: int = 0

    @property
    def cell(self) -> Cell:
        return Cell("", self.value, self.numerator, self.denominator)

    @property
    def is_shown(self) -> bool:
        return self.state in ("", COUNTS_ONLY)


NOTHING = Number()


@dataclass
class Numbers:
    """The numbers of some periods of a measure, earliest period first.

    `cells`: keys, everyone first, then in the order of the measure's groups. `since`: when the first number of each
    period was entered. `is_cut`: there are earlier periods.
    """

    measure: Measure
    periods: list[date]
    cells: list[str]
    at: dict[tuple[date, str], Number] = field(default_factory=dict)
    since: dict[date, datetime] = field(default_factory=dict)
    is_cut: bool = False

    def number(self, period: date | None, cell: str = "") -> Number:
        return self.at.get((period, cell), NOTHING) if period else NOTHING

    def of(self, cell: str = "") -> list[Number]:
        return [self.number(period, cell) for period in self.periods]


def numbers_of(person: Viewer, measure: Measure, *, until: date | None = None, last: int = PERIODS) -> Numbers:
    """The numbers of a measure that the person may see, for its last periods (up to the one that begins on `until`).

    The measure must come from `measures_visible_to`. At most five queries, no matter how many numbers.
    """
    return numbers_of_each(person, [measure], until=until, last=last)[measure.pk]


def numbers_of_each(
    person: Viewer, measures: Sequence[Measure], *, until: date | None = None, last: int = PERIODS
) -> dict[int, Numbers]:
    """`numbers_of` for several measures, by primary key, with as many queries as for one."""
    starts = _starts(measures, until, last + 1)
    periods = {pk: sorted(found[:last]) for pk, found in starts.items()}
    prefetch_related_objects(measures, "groups")
    families = families_of(measures)
    asked = ((families.of(one), periods[one.pk]) for one in measures if one.pk in periods)
    wanted = reduce(or_, (Q(measure__in=linked, starts_on__in=found) for linked, found in asked), Q(pk__in=()))
    rows = list(DataPoint.objects.filter(wanted).select_related(*_SUPPLIER).order_by("id"))
    public = releases(families, measures, rows)
    seen = parties_visible_to(person).filter(pk__in={row.supplied_by_id for row in rows if row.supplied_by_id})
    seen = set(seen.values_list("pk", flat=True))
    disputed = Reading.objects.filter(measure__in=measures, kind=InterpretationKind.DISPUTE, settled_at=None)
    disputed = set(disputed.values_list("measure", "starts_on", "cell"))
    entered, found = defaultdict(list), {}
    for row in rows:
        entered[row.measure_id, row.starts_on].append(row)
    for one in measures:
        by_period = {start: entered[one.pk, start] for start in periods.get(one.pk, ())}
        found[one.pk] = _numbers(one, by_period, public, seen, disputed)
        found[one.pk].is_cut = len(starts.get(one.pk, ())) > last
    return found


_SUPPLIER = ("supplied_by__organization", "supplied_by__department", "supplied_by__jurisdiction")


def _starts(measures: Sequence[Measure], until: date | None, most: int) -> dict[int, list[date]]:
    """Measure → the first days of its latest periods with a current number, latest first."""
    current = DataPoint.objects.filter(measure__in=measures, replaced_at=None)
    if until:
        current = current.filter(starts_on__lte=until)
    nth = Window(DenseRank(), partition_by="measure", order_by=F("starts_on").desc())
    rows = current.order_by().annotate(nth=nth).filter(nth__lte=most).values_list("measure", "starts_on").distinct()
    found: dict = {}
    for pk, start in sorted(rows, key=lambda row: row[1], reverse=True):
        found.setdefault(pk, []).append(start)
    return found


def _numbers(
    measure: Measure,
    by_period: dict[date, list[DataPoint]],
    public: "dict[tuple[int, date], Release]",
    seen: set[int],
    disputed: set[tuple[int, date | None, str]],
) -> Numbers:
    groups = list(measure.groups.all())
    found = Numbers(measure, [*by_period], in_order(groups, {row.cell for rows in by_period.values() for row in rows}))
    for period, of_period in by_period.items():
        release = public[measure.pk, period]
        found.since[period] = min(row.at for row in of_period)
        for row in of_period:
            if row.replaced_at is None:
                made_of = release.made_of[row.cell]
                shown = _public_number(
                    measure,
                    made_of,
                    row,
                    knows_supplier=made_of.supplied_by_id in seen,
                    is_disputed=(measure.pk, period, row.cell) in disputed,
                )
                is_hidden = row.cell in release.hidden
                found.at[period, row.cell] = Number(SUPPRESSED, limit=release.limit) if is_hidden else shown
    return found


def _public_number(
    measure: Measure, made_of: DataPoint, row: DataPoint, *, knows_supplier: bool, is_disputed: bool
) -> Number:
    """`made_of`: the entry as which the number is public. `row`: the current one, with its texts."""
    cell, sure = _seen_of(measure, made_of)
    has_no_rate = is_rate(measure) and cell.value is None
    return Number(
        state=COUNTS_ONLY if has_no_rate else "",
        value=cell.value,
        numerator=cell.numerator,
        denominator=cell.denominator,
        low=sure.low if sure else None,
        high=sure.high if sure else None,
        story=row.story,
        source=row.source,
        published_by=row.published_by,
        link=row.link,
        supplied_by=str(made_of.supplied_by) if knows_supplier else "",
        at=made_of.at,
        is_disputed=is_disputed,
    )


def _seen_of(measure: Measure, row: DataPoint) -> tuple[Cell, Interval | None]:
    """(the cell, its interval) as everyone may see them."""
    kind, per = counts_as(measure), multiplier(measure)
    cell = cell_of(row, kind)
    if not counts_people(measure) or is_quoted(row):
        counts = (cell.value, None) if kind == COUNT else (cell.numerator, cell.denominator)
        sure = interval(*counts, per, kind) if is_rate(measure) or kind == COUNT else None
        is_mean = not counts_people(measure) and measure.counted != Counted.THINGS
        if is_mean and cell.denominator is not None and cell.value is not None:
            # The denominator of an average counts people. Their number could be computed from the exact sum in the
            # numerator.
            cell = Cell(row.cell, cell.value, None, nearest(cell.denominator))
        return cell, sure
    cell = rounded_cell(cell, per, kind)
    if cell.value is None:
        return cell, None
    sure = interval(cell.value if kind == COUNT else cell.numerator, cell.denominator, per, kind, OFF)
    return cell, sure and round_outward(measure, sure)


def true_values(measure: Measure, number: Number) -> Interval | None:
    """Between what values the true one is, if rounding is all that is uncertain. None if there is no value."""
    if number.value is None:
        return None
    if not counts_people(measure) or is_quoted(number):
        return Interval(number.value, number.value)
    kind = counts_as(measure)
    if kind == COUNT:
        return Interval(number.value - OFF, number.value + OFF) if number.value else Interval(Decimal(), Decimal())
    if number.numerator is None or number.denominator is None:
        return Interval(number.value - _HALF, number.value + _HALF)
    return true_rates(number.numerator, number.denominator, multiplier(measure), kind, OFF)


def round_outward(measure: Measure, sure: Interval) -> Interval:
    """An interval in the steps in which its number is shown. It never gets narrower."""
    step = STEP if counts_as(measure) == COUNT else 1
    low, high = (end / step for end in sure)
    return Interval(low.to_integral_value(ROUND_FLOOR) * step, high.to_integral_value(ROUND_CEILING) * step)


@dataclass(frozen=True)
class DisplayedDisparity:
    """How far a group is from its reference group: as `rates.Disparity`, with 95% intervals of ratio and gap if counts
    allow them.
    """

    ratio: Decimal | None = None
    gap: Decimal | None = None
    ratio_between: Interval | None = None
    gap_between: Interval | None = None


def displayed_disparity(measure: Measure, group: Number, reference: Number) -> DisplayedDisparity:
    """The difference between two numbers as they are shown. For people, both numerators must be large enough."""
    if group.state or reference.state:
        return DisplayedDisparity()
    kind, per = counts_as(measure), multiplier(measure)
    is_of_people = counts_people(measure) and not (is_quoted(group) and is_quoted(reference))
    if is_of_people and not are_comparable(group.cell, reference.cell):
        return DisplayedDisparity()
    found = disparity(group.cell, reference.cell, per)
    one, other = ((number.numerator, number.denominator) for number in (group, reference))
    off = OFF if is_of_people else Decimal()
    ratio = ratio_interval(one, other, kind, off)
    gap = difference_interval(one, other, per, kind, off)
    if not is_of_people:
        return DisplayedDisparity(found.ratio, found.gap, ratio, gap)
    return DisplayedDisparity(found.ratio, rounded(measure, found.gap), ratio, gap and round_outward(measure, gap))


def in_order(groups: Iterable[MeasureGroup], cells: set[str]) -> list[str]:
    """Keys of cells: everyone first, then in the order of these groups; combined groups after single ones."""
    place = {f"{group.dimension}={group.key}": n for n, group in enumerate(groups)}
    return sorted(
        {"", *cells}, key=lambda key: (key.count("&") + bool(key), [place.get(p, 10**6) for p in key.split("&")], key)
    )


def cell_name(measure: Measure, key: str) -> str:
    """The label of a cell, such as “Black or African American, Women”."""
    names = {(group.dimension, group.key): _name_of(group) for group in measure.groups.all()}
    if not (parts := group_of(key)):
        return StoredText(gettext_noop("Everyone together"))
    return StoredText.join([names.get(part, part[1]) for part in parts], ", ")


def _name_of(group: MeasureGroup) -> str:
    """Its name. That of a category of the standards for race and ethnicity is translated."""
    return StoredText(group.name) if group.dimension in (Dimension.RACE, Dimension.RACE_1997) else group.name


def entered_numbers(person: Viewer, measure: Measure, periods: Collection[date]) -> dict[tuple[date, str], DataPoint]:
    """The current numbers of these periods as they were entered, for people who may enter them. Raises NotAllowed."""
    require(may_supply(person, measure))
    rows = DataPoint.objects.filter(measure=measure, starts_on__in=periods, replaced_at=None)
    return {(row.starts_on, row.cell): row for row in rows}


def revisions(person: Viewer, measure: Measure, period: date, cell: str) -> list[DataPoint]:
    """All revisions of one period and cell, latest first, for people who may enter them. Raises NotAllowed."""
    require(may_supply(person, measure))
    rows = DataPoint.objects.filter(measure=measure, starts_on=period, cell=cell).order_by("-id")
    return list(rows.select_related("by", *_SUPPLIER))


def redefined_on(numbers: Numbers, period: date | None = None) -> date | None:
    """The day when the definition of the measure last changed, if some of these numbers, or those of `period`, were entered
    before that. None if the history no longer has it. The measure comes from `queries`.
    """
    at, since = numbers.measure.redefined_at, numbers.since
    if at is None or not since or at <= (since[period] if period else min(since.values())):
        return None
    return clock.day_of(at, clock.zone(numbers.measure.lead.zone))
