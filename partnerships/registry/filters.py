"""The filters of the list of partnerships, with the same names on pages, in the API and in downloads.

Most filters can be answered in two equivalent ways: from the rows (a party of that side, for example), or from the
facets of the stored documents, which one index finds together. Facets serve readers who see what the documents show.
For outdated documents, and for readers who see more, the rows are queried.
"""

from collections.abc import Sequence
from functools import cached_property, reduce
from operator import and_
from typing import Any

import django_filters
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core import outdated
from partnerships.core.access import Viewer
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter, VisibleRecordsFilter
from partnerships.core.models import FacetCount, type_key
from partnerships.core.types import Text
from partnerships.directory.filters import Apply, issue_filter, jurisdiction_filter, owner_filter, term_choices
from partnerships.directory.hooks import owned
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Term
from partnerships.directory.name_words import STATE_NAMES
from partnerships.directory.rules import departments_visible_to, jurisdictions_visible_to, organizations_visible_to
from partnerships.registry.attention import NEEDS, needing_attention
from partnerships.registry.choices import RESOURCE, Engagement, Kind, Role, Status
from partnerships.registry.facet_conditions import FacetCondition, HasAnyFacet, facet_conditions, facets_answer
from partnerships.registry.models import Partnership, PartyRole, PublicFacets
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to, sees_more_than_documents

# Filters whose facets have stored counts (FacetCount).
COUNTED = ("kind", "purpose", "origin", "status", "side", "issue", "role", "engagement", "community")


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


def _has_party(person: Viewer, **conditions: Any) -> Exists:
    """Whether the partnership of the outer query has a party that the person may see, with these conditions."""
    return Exists(parties_visible_to(person).filter(partnership=OuterRef("pk"), **conditions))


def _with_party(lookup: str) -> Apply:
    """What a filter does that leaves partnerships with a party for which this lookup finds something chosen."""
    return lambda filter_, qs, chosen: qs.filter(_has_party(filter_.parent.person, **{lookup: chosen}))


def _with_role(filter_: KeysFilter, qs: QuerySet, roles: list[str]) -> QuerySet:
    parties = parties_visible_to(filter_.parent.person).values("pk")
    return qs.filter(Exists(PartyRole.objects.filter(partnership=OuterRef("pk"), role__in=roles, party__in=parties)))


def _with_community(filter_: KeysFilter, qs: QuerySet, keys: list[str]) -> QuerySet:
    named = Partnership.communities.through.objects
    return qs.filter(Exists(named.filter(partnership=OuterRef("pk"), term__key__in=keys)))


def _in_issue_areas(filter_: TreeFilter, qs: QuerySet, areas: QuerySet) -> QuerySet:
    tagged = Partnership.issue_areas.through.objects
    return qs.filter(Exists(tagged.filter(partnership=OuterRef("pk"), issuearea__in=areas)))


def _in_jurisdictions(filter_: TreeFilter, qs: QuerySet, jurisdictions: QuerySet) -> QuerySet:
    """Led from there, or with a party from there."""
    departments = Department.objects.filter(jurisdiction__in=jurisdictions)
    return qs.filter(
        Q(lead__in=jurisdictions)
        | _has_party(filter_.parent.person, jurisdiction__in=jurisdictions)
        | _has_party(filter_.parent.person, department__in=departments)
    )


def _that_need(filter_: KeysFilter, qs: QuerySet, needs: list[str]) -> QuerySet:
    """Staff's own partnerships that need attention."""
    return qs.filter(pk__in=needing_attention(filter_.parent.person, needs).values("pk"))


def _date(field: str, lookup: str, label: Text) -> django_filters.DateFilter:
    return django_filters.DateFilter(field_name=field, lookup_expr=lookup, label=label)


class AgreementFilter(ListFilter):
    CONTROL = ("ordering", "cursor")

    jurisdiction = jurisdiction_filter(lambda filter_, qs, nodes: qs.filter(lead__in=nodes), label=_("Lead agency"))
    status = KeysFilter(choices=Status.choices, label=_("Status of the partnership"))
    ends_after = _date("agreement__ends_on", "gte", _("Ends on or after"))
    ends_before = _date("agreement__ends_on", "lte", _("Ends on or before"))

    class Meta:
        model = Partnership
        fields: list[str] = []


class PartnershipFilter(ListFilter):
    STAFF_ONLY = ("needs", "owner", "draft")

    kind = KeysFilter(choices=Kind.choices, label=_("Type"))
    purpose = KeysFilter(field_name="purpose__key", choices=term_choices(Vocabulary.PURPOSE), label=_("Purpose"))
    status = KeysFilter(choices=Status.choices, label=_("Status"))
    side = KeysFilter(choices=Side.choices, apply=_with_party("side__in"), label=_("Side"))
    issue = issue_filter(_in_issue_areas)
    community = KeysFilter(
        choices=_communities_shown, is_limited=True, apply=_with_community, label=_("Communities most affected")
    )
    jurisdiction = jurisdiction_filter(_in_jurisdictions)
    department = TreeFilter(
        nodes=lambda: departments_visible_to(None),
        by="public_id",
        apply=_with_party("department__in"),
        label=_("Department"),
    )
    organization = VisibleRecordsFilter(
        seen=organizations_visible_to, apply=_with_party("organization__in"), label=_("Organization")
    )
    lead = VisibleRecordsFilter(
        seen=jurisdictions_visible_to, apply=lambda filter_, qs, rows: qs.filter(lead__in=rows), label=_("Lead agency")
    )
    state = KeysFilter(field_name="lead__state", choices=list(STATE_NAMES.items()), label=_("State of the lead agency"))
    role = KeysFilter(choices=Role.choices, apply=_with_role, label=_("Role of a partner"))
    stage = KeysFilter(field_name="lead__stage", choices=Stage.choices, label=_("Stage of the lead agency"))
    engagement = KeysFilter(choices=[(str(k), v) for k, v in Engagement.choices], label=_("Promised to the community"))
    origin = KeysFilter(field_name="origin__key", choices=term_choices(Vocabulary.ORIGIN), label=_("Why it formed"))
    starts_after = _date("starts_on", "gte", _("Started on or after"))
    starts_before = _date("starts_on", "lte", _("Started on or before"))
    ends_after = _date("ends_on", "gte", _("Ends on or after"))
    ends_before = _date("ends_on", "lte", _("Ends on or before"))
    needs = KeysFilter(choices=list(NEEDS.items()), apply=_that_need, label=_("Needs attention"))
    owner = owner_filter()
    draft = django_filters.ChoiceFilter(
        field_name="is_published", choices=[("yes", _("Drafts only"))], method="drafts_only", label=_("Drafts")
    )

    class Meta:
        model = Partnership
        fields: list[str] = []

    def owned_by(self, queryset: QuerySet[Partnership], name: str, value: str) -> QuerySet[Partnership]:
        return queryset.filter(owned(self.person, "partnership", value))

    def filter_queryset(self, queryset: QuerySet[Partnership]) -> QuerySet[Partnership]:
        if not self.documents_answer:
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
        return self.documents_answer and self._asked_of_facets == self.filters.keys() and not self.some_outdated

    @cached_property
    def _facet_conditions(self) -> list[FacetCondition]:
        given = {name: self.form.cleaned_data[name] for name in self.filters}
        return facet_conditions({name: value for name, value in given.items() if value not in (None, [])})

    @cached_property
    def _asked_of_facets(self) -> set[str]:
        return {name for condition in self._facet_conditions for name in condition.filters} & self.filters.keys()

    def _has_facets(self, prefix: str = "") -> Q:
        conditions = (Q(HasAnyFacet(one.facets, column=prefix + one.column)) for one in self._facet_conditions)
        return reduce(and_, conditions, Q())

    @cached_property
    def some_outdated(self) -> bool:
        # Queried first: next to a part that is nearly always empty, PostgreSQL plans the other part badly.
        return outdated.any_marked(RESOURCE)

    @cached_property
    def documents_answer(self) -> bool:
        """Whether the stored documents answer this list. They do if the reader sees no more than they show."""
        return facets_answer(self.filters) and not sees_more_than_documents(self.person)

    @cached_property
    def at_least(self) -> int:
        """For a single filter, from the stored counts. A reader who sees more than the documents finds no fewer."""
        if len(self.in_use) != 1:
            return 0
        ((name, keys),) = self.in_use.items()
        if name not in COUNTED:
            return 0
        rows = FacetCount.objects.filter(resource=type_key(self.queryset.model), facet=name, value__in=keys)
        return rows.aggregate(most=Max("count"))["most"] or 0

    def drafts_only(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_published=False)
