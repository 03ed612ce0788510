"""Invites people, and changes, hands over and ends memberships.

`by` is the person who does it. All functions raise NotAllowed, ValidationError (by field), and NotFound for an
invitation or membership that no longer exists. The right of `by` is checked under the lock of the office or
organization.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.choices import InvitationState, MemberRole
from partnerships.accounts.members import change_members, may_manage_now, reload_person, use_zone_of
from partnerships.accounts.models import Invitation, Membership, Person
from partnerships.accounts.occurrences import occurrence_of
from partnerships.accounts.queries import invitations_to
from partnerships.accounts.rules import may_end_membership, open_invitations, role_before_outside_grant
from partnerships.core import clock, languages
from partnerships.core.access import Author, System, account_of, require, role_in
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.writing import lock
from partnerships.directory.models import Body
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind

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
    person, field = account_at(address), str(body._meta.model_name)
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
