"""Measures that are linked by sums, and what of their numbers is public."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, prefetch_related_objects

from partnerships.measurement.models import DataPoint, Measure, MeasureSum
from partnerships.measurement.number_disclosure import Release, released_together


@dataclass
class Families:
    """`members`: family → its measures. `sums`: family → (moment, whole, parts)."""

    members: dict
    sums: dict

    def of(self, measure: Measure) -> list:
        return self.members.get(measure.family) or [measure]


def families_of(measures: Sequence[Measure]) -> Families:
    """The families of these measures. No query if none is linked; otherwise four."""
    keys = {one.family for one in measures if one.family is not None}
    if not keys:
        return Families({}, {})
    known, members, sums = {one.pk: one for one in measures}, defaultdict(list), defaultdict(list)
    for one in Measure.objects.filter(family__in=keys).prefetch_related("groups").order_by("pk"):
        known.setdefault(one.pk, one)
        members[one.family].append(known[one.pk])
    for one in MeasureSum.objects.filter(whole__family__in=keys).select_related("whole").prefetch_related("parts"):
        parts = [known[part.pk] for part in one.parts.all()]
        sums[one.whole.family].append((one.at, known[one.whole_id], parts))
    return Families(members, sums)


def releases(families: Families, measures: Sequence[Measure], rows: Sequence[DataPoint]) -> dict:
    """(measure's primary key, first day of a period) → Release.

    `rows`: everything ever entered for these measures and those linked with them, in order of entry.
    """
    entered: dict = defaultdict(list)
    for row in rows:
        entered[row.measure_id, row.starts_on].append(row)
    found: dict[tuple, Release] = {}
    for measure in measures:
        for starts_on in [day for pk, day in entered if pk == measure.pk and (pk, day) not in found]:
            of_each = {one: entered.get((one.pk, starts_on), ()) for one in families.of(measure)}
            together = released_together(of_each, families.sums.get(measure.family, ()))
            found |= {(one.pk, starts_on): release for one, release in together.items()}
    return found


def public_faces(measure: Measure, periods: set[date]) -> dict:
    """For a measure and those linked with it: key → everything public about these periods, to detect whether it
    changed.

    Four more queries if it is linked.
    """
    families = families_of([measure])
    measures = families.of(measure)
    prefetch_related_objects(measures, "groups")
    rows = list(DataPoint.objects.filter(Q(measure__in=measures), starts_on__in=periods).order_by("id"))
    found: dict = {one.pk: {} for one in measures}
    for row in rows:
        if row.replaced_at is None:
            found[row.measure_id][row.starts_on, row.cell] = row
    for (pk, starts_on), release in releases(families, measures, rows).items():
        for at, row in found[pk].items():
            if at[0] == starts_on:
                found[pk][at] = HIDDEN if at[1] in release.hidden else _texts_of(release.made_of[at[1]], row)
    return found


HIDDEN = "hidden"


def periods_that_hide(measure: Measure, periods: set[date]) -> set[date]:
    """Those of these periods in which a number of the measure is or was hidden, also if it was removed since."""
    families = families_of([measure])
    measures = families.of(measure)
    rows = DataPoint.objects.filter(Q(measure__in=measures), starts_on__in=periods).order_by("id")
    found = releases(families, [measure], list(rows))
    return {starts_on for (pk, starts_on), release in found.items() if pk == measure.pk and release.hidden}


def _texts_of(made_of: DataPoint, row: DataPoint) -> tuple[int, str, str]:
    return made_of.pk, row.story, row.source
