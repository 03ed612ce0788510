"""What the API offers: a viewset for each kind of record. Addresses, openapi.yaml and the tests iterate over RESOURCES."""

import orjson
from rest_framework.viewsets import GenericViewSet

from partnerships.api import measures, parameters, representations
from partnerships.api.errors import refused
from partnerships.api.lists import KeysetPagination, ListingBackend, joined
from partnerships.api.schemas import FIELDS
from partnerships.api.views import RegistryView
from partnerships.core import pulls
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter
from partnerships.directory import filters as directory_filters
from partnerships.directory import queries as directory
from partnerships.measurement import activity_queries
from partnerships.measurement import queries as measurement
from partnerships.measurement.activity_filters import ActivityFilter
from partnerships.measurement.filters import MeasureFilter, ResultFilter
from partnerships.meetings import queries as meetings
from partnerships.meetings.filters import MeetingFilter
from partnerships.registry import pulls as registry_pulls
from partnerships.registry import queries as registry
from partnerships.registry.filters import PartnershipFilter

# A pull has an order of its own, and words are matched by more than the record that holds them.
NEVER_IN_SYNC = ("ordering", "q", "exact")


class ResourceViewSet(RegistryView, GenericViewSet):
    """The list of one kind of record, its sync, and single records.

    `listed(person, params, allow=)` gives the Listing, `find(person, public_id)` one record, and `represent(person, records)`
    what is said of each, `represent_alone` what is said of one that is asked for by itself. `columns` are what a row is read
    with (none: whole records). `not_in_sync`: filters whose answer can change without a change of the record itself.
    """

    path = record = ""  # of its list; the name of its shape
    filterset_class: type[ListFilter]
    orderings: dict
    listed = find = represent = represent_alone = None
    pull = staticmethod(pulls.records)
    columns: tuple[str, ...] = ()
    not_in_sync: tuple[str, ...] = ()

    filter_backends = [ListingBackend]
    pagination_class = KeysetPagination
    lookup_field, lookup_url_kwarg = "public_id", "id"

    @classmethod
    def several(cls):
        """The parameters that may be given more than once."""
        many = (KeysFilter, TreeFilter)
        return {"fields"} | {
            name for name, chosen in cls.filterset_class.base_filters.items() if isinstance(chosen, many)
        }

    def get_queryset(self):
        """The query itself: rows are never read without who asks for them."""
        return self.listed

    def list(self, request, *args, **kwargs):
        params = request.query_params
        parameters.refuse_odd(params, self.several())
        size = self.paginator.get_page_size(request)
        names = parameters.fields(params, FIELDS[self.path])
        if "updated_since" in params:
            return self._pulled(params, size, names)
        texts = _only(names, self.page())
        return self.answer(self.get_paginated_response(texts), self.paginator.links)

    def page(self):
        """The JSON of each row of the page asked for."""
        return self.texts(self.reader, self.paginate_queryset(self.filter_queryset(self.get_queryset())))

    def retrieve(self, request, id, *args, **kwargs):
        params = request.query_params
        parameters.refuse_unknown(params, ("fields",))
        parameters.refuse_odd(params, {"fields"})
        names = parameters.fields(params, FIELDS[self.path])
        (text,) = _only(names, [self.text(self.reader, id)])
        return self.answer(text.encode())

    def texts(self, person, rows):
        return [_written(said) for said in self.represent(person, rows)]

    def text(self, person, public_id):
        (said,) = (self.represent_alone or self.represent)(person, [self.find(person, public_id)])
        return _written(said)

    def _pulled(self, params, size, names):
        """A page of sync: what changed since the caller's last pull, and what is gone. Of the public set, whoever asks."""
        for name in (*NEVER_IN_SYNC, *self.not_in_sync):
            if name in params:
                words = "It cannot be used together with updated_since. Leave one of them out."
                raise refused(name, "not_in_sync", words)
        listing = self.listed(None, parameters.in_default_order(params), allow=parameters.STEERING)
        pull = self.pull(listing, since=params["updated_since"], cursor=params.get("cursor"), size=size)
        links = {"next": parameters.url_with(self.request, cursor=pull.next)} if pull.next else {}
        gone = [{"id": public_id, "at": at} for public_id, at in pull.gone]
        end = {"gone": gone, "as_of": pull.as_of, "next": links.get("next")}
        return self.answer(joined(_only(names, self.pulled_texts(pull.rows)), end), links)

    def pulled_texts(self, rows):
        return self.texts(None, rows)


def _written(value) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _only(names, texts):
    return [parameters.only(names, text) for text in texts] if names else texts


class Partnerships(ResourceViewSet):
    """Their rows are stored as text."""

    path, record = "partnerships", "Partnership"
    filterset_class = PartnershipFilter
    orderings = registry.ORDERINGS
    listed = staticmethod(registry.partnership_list)
    texts = staticmethod(registry.bodies)
    pull = staticmethod(registry_pulls.documents)
    columns = registry.DOCUMENT_COLUMNS
    not_in_sync = ("stage",)

    def page(self):
        params = self.request.query_params
        if params.keys() <= parameters.PLAIN:
            size = self.paginator.get_page_size(self.request)
            page = registry.plain_page(self.reader, params.get("cursor", ""), size)
            if page is not None:
                return self.paginator.take(page, self.request)
        return super().page()

    def text(self, person, public_id):
        if person is None:
            return registry.public_body(public_id)
        record = registry.partnership(person, public_id)
        return registry.bodies(person, registry.partnership_rows(person, [record.pk]))[0]

    def pulled_texts(self, rows):
        return rows


class Organizations(ResourceViewSet):
    path, record = "organizations", "Organization"
    filterset_class = directory_filters.OrganizationFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.organization_list)
    find = staticmethod(directory.organization)
    represent = staticmethod(representations.organizations)


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
