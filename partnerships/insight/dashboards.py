"""Dashboards: the public numbers of a place, of an issue area, or of both, the same for every reader.

A fixed number of queries, and no list longer than the limits here. Every number is that of a list in the registry,
with the parameters in `query`.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils.datastructures import MultiValueDict

from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.listing import Listing
from partnerships.core.models import type_key
from partnerships.directory.models import Body, Department, IssueArea, Jurisdiction, Organization
from partnerships.insight.coverage import coverage_of
from partnerships.insight.measures import described
from partnerships.insight.names import Names
from partnerships.insight.sections import WINDOW, decisions
from partnerships.measurement.number_queries import numbers_of_each
from partnerships.measurement.queries import measure_list, result_list
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.queries import meeting_list
from partnerships.registry.choices import Kind
from partnerships.registry.facet_queries import facet_counts
from partnerships.registry.models import Ask, Partnership, Party
from partnerships.registry.queries import leads_on, partnership_list
from partnerships.registry.seats import AGREED

MOST_BODIES, MOST_ROWS, MOST_MEASURES, MOST_PLACES = 30, 5, 8, 30
PERIODS = 8  # of a measure
_BODIES: dict[str, tuple[type[Organization] | type[Jurisdiction] | type[Department], ...]] = {
    Side.GOVERNMENT: (Jurisdiction, Department),
    Side.COMMUNITY: (Organization,),
    Side.INSTITUTION: (Organization,),
}


@dataclass
class FirstRows:
    """The first rows of a list, how many it has in total, and whether it has more than that."""

    rows: list
    total: int
    is_over: bool = False


@dataclass
class Dashboard:
    """The content of a dashboard.

    `place` and `area`: one of them or both. `query`: their parameters for lists. `counts`: facet → key → number of
    partnerships. `bodies`: side → the first MOST_BODIES partners of active partnerships, and one more. `areas`: issue
    areas as `coverage` returns them, limited to `area`. If there are too many partnerships to count, these and the
    asks and decisions are empty.
    """

    place: Jurisdiction | None
    area: object
    on: date
    query: str
    partnerships: FirstRows
    counts: dict
    bodies: dict
    areas: list
    asks: FirstRows
    answered: int
    decisions: list[dict]
    since: date
    meetings: FirstRows
    coming: str  # the parameters for the list of these meetings
    results: FirstRows
    measures: list[dict]
    measure_rows: FirstRows
    numbers: dict
    places: list

    @property
    def is_empty(self) -> bool:
        return not (self.partnerships.total or self.results.total or self.measure_rows.total)


def dashboard(*, place: Jurisdiction | None = None, area: IssueArea | None = None) -> Dashboard:
    """The dashboard of a jurisdiction with the places within it, of an issue area with its parts, or of both."""
    today = clock.today(clock.zone(place.zone) if place else None)
    of = {"jurisdiction": place and place.public_id, "issue": area and area.key}
    query = urlencode({name: value for name, value in of.items() if value})
    found = partnership_list(None, _params(query))
    counts, (total, is_over) = facet_counts(found), found.total()
    there = found.rows.order_by()
    covered = coverage_of(None, there)
    measured = measure_list(None, _params(query))
    shown = list(measured.ordered()[:MOST_MEASURES])
    numbers = numbers_of_each(None, shown, last=PERIODS)
    asks, answered = (FirstRows([], 0), 0) if is_over else _asks(there)
    coming = f"{query}&after={today}&status={MeetingStatus.PLANNED}"
    return Dashboard(
        place=place,
        area=area,
        on=today,
        query=query,
        partnerships=FirstRows([], total, is_over),
        counts=counts,
        bodies={} if is_over else {side: _seated(covered.parties, side) for side in Side},
        areas=[] if is_over else [row for row in covered.issue_areas() if not area or row.path.startswith(area.path)],
        asks=asks,
        answered=answered,
        decisions=[] if is_over else decisions(None, there.values("pk"), today, Names(), most=MOST_ROWS),
        since=today - WINDOW,
        meetings=_first_rows(meeting_list(None, _params(coming)), MOST_ROWS),
        coming=coming,
        results=_first_rows(result_list(None, _params(query)), MOST_ROWS),
        measures=described(shown, numbers, Names()),
        measure_rows=FirstRows(shown, *measured.total()),
        numbers=numbers,
        places=leads_on(None, area, most=MOST_PLACES + 1) if area and not place else [],
    )


def _params(query: str) -> MultiValueDict:
    return MultiValueDict(parse_qs(query))


def _first_rows(listing: Listing, most: int) -> FirstRows:
    return FirstRows(list(listing.ordered()[:most]), *listing.total())


def _seated(parties: QuerySet[Party], side: str) -> list:
    """The partners of a side by name, and one more than MOST_BODIES if there are more.

    `has_agreed`: they confirmed at least one of these seats; an office recorded the others.
    """
    found: list[Body] = []
    for model in _BODIES[side]:
        name = type_key(model)
        seats = parties.filter(side=side).order_by()
        agreed = Exists(seats.filter(AGREED, **{name: OuterRef("pk")}))
        rows = model.objects.filter(pk__in=seats.values(name)).annotate(has_agreed=agreed)
        found += rows.order_by("name", "pk")[: MOST_BODIES + 1]
    return sorted(found, key=lambda body: body.name)[: MOST_BODIES + 1]


def _asks(partnerships: QuerySet[Partnership]) -> tuple[FirstRows, int]:
    """What organizing partnerships asked of government, latest first, and how many of all asks have an answer."""
    rows = Ask.objects.filter(partnership__in=partnerships.filter(kind=Kind.ORGANIZING).values("pk")).order_by()
    numbers = dict(rows.values_list("answer").annotate(n=Count("pk")))
    latest = rows.select_related("partnership").order_by(F("asked_on").desc(nulls_last=True), "-pk")
    total = sum(numbers.values())
    return FirstRows(list(latest[:MOST_ROWS]), total), total - numbers.get("", 0)
