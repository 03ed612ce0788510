"""Which records of the directory a person may see, and which she may change."""

from django.db.models import Q

from partnerships.core.access import (
    is_administrator,
    jurisdictions_read_by,
    jurisdictions_written_by,
    may_write_somewhere,
    organizations_of,
)
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Contact, Department, IssueArea, Jurisdiction, Organization

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
    return is_administrator(person) or organization.kept_by_id in jurisdictions_written_by(person)


def may_add_organization(person) -> bool:
    return may_write_somewhere(person)


def contacts_visible_to(person):
    """Contacts that their owner opened, for all; the others for the staff of the office that keeps the owner."""
    opened = Q(visible_to=Reader.PUBLIC) & (Q(organization__isnull=True) | Q(organization__listing=Listing.PROFILED))
    if is_administrator(person):
        return Contact.objects.all()
    mine = jurisdictions_read_by(person)
    kept = (
        Q(jurisdiction__in=mine)
        | Q(department__jurisdiction__in=mine)
        | Q(organization__kept_by__in=mine)
        | Q(organization__in=organizations_of(person))
    )
    return Contact.objects.filter(opened | kept)


def may_write_jurisdiction(person, jurisdiction) -> bool:
    """May she change a jurisdiction and its departments: its own editors; adding one is for administrators."""
    return is_administrator(person) or bool(jurisdiction and jurisdiction.pk in jurisdictions_written_by(person))
