"""The filters of the directory's lists, with the same names on pages, in the API and in downloads."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import django_filters
from django.core.validators import RegexValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import jurisdictions_read_by
from partnerships.core.choices import Stage, Vocabulary
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter
from partnerships.core.types import Text
from partnerships.directory.choices import DepartmentKind, JurisdictionKind, Listing
from partnerships.directory.hooks import owned, spoken_with
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization, Term
from partnerships.directory.name_words import STATE_NAMES
from partnerships.directory.rules import issue_areas_visible_to, jurisdictions_visible_to, shown_to_all

TWO_LETTERS = RegexValidator(r"^[A-Za-z]{2}$", _("Enter two letters, such as MN."))


# What a filter does: (the filter, rows, chosen records or keys) → the rows that match.
Apply = Callable[[Any, QuerySet, Any], QuerySet]


def term_choices(vocabulary: str) -> Callable[[], QuerySet[Term, Any]]:
    """The choices of a filter by the terms of this vocabulary, read when they are needed."""
    return lambda: Term.objects.filter(vocabulary=vocabulary).values_list("key", "label")


def _at_or_below(field: str) -> Apply:
    return lambda filter_, qs, nodes: qs.filter(**{f"{field}__in": nodes})


def _match_public(field: str) -> Apply:
    """Match only what everyone may read: an organization must not be found by what it doesn't show."""

    def apply(filter_: TreeFilter, qs: QuerySet[Organization], nodes: QuerySet) -> QuerySet[Organization]:
        shown = Organization.objects.filter(shown_to_all(field), **{f"{field}__in": nodes})
        return qs.filter(pk__in=shown.values("pk"))

    return apply


class ProfileKeysFilter(KeysFilter):
    def filter(self, qs: QuerySet[Organization], value: Sequence[str]) -> QuerySet[Organization]:
        return super().filter(qs.filter(shown_to_all(self.field_name.partition("__")[0])), value) if value else qs


def issue_filter(apply: Apply) -> TreeFilter:
    return TreeFilter(nodes=lambda: issue_areas_visible_to(None), by="key", apply=apply, label=_("Issue area"))


_JURISDICTION = _("Jurisdiction")


def jurisdiction_filter(apply: Apply, label: Text = _JURISDICTION) -> TreeFilter:
    return TreeFilter(nodes=lambda: jurisdictions_visible_to(None), by="public_id", apply=apply, label=label)


class JurisdictionFilter(ListFilter):
    kind = KeysFilter(choices=JurisdictionKind.choices, label=_("Type"))
    stage = KeysFilter(choices=Stage.choices, label=_("Stage"))
    state = django_filters.CharFilter(
        field_name="state", lookup_expr="iexact", label=_("State (two letters)"), max_length=2, validators=[TWO_LETTERS]
    )
    within = jurisdiction_filter(_at_or_below("pk"), label=_("Part of"))

    class Meta:
        model = Jurisdiction
        fields: list[str] = []


class DepartmentFilter(ListFilter):
    kind = KeysFilter(choices=DepartmentKind.choices, label=_("Type"))
    jurisdiction = jurisdiction_filter(_at_or_below("jurisdiction"))
    issue = issue_filter(lambda filter_, qs, nodes: qs.filter(pk__in=Department.objects.filter(issue_areas__in=nodes)))

    class Meta:
        model = Department
        fields: list[str] = []


class IssueAreaFilter(ListFilter):
    within = TreeFilter(
        nodes=lambda: issue_areas_visible_to(None), by="key", apply=_at_or_below("pk"), label=_("Part of")
    )

    class Meta:
        model = IssueArea
        fields: list[str] = []


def owner_filter() -> django_filters.ChoiceFilter:
    choices = [("mine", _("Mine")), ("none", _("No owner, in your office"))]
    return django_filters.ChoiceFilter(choices=choices, method="owned_by", label=_("Owner"))


_SERVING = _match_public("area")


def serving_states(qs: QuerySet[Organization], states: Collection[str]) -> QuerySet[Organization]:
    """Limit organizations to those that show everyone that they serve a place in one of these states."""
    return _SERVING(None, qs, Jurisdiction.objects.filter(state__in=states))


class OrganizationFilter(ListFilter):
    STAFF_ONLY = ("listing", "owner", "no_contact_since", "not_checked_since")

    side = KeysFilter(choices=[("community", _("Community")), ("institution", _("Institution"))], label=_("Side"))
    kind = ProfileKeysFilter(
        field_name="kind__key", choices=term_choices(Vocabulary.ORGANIZATION_KIND), label=_("Type")
    )
    issue = issue_filter(_match_public("issue_areas"))
    jurisdiction = jurisdiction_filter(_SERVING, label=_("Area served"))
    state = KeysFilter(
        choices=list(STATE_NAMES.items()),
        apply=lambda filter_, qs, states: serving_states(qs, states),
        label=_("State of the area served"),
    )
    listing = KeysFilter(choices=Listing.choices, label=_("Listing"))
    owner = owner_filter()
    no_contact_since = django_filters.DateFilter(method="without_contact", label=_("No contact since"))
    not_checked_since = django_filters.DateFilter(method="unchecked", label=_("Not checked since"))

    class Meta:
        model = Organization
        fields: list[str] = []

    def owned_by(self, queryset: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        return queryset.filter(owned(self.person, "organization", value))

    def without_contact(self, queryset: QuerySet[Organization], name: str, value: date) -> QuerySet[Organization]:
        return queryset.exclude(spoken_with(self.person, value))

    def unchecked(self, queryset: QuerySet[Organization], name: str, value: date) -> QuerySet[Organization]:
        """Of those that show their profile, or that the person's office keeps: of others, no one else knows when that was."""
        known = Q(listing=Listing.PROFILED) | Q(kept_by__in=jurisdictions_read_by(self.person))
        never = Q(last_verified_on__isnull=True, created_at__date__lt=value)
        return queryset.filter(known, never | Q(last_verified_on__lt=value))
