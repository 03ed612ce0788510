"""Gaps in coverage: issue areas without community partners, departments without partners, and often asked
organizations.

A fixed number of queries per list. Only active partnerships and parties that the person may see count. “Community”
means the community side only.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from partnerships.core import clock
from partnerships.core.access import Viewer
from partnerships.core.choices import Side
from partnerships.core.filters import ListFilter, TreeFilter
from partnerships.core.listing import CAP
from partnerships.core.trees import ancestor_ids
from partnerships.core.types import Params
from partnerships.directory.filters import jurisdiction_filter
from partnerships.directory.models import Department, Jurisdiction
from partnerships.directory.rules import departments_visible_to, has_closed, issue_areas_visible_to
from partnerships.measurement.models import Outcome
from partnerships.measurement.rules import plans_visible_to
from partnerships.registry.choices import Status, WithheldName
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to, unnamed_seats
from partnerships.registry.seats import seated_between

MOST_DEPARTMENTS, MOST_ORGANIZATIONS, MOST_OUTCOMES = 200, 20, 200
MANY = 2  # number of partnerships from which an organization counts as often asked


def _led_from(
    filter_: TreeFilter, qs: QuerySet[Partnership], jurisdictions: QuerySet[Jurisdiction]
) -> QuerySet[Partnership]:
    return qs.filter(lead__in=jurisdictions)


class CoverageFilter(ListFilter):
    CONTROL = ()

    jurisdiction = jurisdiction_filter(_led_from, label="Led by")

    class Meta:
        model = Partnership
        fields: list[str] = []


@dataclass
class Coverage:
    """The active partnerships led from the chosen `leads` (all if none are chosen).

    `is_too_large`: there are more than CAP.
    """

    person: Viewer
    filters: CoverageFilter | None
    partnerships: QuerySet[Partnership]
    parties: QuerySet[Party]
    unnamed: QuerySet  # their community seats without a name, as far as the person may know of them

    @cached_property
    def _without_a_name(self) -> dict[str, set[int]]:
        """Value of WithheldName → the partnerships with such a seat."""
        found: dict[str, set[int]] = defaultdict(set)
        for says, partnership in self.unnamed.order_by().values_list("unnamed", "partnership"):
            found[says].add(partnership)
        return found

    @property
    def leads(self) -> list:
        return list(self.filters.form.cleaned_data["jurisdiction"]) if self.filters and self.filters.filters else []

    @property
    def is_too_large(self) -> bool:
        return self.partnerships.order_by()[: CAP + 1].count() > CAP

    def issue_areas(self) -> list:
        """Each issue area in tree order, with the number of partnerships at or below it (`partnership_count`) and
        of those `with_community`.

        `at_least`: some have only a community partner that refused to be counted without its name, and aren't among
        `with_community`. Four queries, added up here: counted area by area in SQL, the database would read the tags of
        each area in the whole registry.
        """
        tagged = Partnership.issue_areas.through.objects.filter(
            partnership__in=self.partnerships.order_by().values("pk")
        )
        community = self.parties.filter(side=Side.COMMUNITY).order_by().values_list("partnership", flat=True)
        unnamed, partnership_ids = self._without_a_name, defaultdict(set)
        with_community = set(community.distinct()) | unnamed[WithheldName.COUNTED]
        refused = unnamed[WithheldName.WITHHELD] - with_community
        for path, pk in tagged.order_by().values_list("issuearea__path", "partnership"):
            for area in ancestor_ids(path):
                partnership_ids[area].add(pk)
        rows = list(issue_areas_visible_to(self.person).order_by("position", "name", "pk"))
        for row in rows:
            row.partnership_count = len(partnership_ids[row.pk])
            row.with_community = len(partnership_ids[row.pk] & with_community)
            row.at_least = bool(partnership_ids[row.pk] & refused)
        return rows

    def departments(self) -> list:
        """Departments of the chosen leads with their number of partnerships (`partnership_count`), by any lead, and of
        those `with_community`. `at_least`: as in `issue_areas`.

        Departments without any come first. At most MOST_DEPARTMENTS and one more.
        """
        seats = _seats(self.person).order_by().filter(department=OuterRef("pk"))
        seats = seats.filter(partnership__in=_active_partnerships(self.person).values("pk"))
        community, refused = _community(self.person, "partnership")
        rows = departments_visible_to(self.person).exclude(has_closed()) if self.leads else Department.objects.none()
        rows = (
            rows.filter(jurisdiction__in=self.filters.form.cleaned_data["jurisdiction"])
            if self.filters and self.leads
            else rows
        )
        rows = rows.select_related("jurisdiction").annotate(
            partnership_count=_number(seats.values("department")),
            with_community=_number(seats.filter(community).values("department")),
            at_least=Exists(seats.filter(~community, refused)),
        )
        return list(rows.order_by("partnership_count", "name", "pk")[: MOST_DEPARTMENTS + 1])

    def outcomes(self) -> list:
        """Outcomes of plans that the person may see, with the number of partnerships that serve them
        (`partnership_count`) and of those `with_community`.

        `at_least`: as in `issue_areas`. Only plans of the chosen leads, if there are any. Outcomes without community come
        first. At most MOST_OUTCOMES and one more.
        """
        plans = plans_visible_to(self.person)
        plans = (
            plans.filter(lead__in=self.filters.form.cleaned_data["jurisdiction"])
            if self.filters and self.leads
            else plans
        )
        serving = Outcome.partnerships.through.objects.order_by().filter(outcome=OuterRef("pk"))
        serving = serving.filter(partnership__in=_active_partnerships(self.person).values("pk")).values("outcome")
        community, refused = _community(self.person, "partnership")
        rows = Outcome.objects.filter(plan__in=plans).select_related("plan__lead")
        rows = rows.annotate(partnership_count=_number(serving), with_community=_number(serving.filter(community)))
        rows = rows.annotate(at_least=Exists(serving.filter(~community, refused)))
        return list(
            rows.order_by("with_community", "partnership_count", "plan__title", "plan", "position", "pk")[
                : MOST_OUTCOMES + 1
            ]
        )

    def organizations(self) -> list[dict]:
        """The organizations with the most partnerships (`partnership_count`), at least MANY, and the number of
        `leads` that ask them.
        """
        names = [f"organization__{name}" for name in ("public_id", "name", "side", "is_illustration")]
        rows = self.parties.filter(organization__isnull=False).order_by().values("organization", *names)
        rows = rows.annotate(
            partnership_count=Count("partnership", distinct=True), leads=Count("partnership__lead", distinct=True)
        ).filter(partnership_count__gte=MANY)
        rows = rows.order_by("-partnership_count", "-leads", "organization__name", "organization")[:MOST_ORGANIZATIONS]
        return [{name.removeprefix("organization__"): value for name, value in row.items()} for row in rows]


def _number(rows: QuerySet) -> Coalesce:
    """The number of different partnerships in these rows (grouped), as a query expression."""
    counted = rows.annotate(number=Count("partnership", distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _community(person: Viewer, partnership: str) -> tuple[Q, Q]:
    """Two conditions: the partnership has a community partner that counts; it has one that refused to be counted without
    its name. `partnership`: the field of the rows that has the partnership.
    """
    at = {"partnership": OuterRef(partnership), "side": Side.COMMUNITY}
    named, unnamed = _seats(person).filter(**at), unnamed_seats(person).filter(**at)
    counts = Q(Exists(named)) | Q(Exists(unnamed.filter(unnamed=WithheldName.COUNTED)))
    return counts, Q(Exists(unnamed.filter(unnamed=WithheldName.WITHHELD)))


def _active_partnerships(person: Viewer) -> QuerySet[Partnership]:
    return partnerships_visible_to(person).exclude(status=Status.ENDED)


def _seats(person: Viewer) -> QuerySet[Party]:
    return parties_visible_to(person).filter(seated_between(clock.today(), clock.today()))


def coverage(person: Viewer, params: Params) -> Coverage:
    """The coverage for these parameters. Raises UnknownParameters or ValidationError."""
    filters = CoverageFilter(params, _active_partnerships(person), person=person)
    return _coverage(person, filters, filters.qs)


def coverage_of(person: Viewer, partnerships: QuerySet[Partnership]) -> Coverage:
    """The coverage of the active ones of these partnerships, which the person must be allowed to see."""
    return _coverage(person, None, partnerships.exclude(status=Status.ENDED))


def _coverage(person: Viewer, filters: CoverageFilter | None, rows: QuerySet[Partnership]) -> Coverage:
    there = {"partnership__in": rows.values("pk")}
    unnamed = unnamed_seats(person).filter(side=Side.COMMUNITY, **there)
    return Coverage(person, filters, rows, _seats(person).filter(**there), unnamed)
