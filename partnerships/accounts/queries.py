"""Reading people: who may sign in, what they belong to, who belongs to a body, and the lists that they keep under a name."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Q

from partnerships.accounts.choices import LET_GO, MEMBERS, NO_NAME, MemberRole
from partnerships.accounts.models import Person
from partnerships.accounts.rules import (
    is_from_outside,
    may_see_members,
    memberships_visible_to,
    open_invitations,
    open_invitations_of,
    people_visible_to,
    role_before_let_in,
    saved_lists_visible_to,
)
from partnerships.core.access import WRITING_ROLES, is_administrator, jurisdictions_written_by, kept_instead_of, manages
from partnerships.core.errors import Missing
from partnerships.core.merges import all_in
from partnerships.core.models import Change
from partnerships.directory import hooks
from partnerships.directory.models import Jurisdiction, Wording

LARGEST_ID = 2**63 - 1


def person_by_address(email: str):
    """The person who may sign in with this address, or None."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def is_closed(email: str) -> bool:
    """Whether the account with this address may no longer sign in."""
    return Person.objects.filter(email=email.strip().lower(), is_active=False).exists()


def frame_facts() -> tuple[bool, tuple]:
    """Whether the sample registry is in the database (its people come and go with it), and the version of the words that staff
    chose, as `core.wording` knows it. One query for both: every page asks it."""
    people, words = Person._meta.db_table, Wording._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS(SELECT 1 FROM {people} WHERE is_sample),"  # noqa: S608 (names of tables)
            f" (SELECT COUNT(*) FROM {words}), (SELECT MAX(at) FROM {words})"
        )
        has_sample, number, at = cursor.fetchone()
    return bool(has_sample), (str(number), str(at))


def memberships_of(person):
    """The bodies that this person belongs to, with their names."""
    return person.memberships.select_related("jurisdiction", "department", "organization").order_by("id")


@dataclass(frozen=True)
class MemberRow:
    """A place in a body as its reader may see it: the address is empty for those who do not manage the body. `may_end`: whether
    they may end it, theirs apart; `is_from_outside`: whether none of the body's managers gave it."""

    pk: int
    person_pk: int
    name: str
    address: str
    role: str
    is_suspended: bool
    may_end: bool
    is_from_outside: bool


def members_of(person, body) -> list[MemberRow]:
    """The places in a body, managers first. Those who may not manage see names only, and no one who is suspended.

    Raises Missing for whoever may not know who belongs there.
    """
    if not may_see_members(person, body):
        raise Missing
    is_manager, rank = manages(person, body), {role: -place for place, role in enumerate(MemberRole.values)}
    rows = body.memberships.select_related("person", "let_in_with").order_by("person__name", "pk")
    found = [_member_row(person, body, place, is_manager) for place in rows if is_manager or place.person.is_active]
    return sorted(found, key=lambda row: rank[row.role])


def _member_row(reader, body, place, is_manager):
    who = place.person
    address = who.email if is_manager else ""
    may_end = is_manager or role_before_let_in(reader, body, place) is not None
    return MemberRow(
        place.pk, who.pk, str(who), address, place.role, not who.is_active, may_end, is_from_outside(place)
    )


def member_changes(person, body) -> list:
    """How the people of a body changed, for those who manage it; for others nothing."""
    if not manages(person, body):
        return []
    rows = Change.objects.filter(verb=MEMBERS, record_type=body._meta.model_name, record_id=body.pk)
    return list(rows.select_related("by")[:50])


def invitations_to(body):
    """The open invitations to a body, for those who manage it."""
    return open_invitations().filter(**{body._meta.model_name: body})


def invitations_for(person):
    """The open invitations to this person, for themself."""
    return list(open_invitations_of(person))


def _one(rows, pk):
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Missing
    return found


def membership(person, pk):
    """A place that the person may see; a suspended one only for those who manage its body. Raises Missing."""
    place = _one(memberships_visible_to(person), pk)
    if not place.person.is_active and not manages(person, place.body):
        raise Missing
    return place


def invitation_for(person, pk):
    """An open invitation to this person. Raises Missing."""
    return _one(open_invitations_of(person), pk)


def invitation_by(person, pk):
    """An open invitation to a body that this person manages. Raises Missing."""
    found = _one(open_invitations(), pk)
    if not manages(person, found.body):
        raise Missing
    return found


def account(person, pk):
    """An account, for administrators. Raises Missing."""
    return _one(people_visible_to(person), pk)


def account_instead(person, pk):
    """The account that the one of this number was made one with, for administrators; None when there is none."""
    return kept_instead_of(people_visible_to(person), pk) if pk <= LARGEST_ID else None


def account_by_address(person, address: str):
    """An account by its mail address, for administrators; None when there is none."""
    return people_visible_to(person).filter(email=address.strip().lower()).first()


def administrators(person):
    return people_visible_to(person).filter(is_administrator=True, is_active=True).order_by("name", "pk")


def suspended(person):
    return people_visible_to(person).filter(is_active=False).order_by("name", "pk")


def managed_alone_by(person) -> list:
    """The bodies that would have no manager who may sign in without this one."""
    if not person.is_active:
        return []
    own = [place.body for place in memberships_of(person) if place.role == MemberRole.MANAGER]
    active = {"role": MemberRole.MANAGER, "person__is_active": True}
    return [body for body in own if not body.memberships.filter(**active).exclude(person=person).exists()]


def account_changes(person, other) -> list:
    """When and why an account was suspended, reinstated or made one with another, for administrators."""
    if not people_visible_to(person).filter(pk=other.pk).exists():
        raise Missing
    return list(Change.objects.filter(record_type="person", record_id__in=all_in(other)).select_related("by")[:50])


def let_go(person, *, most=20) -> list:
    """What the registry let go that belonged to no office, the latest first, for administrators."""
    rows = Change.objects.filter(verb=LET_GO) if is_administrator(person) else Change.objects.none()
    return list(rows[:most])


def names_of(pks) -> dict[int, str]:
    """Number of a person → their name, for the change log; never an address. Of an account that was made one with another, the
    name of that one."""
    found = {pk: name or NO_NAME for pk, name in Person.objects.filter(pk__in=pks).values_list("pk", "name")}
    instead = {pk: kept_instead_of(Person.objects, pk) for pk in {*pks} - {*found}}
    return found | {pk: str(kept) for pk, kept in instead.items() if kept}


def saved_lists(person, key: str = "") -> list:
    """The saved lists that she sees, of the list of this key or of all: her own first, then her offices', by name."""
    rows = saved_lists_visible_to(person).select_related("jurisdiction")
    rows = rows.filter(list=key) if key else rows
    return list(rows.order_by(F("jurisdiction__name").asc(nulls_first=True), "jurisdiction", "name", "pk"))


def saved_list(person, pk: int):
    """One of them. Raises Missing."""
    return _one(saved_lists_visible_to(person).select_related("jurisdiction"), pk)


def offices_written_by(person) -> list:
    """The jurisdictions whose editors' and managers' right she has by a place there."""
    return list(Jurisdiction.objects.filter(pk__in=jurisdictions_written_by(person)).order_by("name", "pk"))


@hooks.deciders.register
def deciders(suggestion) -> list[Person]:
    """Who is told of it: the organization's own editors; else the writing staff of its office; else administrators."""
    active = Person.objects.filter(is_active=True).order_by("pk")
    offices = {suggestion.office_id, getattr(suggestion.organization, "kept_by_id", None)} - {None}
    for who in (
        Q(memberships__organization=suggestion.organization_id) if suggestion.organization_id else None,
        Q(memberships__jurisdiction__in=offices) if offices else None,
    ):
        found = list(active.filter(who, memberships__role__in=WRITING_ROLES).distinct()) if who is not None else []
        if found:
            return found
    return list(active.filter(is_administrator=True))
