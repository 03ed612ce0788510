"""Who may have the letters about accounts: each reader gives the person, the subject, and why not (`recipients.look`).

Letters about a body say what a person may do there; letters about a person say whether they may sign in, and are the only
ones that someone gets whose account is suspended.
"""

from partnerships.accounts.choices import ClaimState
from partnerships.accounts.claim_rules import may_decide_claim
from partnerships.accounts.models import Claim, Person
from partnerships.accounts.occasions import CLOSED, MADE_ONE, OPENED, occurrence_of
from partnerships.accounts.rules import open_invitations
from partnerships.directory.models import Contact, Department, Jurisdiction, Organization
from partnerships.mail.choices import LetterKind

BODIES = {model._meta.model_name: model for model in (Jurisdiction, Department, Organization)}


def reader_of(letter) -> Person | None:
    kind, _, pk = letter.recipient.partition(":")
    return Person.objects.filter(pk=pk).first() if kind == "person" else None


def _contact_of(letter) -> Contact | None:
    """Whom an organization names as the way to reach it, where it has no people of its own."""
    kind, _, pk = letter.recipient.partition(":")
    return Contact.objects.exclude(email="").filter(pk=pk).first() if kind == "contact" else None


def _of_invitation(letter):
    invitation = open_invitations().filter(pk=letter.subject_id).first()
    if invitation is None or letter.recipient != f"person:{invitation.person_id}":
        return None, None, "The invitation was answered or taken back, or it has ended."
    if not invitation.sender_manages:
        return invitation.person, invitation, "Who invited them may no longer invite people here."
    sent_anew = letter.occurrence != occurrence_of(invitation)
    return invitation.person, invitation, "The invitation was sent again after this letter was planned." * sent_anew


def _of_body(letter):
    body = BODIES[letter.subject_type].objects.filter(pk=letter.subject_id).first()
    return reader_of(letter) or _contact_of(letter), body, "" if body else "The body that this letter is about is gone."


def _of_person(letter):
    person = reader_of(letter)
    if person is None or person.pk != letter.subject_id:
        return None, None, "The account is gone."
    as_planned = letter.occurrence.startswith((OPENED, MADE_ONE) if person.is_active else CLOSED)
    return person, person, "" if as_planned else "The account was opened or suspended again since."


def _of_claim(letter):
    claim = Claim.objects.select_related("organization").filter(pk=letter.subject_id).first()
    person, refusal = reader_of(letter), ""
    if claim is None:
        return None, None, "The claim is gone."
    if letter.kind == LetterKind.CLAIM_DECIDED:
        if person is None or claim.person_id != person.pk or letter.occurrence.rpartition("/")[2] != claim.state:
            refusal = "The claim was decided anew after this letter was planned."
    elif claim.state != ClaimState.PENDING:
        refusal = "The claim is decided."
    elif person is None or not may_decide_claim(person, claim):
        refusal = "They may no longer decide it."
    return person if person and person.is_active else None, claim, refusal


ACCOUNT_READERS = {"invitation": _of_invitation, "person": _of_person, "claim": _of_claim} | dict.fromkeys(
    BODIES, _of_body
)
