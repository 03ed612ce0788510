"""A person's own data: a copy of it, and its erasure from every record, the change log and stored letters included.

A contact (someone without an account) can be erased in the same way. What stays is what the record itself needs: that
something changed, when, and what else it said.
"""

from django.contrib.sessions.models import Session
from django.db import transaction

from partnerships.accounts.members import change_members
from partnerships.accounts.models import Claim, Invitation, Person
from partnerships.accounts.queries import managed_alone_by, memberships_of
from partnerships.communication.forgetting import forget_letters
from partnerships.communication.models import CheckIn, Letter, Participant
from partnerships.core import clock
from partnerships.core.access import is_administrator, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change
from partnerships.core.plain import fields_of, rows_of
from partnerships.directory.models import Contact, Suggestion
from partnerships.directory.rules import may_write_department, may_write_jurisdiction, may_write_organization
from partnerships.registry.models import Confirmation, PartyNote, Remark, Reply

ERASED = "[erased]"
# Rows that a person wrote and that stay without them: (model, field).
_BY = (
    (Change, "by"), (Invitation, "by"), (Claim, "reviewed_by"), (Suggestion, "reviewed_by"), (PartyNote, "by"),
    (Confirmation, "by"), (Remark, "by"), (Reply, "by"), (CheckIn, "recorded_by"),
)  # fmt: skip


def own_data(person) -> dict:
    """All that the registry holds of a person, as plain JSON values: account, places, what they wrote and were sent."""
    letters = Letter.objects.filter(recipient=f"person:{person.pk}").order_by("due_at", "pk")
    return {
        "account": fields_of(person, leave_out=("password",)),
        "memberships": rows_of(person.memberships.all(), leave_out=("person",)),
        "invitations": rows_of(person.invitations.all(), leave_out=("person", "by")),
        "claims": rows_of(person.claims.all(), leave_out=("person", "reviewed_by")),
        "tokens": rows_of(person.tokens.all(), leave_out=("person", "digest")),
        "signed_in": rows_of(person.usersession_set.all(), leave_out=("user", "session_key")),
        "meetings": [str(row.meeting) for row in Participant.objects.filter(person=person).select_related("meeting")],
        "letters": rows_of(letters, leave_out=("token", "message_id", "claimed_until", "last_reply", "lead")),
        "suggestions": rows_of(Suggestion.objects.filter(address=person.email), leave_out=("reviewed_by",)),
        "changes": rows_of(Change.objects.filter(by=person).order_by("pk"), leave_out=("by", "request_id")),
        "check_ins": rows_of(CheckIn.objects.filter(recorded_by=person), leave_out=("recorded_by",)),
        "calendars": rows_of(person.feeds.all(), leave_out=("person", "digest")),
        "letters_chosen": rows_of(person.letter_choices.all(), leave_out=("person",)),
        "confirmations": rows_of(Confirmation.objects.filter(by=person), leave_out=("by", "fingerprint")),
        "replies": rows_of(Reply.objects.filter(by=person), leave_out=("by",)),
    }


@transaction.atomic
def erase_person(*, person, by) -> None:
    """Closes an account for good and strikes its name and address from everything. By the person, an administrator or None.

    Raises NotAllowed, or ValidationError: a body's last manager hands it over first.
    """
    # The account's lock before those of its bodies, as in `actions.suspend`.
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    require(by is None or by.pk == person.pk or is_administrator(by))
    alone, is_own = managed_alone_by(person), by is not None and by.pk == person.pk
    if alone and is_own:
        names = ", ".join(str(body) for body in alone)
        raise ValidationError(f"You are the last manager of {names}. Name another one first.", code="last")
    bodies = [place.body for place in memberships_of(person)]
    with change_members(*bodies, by=by, why="The account was erased.", confirmed=not is_own, letters=False):
        person.memberships.all().delete()
    forget_letters(Letter.objects.filter(recipient=f"person:{person.pk}"))
    Suggestion.objects.filter(address=person.email).update(address="")
    _strike({person.email, person.name})
    for model, field in _BY:
        model.objects.filter(**{field: person}).update(**{field: None})
    for rows in (person.invitations, person.claims, person.tokens, person.feeds, person.letter_choices):
        rows.all().delete()
    Participant.objects.filter(person=person).delete()
    Session.objects.filter(session_key__in=person.usersession_set.values("session_key")).delete()
    for name in ("usersession_set", "authenticator_set", "socialaccount_set", "emailaddress_set"):
        getattr(person, name).all().delete()
    # The row stays, empty: check-ins that the person answered keep their rhythm until someone else takes them.
    person.email, person.name, person.is_active = f"erased-{person.pk}@registry.invalid", "", False
    person.is_administrator, person.zone, person.language = False, "UTC", "en"
    person.save()
    _note("person", person.pk)


def may_erase_contact(person, contact) -> bool:
    if contact.organization:
        return may_write_organization(person, contact.organization)
    if contact.department:
        return may_write_department(person, contact.department)
    return may_write_jurisdiction(person, contact.jurisdiction)


@transaction.atomic
def erase_contact(*, contact, by) -> None:
    """Removes a contact and strikes it from the change log and stored letters. Meetings and check-ins lose it too."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    require(by is None or may_erase_contact(by, contact))
    forget_letters(Letter.objects.filter(recipient=f"contact:{contact.pk}"))
    _strike({contact.email, contact.name, contact.phone, contact.note})
    pk = contact.pk
    contact.delete()
    _note("contact", pk)


def _strike(texts):
    """Replaces values of the change log that are one of these texts, and mail addresses wherever they stand in one."""
    texts = {text for text in texts if text}
    addresses = {text for text in texts if "@" in text}

    def struck(value):
        if isinstance(value, dict):
            return {key: struck(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [struck(inner) for inner in value]
        if not isinstance(value, str):
            return value
        if value in texts:
            return ERASED
        for address in addresses:
            value = value.replace(address, ERASED)
        return value

    for entry in Change.objects.only("before", "after", "why").iterator(500):
        new = [struck(entry.before), struck(entry.after), struck(entry.why)]
        if new != [entry.before, entry.after, entry.why]:
            Change.objects.filter(pk=entry.pk).update(before=new[0], after=new[1], why=new[2])


def _note(kind, pk):
    """That something was erased, and when; nothing of it."""
    Change.objects.create(at=clock.now(), by=None, verb="erase", record_type=kind, record_id=pk, public_id="")
