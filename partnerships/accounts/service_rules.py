"""Service accounts: programs of an office or organization, which act with a role there by a token of their own.

No one signs in as one. It has no membership, so nothing that is meant for people reaches it: no email, no invitation, no seat in
a survey round, no place in a list of people.

A manager answers for it. When that person leaves, gets a lower role or is suspended, it changes nothing from its next request
on, and stops reading after READS_UNANSWERED, unless another manager takes it over before. If the person manages there again
before it has stopped, they answer for it as before; after that, someone has to take it over.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from partnerships.accounts.choices import READS_UNANSWERED, MemberRole
from partnerships.accounts.models import ApiToken, Membership, Person
from partnerships.accounts.rules import may_answer_for_programs
from partnerships.core.access import (
    MembershipRow,
    Viewer,
    departments_managed_by,
    is_administrator,
    jurisdictions_managed_by,
    organizations_managed_by,
)
from partnerships.core.models import type_key
from partnerships.directory.models import Body

ROLES = (MemberRole.READER, MemberRole.EDITOR)  # never one that manages people


def is_answered(token: ApiToken, at: datetime) -> bool:
    """Whether someone answers for a service account, so that it works with its whole role."""
    return not has_stopped(token, at) and may_answer_for_programs(token.answerable, token.body)


def has_stopped(token: ApiToken, at: datetime) -> bool:
    """Whether it doesn't read either, because no one answered for it for READS_UNANSWERED. A take-over starts it again."""
    return token.unanswered_since is not None and at >= token.unanswered_since + READS_UNANSWERED


def membership_of(token: ApiToken) -> MembershipRow:
    """What a service account acts with: as a viewer while no one answers for it."""
    role = MemberRole.READER if token.is_unanswered else token.role
    return MembershipRow(token.jurisdiction_id, token.department_id, token.organization_id, role)


def managers_of(body: Body) -> QuerySet[Person]:
    """The people who manage it and can sign in: managers of its own and, of a department, of its jurisdiction."""
    name = type_key(body)
    there = Q(**{name: body.pk})
    if name == "department":
        there |= Q(jurisdiction__departments=body.pk)
    managing = Membership.objects.filter(there, role=MemberRole.MANAGER)
    return Person.objects.filter(pk__in=managing.values("person"), is_active=True)


def people_told(body: Body) -> QuerySet[Person]:
    """Who is told that a program of an office or organization stopped: its managers, or administrators if it has none."""
    managers = managers_of(body)
    return managers if managers.exists() else Person.objects.filter(is_active=True, is_administrator=True)


def service_tokens_visible_to(person: Viewer) -> QuerySet[ApiToken]:
    """Those of the offices and organizations that the person manages (`core.access.manages`)."""
    rows = ApiToken.objects.exclude(role="").select_related(
        "person", "answerable", "jurisdiction", "department__jurisdiction", "organization"
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
