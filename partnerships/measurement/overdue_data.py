"""Overdue data: which numbers are due, which party hasn't supplied its own, and what a person is to enter."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from partnerships.core import clock
from partnerships.core.access import Viewer, jurisdictions_written_by, prepared_list
from partnerships.measurement.models import DataPoint, Measure, MeasureOwner
from partnerships.measurement.periods import after, end_of, start_of
from partnerships.measurement.rules import measures_visible_to
from partnerships.registry import seats
from partnerships.registry.choices import Status
from partnerships.registry.models import Party
from partnerships.registry.rules import held_seat_ids, may_speak_for, parties_visible_to

_BODIES = ("party__organization", "party__department", "party__jurisdiction", "party__partnership")
_SPEAKERS = ("party__organization", "party__department__jurisdiction", "party__jurisdiction")


@dataclass(frozen=True)
class MissingData:
    """A party's missing numbers of one period, due on a day of the lead's calendar."""

    owner: MeasureOwner
    period: date
    due_on: date


@dataclass(frozen=True)
class DueData:
    """Numbers of one period that a person is to enter: for a partner (`owner`), or for the office that keeps the measure.

    `due_on` is None if the measure has no numbers yet and was added after that day. `is_owners_task`: the partner is to
    enter them, and the office that keeps the measure waits for it.
    """

    measure: Measure
    owner: MeasureOwner | None
    period: date
    due_on: date | None
    is_owners_task: bool = False


def due_on(measure: Measure, period: date) -> date:
    """The day on which the numbers of a period (given by its first day) are due."""
    return end_of(measure.period, period) + timedelta(days=measure.due_days)


def last_due(measure: Measure, today: date) -> date:
    """The last period whose numbers are due by this day. The last one of a measure that has ended stays due."""
    period = start_of(measure.period, today, measure.first_month)
    while due_on(measure, period) > today:
        period = after(measure.period, period, -1)
    return min(period, measure.last_on or period)


def current_suppliers() -> QuerySet[MeasureOwner]:
    """The owners that supply data and still take part, in partnerships that haven't ended."""
    return MeasureOwner.objects.filter(supplies=True, party__in=_holding_seats())


def _holding_seats() -> QuerySet:
    """The parties that take part today, in partnerships that haven't ended."""
    return Party.objects.filter(seats.holds_seat()).exclude(partnership__status=Status.ENDED).values("pk")


def _supplies_alone() -> Q:
    """Whether no one but this owner supplies data now. Then any number of the measure counts as its own."""
    return ~Q(Exists(current_suppliers().filter(measure=OuterRef("measure")).exclude(pk=OuterRef("pk"))))


def suppliers(measures: Iterable[Measure] | QuerySet[Measure]) -> list[MeasureOwner]:
    """The owners of these measures that supply data now, with their party."""
    rows = current_suppliers().filter(measure__in=measures)
    return list(rows.select_related("measure__lead", "measure__result", "measure__partnership", *_BODIES))


def missing_data(wanted: Collection[tuple[MeasureOwner, date]]) -> list[MissingData]:
    """Which of these numbers are missing, each given as (owner, first day of a period).

    If only one party supplies data, any number of the period counts (`_supplies_alone`). Two queries, no matter how many
    are asked for.
    """
    measures = {owner.measure_id for owner, _ in wanted}
    points = DataPoint.objects.filter(measure__in=measures, starts_on__in={day for _, day in wanted}, replaced_at=None)
    suppliers_of = defaultdict(set)  # (measure, period) → the parties that supplied its numbers
    for measure, day, party in points.order_by().values_list("measure", "starts_on", "supplied_by").distinct():
        suppliers_of[measure, day].add(party)
    rows = MeasureOwner.objects.filter(_supplies_alone(), pk__in={owner.pk for owner, _ in wanted})
    alone = set(rows.order_by().values_list("pk", flat=True))

    def is_in(owner: MeasureOwner, day: date) -> bool:
        parties = suppliers_of.get((owner.measure_id, day), ())
        return bool(parties) if owner.pk in alone else owner.party_id in parties

    return [MissingData(owner, day, due_on(owner.measure, day)) for owner, day in wanted if not is_in(owner, day)]


def overdue(measure: Measure, today: date) -> list[MissingData]:
    """Who hasn't supplied the numbers of a measure's last due period."""
    day = last_due(measure, today)
    return missing_data([(owner, day) for owner in suppliers([measure])])


def data_due_from(person: Viewer, *, today: date, until: date, most: int) -> list[DueData]:
    """The missing numbers that the person is to enter: those of partners that they represent, and of measures of their
    offices for which no partner supplies data. They are of the last period that is due today, or if those are in, by
    the day `until`.

    A partner that has left supplies none anymore. With those that a partner hasn't supplied to their offices and that are
    overdue. Of the `most` latest measures of each sort, in two queries. Which numbers count is as in `missing_data`.
    """
    days, found = (today, until), []
    for row in _owners_asked(person, most):
        one = _due_data(row.measure, row, days, row.latest, row.latest if row.is_alone else row.own_latest)
        if one and may_speak_for(person, row.party):
            found.append(one)
        elif one and one.due_on and one.due_on < today:
            found.append(replace(one, is_owners_task=True))
    return found + [
        one for row in _own_measures(person, most) if (one := _due_data(row, None, days, row.latest, row.latest))
    ]


@prepared_list
def _owners_asked(person: Viewer, most: int) -> QuerySet[MeasureOwner]:
    """The owners whose data the person may be asked for, or whose offices wait for it, latest first."""
    offices, of_measure = jurisdictions_written_by(person), _periods().filter(measure=OuterRef("measure"))
    known = parties_visible_to(person).filter(seats.holds_seat()).values("pk")
    owners = MeasureOwner.objects.filter(supplies=True, measure__in=measures_visible_to(person).values("pk"))
    owners = owners.filter(Q(party__in=held_seat_ids(person)) | Q(measure__lead__in=offices, party__in=known))
    owners = owners.exclude(party__partnership__status=Status.ENDED).annotate(
        is_alone=_supplies_alone(),
        latest=Subquery(of_measure[:1]),
        own_latest=Subquery(of_measure.filter(supplied_by=OuterRef("party"))[:1]),
    )
    return owners.select_related("measure__lead", "measure__partnership", *_SPEAKERS).order_by("-pk")[:most]


@prepared_list
def _own_measures(person: Viewer, most: int) -> QuerySet[Measure]:
    """The measures of the person's offices for which no partner supplies data, latest first."""
    offices = jurisdictions_written_by(person)
    own = Measure.objects.filter(lead__in=offices).exclude(partnership__status=Status.ENDED)
    own = own.filter(~Exists(current_suppliers().filter(measure=OuterRef("pk"))))
    own = own.annotate(latest=Subquery(_periods().filter(measure=OuterRef("pk"))[:1]))
    return own.select_related("lead", "partnership").order_by("-pk")[:most]


def _periods() -> QuerySet:
    """The first days of the periods that have numbers, latest first."""
    return DataPoint.objects.filter(replaced_at=None).order_by("-starts_on").values("starts_on")


def _due_data(
    measure: Measure, owner: MeasureOwner | None, days: Sequence[date], latest: date | None, entered: date | None
) -> DueData | None:
    """The last due period that has no number, for the first of these days on which there is one; None if none is missing.

    `latest`: the last period of the measure with any number; `entered`: the last with a number that counts as this
    owner's. What was due before the measure was added is asked for only if it has no numbers yet, and has no due date.
    """
    for day in days:
        period = last_due(measure, day)
        due = due_on(measure, period)
        was_asked = due >= clock.day_of(measure.created_at)
        if (entered is None or entered < period) and (was_asked or latest is None):
            return DueData(measure, owner, period, due if was_asked else None)
    return None
