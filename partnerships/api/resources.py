"""The viewsets of all kinds of record. URLs, openapi.yaml and the tests iterate over RESOURCES."""

from collections import Counter

import orjson
from rest_framework.decorators import action

from partnerships.api import (
    check_ins,
    counts,
    directory_serializers,
    examples,
    hsds,
    interactions,
    measure_schemas,
    measure_serializers,
    measures,
    meeting_serializers,
    parameters,
    partnership_serializers,
    representations,
    rounds,
    schemas,
    serializers,
    work_serializers,
)
from partnerships.api.bulk import BulkViewSet
from partnerships.api.files import geojson_feature
from partnerships.api.renderers import GeoJSONRenderer, HSDSRenderer
from partnerships.api.viewsets import BY_FIRST, ResourceViewSet, as_json
from partnerships.api.writing import ChangeableViewSet
from partnerships.assessment import publishing_queries
from partnerships.assessment.filters import PublishedRoundFilter
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter
from partnerships.core.listing import Page
from partnerships.directory import filters as directory_filters
from partnerships.directory import queries as directory
from partnerships.directory.models import Department, Organization
from partnerships.interactions import queries as interaction_queries
from partnerships.interactions.actions import finish_follow_up
from partnerships.interactions.filters import InteractionFilter
from partnerships.measurement import activity_queries, composition_queries, plan_queries
from partnerships.measurement import queries as measurement
from partnerships.measurement.activity_filters import ActivityFilter
from partnerships.measurement.composition_filters import CompositionFilter, PopulationFilter
from partnerships.measurement.filters import MeasureFilter, ResultFilter
from partnerships.measurement.rules import may_supply
from partnerships.meetings import action_queries
from partnerships.meetings import queries as meetings
from partnerships.meetings.action_items import note_action
from partnerships.meetings.filters import ActionFilter, CheckInPlanFilter, MeetingFilter
from partnerships.meetings.rules import may_note_action
from partnerships.meetings.series import cancel_series
from partnerships.records import bulk
from partnerships.records.vocabularies import vocabularies
from partnerships.registry import actions, document, document_queries
from partnerships.registry import pulls as registry_pulls
from partnerships.registry import queries as registry
from partnerships.registry.filters import AgreementFilter, PartnershipFilter
from partnerships.registry.models import Partnership


class Partnerships(BulkViewSet):
    """Partnerships. Their rows are stored as text."""

    path, record, kind = "partnerships", "Partnership", "partnership"
    about = "Who works together, on what, why and how."
    shape, example = schemas.PARTNERSHIP, examples.PARTNERSHIP
    filterset_class = PartnershipFilter
    orderings = registry.ORDERINGS
    listed = staticmethod(registry.partnership_list)
    serializer_class = partnership_serializers.PartnershipChangeSerializer
    pull = staticmethod(registry_pulls.documents)
    columns = (*document_queries.DOCUMENT_COLUMNS, "version", "public_version", "lead")
    not_in_sync = ("stage", "state")

    def page(self):
        if self.params.keys() <= parameters.PLAIN or self._is_plain_file():
            page = document_queries.unfiltered_page(self.reader, self.params.get("cursor", ""), self.page_size)
            if page is not None:
                return self.paginator.take(page, self.request)
        return super().page()

    def _is_plain_file(self):
        return self.params.keys() <= {*parameters.PLAIN, "format", "ordering"} and self.params.get("ordering") == "id"

    def text(self, person, public_id):
        if person is None:
            return document_queries.public_document(public_id)
        record = self.find(person, public_id)
        (text,) = document_queries.document_texts(person, document_queries.partnership_rows(person, [record.pk]))
        own = self.own_versions(person, [record])
        return _with_version(text, own[record.pk]) if own else text

    def texts(self, person, rows):
        texts = document_queries.document_texts(person, rows)
        moved = [row for row in rows if row[-3] != row[-2]] if person else []
        own = self.own_versions(person, [_with_columns(row) for row in moved])
        return [
            _with_version(text, own[row[0]]) if row[0] in own else text for row, text in zip(rows, texts, strict=True)
        ]

    def pulled_texts(self, rows):
        return rows

    @action(detail=True, methods=["post"], serializer_class=serializers.WhySerializer)
    def publish(self, request, id):
        return self.call_action(id, actions.publish_partnership)

    @action(detail=True, methods=["post"], serializer_class=serializers.WhySerializer)
    def unpublish(self, request, id):
        return self.call_action(id, actions.withdraw_partnership)

    @action(detail=True, methods=["post"], serializer_class=partnership_serializers.EndSerializer)
    def end(self, request, id):
        return self.call_action(id, actions.end_partnership)


def _with_columns(row) -> Partnership:
    """A partnership with what says whether the reader may change it, from a row with the columns of the list."""
    pk, *_, version, public_version, lead = row
    return Partnership(pk=pk, version=version, public_version=public_version, lead_id=lead)


def _with_version(text, version) -> str:
    return document.write(orjson.loads(text) | {"version": version})


class Organizations(BulkViewSet):
    path, record, kind = "organizations", "Organization", "organization"
    about = "Community organizations and institutions, as far as they want to be shown."
    shape, example = schemas.ORGANIZATION, examples.ORGANIZATION
    only_for_some = (*Organization.PRIVATE_FIELDS, "contacts", "open_fields")
    filterset_class = directory_filters.OrganizationFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.organization_list)
    represent = staticmethod(representations.organizations)
    serializer_class = directory_serializers.OrganizationChangeSerializer
    number_kind = Organization
    not_in_sync = ("state",)
    more_formats = (HSDSRenderer,)

    def own_versions(self, person, records):
        moved = [record for record in records if record.version != record.public_version]
        may = bulk.writable(person, self.kind, moved) if moved else ()
        return {record.pk: record.version for record in moved if record.pk in may}

    @property
    def reader(self):
        """A file in HSDS is for publishing. It has what everyone may see, no matter who asks."""
        return None if self.is_asked_in(HSDSRenderer) else super().reader

    def texts(self, person, rows):
        if self.is_asked_in(HSDSRenderer):
            return [as_json(row) for row in hsds.organizations(rows)]
        return super().texts(person, rows)


class Jurisdictions(ChangeableViewSet):
    """Jurisdictions. Only administrators can add one, and a token never acts as an administrator."""

    path, record, kind = "jurisdictions", "Jurisdiction", "jurisdiction"
    about = "Cities, counties, states and other governments."
    shape, example = schemas.JURISDICTION, examples.JURISDICTION
    filterset_class = directory_filters.JurisdictionFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.jurisdiction_list)
    represent = staticmethod(representations.jurisdictions)
    serializer_class = directory_serializers.JurisdictionChangeSerializer
    more_formats = (GeoJSONRenderer,)

    def texts(self, person, rows):
        if self.is_asked_in(GeoJSONRenderer):
            return [as_json(geojson_feature(values)) for values in self.represent(person, rows)]
        return super().texts(person, rows)


class Departments(BulkViewSet):
    path, record, kind = "departments", "Department", "department"
    about = "Departments, offices and initiatives of jurisdictions."
    shape, example = schemas.DEPARTMENT, examples.DEPARTMENT
    filterset_class = directory_filters.DepartmentFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.department_list)
    represent = staticmethod(representations.departments)
    serializer_class = directory_serializers.DepartmentChangeSerializer
    number_kind = Department


class IssueAreas(ResourceViewSet):
    path, record, kind = "issue-areas", "IssueArea", "issuearea"
    about = "What partnerships work on, as a tree."
    shape, example = schemas.ISSUE_AREA, examples.ISSUE_AREA
    filterset_class = directory_filters.IssueAreaFilter
    orderings = directory.BY_NAME
    listed = staticmethod(directory.issue_area_list)
    represent = staticmethod(representations.issue_areas)


class Meetings(BulkViewSet):
    path, record, kind = "meetings", "Meeting", "meeting"
    about = "Public meetings of partnerships."
    shape, example = schemas.MEETING, examples.MEETING
    filterset_class = MeetingFilter
    orderings = meetings.MEETING_ORDERINGS
    listed = staticmethod(meetings.meeting_list)
    represent = staticmethod(representations.meetings)
    not_in_sync = ("jurisdiction", "issue")
    serializer_class = meeting_serializers.MeetingChangeSerializer

    @action(detail=True, methods=["post"], serializer_class=meeting_serializers.CancelSerializer)
    def cancel(self, request, id):
        return self.call_action(id, cancel_series)

    @action(detail=True, methods=["post"], serializer_class=meeting_serializers.CloseSerializer)
    def close(self, request, id):
        return self.save_part(id)


class Results(BulkViewSet):
    path, record, kind = "results", "Result", "result"
    about = "What should be different, and for which people."
    shape, example = measure_schemas.RESULT, examples.RESULT
    filterset_class = ResultFilter
    orderings = measurement.ORDERINGS
    listed = staticmethod(measurement.result_list)
    represent = staticmethod(measures.results)
    serializer_class = work_serializers.ResultChangeSerializer


class Measures(BulkViewSet):
    path, record, kind = "measures", "Measure", "measure"
    about = "How we know, with the numbers."
    shape, example = measure_schemas.MEASURE, examples.MEASURE
    filterset_class = MeasureFilter
    orderings = measurement.ORDERINGS
    listed = staticmethod(measurement.measure_list)
    represent = staticmethod(measures.measures)
    file_page = 50  # each has the numbers of 24 periods
    not_in_sync = ("partnership", "issue")
    serializer_class = measure_serializers.MeasureChangeSerializer

    def own_versions(self, person, records):
        """Partners that enter numbers read a version that moves with these, too, though not every correction shows."""
        own = super().own_versions(person, records)
        rest = [record for record in records if not self.may_write(person, record)]
        return own | measurement.versions_of_numbers(person, rest)

    @action(detail=True, methods=["post"], serializer_class=measure_serializers.NumbersSerializer)
    def numbers(self, request, id):
        return self.save_part(id, may=may_supply)

    @action(
        detail=False, methods=["post"], url_path="numbers", serializer_class=measure_serializers.BulkNumbersSerializer
    )
    def bulk_numbers(self, request):
        return self.save_rows(measure_serializers.NumbersRun)


class Activities(BulkViewSet):
    path, record, kind = "activities", "Activity", "activity"
    about = "Who does what in a partnership."
    shape, example = measure_schemas.ACTIVITY, examples.ACTIVITY
    filterset_class = ActivityFilter
    orderings = activity_queries.ORDERINGS
    listed = staticmethod(activity_queries.activity_list)
    represent = staticmethod(measures.activities)
    serializer_class = work_serializers.ActivityChangeSerializer
    not_in_sync = ("jurisdiction", "issue", "result")


class Plans(BulkViewSet):
    path, record, kind = "plans", "Plan", "plan"
    about = "Racial equity action plans, with their outcomes and the partnerships that serve them."
    shape, example = measure_schemas.PLAN, examples.PLAN
    filterset_class = plan_queries.PlanListFilter
    orderings = plan_queries.ORDERINGS
    listed = staticmethod(plan_queries.plans_seen)
    find = staticmethod(plan_queries.whole_plan)
    represent = staticmethod(measures.plans)
    serializer_class = work_serializers.PlanChangeSerializer


class ActionItems(BulkViewSet):
    """Action items. They are never public, so they aren't in sync."""

    path, record, kind = "action-items", "ActionItem", "action"
    about = "What was agreed to be done. Only for the people who work on it: you need a token."
    shape, example = schemas.ACTION_ITEM, examples.ACTION_ITEM
    filterset_class = ActionFilter
    orderings = action_queries.ORDERINGS
    listed = staticmethod(action_queries.actions_seen)
    represent = staticmethod(representations.action_items)
    is_in_sync = False
    serializer_class = work_serializers.ActionItemChangeSerializer

    @action(detail=True, methods=["post"], serializer_class=work_serializers.NoteSerializer)
    def note(self, request, id):
        return self.call_action(id, note_action, may=may_note_action)


class CheckIns(BulkViewSet):
    """Never public, so sync has none."""

    path, record, kind = "check-ins", "CheckInPlan", "checkinplan"
    about = "How often partnerships check in, and what partners answered. Only for staff of the lead agency: you need a token."
    shape, example = check_ins.CHECK_IN_PLAN, examples.CHECK_IN_PLAN
    filterset_class = CheckInPlanFilter
    orderings = meetings.CHECK_IN_ORDERINGS
    listed = staticmethod(meetings.check_ins_seen)
    represent = staticmethod(check_ins.check_in_plans)
    is_in_sync = False
    serializer_class = check_ins.CheckInPlanChangeSerializer

    @action(detail=True, methods=["post"], serializer_class=check_ins.CheckInSerializer)
    def done(self, request, id):
        return self.save_part(id)


class Interactions(BulkViewSet):
    """Never public, so sync has none."""

    path, record, kind = "interactions", "Interaction", "interaction"
    about = (
        "Calls, emails and visits of offices. Only for the office, and the other side if it’s shared: you need a token."
    )
    shape, example = interactions.INTERACTION, examples.INTERACTION
    only_for_some = interactions.OF_OFFICE
    filterset_class = InteractionFilter
    orderings = interaction_queries.ORDERINGS
    listed = staticmethod(interaction_queries.interactions_seen)
    represent = staticmethod(interactions.interactions)
    is_in_sync = False
    serializer_class = interactions.InteractionChangeSerializer

    @action(detail=True, methods=["post"], url_path="follow-up", serializer_class=serializers.WhySerializer)
    def follow_up(self, request, id):
        return self.call_action(id, finish_follow_up)


class Compositions(BulkViewSet):
    path, record, kind = "compositions", "Composition", "makeup"
    about = "How many members of advisory bodies are in which group, as far as that identifies no one."
    shape, example = counts.COMPOSITION, examples.COMPOSITION
    filterset_class = CompositionFilter
    orderings = composition_queries.COMPOSITION_ORDERINGS
    listed = staticmethod(composition_queries.compositions_seen)
    represent = staticmethod(counts.compositions)
    not_in_sync = ("partnership",)
    serializer_class = counts.CompositionChangeSerializer


class Populations(BulkViewSet):
    path, record, kind = "populations", "Population", "population"
    about = "How many people live in a place, by the same groups, from public tables."
    shape, example = counts.POPULATION, examples.POPULATION
    filterset_class = PopulationFilter
    orderings = composition_queries.POPULATION_ORDERINGS
    listed = staticmethod(composition_queries.populations_seen)
    represent = staticmethod(counts.populations)
    serializer_class = counts.PopulationChangeSerializer


class Agreements(ResourceViewSet):
    """Agreements. They are part of partnerships, and change with them."""

    path, record = "agreements", "Agreement"
    about = "The terms of partnerships that have an agreement. Each has the id of its partnership."
    shape, example = schemas.AGREEMENT, examples.AGREEMENT
    filterset_class = AgreementFilter
    orderings = registry.BY_RECORD
    listed = staticmethod(registry.agreement_list)
    find = staticmethod(registry.with_agreement)
    represent = staticmethod(representations.agreements)
    pull = staticmethod(registry_pulls.agreements)


class Rounds(ResourceViewSet):
    """Survey rounds. One is public as long as every partner that was asked agrees."""

    path, record = "rounds", "Round"
    about = "Survey rounds that both sides agreed to publish: what each said, the gaps and the responses."
    shape, example = rounds.ROUND, examples.ROUND
    filterset_class = PublishedRoundFilter
    orderings = publishing_queries.ORDERINGS
    listed = staticmethod(publishing_queries.published_list)
    find = staticmethod(lambda person, public_id: publishing_queries.published_round(public_id))
    represent = staticmethod(rounds.rounds)
    not_in_sync = ("partnership", "jurisdiction", "issue")


class Vocabularies(ResourceViewSet):
    """Vocabularies. There are few, so one page has all of them."""

    path, record = "vocabularies", "Vocabulary"
    about = "The keys that records hold, with the labels that people read. All of them come at once."
    shape, example = schemas.VOCABULARY, examples.VOCABULARY
    filterset_class = ListFilter
    orderings: dict = {}
    represent = staticmethod(lambda person, rows: rows)
    is_in_sync = False
    refused_parameters = ("q", "exact", "cursor")  # which other lists take

    def list(self, request, *args, **kwargs):
        known = ("fields", "page_size", "count", "format", "updated_since")
        parameters.refuse_unknown(request.query_params, known)
        return super().list(request)

    def page(self):
        rows = vocabularies()
        total = (lambda: (len(rows), False)) if "count" in self.params else None
        return self.texts(self.reader, self.paginator.take(Page(rows, None, None, 1), self.request, total))

    @staticmethod
    def find(person, public_id, /):
        found = next((one for one in vocabularies() if one["id"] == public_id), None)
        if found is None:
            raise NotFound
        return found


RESOURCES = {
    viewset.path: viewset
    for viewset in (
        Partnerships, Organizations, Jurisdictions, Departments, IssueAreas, Meetings, Results, Measures, Activities, Plans,
        ActionItems, CheckIns, Interactions, Compositions, Populations, Agreements, Rounds, Vocabularies
    )
}  # fmt: skip
_PREFIXED = [(view.record_type().model.ID_PREFIX, view) for view in RESOURCES.values() if view.kind]
_SHARED = Counter(prefix for prefix, _ in _PREFIXED)  # issue areas and action items have the same one
BY_FIRST.update({prefix: view for prefix, view in _PREFIXED if _SHARED[prefix] == 1})
