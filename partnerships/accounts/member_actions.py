"""Invites people, changes, hands over and ends memberships, and passes on what someone had who leaves.

`by` is the person who does it. All functions raise NotAllowed, ValidationError (by field), and NotFound for an
invitation or membership that no longer exists. The right of `by` is checked under the lock of the office or
organization.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts import hooks
from partnerships.accounts.choices import LEFT, InvitationState, MemberRole, Outcome
from partnerships.accounts.hooks import Holding
from partnerships.accounts.members import change_members, may_manage_now, reload_person, use_zone_of
from partnerships.accounts.models import Invitation, Membership, Person
from partnerships.accounts.occurrences import occurrence_of
from partnerships.accounts.queries import invitations_to
from partnerships.accounts.rules import may_end_membership, open_invitations, role_before_outside_grant
from partnerships.core import clock, languages, record_types
from partnerships.core.access import Author, System, account_of, require, role_in
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import type_key
from partnerships.core.writing import lock, log_change
from partnerships.directory.models import Body, Contact, MayClose, body_of, is_closed
from partnerships.directory.rules import may_write_contacts_of
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import mailbox_of

DAYS_OPEN = 30
MOST_OPEN = 50


@transaction.atomic
def invite(
    *, by: Author, body: Body, address: str, role: str, note: str | None = None, language: str = ""
) -> Invitation:
    """Invite the owner of this email address, and create their account if needed.

    Inviting again renews an open invitation. `note`: what the email says besides, by default what it said before.
    `language`: of the email, for someone who never signed in; others chose theirs.
    """
    body = lock(body, None)
    require(may_manage_now(by, body))
    person, field = account_at(address), type_key(body)
    if language:
        _use_language(person, language)
    if body.memberships.filter(person=person).exists():
        words = gettext("This person already has a role here. You can change it in the list.")
        raise ValidationError({"email": ValidationError(words, code="member")})
    # An expired invitation stays open until it is renewed.
    invitation = Invitation.objects.filter(person=person, state=InvitationState.OPEN, **{field: body}).first()
    if invitation is None and invitations_to(body).count() >= MOST_OPEN:
        words = gettext("%(number)s invitations are waiting for an answer here. Withdraw one first.")
        raise ValidationError(words % {"number": MOST_OPEN}, code="too_many")
    invitation = invitation or Invitation(person=person, **{field: body})
    invitation.role, invitation.by, invitation.sent_at = role, account_of(by), clock.now()
    invitation.note = invitation.note if note is None else note
    invitation.expires_at = invitation.sent_at + timedelta(days=DAYS_OPEN)
    invitation.full_clean()
    invitation.save()
    outbox.withdraw(invitation, why="The invitation was sent again.")
    occurrence = occurrence_of(invitation)
    outbox.plan(EmailKind.INVITATION, occurrence, [person], invitation, expires_at=invitation.expires_at)
    return invitation


def _use_language(person: Person, language: str) -> None:
    """Email someone in this language if they never signed in. The queries are the same for those who did."""
    if language not in languages.OWN_NAMES:
        raise ValidationError({"language": ValidationError(gettext("We don’t know this language."), code="language")})
    Person.objects.filter(pk=person.pk, last_login=None, name="").update(language=language)


def account_at(address: str) -> Person:
    """The account with this address, created if needed. An account alone gives no access.

    The queries are the same in both cases, so that the inviting person can't tell whether the address had an account.
    """
    fresh = Person(email=address.strip().lower())
    fresh.set_unusable_password()
    fresh.full_clean(exclude=["password"], validate_unique=False)
    Person.objects.bulk_create([fresh], ignore_conflicts=True)
    return Person.objects.get(email=fresh.email)


@transaction.atomic
def person_from_provider(*, provider: str, number: str, address: str) -> Person:
    """The person that a sign-in provider vouches for. Their account is linked with the one at the provider from now
    on.

    `number` identifies the account at the provider. An existing link to it stays, no matter the address. Raises
    ValidationError with code “linked” when the owner of the address is linked with another account there, and for an
    invalid address.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=account_at(address).pk)
    links = person.socialaccount_set  # type: ignore[attr-defined]  # allauth has no types
    if links.filter(provider=provider).exclude(uid=number).exists():
        raise ValidationError(gettext("This email address is linked with another account there."), code="linked")
    return links.model.objects.get_or_create(provider=provider, uid=number, defaults={"user": person})[0].user


def unlink_provider(*, by: Person, provider: str) -> None:
    """Remove the link between one's own account and the one at the provider."""
    links = by.socialaccount_set  # type: ignore[attr-defined]  # allauth has no types
    links.filter(provider=provider).delete()


@transaction.atomic
def withdraw_invitation(*, by: Person, invitation: Invitation, sent_at: str | None = None) -> None:
    """Withdraw an open invitation.

    `sent_at`: the moment (as ISO text) that the person saw. An invitation that was sent again since isn't withdrawn.
    """
    body = lock(invitation.body, None)
    require(may_manage_now(by, body))
    invitation = _open_invitation(invitation)
    if sent_at is not None and sent_at != invitation.sent_at.isoformat():
        words = gettext("This invitation was sent again in the meantime. Review it, then decide.")
        raise ValidationError(words, code="stale")
    _close_invitation(invitation, InvitationState.WITHDRAWN)


@transaction.atomic
def accept_invitation(*, by: Person, invitation: Invitation, name: str = "") -> Membership:
    """Give the invited person the membership.

    `name` is saved if they have none yet. An existing member keeps their role. Someone who begins at a jurisdiction gets
    its time zone, unless they chose another.
    """
    if name and not by.name:
        by.name = name
        by.full_clean(exclude=["password"])
        by.save(update_fields=["name"])  # before locking the office: suspending locks the account first, too
    use_zone_of(invitation.body, by)
    approved_by, why = invitation.by, "Accepted an invitation."
    with change_members(invitation.body, by=by, approved_by=approved_by, why=why) as (body,):
        invitation = _open_invitation(invitation, person=by)
        require(reload_person(by).is_active)
        if not invitation.sender_manages:
            raise ValidationError(waiting_reason(invitation), code="sender_left")
        membership, _ = body.memberships.get_or_create(person=by, defaults={"role": invitation.role})
        _close_invitation(invitation, InvitationState.ACCEPTED)
    return membership


def waiting_reason(invitation: Invitation) -> str:
    """Why the invited person can't accept now, as a message to them; "" when they can."""
    if invitation.sender_manages:
        return ""
    names = {"who": invitation.by, "body": invitation.body}
    if invitation.by and invitation.by.name:
        words = gettext(
            "%(who)s can no longer invite people to %(body)s. Ask another manager there to invite you again."
        )
    else:
        words = gettext(
            "The person who invited you can no longer invite people to %(body)s. Ask another manager there to invite you "
            "again."
        )
    return words % names


@transaction.atomic
def decline_invitation(*, by: Person, invitation: Invitation) -> None:
    lock(invitation.body, None)
    _close_invitation(_open_invitation(invitation, person=by), InvitationState.DECLINED)


def _open_invitation(invitation: Invitation, **to: Any) -> Invitation:
    """The invitation as it is now, if it is still open. Raises NotFound."""
    row = open_invitations().filter(pk=invitation.pk, **to).first()
    if row is None:
        raise NotFound
    return row


def _close_invitation(invitation: Invitation, state: str) -> None:
    invitation.state, invitation.answered_at, invitation.note = state, clock.now(), ""
    invitation.save(update_fields=["state", "answered_at", "note"])
    outbox.withdraw(invitation, why="The invitation was answered or withdrawn.")


def change_role(
    *, by: Author, membership: Membership, role: str, was: str | None = None, confirmed: bool = False
) -> Membership:
    """Change the role of a membership. `was`: the role that the person saw."""
    with change_members(membership.body, by=by, confirmed=confirmed) as (body,):
        require(may_manage_now(by, body))
        current = _current_membership(body, membership, was)
        current.role = role
        current.full_clean()
        current.save(update_fields=["role"])
    return current


def remove_member(*, by: Author, membership: Membership, was: str | None = None, confirmed: bool = False) -> None:
    """End a person's membership.

    Where it was given or raised from outside, the organization's own people can do so too: that restores the former
    role.
    """
    is_manager = may_manage_now(by, membership.body)
    with change_members(membership.body, by=by, confirmed=confirmed, keeps_manager=is_manager) as (body,):
        current = _current_membership(body, membership, was)
        require(isinstance(by, System) or may_end_membership(reload_person(by), current))
        before = None
        if not isinstance(by, System) and not may_manage_now(by, body):
            before = role_before_outside_grant(reload_person(by), body, current)
        current.role = before or ""
        if current.role:
            current.save(update_fields=["role"])
        else:
            current.delete()


def leave(*, by: Person, membership: Membership, was: str | None = None, confirmed: bool = False) -> None:
    """End one's own membership."""
    require(membership.person_id == by.pk)
    with change_members(membership.body, by=by, confirmed=confirmed) as (body,):
        _current_membership(body, membership, was).delete()


def hand_over(*, by: Person, membership: Membership, to: Membership) -> None:
    """Make the member of `to` a manager and oneself an editor, in one step. `membership` is one's own."""
    with change_members(membership.body, by=by) as (body,):
        require(membership.person_id == by.pk and role_in(reload_person(by), body) == MemberRole.MANAGER)
        own, other = _current_membership(body, membership), _current_membership(body, to)
        if other.pk == own.pk or not other.person.is_active:
            words = gettext("Choose someone else who has a role here and can sign in.")
            raise ValidationError({"to": words}, code="not_them")
        for current, role in ((other, MemberRole.MANAGER), (own, MemberRole.EDITOR)):
            current.role = role
            current.save(update_fields=["role"])


def successor_refusal(leaver: Person | Contact, successor: Person | Contact, body: Body) -> str:
    """Why this one can't follow someone who leaves an office or organization, as a message; "" when they can.

    A contact that isn't saved yet may be a new one of the same office or organization.
    """
    names = {"who": str(successor), "body": str(body)}
    if is_closed(body if isinstance(body, MayClose) else None):
        return gettext("%(body)s has closed, so no one can follow there. Choose “No one”.") % names
    if _is_same_person(leaver, successor):
        return gettext("%(who)s is the person who leaves. Choose someone else.") % names
    if isinstance(successor, Contact):
        if body_of(successor) != body:
            return gettext("%(who)s isn’t a contact of %(body)s. Choose someone from the list.") % names
        if successor.pk is None and body.contacts.filter(email__iexact=successor.email).exists():
            return gettext("A contact of %(body)s already has this email address. Choose that contact instead.") % names
        return ""
    if not body.memberships.filter(person=successor).exists():
        return gettext("%(who)s has no role at %(body)s. Choose someone from the list.") % names
    if not successor.is_active:
        return gettext("%(who)s can’t sign in, because their account is suspended. Choose someone else.") % names
    return ""


def _is_same_person(leaver: Person | Contact, successor: Person | Contact) -> bool:
    has_same_key = type(leaver) is type(successor) and leaver.pk == successor.pk
    return has_same_key or (bool(leaver.email) and mailbox_of(leaver.email) == mailbox_of(successor.email))


@transaction.atomic
def leave_to(
    *,
    by: Author,
    leaver: Membership | Contact,
    successor: Person | Contact | None,
    version: int | None = None,
    was: str | None = None,
    confirmed: bool = False,
) -> list[Holding]:
    """End a membership or remove a contact, and pass on what depends on them to `successor`; what can't pass ends.

    `successor`: a contact or user of the same office or organization, a new contact of it that isn't saved, or None. It
    is for those who may change its contacts, or manage its users. `version`: of the record, as the person saw it. `was`:
    the role that they saw. Returns what they may see of what passed, ended and stayed, as `hooks.holdings_of`.

    Raises NotAllowed, NotFound, EditConflict, and ValidationError; under “follows” for a successor who can't follow.
    """
    body = lock(leaver.body if isinstance(leaver, Membership) else body_of(leaver), version)
    membership = _current_membership(body, leaver, was) if isinstance(leaver, Membership) else None
    someone: Person | Contact | None
    if membership:
        require(may_manage_now(by, body))
        someone = membership.person
    else:
        someone = body.contacts.filter(pk=leaver.pk).first()
        require(isinstance(by, System) or may_write_contacts_of(reload_person(by), body))
    if someone is None:
        raise NotFound
    if isinstance(successor, Contact) and successor.pk:
        successor = _of_body(successor, body)
    if successor and (refusal := successor_refusal(someone, successor, body)):
        raise ValidationError({"follows": ValidationError(refusal, code="not_possible")})
    if isinstance(successor, Contact) and successor.pk is None:
        body, successor = _with_contact(body, successor, by=by)
    departure = hooks.Departure(someone, body, by, successor)
    found = hooks.holdings_of(departure)
    passed = {one.key: len(one.items) for one in hooks.all_holdings_of(departure) if one.outcome == Outcome.PASSES}
    hooks.pass_on(departure)
    if membership:
        with change_members(body, by=by, confirmed=confirmed, why=hooks.WHY):
            membership.delete()
    else:
        _save_contacts(body, [{"id": one.pk} for one in body.contacts.exclude(pk=leaver.pk)], by=by)
    # The keys say whose name it is, for those who redact it.
    after: dict[str, Any] = {"by": {}, "passed": {key: count for key, count in passed.items() if count}}
    if successor:
        after["by"] = {type_key(successor): str(successor)}
    before = {type_key(someone): str(someone)}
    change = log_change(body, by=by, verb=LEFT, before={"left": before}, after={"left": after})
    hooks.has_left(departure, change)
    return found


def _of_body(contact: Contact, body: Body) -> Contact:
    """The contact as it is now. Raises ValidationError if it was removed."""
    current = Contact.objects.filter(pk=contact.pk).first()
    if current is None:
        words = gettext("%(who)s was removed in the meantime. Choose someone else.") % {"who": contact}
        raise ValidationError({"follows": ValidationError(words, code="stale")})
    return current


def _with_contact(body: Body, contact: Contact, *, by: Author) -> tuple[Body, Contact]:
    """(the record, the new contact), after it was added."""
    before = list(body.contacts.values_list("pk", flat=True))
    new = {name: getattr(contact, name) for name in ("name", "email", "language", "zone", "role")}
    body = _save_contacts(body, [*({"id": pk} for pk in before), new], by=by)
    return body, body.contacts.exclude(pk__in=before).get()


def _save_contacts(body: Body, rows: list[dict[str, Any]], *, by: Author) -> Body:
    kind = record_types.for_record(body)
    return kind.save(**{kind.key: body}, by=by, fields={}, contacts=rows, why=hooks.WHY)


def _current_membership(body: Body, membership: Membership, was: str | None = None) -> Membership:
    """The membership as it is now.

    Raises NotFound when it ended, and ValidationError when the role isn't the one that was seen.
    """
    current = body.memberships.select_related("person", "let_in_with", "organization").filter(pk=membership.pk).first()
    if current is None:
        raise NotFound
    if was is not None and current.role != was:
        words = gettext("Their role was changed in the meantime. It’s now: %(role)s. Review it, then decide.")
        raise ValidationError(words % {"role": current.get_role_display()}, code="stale")
    return current
