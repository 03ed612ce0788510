"""Links between measures whose counts add up: declared by staff, or detected when numbers are saved.

Links are permanent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.errors import ValidationError
from partnerships.core.writing import bump_version, lock, log_change
from partnerships.measurement.linked_measures import public_faces
from partnerships.measurement.models import DataPoint, Measure, MeasureSum
from partnerships.measurement.number_kinds import cell_of, counts_as, counts_people
from partnerships.measurement.quoting import is_quoted
from partnerships.measurement.rate_math import COUNT
from partnerships.measurement.rules import may_write_measure

# fields that measures must share for their counts to add up
ALIKE = ("lead_id", "unit", "per", "counted", "period", "first_month")
GROUPS = 3  # in which a sum must hold to be detected
MOST_PARTS = 4
MOST_TRIED = 20_000  # combinations tried for one period; with more, larger sums aren't looked for
TOO_FEW_PARTS = _("Choose two or more measures that add up to this one.")
NOT_ALIKE = _(
    "“%(measure)s” can’t be a part of this measure. It counts something different, or uses another unit or other periods."
)


def lock_office(measure: Measure) -> None:
    """Lock the office before numbers are saved.

    Other saves of the same office wait, so that no sum is checked against numbers that are about to change.
    """
    lock(measure.lead, None)


def possible_parts(measure: Measure) -> QuerySet[Measure]:
    """The measures that could add up to this one, or be added to it."""
    if not counts_people(measure):
        return Measure.objects.none()
    return Measure.objects.filter(**{name: getattr(measure, name) for name in ALIKE}).exclude(pk=measure.pk)


@transaction.atomic
def declare_sum(*, whole: Measure, parts: Sequence[Measure], by: Author) -> MeasureSum:
    """Record that the counts of `parts` add up to those of `whole`. Doing so again changes nothing.

    Raises ValidationError under “parts”.
    """
    require(by is SYSTEM or may_write_measure(by, whole))
    lock_office(whole)
    whole = lock(whole, None)
    parts = sorted({part.pk: part for part in parts}.values(), key=lambda part: part.pk)
    if len(parts) < 2:
        raise ValidationError({"parts": ValidationError(TOO_FEW_PARTS, code="too_few")})
    known = set(possible_parts(whole).values_list("pk", flat=True))
    for part in parts:
        if part.pk not in known:
            wrong = ValidationError(NOT_ALIKE, code="not_alike", params={"measure": part.title})
            raise ValidationError({"parts": wrong})
    return _link(whole, parts, by)


def find_sums(measure: Measure, periods: set[date], *, by: Author) -> None:
    """Link the measure with others of its office if their counts add up in GROUPS groups of one of these periods."""
    others = list(possible_parts(measure))
    if len(others) < 2:
        return
    known = {(one.whole_id, frozenset(part.pk for part in one.parts.all())) for one in _sums_of([measure, *others])}
    for counts in _counts_by_period([measure, *others], periods):
        for whole, parts in _sums_in(counts, measure):
            if (whole.pk, frozenset(part.pk for part in parts)) not in known:
                known.add((whole.pk, frozenset(part.pk for part in parts)))
                _link(whole, parts, by)
                measure.refresh_from_db(fields=["family"])


def _sums_of(measures: Sequence[Measure]) -> QuerySet[MeasureSum]:
    return MeasureSum.objects.filter(whole__in=measures).prefetch_related("parts")


def _counts_by_period(measures: Sequence[Measure], periods: set[date]) -> Iterable:
    """For each period: measure → group → count, from the office's own numbers."""
    by_key, kind = {one.pk: one for one in measures}, counts_as(measures[0])
    found: dict = defaultdict(lambda: defaultdict(dict))
    for row in DataPoint.objects.filter(measure__in=measures, starts_on__in=periods, replaced_at=None).exclude(cell=""):
        cell = cell_of(row, kind)
        count = cell.value if kind == COUNT else cell.numerator
        if count is not None and not is_quoted(row):
            found[row.starts_on][by_key[row.measure_id]][row.cell] = count
    return found.values()


def _sums_in(counts: dict[Measure, dict[str, Any]], measure: Measure) -> Iterator[tuple[Measure, list[Measure]]]:
    """(whole, parts) of all sums that hold and include this measure, small ones first."""
    if measure not in counts:
        return
    tried = 0
    for n in range(2, MOST_PARTS + 1):
        for whole in counts:
            others = [one for one in counts if one != whole and one != measure]
            chosen = (
                combinations(others, n)
                if whole == measure
                else ((measure, *more) for more in combinations(others, n - 1))
            )
            for parts in chosen:
                tried += 1
                if tried > MOST_TRIED:
                    return
                if _adds_up(counts[whole], [counts[part] for part in parts]):
                    yield whole, list(parts)


def _adds_up(whole: dict[str, Any], parts: Sequence[dict[str, Any]]) -> bool:
    """Whether they add up in GROUPS groups, with people of each part in some of them."""
    keys = [
        key for key in whole if all(key in part for part in parts) and whole[key] == sum(part[key] for part in parts)
    ]
    return len(keys) >= GROUPS and all(any(part[key] for key in keys) for part in parts)


def _link(whole: Measure, parts: Sequence[Measure], by: Author) -> MeasureSum:
    for one in _sums_of([whole]):
        if {part.pk for part in one.parts.all()} == {part.pk for part in parts}:
            return one
    linked = list(Measure.objects.filter(pk__in=[whole.pk, *(part.pk for part in parts)]).order_by("pk"))
    families = {one.family for one in linked if one.family is not None}
    starts = set(DataPoint.objects.filter(measure__in=linked).values_list("starts_on", flat=True))
    before = {pk: face for one in linked for pk, face in public_faces(one, starts).items()}
    made = MeasureSum.objects.create(whole=whole, at=clock.now())
    made.parts.set(parts)
    family = min(families, default=made.pk)
    Measure.objects.filter(family__in=families).update(family=family)
    Measure.objects.filter(pk__in=[one.pk for one in linked]).update(family=family)
    whole.family = family
    log_change(whole, by=by, verb="linked", before={}, after={"parts": len(parts)})
    touch_changed(None, before, public_faces(whole, starts))
    return made


def touch_changed(measure: Measure | None, before: dict, after: dict) -> None:
    """Move version and stamp of each linked measure, except `measure`, whose public content changed."""
    changed = [
        pk for pk in before.keys() & after.keys() if before[pk] != after[pk] and (measure is None or pk != measure.pk)
    ]
    for one in Measure.objects.filter(pk__in=changed).order_by("pk"):
        bump_version(one)
