"""The filters of the list of activities."""

from django.utils.translation import gettext_lazy as _

from partnerships.core.filters import KeysFilter, ListFilter, VisibleRecordsFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter
from partnerships.measurement.choices import ActivityKind, ActivityStatus
from partnerships.measurement.models import Activity
from partnerships.measurement.rules import results_visible_to
from partnerships.registry.filters import led_from, of_partnerships, on_issue_areas


class ActivityFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include activities

    partnership = of_partnerships()
    result = VisibleRecordsFilter(
        seen=results_visible_to,
        apply=lambda filter_, qs, results: qs.filter(results__in=results).distinct(),
        label=_("Result"),
    )
    jurisdiction = jurisdiction_filter(led_from, label=_("Lead agency"))
    issue = issue_filter(on_issue_areas)
    kind = KeysFilter(choices=ActivityKind.choices, label=_("To do or to stop"))
    status = KeysFilter(choices=ActivityStatus.choices, label=_("Status"))

    class Meta:
        model = Activity
        fields: list[str] = []
