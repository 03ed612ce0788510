"""Who an email goes to, where, and whether they may still have it. This is checked when it is claimed and again at the
fence.

A recipient is written as “person:12” or “contact:7”. No row holds the email address, which is looked up when sending.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.accounts.occurrences import LET_IN
from partnerships.accounts.queries import person_by_address
from partnerships.directory.models import Contact, Suggestion, is_closed
from partnerships.mail import audience
from partnerships.mail.audience import Audience, Prefetched, Recipient, key_of, unknown_recipient
from partnerships.mail.choices import ALWAYS_SENT, Pace
from partnerships.mail.models import Email
from partnerships.notifications import (
    accounts,
    action_items,
    agreements,
    check_ins,
    digests,
    hand_overs,
    meetings,
    numbers,
    partners,
    rounds,
    suggestions,
)
from partnerships.notifications.common import RecipientReader


def read_recipient(someone: Contact | Person | Suggestion) -> Recipient:
    if isinstance(someone, Person):
        return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language, someone)
    if isinstance(someone, Suggestion):
        return Recipient(key_of(someone), "", someone.address, "", someone.language)
    return Recipient(key_of(someone), someone.name, someone.email, someone.zone, someone.language)


@audience.recipient_at.register
def recipient_at(address: str) -> Recipient:
    """The owner of the account with this address; `unknown_recipient` if there is none."""
    person = person_by_address(address)
    return read_recipient(person) if person else unknown_recipient(address)


@audience.owner_of.register
def owner_of(address: str) -> str:
    """The owner of an address now, as a recipient; empty if we know of none."""
    typed = address.strip().lower()
    someone = (
        Person.objects.filter(email=typed).first()
        or Contact.objects.filter(email__iexact=typed).order_by("pk").first()
    )  # fmt: skip
    return key_of(someone) if someone else ""


def find(key: str) -> Recipient | None:
    """The recipient as they are now; None if the account is closed, or the contact or sender no longer exists or has
    no address.
    """
    kind, _, pk = key.partition(":")
    rows: dict[str, QuerySet[Person] | QuerySet[Contact] | QuerySet[Suggestion]] = {
        "person": Person.objects.filter(is_active=True),
        "contact": Contact.objects.exclude(email=""),
        "suggestion": Suggestion.objects.exclude(address=""),
    }
    someone = rows[kind].filter(pk=pk).first() if kind in rows else None
    return read_recipient(someone) if someone else None


@audience.find_audience.register
def find_audience(email: Email, ahead: Prefetched | None = None, *, reread: bool = True) -> Audience:
    """Read recipient and subject, and check whether this recipient may have this email; the reason is in words for
    staff.

    `ahead`: what was prefetched for its batch. `reread`: read that again, because it may have changed since.
    """
    reader = READERS.get(email.subject_type)
    if ahead and not reread and email.subject_type == "meeting":
        someone, subject, refusal = meetings.of_seat(email, ahead.seats.get((email.recipient, email.subject_id)))
    else:
        someone, subject, refusal = reader(email) if reader else (find(email.recipient), None, "")
    recipient = someone if someone is None or isinstance(someone, Recipient) else read_recipient(someone)
    is_of_account = email.subject_type == "person" or email.occurrence.startswith(LET_IN)  # also of a suspended one
    may_have_it = recipient is not None and (_may_receive_email(recipient) or is_of_account) and recipient.address
    if not refusal and isinstance(someone, Contact) and _is_of_closed(someone) and not _is_sent_to_closed(email):
        refusal = gettext_noop("Their office or organization has closed.")
    if not refusal and not may_have_it:
        refusal = gettext_noop("There’s no active account or email address anymore.")
    paces = digests.paces({email.recipient}, {email.kind}) if reread or ahead is None else ahead.paces
    pace = paces.get((email.recipient, email.kind), Pace.AT_ONCE)
    if not refusal and pace == Pace.NEVER:
        refusal = gettext_noop("They chose not to get this kind of email.")
    return Audience(recipient, subject, refusal, pace)


@audience.unsubscribed.register
def unsubscribed(keys: set, kinds: set) -> set[tuple[str, str]]:
    """(recipient, kind) of those that the reader wants no emails of."""
    return {key for key, pace in digests.paces(keys, kinds).items() if pace == Pace.NEVER}


def _is_of_closed(contact: Contact) -> bool:
    return is_closed(contact.department or contact.organization)


def _is_sent_to_closed(email: Email) -> bool:
    """Whether a contact gets this email though its office or organization has closed. Someone who is asked in a round
    does: otherwise, an office that keeps their record could silence them.
    """
    return email.kind in ALWAYS_SENT or email.subject_type in ("respondent", "askedparty")


def _may_receive_email(recipient: Recipient) -> bool:
    return recipient.person is None or recipient.person.is_active


# What an email is about → function that gives its reader, the subject, and why it may not be sent. Higher packages add
# theirs.
READERS: dict[str, RecipientReader] = {
    **dict.fromkeys(digests.NEWS_SUBJECTS, digests.read_news),
    "digestentry": lambda email: digests.read_digest(email, find_audience),
    "suggestion": lambda email: suggestions.read_suggestion(email, find),
    **accounts.READERS,
    **action_items.READERS,
    **agreements.READERS,
    **check_ins.READERS,
    **hand_overs.READERS,
    **meetings.READERS,
    **numbers.READERS,
    **partners.READERS,
    **rounds.READERS,
}
