"""Emails about accounts and access to organizations and offices: what they say and who gets them. `accounts` plans
them.

Their only secret is the sign-in code: other links lead through sign-in. Emails about an organization or office say
what a person may do there. Those about a person say whether they may sign in, and are the only ones that a suspended
person gets.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from partnerships.accounts.choices import READS_UNANSWERED, ClaimState, MemberRole
from partnerships.accounts.claim_rules import claimed_names, may_decide_claim
from partnerships.accounts.claims import is_first_manager
from partnerships.accounts.models import ApiToken, Claim, Invitation, Membership, Person
from partnerships.accounts.occurrences import CLOSED, LET_IN, MADE_ONE, OPENED, occurrence_of
from partnerships.accounts.queries import names_of
from partnerships.accounts.rules import open_invitations
from partnerships.accounts.service_rules import is_answered, managers_of, people_told
from partnerships.core import clock, record_types
from partnerships.core.errors import NotFound
from partnerships.core.models import Change, Record, type_key
from partnerships.directory.models import BODIES, Contact, Organization
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import day_words
from partnerships.notifications.common import (
    RecipientCheck,
    RecipientReader,
    Writer,
    find_subject,
    reply_to,
    through_sign_in,
)

# What they say


def sign_in_code(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    return {"code": context["code"], "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}


def unknown_address(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    return {}


def invitation(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    found = find_subject(Invitation.objects.all(), email, context)
    return {
        "body": str(found.body),
        "role": MemberRole(found.role).label.lower(),
        "until": day_words(clock.day_of(found.expires_at)),
        "page": _account(),
        "address": found.person.email,
        "by": (found.by and (found.by.name or found.by.email)) or gettext("A manager there"),
        "note": found.note,
        "reply_to": reply_to(found.by),
    }


def membership_changed(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """About an office or organization: the role that the reader has there now.

    About a person: whether they may sign in, or that two accounts were merged (`is_gone` in the context: the email
    goes to the address that no longer signs in).
    """
    if context.get("is_gone") or email.occurrence.startswith(MADE_ONE):
        is_gone = bool(context.get("is_gone"))
        return {"template": "accounts_merged", "is_gone": is_gone, "page": "" if is_gone else _account()}
    if email.subject_type == type_key(Person):
        person = Person.objects.filter(pk=email.subject_pk).first()
        is_open = person is not None and person.is_active
        return {"template": "account_state", "is_open": is_open, "page": _account() if is_open else ""}
    body = context.get("subject") or _body_now(email)
    if body is None:
        raise NotFound
    if isinstance(body, Organization) and email.occurrence.startswith(LET_IN):
        return _let_in(email, recipient, body)
    membership = Membership.objects.filter(person=recipient.person, **{email.subject_type: body}).first()
    role = MemberRole(membership.role).label.lower() if membership else ""
    return {"body": str(body), "role": role, "page": _account()}


def _let_in(email: Email, recipient: Recipient, organization: Organization) -> dict[str, str]:
    """To an organization's own people: who got access without the approval of its managers, and who gave it.

    Readers who no longer belong there get no name.
    """
    change = Change.objects.select_related("by").filter(pk=email.occurrence.removeprefix(LET_IN)).first()
    if change is None:
        raise NotFound
    was, now = dict(change.before["members"]), dict(change.after["members"])
    came_in = names_of([pk for pk, role in now.items() if was.get(pk) != role])
    is_there = Membership.objects.filter(person=recipient.person, organization=organization).exists()
    people = reverse("organization_people", args=[organization.public_id])
    return {
        "template": "let_in",
        "body": str(organization),
        "names": ", ".join(sorted(came_in.values())) if is_there else "",
        "by": str(change.by) if change.by_id and change.by_id not in came_in else "",
        "page": through_sign_in(people) if is_there else _account(),
    }


def claim_made(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    claim = _claim(email, context)
    kind = {"is_proposal": claim.organization is None, "is_by_seat": claim.by_seat}
    return _claim_context(claim, recipient) | kind


def first_manager(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, str]:
    """To the office that gave the address: who signed in with it, and how to end their access."""
    return _claim_context(_claim(email, context), recipient)


def claim_decided(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, str]:
    """The reason is on the page of the claim, which only the claimant sees."""
    claim = _claim(email, context)
    return _claim_context(claim, recipient) | {"state": claim.state}


def _claim_context(claim: Claim, recipient: Recipient) -> dict[str, str]:
    return {
        "about": claimed_names(recipient.person, [claim])[claim.pk],
        "page": through_sign_in(reverse("claim", args=[claim.pk])),
    }


def _claim(email: Email, context: dict[str, Any]) -> Claim:
    return find_subject(Claim.objects.select_related("organization"), email, context)


def service_unanswered(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    token = context.get("subject") or _service_token(email)
    if token is None or token.unanswered_since is None:
        raise NotFound
    body = token.body
    return {
        "service": token.name,
        "owner": str(body),
        "writes": bool(token.writes),
        "until": day_words(clock.day_of(token.unanswered_since + READS_UNANSWERED)),
        "has_manager": managers_of(body).exists(),
        "page": through_sign_in(reverse(f"{type_key(body)}_services", args=[body.public_id])),
        "is_illustration": False,
    }


def _service_token(email: Email) -> ApiToken | None:
    bodies = ("answerable", "jurisdiction", "department__jurisdiction", "organization")
    return ApiToken.objects.exclude(role="").select_related(*bodies).filter(pk=email.subject_pk).first()


def _account() -> str:
    return through_sign_in(reverse("account"))


WRITERS: dict[str, Writer] = {
    EmailKind.SIGN_IN_CODE: sign_in_code,
    EmailKind.UNKNOWN_ADDRESS: unknown_address,
    EmailKind.INVITATION: invitation,
    EmailKind.MEMBERSHIP_CHANGED: membership_changed,
    EmailKind.CLAIM_MADE: claim_made,
    EmailKind.CLAIM_DECIDED: claim_decided,
    EmailKind.FIRST_MANAGER: first_manager,
    EmailKind.SERVICE_UNANSWERED: service_unanswered,
}


# Who gets them


def reader_of(email: Email) -> Person | None:
    kind, _, pk = email.recipient.partition(":")
    return Person.objects.filter(pk=pk).first() if kind == "person" else None


def _contact_of(email: Email) -> Contact | None:
    """The contact of an organization that has no people of its own."""
    kind, _, pk = email.recipient.partition(":")
    return Contact.objects.exclude(email="").filter(pk=pk).first() if kind == "contact" else None


def _read_invitation(email: Email) -> RecipientCheck:
    invitation = open_invitations().filter(pk=email.subject_pk).first()
    if invitation is None or email.recipient != f"person:{invitation.person_id}":
        return None, None, gettext_noop("The invitation was answered or withdrawn, or it has expired.")
    if not invitation.sender_manages:
        return (
            invitation.person,
            invitation,
            gettext_noop("The person who invited them can no longer invite people here."),
        )
    sent_anew = email.occurrence != occurrence_of(invitation)
    return (
        invitation.person,
        invitation,
        gettext_noop("The invitation was sent again after this email was scheduled.") * sent_anew,
    )


def _body_now(email: Email) -> Record | None:
    """The jurisdiction, department or organization that the email is about."""
    return record_types.get(email.subject_type).model._default_manager.filter(pk=email.subject_pk).first()


def _of_body(email: Email) -> RecipientCheck:
    body, reader = _body_now(email), reader_of(email) or _contact_of(email)
    refusal = "" if body else gettext_noop("The office or organization in this email is gone.")
    if body and email.kind == EmailKind.NAME_ALIKE and isinstance(reader, Person):
        is_of_it = Membership.objects.filter(person=reader, **{email.subject_type: body.pk}).exists()
        refusal = "" if is_of_it else gettext_noop("They no longer belong to the organization.")
    return reader, body, refusal


def _read_person(email: Email) -> RecipientCheck:
    person = reader_of(email)
    if person is None or person.pk != email.subject_id:
        return None, None, gettext_noop("The account is gone.")
    as_planned = email.occurrence.startswith((OPENED, MADE_ONE) if person.is_active else CLOSED)
    return (
        person,
        person,
        "" if as_planned else gettext_noop("The account has since been reinstated or suspended again."),
    )


def _read_claim(email: Email) -> RecipientCheck:
    claim = Claim.objects.select_related("organization").filter(pk=email.subject_pk).first()
    person, refusal = reader_of(email), ""
    if claim is None:
        return None, None, gettext_noop("The claim is gone.")
    if email.kind == EmailKind.CLAIM_DECIDED:
        if person is None or claim.person_id != person.pk or email.occurrence.rpartition("/")[2] != claim.state:
            refusal = gettext_noop("The claim was decided again after this email was scheduled.")
    elif email.kind == EmailKind.FIRST_MANAGER:
        role = Membership.objects.filter(person=claim.person_id, organization=claim.organization_id)
        if not (is_first_manager(claim) and role.exists()):
            refusal = gettext_noop("Their access has ended since.")
        elif person is None or not may_decide_claim(person, claim):
            refusal = gettext_noop("They can no longer decide it.")
    elif claim.state != ClaimState.PENDING:
        refusal = gettext_noop("The claim is decided.")
    elif person is None or not may_decide_claim(person, claim):
        refusal = gettext_noop("They can no longer decide it.")
    return person if person and person.is_active else None, claim, refusal


def _read_service(email: Email) -> RecipientCheck:
    token, at = _service_token(email), clock.now()
    if token is None or not token.is_live(at):
        return None, token, gettext_noop("The service account has ended.")
    if token.unanswered_since is None or is_answered(token, at):
        return None, token, gettext_noop("Someone answers for the service account again.")
    person = people_told(token.body).filter(pk=email.recipient_pk).first()
    return person, token, "" if person else gettext_noop("They no longer manage it.")


READERS: dict[str, RecipientReader] = {
    "invitation": _read_invitation,
    "person": _read_person,
    "claim": _read_claim,
    "apitoken": _read_service,
    **dict.fromkeys(BODIES, _of_body),
}
