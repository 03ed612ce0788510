"""The filters of the lists of meetings and of actions, the same names on page, API and download."""

import django_filters

from partnerships.communication.choices import ActionStatus, MeetingStatus
from partnerships.communication.models import Action, Meeting
from partnerships.communication.rules import owed_by
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter
from partnerships.registry.filters import led_from, on_issue_areas
from partnerships.registry.rules import partnerships_visible_to


class MeetingPartnershipFilter(TreeFilter):
    """Meetings of these partnerships; one that the person may not see is as unknown as a missing one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, nodes=self._visible, by="public_id", apply=None, label="Partnership")

    def __deepcopy__(self, memo):
        return type(self)()

    def _visible(self):
        return partnerships_visible_to(self.parent.person)

    def filter(self, qs, value):
        return qs.filter(partnership__in=value.values("pk")) if value is not None else qs


class MeetingFilter(ListFilter):
    partnership = MeetingPartnershipFilter()
    jurisdiction = jurisdiction_filter(led_from, label="Lead of the partnership")
    issue = issue_filter(on_issue_areas)
    status = KeysFilter(choices=MeetingStatus.choices, label="Status")
    after = django_filters.DateFilter(field_name="date", lookup_expr="gte", label="On or after")
    before = django_filters.DateFilter(field_name="date", lookup_expr="lte", label="On or before")

    class Meta:
        model = Meeting
        fields: list[str] = []


class ActionFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # actions are in no search

    partnership = MeetingPartnershipFilter()
    status = KeysFilter(choices=ActionStatus.choices, label="How it stands")
    whose = django_filters.ChoiceFilter(
        choices=[("mine", "Mine, or of a body of mine")], method="mine", label="Who owes it"
    )
    due_after = django_filters.DateFilter(field_name="due_on", lookup_expr="gte", label="Due on or after")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label="Due on or before")

    class Meta:
        model = Action
        fields: list[str] = []

    def mine(self, queryset, name, value):
        return queryset.filter(pk__in=owed_by(self.person).values("pk"))
