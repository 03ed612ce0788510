"""Which records of the directory a person may see, and which she may change."""

from django.db.models import Q

from partnerships.core.access import (
    WRITING_ROLES,
    belongs_somewhere,
    departments_written_by,
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    may_write_somewhere,
    of_own_bodies,
    organizations_of,
    organizations_written_by,
)
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Contact, Department, IssueArea, Jurisdiction, Organization, Suggestion
from partnerships.registry.choices import OFFICE_ONLY_CIRCLES
from partnerships.registry.models import Party

LISTED = (Listing.PROFILED, Listing.NAMED)


def jurisdictions_visible_to(person):
    return Jurisdiction.objects.all()


def departments_visible_to(person):
    return Department.objects.all()


def issue_areas_visible_to(person):
    return IssueArea.objects.all()


def organizations_visible_to(person):
    """Listed organizations for all; an unlisted one for its own members and the staff of the office that keeps it."""
    if is_administrator(person):
        return Organization.objects.all()
    own = Q(pk__in=organizations_of(person)) | Q(kept_by__in=jurisdictions_read_by(person))
    return Organization.objects.filter(Q(listing__in=LISTED) | own)


def may_read_whole(person, organization) -> bool:
    """May she read the private fields: its own members and the staff of the office that keeps it."""
    return (
        is_administrator(person)
        or organization.pk in organizations_of(person)
        or organization.kept_by_id in jurisdictions_read_by(person)
    )


def may_write_organization(person, organization) -> bool:
    """Its own editors. The office that keeps the record may too, as long as the organization has none of its own."""
    if is_administrator(person) or organization.pk in organizations_written_by(person):
        return True
    return organization.kept_by_id in jurisdictions_written_by(person) and not keeps_itself(organization)


def keeps_itself(organization) -> bool:
    """Whether the organization has editors of its own: then its profile is theirs, and an office suggests."""
    return bool(organization.pk) and organization.memberships.filter(role__in=WRITING_ROLES).exists()


def may_add_organization(person) -> bool:
    return may_write_somewhere(person)


def contacts_visible_to(person):
    """Contacts that their owner opened, for all; the others for the owner's own people and the office that keeps it.

    One opened to partners is for the people of the bodies that sit with its owner in a partnership.
    """
    opened = Q(visible_to=Reader.PUBLIC) & (Q(organization__isnull=True) | Q(organization__listing=Listing.PROFILED))
    if is_administrator(person):
        return Contact.objects.all()
    kept = of_own_bodies(person) | Q(organization__kept_by__in=jurisdictions_read_by(person))
    if not belongs_somewhere(person):
        return Contact.objects.filter(opened)
    with_her = parties_beside(person)
    beside = Q(organization__in=with_her.values("organization")) | Q(department__in=with_her.values("department"))
    beside |= Q(jurisdiction__in=with_her.values("jurisdiction"))
    return Contact.objects.filter(opened | kept | (Q(visible_to=Reader.PARTNERS) & beside))


def parties_beside(person):
    """The parties that sit with a body of the person in a published partnership: the partners that a field is opened to."""
    seated = Party.objects.filter(partnership__is_published=True).exclude(circle__in=OFFICE_ONLY_CIRCLES)
    at = seated.filter(of_own_bodies(person)).values("partnership")
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    return seated.filter(Q(partnership__in=at) | led)


def is_partner(person, organization) -> bool:
    """Whether the person belongs to a body that works with the organization in a published partnership."""
    return belongs_somewhere(person) and parties_beside(person).filter(organization=organization).exists()


def may_write_jurisdiction(person, jurisdiction) -> bool:
    """May she change a jurisdiction and its departments: its own editors; adding one is for administrators."""
    return is_administrator(person) or bool(jurisdiction and jurisdiction.pk in jurisdictions_written_by(person))


def may_write_department(person, department) -> bool:
    """Its own editors, and those of its jurisdiction."""
    return department.pk in departments_written_by(person) or may_write_jurisdiction(person, department.jurisdiction)


def suggestions_visible_to(person):
    """Suggestions for those who decide them: an organization's own editors, the writing staff of the office that keeps it or
    was named in a proposal, administrators."""
    if is_administrator(person):
        return Suggestion.objects.all()
    offices = jurisdictions_written_by(person)
    own = Q(organization__in=organizations_written_by(person))
    return Suggestion.objects.filter(own | Q(organization__kept_by__in=offices) | Q(office__in=offices))


def may_decide(person, suggestion) -> bool:
    """An organization with editors of its own decides what changes in its record; its office may read along."""
    if suggestion.organization:
        return may_write_organization(person, suggestion.organization)
    return may_write_jurisdiction(person, suggestion.office)
