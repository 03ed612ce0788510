"""The frame of every change of who belongs to an office or organization.

Offices and organizations are locked first, always in the same order. After that, the rights of the acting person are
read again (`may_manage_now`): what they were a moment ago doesn't count. When the block ends, each still has a
manager, the change log holds the members before and after (people by primary key), and emails are planned.

An organization belongs to its own people. When a person comes in or gets a higher role without a yes from one of its
managers, all of its people are told at once, and each of them can undo it (`rules.may_end_membership`).
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.choices import MEMBERS, PEOPLE_STAY, InvitationState, MemberRole
from partnerships.accounts.events import rights_changed
from partnerships.accounts.models import FormerMember, Invitation, Person
from partnerships.accounts.occurrences import LET_IN
from partnerships.core import clock
from partnerships.core.access import Author, System, account_of, manages, manages_from_outside
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change, type_key
from partnerships.core.writing import lock
from partnerships.directory.models import Body, Contact, Department, Jurisdiction, Organization
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import mailbox_of
from partnerships.mail.suppressions import digest_of

BY = object()  # the default of `approved_by`: the acting person


@dataclass(frozen=True)
class _Member:
    role: str
    address: str
    is_active: bool
    let_in_at: datetime | None


def lock_bodies(bodies: Iterable[Body]) -> list[Body]:
    """These offices and organizations, locked in the same order everywhere."""
    return [lock(body, None) for body in sorted(bodies, key=lambda body: (type_key(body), body.pk))]


def use_zone_of(body: Body, person: Person) -> None:
    """Give this person the time zone of the jurisdiction where they begin, unless they chose one or have a role already.

    Call it before `change_members`: an account is locked before an office.
    """
    place = body.jurisdiction if isinstance(body, Department) else body
    if isinstance(place, Jurisdiction):
        new = Person.objects.filter(pk=person.pk, zone=clock.zone_of_new(), memberships=None)
        if new.update(zone=place.zone):
            person.zone = place.zone


@contextmanager
def change_members(
    *bodies: Body,
    by: Author,
    approved_by: Any = BY,
    why: str = "",
    confirmed: bool = False,
    keeps_manager: bool = True,
    request_id: UUID | None = None,
    emails: bool = True,
) -> Iterator[list[Body]]:
    """Yield the offices and organizations, locked. `by` may be SYSTEM.

    `approved_by`: the person who agreed to let people in, if it isn't `by`; None means no one. `keeps_manager`: raises
    ValidationError when the last manager would leave, except when a person who manages from outside confirms it
    (`confirmed`).
    """
    approved_by = by if approved_by is BY else approved_by
    with transaction.atomic():
        rows = lock_bodies(bodies)
        before = [_members_by_person(body) for body in rows]
        yield rows
        people: set[int] = set()
        for body, had in zip(rows, before, strict=True):
            have = _members_by_person(body)
            if isinstance(body, Organization):
                # An account that another mailbox opens from now on counts as a new person.
                had = {
                    pk: membership
                    for pk, membership in had.items()
                    if have.get(pk, membership).address == membership.address
                }
                _record_former_members(body, had, have)
            if gone := had.keys() - have.keys():
                _end_invitations(body, gone)
            was, now = _signing_in(had), _signing_in(have)
            if now == was:
                continue
            people |= _moved(was, now)
            has_lost_manager = MemberRole.MANAGER in was.values() and MemberRole.MANAGER not in now.values()
            if not isinstance(by, System) and keeps_manager and has_lost_manager:
                _refuse_without_manager(by, body, confirmed)
            change = _log_change(body, was, now, by=by, why=why, request_id=request_id)
            if emails:
                _email_people_concerned(change, body, was, now, by)
            if isinstance(body, Organization):
                _announce_who_came_in(
                    change,
                    body,
                    had,
                    have,
                    manager_agreed=approved_by is not None and _is_own_manager(had, approved_by.pk),
                )
        if people:
            rights_changed(people)


def _members_by_person(body: Body) -> dict[int, _Member]:
    columns = ("person_id", "role", "person__email", "person__is_active", "let_in_with__at")
    rows = body.memberships.order_by("person_id").values_list(*columns)
    return {pk: _Member(*membership) for pk, *membership in rows}


def _signing_in(memberships: dict[int, _Member]) -> dict[int, str]:
    return {pk: membership.role for pk, membership in memberships.items() if membership.is_active}


def _moved(was: dict[int, str], now: dict[int, str]) -> set[int]:
    """The people whose role changed."""
    return {pk for pk in {*was, *now} if was.get(pk) != now.get(pk)}


def _is_own_manager(memberships: dict[int, _Member], pk: int | None) -> bool:
    """Whether this person manages the organization with the agreement of its own people.

    That is, they weren't let in from outside, or long enough ago that the people evidently kept them.
    """
    membership = None if pk is None else memberships.get(pk)
    if membership is None or not membership.is_active or membership.role != MemberRole.MANAGER:
        return False
    return membership.let_in_at is None or membership.let_in_at < clock.now() - PEOPLE_STAY


def reload_person(by: Person) -> Person:
    """The person read again from the database: memberships are read once per object, and that was before the lock."""
    return Person.objects.get(pk=by.pk)


def may_manage_now(by: Author, body: Body) -> bool:
    """Whether the person may manage it at this moment. SYSTEM may."""
    return isinstance(by, System) or manages(reload_person(by), body)


def _refuse_without_manager(by: Person, body: Body, confirmed: bool) -> None:
    if not manages_from_outside(reload_person(by), body):
        words = gettext(
            "%(body)s would have no manager. Make someone else a manager first: transfer your role, or change theirs."
        )
        raise ValidationError(words % {"body": body}, code="last_manager")
    if not confirmed:
        words = gettext(
            "%(body)s would have no manager, and no one there could invite people or change roles. Check the box to "
            "confirm."
        )
        raise ValidationError({"confirmed": ValidationError(words % {"body": body}, code="last_manager")})


def _log_change(
    body: Body, was: dict[int, str], now: dict[int, str], *, by: Author, why: str, request_id: UUID | None
) -> Change:
    return Change.objects.create(
        request_id=request_id or uuid.uuid4(),
        at=clock.now(),
        by=account_of(by),
        why=why,
        verb=MEMBERS,
        record_type=type_key(body),
        record_id=body.pk,
        public_id=body.public_id,
        before={"members": [list(row) for row in was.items()]},
        after={"members": [list(row) for row in now.items()]},
    )


def _email_people_concerned(change: Change, body: Body, was: dict[int, str], now: dict[int, str], by: Author) -> None:
    """Plan one email to each person whose membership changed, except to the person who did it."""
    people = list(Person.objects.filter(pk__in=_moved(was, now) - {by.pk}).order_by("pk"))
    outbox.plan(EmailKind.MEMBERSHIP_CHANGED, f"members/{change.pk}", people, body)


def _end_invitations(body: Body, people: set[int]) -> None:
    """Withdraw open invitations of people who left, so that an old one doesn't bring them back."""
    waiting = Invitation.objects.filter(person__in=people, state=InvitationState.OPEN, **{type_key(body): body})
    waiting.update(state=InvitationState.WITHDRAWN, answered_at=clock.now())


def _record_former_members(organization: Organization, had: dict[int, _Member], have: dict[int, _Member]) -> None:
    """Remember who left, so that no automatic rule lets them in again; forget those that a person let in again."""
    left, came = (
        {digest_of(mailbox_of(one[pk].address)) for pk in one.keys() - other}
        for one, other in ((had, have), (have, had))
    )
    FormerMember.objects.bulk_create(
        [FormerMember(organization=organization, digest=digest) for digest in sorted(left)], ignore_conflicts=True
    )
    if came:
        organization.former_members.filter(digest__in=came).delete()


def _announce_who_came_in(
    change: Change, organization: Organization, had: dict[int, _Member], have: dict[int, _Member], manager_agreed: bool
) -> None:
    """Mark memberships that began or got a higher role by the change that did it (`let_in_with`), and announce them.

    If no manager agreed, plan one email to each of the organization's people who was there before. If no one is left,
    it goes to those of the last months; if none of them can read email, to the addresses on the record; and if there
    is none, to its people with suspended accounts. No one comes in without a message to at least one of them.
    """
    rank = MemberRole.values.index
    raised = {pk for pk, now in have.items() if pk not in had or rank(now.role) > rank(had[pk].role)}
    if not raised:
        return
    own = set() if manager_agreed else (had.keys() & have.keys() or _recent_people_of(organization)) - raised
    organization.memberships.filter(person__in=raised).update(let_in_with=change if own else None)
    if manager_agreed:
        return
    recipients: list[Person | Contact] = list(Person.objects.filter(pk__in=own, is_active=True).order_by("pk"))
    here = {membership.address for membership in have.values()}
    recipients = recipients or [one for one in organization.contacts.exclude(email="") if one.email.lower() not in here]
    recipients = recipients or list(Person.objects.filter(pk__in=own, is_active=False).order_by("pk"))
    outbox.plan(EmailKind.MEMBERSHIP_CHANGED, f"{LET_IN}{change.pk}", recipients, organization)


def _recent_people_of(organization: Organization) -> set[int]:
    log = Change.objects.filter(verb=MEMBERS, record_type="organization", record_id=organization.pk)
    befores = log.filter(at__gt=clock.now() - PEOPLE_STAY).values_list("before", flat=True)
    return {pk for before in befores for pk, _ in before["members"]}
