"""What everyone may read of the partnerships of a place, on an issue area, or both: asked as nobody in particular, so it is
the same for whoever looks. A fixed number of queries, and no list longer than it says here.

Every number is that of a list of the registry, by the parameters in `query`.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode

from django.db.models import Count, Exists, F, OuterRef
from django.utils.datastructures import MultiValueDict

from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.directory.models import Department, Jurisdiction, Organization
from partnerships.insight.coverage import coverage_of
from partnerships.insight.measures import described
from partnerships.insight.names import Names
from partnerships.insight.sections import WINDOW, decisions
from partnerships.measurement.numbers import numbers_of_each
from partnerships.measurement.queries import measure_list, result_list
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.queries import meeting_list
from partnerships.registry.choices import Kind
from partnerships.registry.models import Ask
from partnerships.registry.queries import facet_counts, leads_on, partnership_list
from partnerships.registry.seats import AGREED

MOST_BODIES, MOST_ROWS, MOST_MEASURES, MOST_PLACES = 30, 5, 8, 30
PERIODS = 8  # of a measure
_BODIES = {
    Side.GOVERNMENT: (Jurisdiction, Department),
    Side.COMMUNITY: (Organization,),
    Side.INSTITUTION: (Organization,),
}


@dataclass
class Few:
    """The first rows of a list, how many it has in all, and whether it has more than that."""

    rows: list
    total: int
    is_over: bool = False


@dataclass
class Dashboard:
    """`place` and `area`: one of them or both. `query`: the parameters that each list knows them by. `counts`: facet → key →
    number of partnerships. `bodies`: side → the first MOST_BODIES that sit at the tables of those that go on, and one more.
    `areas`: issue areas as `coverage` has them, those of `area` alone. Of too many partnerships to count, all of these and
    what was asked and decided stay empty."""

    place: Jurisdiction | None
    area: object
    on: date
    query: str
    partnerships: Few
    counts: dict
    bodies: dict
    areas: list
    asks: Few
    answered: int
    decisions: list[dict]
    since: date
    meetings: Few
    coming: str  # the parameters by which the list of meetings has them
    results: Few
    measures: list[dict]
    measure_rows: Few
    numbers: dict
    places: list

    @property
    def is_empty(self) -> bool:
        return not (self.partnerships.total or self.results.total or self.measure_rows.total)


def dashboard(*, place=None, area=None) -> Dashboard:
    """Of a jurisdiction with the places within it, of an issue area with its parts, or of what lies in both."""
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
    asks, answered = (Few([], 0), 0) if is_over else _asks(there)
    coming = f"{query}&after={today}&status={MeetingStatus.PLANNED}"
    return Dashboard(
        place=place,
        area=area,
        on=today,
        query=query,
        partnerships=Few([], total, is_over),
        counts=counts,
        bodies={} if is_over else {side: _seated(covered.parties, side) for side in Side},
        areas=[] if is_over else [row for row in covered.issue_areas() if not area or row.path.startswith(area.path)],
        asks=asks,
        answered=answered,
        decisions=[] if is_over else decisions(None, there.values("pk"), today, Names(), most=MOST_ROWS),
        since=today - WINDOW,
        meetings=_few(meeting_list(None, _params(coming)), MOST_ROWS),
        coming=coming,
        results=_few(result_list(None, _params(query)), MOST_ROWS),
        measures=described(shown, numbers, Names()),
        measure_rows=Few(shown, *measured.total()),
        numbers=numbers,
        places=leads_on(None, area, most=MOST_PLACES + 1) if area and not place else [],
    )


def _params(query) -> MultiValueDict:
    return MultiValueDict(parse_qs(query))


def _few(listing, most) -> Few:
    return Few(list(listing.ordered()[:most]), *listing.total())


def _seated(parties, side) -> list:
    """The bodies of a side that have a place, by name, and one more than MOST_BODIES where there are more. `has_agreed`: to one
    of these seats at least; an office recorded the others."""
    found = []
    for model in _BODIES[side]:
        name = model._meta.model_name
        seats = parties.filter(side=side).order_by()
        agreed = Exists(seats.filter(AGREED, **{name: OuterRef("pk")}))
        rows = model.objects.filter(pk__in=seats.values(name)).annotate(has_agreed=agreed)
        found += rows.order_by("name", "pk")[: MOST_BODIES + 1]
    return sorted(found, key=lambda body: body.name)[: MOST_BODIES + 1]


def _asks(partnerships) -> tuple[Few, int]:
    """What organizing asked of government, the latest first, and how many of all these have an answer."""
    rows = Ask.objects.filter(partnership__in=partnerships.filter(kind=Kind.ORGANIZING).values("pk")).order_by()
    numbers = dict(rows.values_list("answer").annotate(n=Count("pk")))
    latest = rows.select_related("partnership").order_by(F("asked_on").desc(nulls_last=True), "-pk")
    total = sum(numbers.values())
    return Few(list(latest[:MOST_ROWS]), total), total - numbers.get("", 0)
