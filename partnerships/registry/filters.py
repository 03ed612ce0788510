"""The filters of the list of partnerships, with the same names on pages, in the API and in downloads.

Most filters can be answered in two equivalent ways: from the rows (a party of that side, for example), or from the
facets of the stored documents, which one index finds together. Facets serve readers who see what the documents show.
For outdated documents, and for readers who see more, the rows are queried.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property, reduce
from operator import and_
from typing import Any

import django_filters
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Exists, F, Func, Max, Min, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from partnerships.core import outdated
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.core.dates import names_between
from partnerships.core.fields import Sql
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter, VisibleRecordsFilter
from partnerships.core.models import FacetCount
from partnerships.core.types import Text
from partnerships.directory.filters import jurisdiction_filter, term_choices
from partnerships.directory.models import BODIES, Department, IssueArea, Jurisdiction, Term
from partnerships.directory.name_words import STATE_NAMES
from partnerships.directory.rules import (
    departments_visible_to,
    issue_areas_visible_to,
    jurisdictions_visible_to,
    organizations_visible_to,
)
from partnerships.registry.attention import NEEDS, needing_attention
from partnerships.registry.choices import AT, RESOURCE, Engagement, Kind, Role, Status
from partnerships.registry.facets import facet_numbers
from partnerships.registry.models import Partnership, PartyRole, PublicFacets
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to, sees_more_than_documents


def _communities_shown() -> QuerySet[Term, Any]:
    """The communities of published partnerships. Another one could tell what an organization hides (`directory.filters`)."""
    shown = FacetCount.objects.filter(resource=RESOURCE, facet="community", count__gt=0)
    return term_choices(Vocabulary.COMMUNITY)().filter(key__in=shown.values("value"))


def led_from(filter_: TreeFilter, qs: QuerySet, jurisdictions: QuerySet[Jurisdiction]) -> QuerySet:
    """Limit rows that refer to a partnership to those led by one of these jurisdictions."""
    return qs.filter(partnership__lead__in=jurisdictions)


def of_partnerships() -> VisibleRecordsFilter:
    """A filter for rows that belong to these partnerships."""
    return VisibleRecordsFilter(
        seen=partnerships_visible_to,
        apply=lambda filter_, qs, rows: qs.filter(partnership__in=rows),
        label=_("Partnership"),
    )


def on_issue_areas(filter_: TreeFilter, qs: QuerySet, areas: QuerySet[IssueArea]) -> QuerySet:
    """Limit rows that refer to a partnership to those on one of these issue areas."""
    tagged = Partnership.issue_areas.through.objects.filter(issuearea__in=areas)
    return qs.filter(partnership__in=tagged.values("partnership"))


def _having(filterset: ListFilter, **conditions: Any) -> Exists:
    """Whether the partnership of the outer query has a party that the person may see, with these conditions."""
    return Exists(parties_visible_to(filterset.person).filter(partnership=OuterRef("pk"), **conditions))


class HasAnyFacet(Func):
    """Whether a published partnership has any of these facets in this column of PublicFacets."""

    def __init__(self, facets: Iterable[str] = (), *, column: str = "facets") -> None:
        super().__init__(F(column), output_field=BooleanField())
        self.wanted = facet_numbers(facets)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} && %s::bigint[]", [*params, self.wanted]

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        each = f"SELECT 1 FROM json_each({column}) WHERE value IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return f"EXISTS ({each})", [*params, json.dumps(self.wanted)]


def _keys_of(name: str) -> Callable[[Iterable[str]], list[str]]:
    return lambda keys: [f"{name}:{key}" for key in keys]


def _places_of(nodes: QuerySet) -> list[str]:
    return [f"{AT}{public_id}" for public_id in nodes.values_list("public_id", flat=True)]


# Filters on a column of the partnership; the database has statistics for them.
COLUMNS = {"kind", "purpose", "status", "engagement", "origin"}
# Filters whose facets have stored counts (FacetCount).
COUNTED = ("kind", "purpose", "origin", "status", "side", "issue", "role", "engagement", "community")
# Filter → function from its cleaned value to the facets; one of them must match.
FACETS = {
    **{name: _keys_of(name) for name in (*COLUMNS, "side", "role", "community")},
    # A document has the facets of all issue areas above its own, too.
    "issue": lambda areas: [f"issue:{key}" for key in areas.values_list("key", flat=True)],
}
# The same for filters by place,
PLACES = dict.fromkeys(BODIES, _places_of)
# and by time: field → its filters for the first and last day.
TIMES = {"starts_on": ("starts_after", "starts_before"), "ends_on": ("ends_after", "ends_before")}


def _times(field: str, first: date | None, last: date | None) -> list[str]:
    """Names of the times between two days (`core.dates`).

    If one end is open, names in which nothing published lies are left out, since each name costs an index lookup.
    """
    names = names_between(first, last)
    published = Partnership.objects.filter(is_published=True, **{f"{field}__isnull": False}).order_by()
    if first is None:
        day = str(published.aggregate(day=Min(field))["day"])
        names = [name for name in names if name >= day[: len(name)]]
    if last is None:
        day = str(published.aggregate(day=Max(field))["day"])
        names = [name for name in names if name <= day]
    return names


class PartyKeysFilter(KeysFilter):
    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(_having(self.parent, **{f"{self.field_name}__in": value})) if value else qs


class RoleFilter(KeysFilter):
    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        parties = parties_visible_to(self.parent.person).values("pk")
        held = PartyRole.objects.filter(partnership=OuterRef("pk"), role__in=value, party__in=parties)
        return qs.filter(Exists(held))


class CommunityFilter(KeysFilter):
    is_limited = True  # its options are fewer than the terms of their vocabulary (`_communities_shown`)

    def filter(self, qs: QuerySet[Partnership], value: list[str]) -> QuerySet[Partnership]:
        if not value:
            return qs
        named = Partnership.communities.through.objects.filter(partnership=OuterRef("pk"), term__key__in=value)
        return qs.filter(Exists(named))


def _in_issue_areas(
    filter_: TreeFilter, qs: QuerySet[Partnership], areas: QuerySet[IssueArea]
) -> QuerySet[Partnership]:
    tagged = Partnership.issue_areas.through.objects.filter(partnership=OuterRef("pk"), issuearea__in=areas)
    return qs.filter(Exists(tagged))


def _in_jurisdictions(filter_: TreeFilter, qs: QuerySet, jurisdictions: QuerySet) -> QuerySet:
    """Led from there, or with a party from there."""
    parties = parties_visible_to(filter_.parent.person).filter(partnership=OuterRef("pk"))
    departments = Department.objects.filter(jurisdiction__in=jurisdictions)
    return qs.filter(
        Q(lead__in=jurisdictions)
        | Exists(parties.filter(jurisdiction__in=jurisdictions))
        | Exists(parties.filter(department__in=departments))
    )


def _in_departments(filter_: TreeFilter, qs: QuerySet, departments: QuerySet) -> QuerySet:
    return qs.filter(_having(filter_.parent, department__in=departments))


def _with_organizations(filter_: TreeFilter, qs: QuerySet, organizations: QuerySet) -> QuerySet:
    return qs.filter(_having(filter_.parent, organization__in=organizations))


class NeedsFilter(KeysFilter):
    """Staff's own partnerships that need attention."""

    def filter(self, qs: QuerySet[Partnership], value: Sequence[str]) -> QuerySet[Partnership]:
        if not value:
            return qs
        return qs.filter(pk__in=needing_attention(self.parent.person, value).values("pk"))


def _date(field: str, lookup: str, label: Text) -> django_filters.DateFilter:
    return django_filters.DateFilter(field_name=field, lookup_expr=lookup, label=label)


class AgreementFilter(ListFilter):
    CONTROL = ("ordering", "cursor")

    jurisdiction = jurisdiction_filter(lambda filter_, qs, nodes: qs.filter(lead__in=nodes), label=_("Lead agency"))
    status = KeysFilter(choices=Status.choices, label=_("Status of the partnership"))
    ends_after = django_filters.DateFilter(
        field_name="agreement__ends_on", lookup_expr="gte", label=_("Ends on or after")
    )
    ends_before = django_filters.DateFilter(
        field_name="agreement__ends_on", lookup_expr="lte", label=_("Ends on or before")
    )

    class Meta:
        model = Partnership
        fields: list[str] = []


class PartnershipFilter(ListFilter):
    STAFF_ONLY = ("needs", "draft")

    kind = KeysFilter(choices=Kind.choices, label=_("Type"))
    purpose = KeysFilter(field_name="purpose__key", choices=term_choices(Vocabulary.PURPOSE), label=_("Purpose"))
    status = KeysFilter(choices=Status.choices, label=_("Status"))
    side = PartyKeysFilter(choices=Side.choices, label=_("Side"))
    issue = TreeFilter(
        nodes=lambda: issue_areas_visible_to(None), by="key", apply=_in_issue_areas, label=_("Issue area")
    )
    community = CommunityFilter(choices=_communities_shown, label=_("Communities most affected"))
    jurisdiction = TreeFilter(
        nodes=lambda: jurisdictions_visible_to(None), by="public_id", apply=_in_jurisdictions, label=_("Jurisdiction")
    )
    department = TreeFilter(
        nodes=lambda: departments_visible_to(None), by="public_id", apply=_in_departments, label=_("Department")
    )
    organization = VisibleRecordsFilter(
        seen=organizations_visible_to, apply=_with_organizations, label=_("Organization")
    )
    lead = VisibleRecordsFilter(
        seen=jurisdictions_visible_to, apply=lambda filter_, qs, rows: qs.filter(lead__in=rows), label=_("Lead agency")
    )
    state = KeysFilter(field_name="lead__state", choices=list(STATE_NAMES.items()), label=_("State of the lead agency"))
    role = RoleFilter(choices=Role.choices, label=_("Role of a partner"))
    stage = KeysFilter(field_name="lead__stage", choices=Stage.choices, label=_("Stage of the lead agency"))
    engagement = KeysFilter(choices=[(str(k), v) for k, v in Engagement.choices], label=_("Promised to the community"))
    origin = KeysFilter(field_name="origin__key", choices=term_choices(Vocabulary.ORIGIN), label=_("Why it formed"))
    starts_after = _date("starts_on", "gte", _("Started on or after"))
    starts_before = _date("starts_on", "lte", _("Started on or before"))
    ends_after = _date("ends_on", "gte", _("Ends on or after"))
    ends_before = _date("ends_on", "lte", _("Ends on or before"))
    needs = NeedsFilter(choices=list(NEEDS.items()), label=_("Needs attention"))
    draft = django_filters.ChoiceFilter(
        field_name="is_published", choices=[("yes", _("Drafts only"))], method="drafts_only", label=_("Drafts")
    )

    class Meta:
        model = Partnership
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Partnership]) -> QuerySet[Partnership]:
        if not self.asks_documents:
            return super().filter_queryset(queryset)
        stored = self._has_facets("public_facets__")
        if self.some_outdated:
            is_marked = outdated.is_marked(RESOURCE)
            rows = super().filter_queryset(Partnership.objects.filter(is_marked)).values("pk")
            stored = (stored & ~Q(is_marked)) | Q(is_marked, pk__in=rows)
        queryset = queryset.filter(stored)
        for name in self.filters:
            if name not in self._asked_of_facets:
                queryset = self.filters[name].filter(queryset, self.form.cleaned_data[name])
        return queryset

    def facet_rows(self, rows: QuerySet[Partnership], *, among: Sequence[int] | None = None) -> QuerySet:
        """The facets of these rows of the list, to be counted: columns “facets”, “changed” and “pk”, with the same row limit.

        `among`: the ids that a search has found. If that and the facets decide everything, the partnership table isn't
        read.
        """
        if not self._facets_say_all(searched=among is not None):
            return rows.values("pk", facets=F("public_facets__facets"), changed=F("public_facets__updated_at"))
        found = PublicFacets.objects.filter(self._has_facets())
        if among is not None:
            found = found.filter(pk__in=among)
        return found[: rows.query.high_mark].values("pk", "facets", changed=F("updated_at"))

    def _facets_say_all(self, *, searched: bool) -> bool:
        if not self.filters:
            return searched and not sees_more_than_documents(self.person)
        return self.asks_documents and self._asked_of_facets == self.filters.keys() and not self.some_outdated

    @cached_property
    def _facet_filters(self) -> list:
        """The filters in use that facets can answer: (filters, column, facets; one of them must match)."""
        given = {name: self.form.cleaned_data[name] for name in self.filters}
        given = {name: value for name, value in given.items() if value not in (None, [])}
        asked: list[tuple[tuple[str, ...], str, list[str]]] = []
        asked += [((name,), "facets", FACETS[name](given[name])) for name in given if name in FACETS]
        asked += [((name,), "lies_in", PLACES[name](given[name])) for name in given if name in PLACES]
        for field, bounds in TIMES.items():
            if given.keys() & {*bounds}:
                asked.append(
                    (bounds, "lies_in", [f"{field}:{name}" for name in _times(field, *map(given.get, bounds))])
                )
        return asked

    @cached_property
    def _asked_of_facets(self) -> set[str]:
        return {name for names, *_ in self._facet_filters for name in names} & self.filters.keys()

    def _has_facets(self, prefix: str = "") -> Q:
        return reduce(
            and_, (Q(HasAnyFacet(facets, column=prefix + column)) for _, column, facets in self._facet_filters), Q()
        )

    @cached_property
    def some_outdated(self) -> bool:
        # Queried first: next to a part that is nearly always empty, PostgreSQL plans the other part badly.
        return outdated.any_marked(RESOURCE)

    @cached_property
    def asks_documents(self) -> bool:
        """Whether the stored documents answer this list.

        They do if a filter is in use for which the partnership has no column, or a time with both ends, and the reader
        sees no more than the documents show.
        """
        on = self.filters.keys()
        beyond = (FACETS.keys() | PLACES.keys()) - COLUMNS
        tells = bool(on & beyond) or any(on >= {*bounds} for bounds in TIMES.values())
        return tells and not sees_more_than_documents(self.person)

    @cached_property
    def at_least(self) -> int:
        """For a single filter, from the stored counts. A reader who sees more than the documents finds no fewer."""
        if len(self.in_use) != 1:
            return 0
        ((name, keys),) = self.in_use.items()
        if name not in COUNTED:
            return 0
        rows = FacetCount.objects.filter(resource=self.queryset.model._meta.model_name, facet=name, value__in=keys)
        return rows.aggregate(most=Max("count"))["most"] or 0

    def drafts_only(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_published=False)
