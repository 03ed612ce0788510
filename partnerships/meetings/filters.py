"""The filters of the lists of meetings and action items, with the same names on pages, in the API and in downloads."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import belongs_somewhere
from partnerships.core.filters import KeysFilter, ListFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter
from partnerships.meetings.choices import ActionStatus, MeetingStatus
from partnerships.meetings.models import Action, CheckInPlan, Meeting
from partnerships.meetings.rules import owned_by
from partnerships.registry.filters import led_from, of_partnerships, on_issue_areas


class MeetingFilter(ListFilter):
    partnership = of_partnerships()
    jurisdiction = jurisdiction_filter(led_from, label=_("Lead agency"))
    issue = issue_filter(on_issue_areas)
    status = KeysFilter(choices=MeetingStatus.choices, label=_("Status"))
    after = django_filters.DateFilter(field_name="date", lookup_expr="gte", label=_("On or after"))
    before = django_filters.DateFilter(field_name="date", lookup_expr="lte", label=_("On or before"))

    class Meta:
        model = Meeting
        fields: list[str] = []


class ActionFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include action items

    partnership = of_partnerships()
    status = KeysFilter(choices=ActionStatus.choices, label=_("Status"))
    whose = django_filters.ChoiceFilter(
        choices=[("mine", _("Mine, or of my offices and organizations"))], method="mine", label=_("Responsible")
    )
    due_after = django_filters.DateFilter(field_name="due_on", lookup_expr="gte", label=_("Due on or after"))
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label=_("Due on or before"))

    class Meta:
        model = Action
        fields: list[str] = []

    def mine(self, queryset: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        return (
            queryset.filter(pk__in=owned_by(self.person).values("pk"))
            if belongs_somewhere(self.person)
            else queryset.none()
        )


class CheckInPlanFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include check-ins

    partnership = of_partnerships()
    due_after = django_filters.DateFilter(field_name="next_due_on", lookup_expr="gte", label=_("Due on or after"))
    due_before = django_filters.DateFilter(field_name="next_due_on", lookup_expr="lte", label=_("Due on or before"))

    class Meta:
        model = CheckInPlan
        fields: list[str] = []
