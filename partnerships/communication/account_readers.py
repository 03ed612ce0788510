"""Who may have the letters about accounts: each reader gives the person, the subject, and why not (`recipients.look`).

Letters about a body say what a person may do there; letters about a person say whether they may sign in, and are the only
ones that someone gets whose account is suspended.
"""

from partnerships.accounts.choices import InvitationState
from partnerships.accounts.models import Invitation, Person
from partnerships.core import clock
from partnerships.directory.models import Department, Jurisdiction, Organization

BODIES = {model._meta.model_name: model for model in (Jurisdiction, Department, Organization)}


def reader_of(letter) -> Person | None:
    kind, _, pk = letter.recipient.partition(":")
    return Person.objects.filter(pk=pk).first() if kind == "person" else None


def _of_invitation(letter):
    rows = Invitation.objects.select_related("jurisdiction", "department", "organization", "person")
    invitation = rows.filter(pk=letter.subject_id, state=InvitationState.OPEN, expires_at__gt=clock.now()).first()
    if invitation is None or letter.recipient != f"person:{invitation.person_id}":
        return None, None, "The invitation was answered or taken back, or it has ended."
    sent_anew = letter.occurrence != occurrence_of(invitation)
    return invitation.person, invitation, "The invitation was sent again after this letter was planned." * sent_anew


def occurrence_of(invitation) -> str:
    return f"invitation/{invitation.pk}/{invitation.sent_at.isoformat()}"


def _of_body(letter):
    body = BODIES[letter.subject_type].objects.filter(pk=letter.subject_id).first()
    return reader_of(letter), body, "" if body else "The body that this letter is about is gone."


def _of_person(letter):
    person = reader_of(letter)
    if person is None or person.pk != letter.subject_id:
        return None, None, "The account is gone."
    as_planned = letter.occurrence.startswith("reinstated/" if person.is_active else "suspended/")
    return person, person, "" if as_planned else "The account was opened or suspended again since."


ACCOUNT_READERS = {"invitation": _of_invitation, "person": _of_person} | dict.fromkeys(BODIES, _of_body)
