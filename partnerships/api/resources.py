"""The table of what the API offers: one row a resource. Views, sync, openapi.yaml and the tests all read it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import orjson

from partnerships.api import measures, parameters, representations
from partnerships.core import pulls
from partnerships.core.filters import KeysFilter, TreeFilter
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


@dataclass(frozen=True)
class Resource:
    """`listed(person, params, allow=)` gives the Listing, `texts(person, rows)` the JSON of its rows, `one(person, id)` the
    JSON of one; `pull(listing, …)` a page of sync. `columns` are what a row is read with (none: whole records).
    `plain_page(person, cursor, size)`: a shorter way to the texts of a page that nothing filters, or None.
    `not_in_sync`: filters whose answer can change without a change of the record itself."""

    path: str
    schema: str
    filters: type
    orderings: dict
    listed: Callable
    texts: Callable
    one: Callable
    pull: Callable = pulls.records
    columns: tuple[str, ...] = ()
    plain_page: Callable | None = None
    not_in_sync: tuple[str, ...] = ()

    @cached_property
    def several(self):
        """The parameters that may be given more than once."""
        many = (KeysFilter, TreeFilter)
        return {"fields"} | {name for name, chosen in self.filters.base_filters.items() if isinstance(chosen, many)}

    def page(self, person, params, size):
        """The page asked for, with the JSON of its rows in their place."""
        if self.plain_page and params.keys() <= parameters.PLAIN:
            page = self.plain_page(person, params.get("cursor", ""), size)
            if page is not None:
                return page
        listing = self.listed(person, parameters.in_default_order(params), allow=parameters.STEERING)
        page = listing.page(size, *self.columns)
        page.rows = self.texts(person, page.rows)
        return page

    def pulled_texts(self, rows):
        return rows if self.pull is registry_pulls.documents else self.texts(None, rows)


def _texts(represent):
    def texts(person, rows):
        return [write(said) for said in represent(person, rows)]

    return texts


def _one(find, represent):
    def one(person, public_id):
        (said,) = represent(person, [find(person, public_id)])
        return write(said)

    return one


def write(value) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _partnership(person, public_id):
    if person is None:
        return registry.public_body(public_id)
    record = registry.partnership(person, public_id)
    rows = registry.partnership_rows(person, [record.pk])
    return registry.bodies(person, rows)[0]


RESOURCES = {
    resource.path: resource
    for resource in (
        Resource(
            "partnerships",
            "Partnership",
            PartnershipFilter,
            registry.ORDERINGS,
            registry.partnership_list,
            registry.bodies,
            _partnership,
            registry_pulls.documents,
            registry.DOCUMENT_COLUMNS,
            registry.plain_page,
            not_in_sync=("stage",),
        ),
        Resource(
            "organizations",
            "Organization",
            directory_filters.OrganizationFilter,
            directory.BY_NAME,
            directory.organization_list,
            _texts(representations.organizations),
            _one(directory.organization, representations.organizations),
        ),
        Resource(
            "jurisdictions",
            "Jurisdiction",
            directory_filters.JurisdictionFilter,
            directory.BY_NAME,
            directory.jurisdiction_list,
            _texts(representations.jurisdictions),
            _one(directory.jurisdiction, representations.jurisdictions),
        ),
        Resource(
            "departments",
            "Department",
            directory_filters.DepartmentFilter,
            directory.BY_NAME,
            directory.department_list,
            _texts(representations.departments),
            _one(directory.department, representations.departments),
        ),
        Resource(
            "issue-areas",
            "IssueArea",
            directory_filters.IssueAreaFilter,
            directory.BY_NAME,
            directory.issue_area_list,
            _texts(representations.issue_areas),
            _one(directory.issue_area, representations.issue_areas),
        ),
        Resource(
            "meetings",
            "Meeting",
            MeetingFilter,
            meetings.MEETING_ORDERINGS,
            meetings.meeting_list,
            _texts(representations.meetings),
            _one(meetings.meeting, representations.meetings),
            not_in_sync=("jurisdiction", "issue"),
        ),
        Resource(
            "results",
            "Result",
            ResultFilter,
            measurement.ORDERINGS,
            measurement.result_list,
            _texts(measures.results),
            _one(measurement.result, measures.results),
        ),
        Resource(
            "measures",
            "Measure",
            MeasureFilter,
            measurement.ORDERINGS,
            measurement.measure_list,
            _texts(measures.measures),
            _one(measurement.measure, measures.measures_with_numbers),
            not_in_sync=("partnership", "issue"),
        ),
        Resource(
            "activities",
            "Activity",
            ActivityFilter,
            activity_queries.ORDERINGS,
            activity_queries.activity_list,
            _texts(measures.activities),
            _one(activity_queries.activity, measures.activities_with_parties),
            not_in_sync=("jurisdiction", "issue", "result"),
        ),
    )
}
