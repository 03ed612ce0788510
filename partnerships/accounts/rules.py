"""Which memberships, invitations, accounts and saved lists a person may see."""

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

from partnerships.accounts.choices import PEOPLE_STAY, InvitationState, MemberRole
from partnerships.accounts.models import Invitation, Membership, Person, SavedList
from partnerships.core import clock
from partnerships.core.access import (
    Viewer,
    departments_of,
    is_administrator,
    jurisdictions_managed_by,
    jurisdictions_read_by,
    jurisdictions_written_by,
    manages,
    organizations_of,
    role_in,
)
from partnerships.directory.models import Body, Organization


def may_see_members(person: Viewer, body: Body) -> bool:
    """Whether the person may see the members: its own people and those who manage it may."""
    return bool(role_in(person, body)) or manages(person, body)


def memberships_visible_to(person: Viewer) -> QuerySet[Membership]:
    """The memberships of offices and organizations whose members the person may see."""
    bodies = ("jurisdiction", "department__jurisdiction", "organization")
    rows = Membership.objects.select_related("person", "let_in_with", *bodies)
    if is_administrator(person):
        return rows
    return rows.filter(
        Q(jurisdiction__in=jurisdictions_read_by(person))
        | Q(department__in=departments_of(person))
        | Q(department__jurisdiction__in=jurisdictions_managed_by(person))
        | Q(organization__in=organizations_of(person))
    )


def is_from_outside(membership: Membership) -> bool:
    """Whether this membership was recently given or raised without a yes from a manager of the organization."""
    return membership.let_in_with is not None and membership.let_in_with.at > clock.now() - PEOPLE_STAY


def may_connect_programs(person: Viewer, body: Body) -> bool:
    """Whether the person may let programs act for it, or have its news sent elsewhere: as `manages`, but for an organization
    only its own managers.

    Its people are told at once of a manager who is let in from outside, and can end that. They aren't told of a program, so
    neither an administrator nor such a manager connects one.
    """
    if not isinstance(body, Organization):
        return manages(person, body)
    if person is None or role_in(person, body) != MemberRole.MANAGER:
        return False
    membership = body.memberships.select_related("let_in_with").filter(person=person.pk).first()
    return membership is not None and not is_from_outside(membership)


def may_answer_for_programs(person: Person | None, body: Body) -> bool:
    """Whether a program of an office or organization may go on while this person answers for it: as long as they could connect
    it. Once they left, were given a lower role or were suspended, they can't.
    """
    return person is not None and may_connect_programs(person, body)


def role_before_outside_grant(person: Viewer, body: Body, membership: Membership) -> str | None:
    """The role before a membership was given or raised from outside ("": none), for the organization's people of that
    time.

    They can restore it. None for everyone else.
    """
    change = membership.let_in_with
    if change is None or not is_from_outside(membership) or person is None or not role_in(person, body):
        return None
    before = dict(change.before["members"])
    return before.get(membership.person_id, "") if person.pk in before else None


def may_end_membership(person: Viewer, membership: Membership) -> bool:
    """Whether the person may end it: managers, and if it was given or raised from outside, also the people who were
    there then.
    """
    return (
        manages(person, membership.body) or role_before_outside_grant(person, membership.body, membership) is not None
    )


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that are open and haven't expired, each with `sender_manages`.

    `sender_manages`: whether its sender may still invite there, by the rule of `core.access.manages`. If not, it can't
    be accepted until a manager sends it again.
    """
    rows = Invitation.objects.select_related("person", "by", "jurisdiction", "department__jurisdiction", "organization")
    rows = rows.filter(state=InvitationState.OPEN, expires_at__gt=clock.now())
    above = Q(jurisdiction=OuterRef("jurisdiction")) | Q(jurisdiction=OuterRef("department__jurisdiction"))
    body = above | Q(department=OuterRef("department")) | Q(organization=OuterRef("organization"))
    managing = Membership.objects.filter(body, person=OuterRef("by"), role=MemberRole.MANAGER)
    manages_now = Q(by__is_active=True) & (Q(by__is_administrator=True) | Exists(managing))
    may_invite = Case(When(manages_now, then=True), default=False, output_field=BooleanField())
    return rows.annotate(sender_manages=may_invite)  # type: ignore[no-redef]  # the model declares it for its readers


def open_invitations_of(person: Viewer) -> QuerySet[Invitation]:
    """The open invitations to this person."""
    if not isinstance(person, Person) or not person.is_active:
        return open_invitations().none()
    return open_invitations().filter(person=person)


def people_visible_to(person: Viewer) -> QuerySet[Person]:
    """Accounts with their email addresses are for administrators only."""
    return Person.objects.filter(is_service=False) if is_administrator(person) else Person.objects.none()


def saved_lists_visible_to(person: Viewer) -> QuerySet[SavedList]:
    """The person's own lists, and those of their offices. Administrator rights add none."""
    if not isinstance(person, Person) or not person.is_active:
        return SavedList.objects.none()
    return SavedList.objects.filter(Q(person=person) | Q(jurisdiction__in=jurisdictions_read_by(person)))


def may_write_saved_list(person: Viewer, saved: SavedList) -> bool:
    """Whether the list is the person's own, or belongs to an office in which they are an editor."""
    return (
        saved.person_id == getattr(person, "pk", None)
        if saved.person_id
        else saved.jurisdiction_id in jurisdictions_written_by(person)
    )
