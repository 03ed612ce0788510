"""Service accounts: programs of an office or organization, which act with a role there by a token of their own.

No one signs in as one. It has no membership, so nothing that is meant for people reaches it: no email, no invitation, no seat in
a survey round, no place in a list of people. It works only as long as a manager is there who can answer for it.
"""

from django.db.models import Q, QuerySet

from partnerships.accounts.choices import MemberRole
from partnerships.accounts.models import ApiToken, Membership
from partnerships.core.access import (
    MembershipRow,
    Viewer,
    departments_managed_by,
    is_administrator,
    jurisdictions_managed_by,
    organizations_managed_by,
)
from partnerships.directory.models import Body

ROLES = (MemberRole.READER, MemberRole.EDITOR)  # never one that manages people


def membership_of(token: ApiToken) -> MembershipRow:
    """What a service account acts with."""
    return MembershipRow(token.jurisdiction_id, token.department_id, token.organization_id, token.role)


def has_manager(body: Body) -> bool:
    """Whether someone who can sign in manages it: a manager of its own or, of a department, of its jurisdiction."""
    return _managing_memberships(body).exists()


def managers_of(body: Body) -> set[int]:
    """Primary keys of the people who manage it, as in `has_manager`."""
    return set(_managing_memberships(body).values_list("person", flat=True))


def _managing_memberships(body: Body) -> QuerySet[Membership]:
    name = str(body._meta.model_name)
    there = Q(**{name: body.pk})
    if name == "department":
        there |= Q(jurisdiction__departments=body.pk)
    return Membership.objects.filter(there, role=MemberRole.MANAGER, person__is_active=True)


def service_tokens_visible_to(person: Viewer) -> QuerySet[ApiToken]:
    """Those of the offices and organizations that the person manages (`core.access.manages`)."""
    rows = ApiToken.objects.exclude(role="").select_related(
        "person", "jurisdiction", "department__jurisdiction", "organization"
    )
    if is_administrator(person):
        return rows
    offices = jurisdictions_managed_by(person)
    return rows.filter(
        Q(jurisdiction__in=offices)
        | Q(department__in=departments_managed_by(person))
        | Q(department__jurisdiction__in=offices)
        | Q(organization__in=organizations_managed_by(person))
    )
