"""Where partnerships are missing: issue areas without community, departments without partners, and organizations that many
ask. A fixed number of statements a table; only of partnerships that go on, and of parties that the person may see.

“Community” means the side community alone.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from partnerships.core import clock
from partnerships.core.choices import Side
from partnerships.core.filters import ListFilter
from partnerships.core.listing import CAP
from partnerships.core.trees import ancestor_ids
from partnerships.directory.filters import jurisdiction_filter
from partnerships.directory.models import Department
from partnerships.directory.rules import departments_visible_to, issue_areas_visible_to
from partnerships.measurement.models import Outcome
from partnerships.measurement.rules import plans_visible_to
from partnerships.registry.choices import Status, Unnamed
from partnerships.registry.models import Partnership
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to, unnamed_seats
from partnerships.registry.seats import seated_between

MOST_DEPARTMENTS, MOST_ORGANIZATIONS, MOST_OUTCOMES = 200, 20, 200
MANY = 2  # tables from which an organization is asked by many


def _led_from(filter_, qs, jurisdictions):
    return qs.filter(lead__in=jurisdictions)


class CoverageFilter(ListFilter):
    CONTROL = ()

    jurisdiction = jurisdiction_filter(_led_from, label="Led by")

    class Meta:
        model = Partnership
        fields: list[str] = []


@dataclass
class Coverage:
    """The partnerships that go on, led from the chosen `leads` (all where none is). `is_too_large`: more than CAP of them."""

    person: object
    filters: CoverageFilter
    partnerships: object
    parties: object
    unnamed: object  # community seats of them that lost their name, as the person may know of them

    @cached_property
    def _without_a_name(self) -> dict[str, set[int]]:
        """What figures may say of such seats → the partnerships that have one."""
        found = defaultdict(set)
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
        """Each issue area with `tables` at or below it, and how many of them `with_community`, `at_least` where a community
        partner that lost its name doesn't count; in the order of the tree.

        Four queries, and added up here: asked area by area, the database looks at the tags of each area in the whole registry.
        """
        tagged = Partnership.issue_areas.through.objects.filter(
            partnership__in=self.partnerships.order_by().values("pk")
        )
        community = self.parties.filter(side=Side.COMMUNITY).order_by().values_list("partnership", flat=True)
        unnamed, tables = self._without_a_name, defaultdict(set)
        with_community = set(community.distinct()) | unnamed[Unnamed.COUNTED]
        refused = unnamed[Unnamed.WITHHELD] - with_community
        for path, pk in tagged.order_by().values_list("issuearea__path", "partnership"):
            for area in ancestor_ids(path):
                tables[area].add(pk)
        rows = list(issue_areas_visible_to(self.person).order_by("position", "name", "pk"))
        for row in rows:
            row.tables, row.with_community = len(tables[row.pk]), len(tables[row.pk] & with_community)
            row.at_least = bool(tables[row.pk] & refused)
        return rows

    def departments(self) -> list:
        """Departments of the chosen leads with the `tables` at which they sit, whoever leads these, and how many of them
        `with_community`; who sits nowhere first. At most MOST_DEPARTMENTS and one more."""
        seats = _seats(self.person).order_by().filter(department=OuterRef("pk"))
        seats = seats.filter(partnership__in=_going_on(self.person).values("pk"))
        community, refused = _community(self.person, "partnership")
        rows = departments_visible_to(self.person) if self.leads else Department.objects.none()
        rows = rows.filter(jurisdiction__in=self.filters.form.cleaned_data["jurisdiction"]) if self.leads else rows
        rows = rows.select_related("jurisdiction").annotate(
            tables=_number(seats.values("department")),
            with_community=_number(seats.filter(community).values("department")),
            at_least=Exists(seats.filter(~community, refused)),
        )
        return list(rows.order_by("tables", "name", "pk")[: MOST_DEPARTMENTS + 1])

    def outcomes(self) -> list:
        """Outcomes of the plans that she may see, of the chosen leads if any, with the `tables` that serve them, and how many of
        those `with_community`; those without community first. At most MOST_OUTCOMES and one more."""
        plans = plans_visible_to(self.person)
        plans = plans.filter(lead__in=self.filters.form.cleaned_data["jurisdiction"]) if self.leads else plans
        serving = Outcome.partnerships.through.objects.order_by().filter(outcome=OuterRef("pk"))
        serving = serving.filter(partnership__in=_going_on(self.person).values("pk")).values("outcome")
        community, refused = _community(self.person, "partnership")
        rows = Outcome.objects.filter(plan__in=plans).select_related("plan__lead")
        rows = rows.annotate(tables=_number(serving), with_community=_number(serving.filter(community)))
        rows = rows.annotate(at_least=Exists(serving.filter(~community, refused)))
        return list(
            rows.order_by("with_community", "tables", "plan__title", "plan", "position", "pk")[: MOST_OUTCOMES + 1]
        )

    def organizations(self) -> list[dict]:
        """The organizations that sit at the most `tables`, MANY or more, with the number of `leads` that ask them."""
        names = [f"organization__{name}" for name in ("public_id", "name", "side", "is_illustration")]
        rows = self.parties.filter(organization__isnull=False).order_by().values("organization", *names)
        rows = rows.annotate(
            tables=Count("partnership", distinct=True), leads=Count("partnership__lead", distinct=True)
        ).filter(tables__gte=MANY)
        rows = rows.order_by("-tables", "-leads", "organization__name", "organization")[:MOST_ORGANIZATIONS]
        return [{name.removeprefix("organization__"): value for name, value in row.items()} for row in rows]


def _number(rows):
    """How many partnerships these rows (grouped) name, as a column."""
    counted = rows.annotate(number=Count("partnership", distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _community(person, partnership) -> tuple[Q, Q]:
    """Rows whose partnership has a community partner that counts, by name or without; and those that have one that doesn't."""
    at = {"partnership": OuterRef(partnership), "side": Side.COMMUNITY}
    named, unnamed = _seats(person).filter(**at), unnamed_seats(person).filter(**at)
    counts = Q(Exists(named)) | Q(Exists(unnamed.filter(unnamed=Unnamed.COUNTED)))
    return counts, Q(Exists(unnamed.filter(unnamed=Unnamed.WITHHELD)))


def _going_on(person):
    return partnerships_visible_to(person).exclude(status=Status.ENDED)


def _seats(person):
    return parties_visible_to(person).filter(seated_between(clock.today(), clock.today()))


def coverage(person, params) -> Coverage:
    """Raises UnknownParameters or ValidationError."""
    filters = CoverageFilter(params, _going_on(person), person=person)
    return _coverage(person, filters, filters.qs)


def coverage_of(person, partnerships) -> Coverage:
    """The same of some partnerships that the person may see: of those of them that go on."""
    return _coverage(person, None, partnerships.exclude(status=Status.ENDED))


def _coverage(person, filters, rows):
    there = {"partnership__in": rows.values("pk")}
    unnamed = unnamed_seats(person).filter(side=Side.COMMUNITY, **there)
    return Coverage(person, filters, rows, _seats(person).filter(**there), unnamed)
