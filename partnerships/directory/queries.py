"""Reads the directory: lists, details and the labels of open vocabularies."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Case, ManyToManyField, Model, Q, QuerySet, Value, When, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from partnerships.core import listing, record_types
from partnerships.core.access import (
    WRITING_ROLES,
    Viewer,
    get_or_not_found,
    is_administrator,
    is_staff,
    jurisdictions_written_by,
    prepared_list,
)
from partnerships.core.choices import Vocabulary
from partnerships.core.errors import NotFound
from partnerships.core.filters import ListFilter
from partnerships.core.listing import Ordering
from partnerships.core.models import TreeNode, type_key
from partnerships.core.trees import ancestor_ids
from partnerships.core.types import Params
from partnerships.directory.choices import Listing, SuggestionState
from partnerships.directory.filters import (
    DepartmentFilter,
    IssueAreaFilter,
    JurisdictionFilter,
    OrganizationFilter,
    serving_states,
)
from partnerships.directory.models import (
    BODIES,
    Body,
    Contact,
    Department,
    IssueArea,
    Jurisdiction,
    Organization,
    Suggestion,
    Term,
    body_key,
    in_bodies,
)
from partnerships.directory.relations import related
from partnerships.directory.rules import (
    contacts_visible_to,
    departments_visible_to,
    fields_shown,
    issue_areas_visible_to,
    jurisdictions_visible_to,
    may_read_all,
    organizations_visible_to,
    shown_to_all,
    suggestions_visible_to,
)

BY_NAME = {
    "name": Ordering("name", _("Name")),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}


def term_labels() -> dict[str, dict[str, str]]:
    """Vocabulary → key → label, each in its order, for all open vocabularies (issue areas under “issue”). One query."""
    labels: dict[str, dict[str, str]] = {vocabulary: {} for vocabulary in (*Vocabulary.values, "issue")}
    for vocabulary, _position, label, key in _all_labels(None):
        labels[vocabulary][key] = label
    return labels


@prepared_list
def _all_labels(_person: None) -> QuerySet:
    terms = Term.objects.order_by().values_list("vocabulary", "position", "label", "key")
    areas = IssueArea.objects.order_by().values_list(Value("issue"), "position", "name", "key")
    return terms.union(areas, all=True).order_by("position", "label")


def terms(vocabulary: str, *, kept: Any = ()) -> QuerySet[Term]:
    """The terms that can still be chosen. `kept`: primary keys of those that a record has, also when they are retired."""
    return Term.objects.filter(Q(is_retired=False) | Q(pk__in=kept), vocabulary=vocabulary)


def terms_of_record(record: Model, name: str) -> Any:
    """Primary keys of the terms that a record has in this field, for `terms`: no query of its own."""
    field = record._meta.get_field(name)
    if not isinstance(field, ManyToManyField):
        return [value] if (value := getattr(record, f"{name}_id")) else []
    links = getattr(type(record), name).through._default_manager.filter(**{field.m2m_field_name(): record.pk})
    return links.values(field.m2m_reverse_field_name())


def issue_tree() -> list[tuple[int, IssueArea]]:
    """All issue areas as (level from 0, area), each after its parent. One query."""
    areas = _all_issue_areas(None)
    below: dict[int | None, list[IssueArea]] = {}
    for area in areas:
        below.setdefault(area.parent_id, []).append(area)

    def walk(parent: int | None, level: int) -> Iterator[tuple[int, IssueArea]]:
        for area in below.get(parent, ()):
            yield level, area
            yield from walk(area.pk, level + 1)

    return list(walk(None, 0))


@prepared_list
def _all_issue_areas(person: None) -> QuerySet[IssueArea]:
    return issue_areas_visible_to(person)


def _list(
    filter_class: type[ListFilter],
    rows: QuerySet,
    person: Viewer,
    params: Params,
    *,
    resource: str,
    default: str = "name",
    allow: Collection[str] = (),
    drafts: QuerySet | None = None,
) -> listing.Listing:
    return listing.make_listing(
        filter_class,
        rows,
        params,
        person=person,
        orderings=BY_NAME,
        default=default,
        resource=resource,
        drafts=drafts,
        is_staff=is_staff(person),
        allow=allow,
    )


def jurisdiction_list(person: Viewer, params: Params, *, allow: Collection[str] = ()) -> listing.Listing:
    return _list(
        JurisdictionFilter, jurisdictions_visible_to(person), person, params, resource="jurisdiction", allow=allow
    )


def department_list(person: Viewer, params: Params, *, allow: Collection[str] = ()) -> listing.Listing:
    return _list(
        DepartmentFilter,
        departments_visible_to(person).select_related("jurisdiction"),
        person,
        params,
        resource="department",
        allow=allow,
    )


def issue_area_list(person: Viewer, params: Params, *, allow: Collection[str] = ()) -> listing.Listing:
    return _list(IssueAreaFilter, issue_areas_visible_to(person), person, params, resource="issue_area", allow=allow)


def organization_list(person: Viewer, params: Params, *, allow: Collection[str] = ()) -> listing.Listing:
    """Organizations that the person may see. Search finds an unlisted one only for people who may see it."""
    rows = organizations_visible_to(person).select_related("kind")
    drafts = (
        organizations_visible_to(person).filter(listing=Listing.UNLISTED).values("pk") if is_staff(person) else None
    )
    return _list(OrganizationFilter, rows, person, params, resource="organization", allow=allow, drafts=drafts)


def serving(found: listing.Listing, states: Collection[str]) -> QuerySet[Organization]:
    """The organizations of a listing that serve a place in these states, as far as they show it to everyone."""
    return serving_states(found.rows, states)


def areas_served(found: listing.Listing) -> list[tuple[Jurisdiction, set[int]]]:
    """(jurisdiction, primary keys of the organizations of a listing that serve it), as far as they show it to everyone.

    Two queries. Only for a listing whose total is exact.
    """
    shown = found.rows.order_by().filter(shown_to_all("area"))
    served: dict[int, set[int]] = {}
    rows = Organization.area.through.objects.filter(organization__in=shown.values("pk"))
    for place, organization in rows.values_list("jurisdiction", "organization"):
        served.setdefault(place, set()).add(organization)
    places = Jurisdiction.objects.filter(pk__in=rows.values("jurisdiction")).order_by("name", "pk")
    return [(place, served[place.pk]) for place in places]


@dataclass(frozen=True)
class OrganizationFacts:
    """What one reader may read of an organization. Masked here, so that pages and serializers don't have to.

    Of a named-only organization, people outside see the name and side. Of a full profile, each reader sees the fields
    that the organization opened to them.
    """

    organization: Organization
    is_whole: bool  # may read every field
    is_profile: bool  # sees more than name and side
    profile: dict  # kind, aims, website, …: those that the reader may read
    private: dict  # address, led_by, communities: those that the reader may read


def shows_profile(person: Viewer, organization: Organization) -> bool:
    """Whether this reader sees more of it than its name and side."""
    return organization.listing == Listing.PROFILED or may_read_all(person, organization)


def organization_facts(person: Viewer, organization: Organization) -> OrganizationFacts:
    """What this person may read of the organization. At most eight queries, no matter how many partnerships it has."""
    return _facts(person, organization, fields_shown(person, [organization])[organization.pk])


def _facts(person: Viewer, organization: Organization, shown: frozenset[str]) -> OrganizationFacts:
    def read(names: tuple[str, ...]) -> dict[str, Any]:
        values = {name: getattr(organization, name) for name in names if name in shown}
        return {name: list(value.all()) if hasattr(value, "all") else value for name, value in values.items()}

    return OrganizationFacts(
        organization,
        may_read_all(person, organization),
        shows_profile(person, organization),
        read(Organization.PROFILE_FIELDS),
        read(Organization.PRIVATE_FIELDS),
    )


def prefetch_facts(records: Sequence[Organization]) -> list:
    """Prefetch the related rows of these records of one kind. A fixed number of queries."""
    records = list(records)
    if records:
        prefetch_related_objects(records, *record_types.for_record(records[0]).prefetch)
    return records


def organization_facts_many(person: Viewer, organizations: Sequence[Organization]) -> list[OrganizationFacts]:
    """The facts of several organizations. A fixed number of queries."""
    records = prefetch_facts(organizations)
    shown = fields_shown(person, records)
    return [_facts(person, record, shown[record.pk]) for record in records]


def organization(person: Viewer, public_id: str) -> Organization:
    """One organization. Raises NotFound or MistypedId."""
    return get_or_not_found(organizations_visible_to(person).select_related("kind", "kept_by"), public_id)


def jurisdiction(person: Viewer, public_id: str) -> Jurisdiction:
    return get_or_not_found(jurisdictions_visible_to(person).select_related("parent"), public_id)


def department(person: Viewer, public_id: str) -> Department:
    return get_or_not_found(departments_visible_to(person).select_related("jurisdiction", "parent"), public_id)


def issue_area(person: Viewer, key_or_id: str) -> IssueArea:
    """One issue area, by its key or its public id."""
    by_key = issue_areas_visible_to(person).filter(key=key_or_id).first()
    return by_key or get_or_not_found(issue_areas_visible_to(person), key_or_id)


def contact(person: Viewer, pk: int) -> Contact:
    """One contact. Raises NotFound."""
    rows = contacts_visible_to(person).select_related("organization", "department__jurisdiction", "jurisdiction")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def contacts_with_address(person: Viewer, bodies: Collection[tuple[str, int]]) -> dict:
    """Key from `body_key` → its contacts with an email address that the person may see."""
    rows = contacts_visible_to(person).filter(in_bodies(bodies)).exclude(email="").select_related(*BODIES)
    found: dict = {}
    for contact in rows:
        found.setdefault(body_key(contact), []).append(contact)
    return found


def contacts_of(person: Viewer, record: Body) -> list:
    return list(contacts_visible_to(person).filter(**{type_key(record): record}).select_related("role"))


def relations_of(jurisdiction: Jurisdiction) -> dict[str, list[Jurisdiction]]:
    """The jurisdictions that it touches or overlaps, under “neighbors” and “overlaps”. Empty lists are left out."""
    return {key: others for key, others in related(jurisdiction).items() if others}


Node = TypeVar("Node", bound=TreeNode)


def ancestors_of(node: Node) -> list[Node]:
    """The nodes above this one, root first. One query; none for a root."""
    above = ancestor_ids(node.path)[:-1]
    found = type(node)._default_manager.in_bulk(above) if above else {}
    return [found[pk] for pk in above if pk in found]


def places_within(jurisdiction: Jurisdiction, *, most: int = 60) -> list[Jurisdiction]:
    """The jurisdictions directly below this one, by name; one more than `most` if there are more."""
    return list(jurisdictions_visible_to(None).filter(parent=jurisdiction).order_by("name", "pk")[: most + 1])


@dataclass
class Branch:
    """A department with the departments below it."""

    record: Department
    below: list


def departments_nested(rows: QuerySet[Department]) -> list[Branch]:
    """These departments as trees, sorted by name on every level. One query."""
    branches = {row.pk: Branch(row, []) for row in rows.order_by("name", "pk")}
    roots: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.record.parent_id or 0)
        (parent.below if parent else roots).append(branch)
    return roots


def departments_of(jurisdiction: Jurisdiction) -> list[Branch]:
    return departments_nested(departments_visible_to(None).filter(jurisdiction=jurisdiction))


def departments_below(department: Department) -> list[Branch]:
    rows = departments_visible_to(None).filter(path__startswith=department.path).exclude(pk=department.pk)
    return departments_nested(rows)


def departments_on(area: IssueArea, *, most: int = 30) -> list[Department]:
    """Departments that work on an issue area or one below it; one more than `most` if there are more."""
    tagged = Department.issue_areas.through.objects.filter(issuearea__path__startswith=area.path)
    rows = departments_visible_to(None).filter(pk__in=tagged.values("department"))
    return list(rows.select_related("jurisdiction").order_by("name", "pk")[: most + 1])


def organizations_on(person: Viewer, area: IssueArea, *, most: int = 30) -> list[Organization]:
    """Organizations whose profile says that they work on it; one more than `most` if there are more."""
    tagged = Organization.issue_areas.through.objects.filter(issuearea__path__startswith=area.path)
    rows = organizations_visible_to(person).filter(shown_to_all("issue_areas"), pk__in=tagged.values("organization"))
    return list(rows.order_by("name", "pk")[: most + 1])


def jurisdictions_of_editor(person: Viewer) -> QuerySet[Jurisdiction]:
    """The jurisdictions whose records the person may edit."""
    if is_administrator(person):
        return Jurisdiction.objects.all()
    return Jurisdiction.objects.filter(pk__in=jurisdictions_written_by(person))


def suggestion_list(person: Viewer) -> QuerySet[Suggestion]:
    """The suggestions that the person may decide or read: open ones first, oldest first."""
    rows = suggestions_visible_to(person).select_related("organization", "office", "reviewed_by")
    return rows.order_by(Case(When(state=SuggestionState.OPEN, then=0), default=1), "made_at", "pk")


def suggestion(person: Viewer, pk: int) -> Suggestion:
    """One suggestion. Raises NotFound."""
    found = suggestion_list(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def offices_with_staff() -> QuerySet[Jurisdiction]:
    """The jurisdictions that have editors here, by name: a proposal can be sent to them."""
    return Jurisdiction.objects.filter(memberships__role__in=WRITING_ROLES).distinct().order_by("name", "pk")
