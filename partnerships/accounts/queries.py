"""Reads accounts: who can sign in, memberships of people and offices, and saved lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import F, Model, Q, QuerySet

from partnerships.accounts.choices import DELETED_UNOWNED, LEFT, MEMBERS, NO_NAME, MemberRole
from partnerships.accounts.models import Invitation, Membership, Person, SavedList
from partnerships.accounts.rules import (
    is_from_outside,
    may_end_membership,
    may_see_members,
    memberships_visible_to,
    open_invitations,
    open_invitations_of,
    people_visible_to,
    saved_lists_visible_to,
)
from partnerships.core.access import (
    WRITING_ROLES,
    Viewer,
    is_administrator,
    jurisdictions_written_by,
    manages,
    merged_into_by_pk,
)
from partnerships.core.errors import NotFound
from partnerships.core.merges import merged_pks
from partnerships.core.models import Change, type_key
from partnerships.directory import hooks
from partnerships.directory.models import Body, IssueArea, Jurisdiction, Organization, Suggestion, Term, Wording

Row = TypeVar("Row", bound=Model)


def person_by_address(email: str) -> Person | None:
    """The person who can sign in with this address, or None."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def is_closed(email: str) -> bool:
    """Whether the account with this address is suspended."""
    return Person.objects.filter(email=email.strip().lower(), is_active=False).exists()


def frame_facts() -> tuple[bool, tuple]:
    """(whether the sample is in the database, the version of the label overrides as `core.label_overrides` has it).

    One query for both, because every page asks for them. The sample's people come and go with it.
    """
    people, words, terms, areas = (model._meta.db_table for model in (Person, Wording, Term, IssueArea))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS(SELECT 1 FROM {people} WHERE is_sample),"  # noqa: S608 (names of tables)
            f" (SELECT COUNT(*) FROM {words}), (SELECT MAX(at) FROM {words}),"
            f" (SELECT MAX(translated_at) FROM {terms}), (SELECT MAX(translated_at) FROM {areas})"
        )
        has_sample, number, *moments = cursor.fetchone()
    return bool(has_sample), (str(number), *map(str, moments))


def memberships_of(person: Person) -> QuerySet[Membership]:
    """The memberships of this person, with the offices and organizations."""
    return person.memberships.select_related("jurisdiction", "department", "organization").order_by("id")


@dataclass(frozen=True)
class MemberRow:
    """A membership as its reader may see it.

    `address` is "" for readers who don't manage it. `may_end`: whether the reader may end it, their own left aside.
    `is_from_outside`: it was given without a yes from a manager there.
    """

    pk: int
    person_pk: int
    name: str
    address: str
    role: str
    is_suspended: bool
    may_end: bool
    is_from_outside: bool


def members_of(person: Viewer, body: Body) -> list[MemberRow]:
    """The members of an office or organization, managers first.

    Readers who aren't managers see names only, and no suspended people. Raises NotFound for those who may not see the
    members.
    """
    if not may_see_members(person, body):
        raise NotFound
    is_manager, rank = manages(person, body), {role: -position for position, role in enumerate(MemberRole.values)}
    rows = body.memberships.select_related("person", "let_in_with").order_by("person__name", "pk")
    found = [
        _member_row(person, membership, is_manager) for membership in rows if is_manager or membership.person.is_active
    ]
    return sorted(found, key=lambda row: rank[row.role])


def _member_row(reader: Viewer, membership: Membership, is_manager: bool) -> MemberRow:
    person = membership.person
    return MemberRow(
        pk=membership.pk,
        person_pk=person.pk,
        name=str(person),
        address=person.email if is_manager else "",
        role=membership.role,
        is_suspended=not person.is_active,
        may_end=may_end_membership(reader, membership),  # no query: the rows of `body.memberships` know their body
        is_from_outside=is_from_outside(membership),
    )


def member_changes(person: Viewer, body: Body) -> list:
    """The changes of members, and who followed someone who left, for those who manage it; empty for others."""
    if not manages(person, body):
        return []
    rows = Change.objects.filter(verb__in=(MEMBERS, LEFT), record_type=type_key(body), record_id=body.pk)
    return list(rows.select_related("by")[:50])


def invitations_to(body: Body) -> QuerySet[Invitation]:
    """The open invitations to an office or organization, for those who manage it."""
    return open_invitations().filter(**{type_key(body): body})


def invitations_for(person: Viewer) -> list:
    """The open invitations to this person."""
    return list(open_invitations_of(person))


def _find(rows: QuerySet[Row], pk: int) -> Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def membership(person: Person, pk: int) -> Membership:
    """A membership that the person may see; one of a suspended person only for those who manage it. Raises NotFound."""
    membership = _find(memberships_visible_to(person), pk)
    if not membership.person.is_active and not manages(person, membership.body):
        raise NotFound
    return membership


def invitation_for(person: Viewer, pk: int) -> Invitation:
    """An open invitation to this person. Raises NotFound."""
    return _find(open_invitations_of(person), pk)


def invitation_managed_by(person: Viewer, pk: int) -> Invitation:
    """An open invitation to an office or organization that this person manages, sent by anyone. Raises NotFound."""
    found = _find(open_invitations(), pk)
    if not manages(person, found.body):
        raise NotFound
    return found


def account(person: Viewer, pk: int) -> Person:
    """An account, for administrators. Raises NotFound."""
    return _find(people_visible_to(person), pk)


def account_merged_into(person: Viewer, pk: int) -> Person | None:
    """The account that the one with this primary key was merged into, for administrators; otherwise None."""
    return merged_into_by_pk(people_visible_to(person), pk)


def account_by_address(person: Viewer, address: str) -> Person | None:
    """An account by its email address, for administrators; otherwise None."""
    return people_visible_to(person).filter(email=address.strip().lower()).first()


def administrators(person: Viewer) -> QuerySet[Person]:
    return people_visible_to(person).filter(is_administrator=True, is_active=True).order_by("name", "pk")


def suspended(person: Viewer) -> QuerySet[Person]:
    return people_visible_to(person).filter(is_active=False).order_by("name", "pk")


def bodies_managed_only_by(person: Person) -> list:
    """The offices and organizations that would have no manager who can sign in without this person."""
    if not person.is_active:
        return []
    own = [membership.body for membership in memberships_of(person) if membership.role == MemberRole.MANAGER]
    active = {"role": MemberRole.MANAGER, "person__is_active": True}
    return [body for body in own if not body.memberships.filter(**active).exclude(person=person).exists()]


def organizations_used_only_by(person: Person) -> list[Organization]:
    """The organizations in which no one else can sign in."""
    own = [membership.organization for membership in memberships_of(person) if membership.organization]
    return [one for one in own if not one.memberships.filter(person__is_active=True).exclude(person=person).exists()]


def account_changes(person: Viewer, other: Person) -> list[Change]:
    """When and why an account was suspended, reinstated or merged, for administrators."""
    if not people_visible_to(person).filter(pk=other.pk).exists():
        raise NotFound
    return list(Change.objects.filter(record_type="person", record_id__in=merged_pks(other)).select_related("by")[:50])


def retention_log(person: Viewer, *, most: int = 20) -> list:
    """What retention deleted that belonged to no office, latest first, for administrators."""
    rows = Change.objects.filter(verb=DELETED_UNOWNED) if is_administrator(person) else Change.objects.none()
    return list(rows[:most])


def names_of(pks: Iterable[int]) -> dict[int, str]:
    """Primary key of a person → name, for the change log; never an address.

    For a merged account, the name of the kept one.
    """
    found = {pk: name or str(NO_NAME) for pk, name in Person.objects.filter(pk__in=pks).values_list("pk", "name")}
    instead = {pk: merged_into_by_pk(Person.objects, pk) for pk in {*pks} - {*found}}
    return found | {pk: str(kept) for pk, kept in instead.items() if kept}


def saved_lists(person: Viewer, key: str = "") -> list:
    """The saved lists that the person sees, with this key or all: their own first, then their offices', by name."""
    rows = saved_lists_visible_to(person).select_related("jurisdiction")
    rows = rows.filter(list=key) if key else rows
    return list(rows.order_by(F("jurisdiction__name").asc(nulls_first=True), "jurisdiction", "name", "pk"))


def saved_list(person: Viewer, pk: int) -> SavedList:
    """One saved list. Raises NotFound."""
    return _find(saved_lists_visible_to(person).select_related("jurisdiction"), pk)


def offices_written_by(person: Viewer) -> list:
    """The jurisdictions in which the person is an editor or manager."""
    return list(Jurisdiction.objects.filter(pk__in=jurisdictions_written_by(person)).order_by("name", "pk"))


@hooks.deciders.register
def deciders(suggestion: Suggestion) -> list[Person]:
    """The people to notify: the organization's own editors; otherwise the editors of its office; otherwise
    administrators.
    """
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
