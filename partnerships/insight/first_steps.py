"""The first steps of a new office, each done as soon as the registry has what it leads to."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from partnerships.accounts.choices import InvitationState
from partnerships.accounts.models import Invitation, Membership, Person
from partnerships.assessment.models import Round
from partnerships.core.access import is_administrator, jurisdictions_managed_by
from partnerships.directory.models import Jurisdiction, Organization
from partnerships.registry.choices import SeatState
from partnerships.registry.models import Partnership, SeatConsent

OFFICE, STAFF, IMPORT, PARTNER, ROUND = STEPS = ("office", "staff", "import", "partner", "round")


@dataclass(frozen=True)
class FirstSteps:
    """`office` is None as long as no office has people. `done`: the steps that are. `partnership`: the public id of the
    oldest one that the office leads, or "".
    """

    office: Jurisdiction | None = None
    done: frozenset[str] = field(default_factory=frozenset)
    partnership: str = ""

    @property
    def are_done(self) -> bool:
        return len(self.done) == len(STEPS)


def first_steps_of(person: Person) -> FirstSteps | None:
    """The first steps of the office that a person manages, for an administrator of the first office; None for others. At
    most one query.
    """
    managed = jurisdictions_managed_by(person)
    if managed:
        offices = Jurisdiction.objects.filter(pk__in=managed)
    elif is_administrator(person):
        offices = Jurisdiction.objects.filter(memberships__isnull=False, is_sample=False)
    else:
        return None
    office = _with_steps(offices, person).order_by("pk").first()
    return FirstSteps() if office is None else _steps_of(office)


def _with_steps(offices: QuerySet[Jurisdiction], person: Person) -> QuerySet:
    office = OuterRef("pk")
    people = Membership.objects.filter(jurisdiction=office).exclude(person=person)
    invited = Invitation.objects.filter(jurisdiction=office, state=InvitationState.OPEN)
    seats = SeatConsent.objects.filter(partnership__lead=office, state__in=(SeatState.INVITED, SeatState.CONFIRMED))
    partners = Invitation.objects.filter(organization__kept_by=office)
    led = Partnership.objects.filter(lead=office).order_by("pk")
    return offices.annotate(
        has_staff=Exists(people) | Exists(invited),
        has_records=Exists(Organization.objects.filter(kept_by=office)),
        has_partner=Exists(seats) | Exists(partners),
        has_round=Exists(Round.objects.filter(partnership__lead=office)),
        first_partnership=Subquery(led.values("public_id")[:1]),
        is_described=~Q(about="") | ~Q(website=""),
    )


def _steps_of(office: Any) -> FirstSteps:
    """The steps that an office has done, from a row with a flag for each."""
    done = {
        OFFICE: office.is_described,
        STAFF: office.has_staff,
        IMPORT: office.has_records,
        PARTNER: office.has_partner,
        ROUND: office.has_round,
    }
    return FirstSteps(office, frozenset(step for step in STEPS if done[step]), office.first_partnership or "")
