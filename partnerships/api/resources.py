"""What the API offers: a viewset for each kind of record. Addresses, openapi.yaml and the tests iterate over RESOURCES."""

from rest_framework.decorators import action

from partnerships.api import measures, parameters, representations, serializers
from partnerships.api.viewsets import ResourceViewSet
from partnerships.api.writing import WritableViewSet
from partnerships.directory import filters as directory_filters
from partnerships.directory import queries as directory
from partnerships.directory.rules import may_write_organization
from partnerships.measurement import activity_queries
from partnerships.measurement import queries as measurement
from partnerships.measurement.activity_filters import ActivityFilter
from partnerships.measurement.filters import MeasureFilter, ResultFilter
from partnerships.meetings import queries as meetings
from partnerships.meetings.filters import MeetingFilter
from partnerships.registry import actions
from partnerships.registry import pulls as registry_pulls
from partnerships.registry import queries as registry
from partnerships.registry.filters import PartnershipFilter
from partnerships.registry.rules import may_write_partnership


class Partnerships(WritableViewSet):
    """Their rows are stored as text."""

    path, record = "partnerships", "Partnership"
    filterset_class = PartnershipFilter
    orderings = registry.ORDERINGS
    listed = staticmethod(registry.partnership_list)
    find = staticmethod(registry.partnership)
    texts = staticmethod(registry.bodies)
    may_write = staticmethod(may_write_partnership)
    serializer_class = serializers.PartnershipChangeSerializer
    pull = staticmethod(registry_pulls.documents)
    columns = registry.DOCUMENT_COLUMNS
    not_in_sync = ("stage",)

    def page(self):
        params = self.request.query_params
        if params.keys() <= parameters.PLAIN:
            size = self.paginator.get_page_size(self.request)
            page = registry.unfiltered_page(self.reader, params.get("cursor", ""), size)
            if page is not None:
                return self.paginator.take(page, self.request)
        return super().page()

    def text(self, person, public_id):
        if person is None:
            return registry.public_body(public_id)
        record = self.find(person, public_id)
        return registry.bodies(person, registry.partnership_rows(person, [record.pk]))[0]

    def pulled_texts(self, rows):
        return rows

    @action(detail=True, methods=["post"], serializer_class=serializers.WhySerializer)
    def publish(self, request, id):
        return self._do(id, actions.publish_partnership)

    @action(detail=True, methods=["post"], serializer_class=serializers.WhySerializer)
    def unpublish(self, request, id):
        return self._do(id, actions.withdraw_partnership)

    @action(detail=True, methods=["post"], serializer_class=serializers.EndSerializer)
    def end(self, request, id):
        return self._do(id, actions.end_partnership)

    def _do(self, public_id, do):
        parameters.refuse_unknown(self.request.query_params)
        record, _ = self.record_to_change(public_id)
        values = self.checked(self.get_serializer_class(), self.request.data).validated_data
        return self.written(self.act(record, do, partnership=record, **values).public_id)


class Organizations(WritableViewSet):
    path, record = "organizations", "Organization"
    filterset_class = directory_filters.OrganizationFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.organization_list)
    find = staticmethod(directory.organization)
    represent = staticmethod(representations.organizations)
    may_write = staticmethod(may_write_organization)
    serializer_class = serializers.OrganizationChangeSerializer


class Jurisdictions(ResourceViewSet):
    path, record = "jurisdictions", "Jurisdiction"
    filterset_class = directory_filters.JurisdictionFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.jurisdiction_list)
    find = staticmethod(directory.jurisdiction)
    represent = staticmethod(representations.jurisdictions)


class Departments(ResourceViewSet):
    path, record = "departments", "Department"
    filterset_class = directory_filters.DepartmentFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.department_list)
    find = staticmethod(directory.department)
    represent = staticmethod(representations.departments)


class IssueAreas(ResourceViewSet):
    path, record = "issue-areas", "IssueArea"
    filterset_class = directory_filters.IssueAreaFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.issue_area_list)
    find = staticmethod(directory.issue_area)
    represent = staticmethod(representations.issue_areas)


class Meetings(ResourceViewSet):
    path, record = "meetings", "Meeting"
    filterset_class = MeetingFilter
    orderings = meetings.MEETING_ORDERINGS
    listed = staticmethod(meetings.meeting_list)
    find = staticmethod(meetings.meeting)
    represent = staticmethod(representations.meetings)
    not_in_sync = ("jurisdiction", "issue")


class Results(ResourceViewSet):
    path, record = "results", "Result"
    filterset_class = ResultFilter
    orderings = measurement.ORDERINGS
    listed = staticmethod(measurement.result_list)
    find = staticmethod(measurement.result)
    represent = staticmethod(measures.results)


class Measures(ResourceViewSet):
    path, record = "measures", "Measure"
    filterset_class = MeasureFilter
    orderings = measurement.ORDERINGS
    listed = staticmethod(measurement.measure_list)
    find = staticmethod(measurement.measure)
    represent = staticmethod(measures.measures)
    represent_alone = staticmethod(measures.measures_with_numbers)
    not_in_sync = ("partnership", "issue")


class Activities(ResourceViewSet):
    path, record = "activities", "Activity"
    filterset_class = ActivityFilter
    orderings = activity_queries.ORDERINGS
    listed = staticmethod(activity_queries.activity_list)
    find = staticmethod(activity_queries.activity)
    represent = staticmethod(measures.activities)
    represent_alone = staticmethod(measures.activities_with_parties)
    not_in_sync = ("jurisdiction", "issue", "result")


RESOURCES = {
    viewset.path: viewset
    for viewset in (
        Partnerships, Organizations, Jurisdictions, Departments, IssueAreas, Meetings, Results, Measures, Activities
    )
}  # fmt: skip
