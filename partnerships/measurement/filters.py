"""The filters of the lists of results and measures, with the same names on pages, in the API and in downloads."""

from typing import Any, TypeVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter, VisibleRecordsFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter
from partnerships.directory.models import IssueArea, Jurisdiction
from partnerships.measurement.choices import MeasureKind
from partnerships.measurement.models import Measure, Result
from partnerships.measurement.rules import results_visible_to
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

_YES_NO = [("yes", _("Published")), ("no", _("Not published"))]


def _kept_by(filter_: TreeFilter, qs: QuerySet, jurisdictions: QuerySet[Jurisdiction]) -> QuerySet:
    return qs.filter(lead__in=jurisdictions)


def _results_of(partnerships: QuerySet[Partnership, Any]) -> QuerySet:
    return Result.partnerships.through.objects.filter(partnership__in=partnerships).values("result")


def _results_on(areas: QuerySet[IssueArea]) -> QuerySet:
    return Result.issue_areas.through.objects.filter(issuearea__in=areas).values("result")


Published = TypeVar("Published", Result, Measure)


class _Published(ListFilter):
    published = django_filters.ChoiceFilter(choices=_YES_NO, method="is_published", label=_("Published"))

    STAFF_ONLY = ("published",)
    CONTROL = ("ordering", "cursor")  # search doesn't include them

    def is_published(self, queryset: QuerySet[Published], name: str, value: str) -> QuerySet[Published]:
        return queryset.filter(is_published=value == "yes")


class ResultFilter(_Published):
    jurisdiction = jurisdiction_filter(_kept_by, label=_("Kept by"))
    partnership = VisibleRecordsFilter(
        seen=partnerships_visible_to,
        apply=lambda filter_, qs, partnerships: qs.filter(pk__in=_results_of(partnerships)),
        label=_("Partnership"),
    )
    issue = issue_filter(lambda filter_, qs, areas: qs.filter(pk__in=_results_on(areas)))

    class Meta:
        model = Result
        fields: list[str] = []


class MeasureFilter(_Published):
    kind = KeysFilter(choices=MeasureKind.choices, label=_("Type"))
    jurisdiction = jurisdiction_filter(_kept_by, label=_("Kept by"))
    partnership = VisibleRecordsFilter(
        seen=partnerships_visible_to,
        apply=lambda filter_, qs, partnerships: qs.filter(
            Q(partnership__in=partnerships) | Q(result__in=_results_of(partnerships))
        ),
        label=_("Partnership"),
    )
    result = VisibleRecordsFilter(
        seen=results_visible_to, apply=lambda filter_, qs, results: qs.filter(result__in=results), label=_("Result")
    )
    issue = issue_filter(lambda filter_, qs, areas: qs.filter(_serves(areas)))

    class Meta:
        model = Measure
        fields: list[str] = []


def _serves(areas: QuerySet[IssueArea]) -> Q:
    """Measures for a result on these issue areas, or of a partnership that works on them."""
    tagged = Partnership.issue_areas.through.objects.filter(issuearea__in=areas).values("partnership")
    return Q(result__in=_results_on(areas)) | Q(partnership__in=tagged)
