"""Which records of the directory a person may see, and which they may change."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from partnerships.core import clock
from partnerships.core.access import (
    WRITING_ROLES,
    Viewer,
    belongs_somewhere,
    departments_of,
    departments_written_by,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    manages,
    may_write_somewhere,
    of_own_bodies,
    organizations_of,
    organizations_written_by,
    speaks_for_itself,
)
from partnerships.directory.choices import Listing, Reader, SuggestionState
from partnerships.directory.hooks import partners_of
from partnerships.directory.models import (
    Body,
    Contact,
    Department,
    Identifier,
    IssueArea,
    Jurisdiction,
    Organization,
    Suggestion,
)

LISTED = (Listing.PROFILED, Listing.NAMED)


def jurisdictions_visible_to(person: Viewer) -> QuerySet[Jurisdiction]:
    return Jurisdiction.objects.all()


def departments_visible_to(person: Viewer) -> QuerySet[Department]:
    return Department.objects.all()


def issue_areas_visible_to(person: Viewer) -> QuerySet[IssueArea]:
    return IssueArea.objects.all()


def organizations_visible_to(person: Viewer) -> QuerySet[Organization]:
    """Listed organizations for everyone; an unlisted one for its own people and the staff of the office that keeps it."""
    if is_administrator(person):
        return Organization.objects.all()
    own = Q(pk__in=organizations_of(person)) | Q(kept_by__in=jurisdictions_read_by(person))
    return Organization.objects.filter(Q(listing__in=LISTED) | own)


def may_read_all(person: Viewer, organization: Organization) -> bool:
    """Whether the person may read the private fields: its own people and the staff of the office that keeps it."""
    return (
        is_administrator(person)
        or organization.pk in organizations_of(person)
        or organization.kept_by_id in jurisdictions_read_by(person)
    )


def may_read_all_of_place(person: Viewer, place: Body) -> bool:
    """Whether the person may read all of a jurisdiction or department, including contacts that aren't open.

    Its own people may, and those of a department's jurisdiction.
    """
    is_department = isinstance(place, Department)
    home = place.jurisdiction_id if isinstance(place, Department) else place.pk
    own = is_department and place.pk in departments_of(person)
    return is_administrator(person) or own or home in jurisdictions_read_by(person)


def has_closed(*paths: str) -> Q:
    """A Q for rows whose department or organization, at one of these paths, has closed; without a path, the row itself."""
    today, closed = clock.today(), Q()
    for path in paths or ("",):
        closed |= Q(**{f"{path}closed_on__lte": today})
    return closed


def fields_shown(person: Viewer, organizations: Sequence[Organization]) -> dict[int, frozenset[str]]:
    """Primary key → the profile fields that this reader may read; name and side are always shown. At most one query.

    Of a full profile, everyone reads what is open to everyone, and partners what is open to them. The organization's
    own people and the office that keeps it read everything. Of a named-only organization, others read nothing.
    """
    whole = {one.pk for one in organizations if may_read_all(person, one)}
    asked = [one.pk for one in organizations if one.pk not in whole and Reader.PARTNERS in one.open_fields.values()]
    partners = _partners_among(person, asked)
    return {one.pk: _fields_shown(one, one.pk in whole, one.pk in partners) for one in organizations}


def _fields_shown(organization: Organization, whole: bool, is_partner: bool) -> frozenset[str]:
    fields = organization.PROFILE_FIELDS + organization.PRIVATE_FIELDS
    if whole:
        return frozenset(fields)
    if organization.listing != Listing.PROFILED:
        return frozenset()
    open_to = (Reader.PUBLIC, Reader.PARTNERS) if is_partner else (Reader.PUBLIC,)
    return frozenset(name for name in fields if organization.reader_of(name) in open_to)


def shown_to_all(field: str) -> Q:
    """A Q for organizations whose profile shows this field to everyone.

    Only they can be found by it, no matter who asks.
    """
    opened = Q(**{f"open_fields__{field}": Reader.PUBLIC})
    if field not in Organization.PRIVATE_FIELDS:  # open until the organization decides otherwise
        opened |= ~Q(open_fields__has_key=field)
    return Q(listing=Listing.PROFILED) & opened


def searchable_by(person: Viewer, field: str) -> Q:
    """A Q for organizations that this reader may find by a profile field: it is open to everyone, or their office
    keeps the record.
    """
    return shown_to_all(field) | Q(kept_by__in=jurisdictions_read_by(person))


def is_member(person: Viewer, organization: Organization) -> bool:
    """Whether the person may use the organization's own pages: its people in any role, and administrators."""
    return is_administrator(person) or organization.pk in organizations_of(person)


def may_speak_for_organization(person: Viewer, organization: Organization) -> bool:
    """Whether the person may decide how it is listed and who reads what: only its own editors, no office, no administrator
    and no service account.
    """
    return speaks_for_itself(person) and organization.pk in organizations_written_by(person)


def may_write_organization(person: Viewer, organization: Organization) -> bool:
    """Whether the person may edit it: its own editors, and the office that keeps it as long as it has no editors of
    its own.
    """
    if is_administrator(person) or organization.pk in organizations_written_by(person):
        return True
    return organization.kept_by_id in jurisdictions_written_by(person) and not has_own_editors(organization)


def identifiers_visible_to(person: Viewer) -> QuerySet[Identifier]:
    """The identifiers of records that the person may read more of than the name."""
    if is_administrator(person):
        return Identifier.objects.all()
    own = Q(organization__in=organizations_of(person)) | Q(organization__kept_by__in=jurisdictions_read_by(person))
    return Identifier.objects.filter(Q(organization=None) | Q(organization__listing=Listing.PROFILED) | own)


def identifiers_confirmable_by(person: Viewer) -> QuerySet[Identifier]:
    """The unconfirmed identifiers that the person may confirm: as an editor of an office that is another record-keeper than
    who typed them.

    Record-keepers are each jurisdiction with its departments, and each organization. What an organization's own people type
    is the organization's claim, and what an office's people type is that office's, also on its own page and on those of its
    departments. What an administrator types for neither is the administrator's own. Someone who works for two keepers speaks
    for both: so no one confirms what they typed themselves, a number of their own record, or what was typed by or for an
    office that they belong to, or by someone who also edits for it. No program and no administrator confirms as such.

    A source confirms as well (`directory.identifying`): an import of a list that the office states, the reference list of
    places for the GEOID and OCD id of a place, and SYSTEM.
    """
    offices = jurisdictions_written_by(person)
    if not offices or not speaks_for_itself(person):
        return Identifier.objects.none()
    own_offices = jurisdictions_read_by(person)
    own = Q(organization__in=organizations_of(person)) | Q(department__in=departments_of(person))
    own |= Q(jurisdiction__in=own_offices) | Q(department__jurisdiction__in=own_offices)
    typed = Q(stated_by=getattr(person, "pk", None)) | Q(stated_for__in=own_offices)
    by_colleagues = Identifier.objects.filter(
        stated_by__memberships__jurisdiction__in=own_offices, stated_by__memberships__role__in=WRITING_ROLES
    )
    rows = identifiers_visible_to(person).filter(is_confirmed=False)
    return rows.exclude(own).exclude(typed).exclude(pk__in=by_colleagues.values("pk"))


def identifiers_to_check(person: Viewer) -> QuerySet[Identifier]:
    """The identifiers that the person may confirm of organizations whose record their office keeps."""
    rows = identifiers_confirmable_by(person)
    return rows.filter(organization__kept_by__in=jurisdictions_written_by(person))


def may_withdraw_confirmation(person: Viewer, identifier: Identifier) -> bool:
    """Whether the person may say that a confirmed number isn't: an editor of the office that confirmed it, of the office that
    keeps the organization, and administrators.
    """
    offices, kept_by = jurisdictions_written_by(person), getattr(identifier.organization, "kept_by_id", None)
    is_office = speaks_for_itself(person) and bool({identifier.confirmed_for_id, kept_by} & {*offices})
    return identifier.is_confirmed and (is_administrator(person) or is_office)


def has_own_editors(organization: Organization) -> bool:
    """Whether the organization has editors of its own.

    Then the profile is theirs, and an office can only make suggestions.
    """
    return bool(organization.pk) and organizations_with_own_editors().filter(pk=organization.pk).exists()


def organizations_with_own_editors() -> QuerySet[Organization]:
    """The organizations for which `has_own_editors` is true. One with several editors comes several times."""
    return Organization.objects.filter(memberships__role__in=WRITING_ROLES)


def organizations_kept_by(person: Viewer) -> QuerySet[Organization]:
    """The organizations whose records the person's offices keep: without those that have editors of their own."""
    if is_administrator(person):
        return Organization.objects.all()
    kept = Organization.objects.filter(kept_by__in=jurisdictions_written_by(person))
    return kept.exclude(pk__in=organizations_with_own_editors())


def may_merge(person: Viewer, record: Body) -> bool:
    """Whether the person may merge the record with another one that they may merge too."""
    return bool(mergeable_among(person, [record]))


def mergeable_among(person: Viewer, records: Sequence[Body]) -> set[int]:
    """Primary keys of those of these records, all of one kind, that the person may merge. At most one query.

    An organization's managers may, or the office that keeps it while it has no editors of its own; for a department,
    the editors of its jurisdiction.
    """
    departments = [one for one in records if isinstance(one, Department)]
    if departments:
        return {one.pk for one in departments if may_write_jurisdiction(person, one.jurisdiction)}
    managed = {one.pk for one in records if manages(person, one)}
    others = [one.pk for one in records if one.pk not in managed]
    kept = organizations_kept_by(person).filter(pk__in=others).values_list("pk", flat=True) if others else ()
    return managed | set(kept)


def may_add_organization(person: Viewer) -> bool:
    return may_write_somewhere(person)


def contacts_visible_to(person: Viewer) -> QuerySet[Contact]:
    """Contacts that are open, for everyone; the others for the owner's own people and the office that keeps it.

    A contact that is open to partners is visible to people of the offices and organizations that share a partnership
    with its owner.
    """
    opened = Q(visible_to=Reader.PUBLIC) & (Q(organization__isnull=True) | Q(organization__listing=Listing.PROFILED))
    if is_administrator(person):
        return Contact.objects.all()
    kept = of_own_bodies(person) | Q(organization__kept_by__in=jurisdictions_read_by(person))
    if not belongs_somewhere(person):
        return Contact.objects.filter(opened)
    partners = partners_of(person)
    of_partners = Q(organization__in=partners.values("organization")) | Q(department__in=partners.values("department"))
    of_partners |= Q(jurisdiction__in=partners.values("jurisdiction"))
    return Contact.objects.filter(opened | kept | (Q(visible_to=Reader.PARTNERS) & of_partners))


def is_partner(person: Viewer, organization: Organization) -> bool:
    """Whether the person belongs to a partner of the organization in a published partnership."""
    return bool(_partners_among(person, [organization.pk]))


def _partners_among(person: Viewer, pks: Sequence[int]) -> set[int]:
    if not pks or not belongs_somewhere(person):
        return set()
    return set(partners_of(person).filter(organization__in=pks).values_list("organization", flat=True))


def may_write_jurisdiction(person: Viewer, jurisdiction: Jurisdiction | None) -> bool:
    """Whether the person may change a jurisdiction and its departments: its own editors.

    Only administrators add one.
    """
    return is_administrator(person) or bool(jurisdiction and jurisdiction.pk in jurisdictions_written_by(person))


def may_write_department(person: Viewer, department: Department) -> bool:
    """Whether the person may change it: its own editors, and those of its jurisdiction."""
    return department.pk in departments_written_by(person) or may_write_jurisdiction(person, department.jurisdiction)


def may_write_contacts_of(person: Viewer, body: Body) -> bool:
    """Whether the person may change the contacts of a jurisdiction, department or organization: who may change it."""
    if isinstance(body, Organization):
        return may_write_organization(person, body)
    if isinstance(body, Department):
        return may_write_department(person, body)
    return may_write_jurisdiction(person, body)


def suggestions_visible_to(person: Viewer) -> QuerySet[Suggestion]:
    """Suggestions for the people who decide them.

    These are an organization's own editors, editors of the office that keeps it, editors of the office to which a
    proposal was sent (until an organization is created from it), and administrators.
    """
    if is_administrator(person):
        return Suggestion.objects.all()
    offices = jurisdictions_written_by(person)
    own = Q(organization__in=organizations_written_by(person))
    return Suggestion.objects.filter(
        own | Q(organization__kept_by__in=offices) | Q(organization=None, office__in=offices)
    )


def suggestions_to_decide(person: Viewer) -> QuerySet[Suggestion]:
    """The suggestions that the person may decide.

    An organization's own editors decide about their record, and the office that keeps it may only read. Without own
    editors that office decides.
    """
    if is_administrator(person):
        return Suggestion.objects.all()
    own = Q(organization__in=organizations_written_by(person)) | Q(organization__in=organizations_kept_by(person))
    return Suggestion.objects.filter(own | Q(organization=None, office__in=jurisdictions_written_by(person)))


def suggestions_waiting_for(person: Viewer, **organization: Any) -> QuerySet[Suggestion]:
    """The suggestions that wait for this person's decision. `organization`: only those about this one."""
    return suggestions_to_decide(person).filter(state=SuggestionState.OPEN, **organization)


def may_decide(person: Viewer, suggestion: Suggestion) -> bool:
    return suggestions_to_decide(person).filter(pk=suggestion.pk).exists()
