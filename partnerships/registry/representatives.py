"""Who can speak for a party, and who keeps a lead's records: memberships of people who can sign in."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from partnerships.accounts.models import Membership, Person
from partnerships.core.access import WRITING_ROLES
from partnerships.core.models import type_key
from partnerships.directory.models import Body, Contact, body_key, in_bodies
from partnerships.mail.message import mailbox_of
from partnerships.registry.models import Partnership, Party
from partnerships.registry.seats import at_table


def editors_of_leads(lead_ids: Collection[int]) -> QuerySet[Membership]:
    """The memberships of the editors and managers of these jurisdictions."""
    return Membership.objects.filter(jurisdiction__in=lead_ids, role__in=WRITING_ROLES, person__is_active=True)


def mailboxes_of_office(jurisdiction_id: int) -> set[str]:
    """The mailboxes of the members and contacts of a jurisdiction and its departments."""
    own = Q(jurisdiction=jurisdiction_id) | Q(department__jurisdiction=jurisdiction_id)
    members = Membership.objects.filter(own).values_list("person__email", flat=True)
    contacts = Contact.objects.filter(own).exclude(email="").values_list("email", flat=True)
    return {mailbox_of(address) for address in {*members, *contacts}}


def belongs_to(person: Person, partnership: Partnership, day: date, *, without: Body | None = None) -> bool:
    """Whether the person belongs to the lead jurisdiction, or to a party that is at the table on that day.

    `without`: an office or organization whose membership doesn't count.
    """
    parties = Party.objects.filter(at_table(day), partnership=partnership)
    rows = Membership.objects.filter(_takes_part(partnership.lead_id, parties), person=person)
    return (rows.exclude(**{type_key(without): without}) if without else rows).exists()


def has_left(field: str) -> Q:
    """A Q for rows of a partnership whose person in `field` can't sign in anymore, or doesn't `belongs_to` it today."""
    parties = Party.objects.filter(at_table(), partnership=OuterRef(OuterRef("partnership")))
    here = Membership.objects.filter(_takes_part(OuterRef("partnership__lead"), parties), person=OuterRef(field))
    is_active = Q(**{f"{field}__is_active": True})
    stays = is_active & (Q(**{f"{field}__is_administrator": True}) | Q(Exists(here)))
    return Q(**{f"{field}__isnull": False}) & ~stays


def _takes_part(lead: int | OuterRef, parties: QuerySet[Party]) -> Q:
    """A Q for memberships in the lead jurisdiction, in one of these parties, or in a department of either."""
    party = (
        Q(jurisdiction=OuterRef("jurisdiction"))
        | Q(jurisdiction=OuterRef("department__jurisdiction"))
        | Q(department__jurisdiction=OuterRef("jurisdiction"))
        | Q(department=OuterRef("department"))
        | Q(organization=OuterRef("organization"))
    )
    return Q(jurisdiction=lead) | Q(department__jurisdiction=lead) | Q(Exists(parties.filter(party)))


def people_of(party: Party) -> QuerySet[Membership]:
    """The memberships of a party's own office or organization, in any role.

    For a department of another jurisdiction that has no people of its own, that jurisdiction's people act for it. The
    lead's departments have no stand-in, since the lead wrote the record.
    """
    rows, ((kind, pk), stand_in) = Membership.objects.filter(person__is_active=True), _speaking_for(party)
    own = Q(**{kind: pk})
    if stand_in is None:
        return rows.filter(own)
    return rows.filter(own | (Q(jurisdiction=stand_in[1]) & ~Exists(rows.filter(own))))


def _speaking_for(party: Party) -> tuple:
    """(its own office or organization, its stand-in or None), each as (model name, primary key)."""
    own = body_key(party)
    if party.department is None or party.department.jurisdiction_id == party.partnership.lead_id:
        return own, None
    return own, ("jurisdiction", party.department.jurisdiction_id)


def representatives_of(party: Party) -> QuerySet[Membership]:
    """The memberships of the people who may speak for it: editors and managers."""
    return people_of(party).filter(role__in=WRITING_ROLES)


def representatives_by_party(parties: Iterable[Party]) -> dict[int, set[int]]:
    """Party's key → primary keys of the people who may speak for it (`representatives_of`), for any number of parties in one
    query.
    """
    speaking = {party.pk: _speaking_for(party) for party in parties}
    bodies = {body for pair in speaking.values() for body in pair if body}
    people: dict = {}
    rows = Membership.objects.filter(in_bodies(bodies), person__is_active=True) if bodies else ()
    for row in rows:
        people.setdefault(body_key(row), []).append((row.person_id, row.role))
    found = {}
    for pk, (own, stand_in) in speaking.items():
        members = people.get(own) or people.get(stand_in, [])
        found[pk] = {person for person, role in members if role in WRITING_ROLES}
    return found
