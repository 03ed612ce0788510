"""Asks a person who confirmed a seat by a personal link, and signs in with the address of that link, whether they speak for
the organization. It's a pending membership, and nothing is stored for it: its reasons are checked at every visit.

Only the contact's own address counts. The question ends with the yes to the seat, with the contact or its mailbox, when the
organization unlists itself or closes, for one of its former people, and after 90 days. It doesn't matter
whether the sender of the invitation is still there: the answer to it counts.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from partnerships.accounts import claims, hooks
from partnerships.accounts.choices import ClaimState
from partnerships.accounts.models import Claim, Person
from partnerships.core import clock
from partnerships.core.access import Viewer, acts_as_themselves, require, speaks_for_itself
from partnerships.core.errors import NotFound
from partnerships.directory.models import Jurisdiction, Organization, is_closed
from partnerships.registry import seats
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.inviting import is_of_office
from partnerships.registry.models import Party, SeatConsent
from partnerships.registry.rules import contacts_who_confirmed

OPEN_FOR = timedelta(days=90)
MOST = 10


class SeatQuestion(NamedTuple):
    """The seat that the person confirmed, with its partnership and organization, and that answer."""

    person: Person
    party: Party
    answer: SeatConsent

    @property
    def organization(self) -> Organization:
        assert self.answer.organization is not None  # `_confirmed_by` reads those of organizations
        return self.answer.organization


def questions_for(person: Viewer) -> list[SeatQuestion]:
    """What this person is asked, the latest answer first, each organization once. One query for someone who is asked
    nothing.
    """
    found: dict[int, SeatQuestion] = {}
    for question in _confirmed_by(person):
        organization = question.organization
        if organization.pk in found or _is_answered(question):
            continue
        if not claims.was_there_before(question.person, organization):
            found[organization.pk] = question
    return list(found.values())


def question_about(person: Viewer, pk: int) -> SeatQuestion:
    """The question about the organization of this answer to a seat. Raises NotFound."""
    answer = SeatConsent.objects.filter(pk=pk).first()
    asked = questions_for(person) if answer else []
    found = next((one for one in asked if answer and one.organization.pk == answer.organization_id), None)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def speak_for(*, by: Person, pk: int) -> Claim:
    """Answer yes: the person becomes the first manager of the organization, or its managers or the office decide.

    `pk`: of the answer to the seat. Raises NotFound when the person isn't asked any longer.
    """
    question = _locked_question(by, pk)
    return claims.claim_by_seat(by=by, organization=question.organization, given_by=_giver_of(question))


@transaction.atomic
def do_not_speak_for(*, by: Person, pk: int) -> Claim:
    """Answer no. Raises NotFound when the person isn't asked any longer."""
    return claims.refuse_by_seat(by=by, organization=_locked_question(by, pk).organization)


def _locked_question(by: Person, pk: int) -> SeatQuestion:
    require(by.is_active)
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # so that a double press answers once
    return question_about(by, pk)


@hooks.has_confirmed_seat.register
def has_confirmed_seat(person: Person, organization: Organization) -> bool:
    return seat_behind(person, organization) is not None


def seat_behind(person: Person, organization: Organization) -> SeatQuestion | None:
    """The seat of the organization that this person still confirms by a link to their address, also after they answered."""
    return next((one for one in _confirmed_by(person) if one.organization.pk == organization.pk), None)


def _confirmed_by(person: Viewer) -> list[SeatQuestion]:
    """The seats of organizations that this person confirmed by a link to their own address, and that still are."""
    if not isinstance(person, Person) or not acts_as_themselves(person) or not speaks_for_itself(person):
        return []
    rows = SeatConsent.objects.filter(
        state=SeatState.CONFIRMED,
        way=ConsentWay.LINK,
        at__gt=clock.now() - OPEN_FOR,
        contact__email__iexact=person.email,
        contact__organization=F("organization"),
    )
    rows = rows.select_related("contact", "organization__kept_by").order_by("-at", "-pk")[:MOST]
    pairs = [(row.find_party(), row) for row in rows]
    return [SeatQuestion(person, party, row) for party, row in pairs if party and _is_confirmed(party, row)]


def _is_confirmed(party: Party, answer: SeatConsent) -> bool:
    """Whether the seat is confirmed by this contact alone, and its organization hasn't unlisted itself or closed."""
    assert answer.contact is not None  # `_confirmed_by` reads those of a contact and an organization
    assert answer.organization is not None
    if answer.organization.has_withdrawn or is_closed(answer.organization) or not party.partnership.is_published:
        return False
    if party.state != SeatState.CONFIRMED or not seats.is_at_table(party):
        return False
    is_own = contacts_who_confirmed([party]).get(party.pk) == answer.contact
    return is_own and not is_of_office(answer.contact, party.partnership)


def _is_answered(question: SeatQuestion) -> bool:
    """Whether the person has said no since, or withdrew their yes."""
    rows = Claim.objects.filter(person=question.person, organization=question.organization, by_seat=True)
    return rows.filter(state=ClaimState.WITHDRAWN, made_at__gte=question.answer.at).exists()


def _giver_of(question: SeatQuestion) -> Jurisdiction | None:
    """The office that itself gave the address for the organization: it keeps the record and sent the invitation."""
    lead = question.party.partnership.lead
    return lead if question.organization.kept_by_id == lead.pk else None
