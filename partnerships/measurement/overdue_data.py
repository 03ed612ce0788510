"""Overdue data: which numbers are due, and which party hasn't supplied its own."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from partnerships.measurement.models import DataPoint, Measure, MeasureOwner
from partnerships.measurement.periods import after, end_of, start_of

_BODIES = ("party__organization", "party__department", "party__jurisdiction", "party__partnership")


@dataclass(frozen=True)
class MissingData:
    """A party's missing numbers of one period, due on a day of the lead's calendar."""

    owner: MeasureOwner
    period: date
    due_on: date


def due_on(measure: Measure, period: date) -> date:
    """The day on which the numbers of a period (given by its first day) are due."""
    return end_of(measure.period, period) + timedelta(days=measure.due_days)


def last_due(measure: Measure, today: date) -> date:
    """The last period whose numbers are due by this day."""
    period = start_of(measure.period, today, measure.first_month)
    while due_on(measure, period) > today:
        period = after(measure.period, period, -1)
    return period


def suppliers(measures: Iterable[Measure] | QuerySet[Measure]) -> list[MeasureOwner]:
    """The owners of these measures that supply data, with their party."""
    rows = MeasureOwner.objects.filter(measure__in=measures, supplies=True)
    return list(rows.select_related("measure__lead", "measure__result", "measure__partnership", *_BODIES))


def missing_data(wanted: Collection[tuple[MeasureOwner, date]]) -> list[MissingData]:
    """Which of these numbers are missing, each given as (owner, first day of a period).

    If only one party supplies data, any number of the period counts. Two queries, no matter how many are asked for.
    """
    measures = {owner.measure_id for owner, _ in wanted}
    points = DataPoint.objects.filter(measure__in=measures, starts_on__in={day for _, day in wanted}, replaced_at=None)
    brought = set(points.order_by().values_list("measure", "starts_on", "supplied_by").distinct())
    of_anyone = {(measure, day) for measure, day, _ in brought}
    rows = MeasureOwner.objects.filter(measure__in=measures, supplies=True)
    bringing = Counter(rows.order_by().values_list("measure", flat=True))
    missing = []
    for owner, day in wanted:
        alone = bringing[owner.measure_id] == 1
        there = (owner.measure_id, day) in of_anyone if alone else (owner.measure_id, day, owner.party_id) in brought
        missing += [] if there else [MissingData(owner, day, due_on(owner.measure, day))]
    return missing


def overdue(measure: Measure, today: date) -> list[MissingData]:
    """Who hasn't supplied the numbers of a measure's last due period."""
    day = last_due(measure, today)
    return missing_data([(owner, day) for owner in suppliers([measure])])
