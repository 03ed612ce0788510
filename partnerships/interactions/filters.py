"""The filters of the list of interactions, with the same names on the page, in the API and in downloads."""

from collections.abc import Callable

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import Viewer
from partnerships.core.filters import KeysFilter, ListFilter, VisibleRecordsFilter
from partnerships.core.types import Text
from partnerships.directory.rules import departments_visible_to, jurisdictions_visible_to, organizations_visible_to
from partnerships.interactions.choices import InteractionKind
from partnerships.interactions.models import Interaction
from partnerships.interactions.rules import open_follow_ups
from partnerships.registry.rules import partnerships_visible_to


def _about(name: str, seen: Callable[[Viewer], QuerySet], label: Text) -> VisibleRecordsFilter:
    return VisibleRecordsFilter(
        seen=seen, apply=lambda filter_, qs, rows: qs.filter(**{f"{name}__in": rows}), label=label
    )


def _on_partnerships(filter_: VisibleRecordsFilter, qs: QuerySet, partnerships: QuerySet) -> QuerySet:
    about = Interaction.partnerships.through.objects.filter(partnership__in=partnerships)
    return qs.filter(pk__in=about.values("interaction"))


class InteractionFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search finds interactions in the search box

    organization = _about("organization", organizations_visible_to, _("Organization"))
    department = _about("department", departments_visible_to, _("Department"))
    jurisdiction = _about("jurisdiction", jurisdictions_visible_to, _("Jurisdiction"))
    partnership = VisibleRecordsFilter(seen=partnerships_visible_to, apply=_on_partnerships, label=_("Partnership"))
    kind = KeysFilter(choices=InteractionKind.choices, label=_("Type"))
    follow_up = django_filters.ChoiceFilter(
        choices=[("mine", _("Open, mine or no one’s")), ("open", _("Open"))], method="open_ones", label=_("Follow-up")
    )
    after = django_filters.DateFilter(field_name="date", lookup_expr="gte", label=_("On or after"))
    before = django_filters.DateFilter(field_name="date", lookup_expr="lte", label=_("On or before"))

    class Meta:
        model = Interaction
        fields: list[str] = []

    def open_ones(self, queryset: QuerySet[Interaction], name: str, value: str) -> QuerySet[Interaction]:
        return queryset.filter(open_follow_ups(self.person, is_mine=value == "mine"))
