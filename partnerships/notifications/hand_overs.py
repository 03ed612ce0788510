"""The email that a partnership has another lead agency: to the staff of the new one who keep records and, unless the
partnership is a draft, which only they may read, to those of the former one and to the partners that hold seats.

`Email.occurrence` ends with the primary key of the change, which has both lead agencies.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.core.models import Change
from partnerships.directory.models import Contact, Jurisdiction
from partnerships.mail import outbox
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.notifications.common import (
    RecipientCheck,
    RecipientReader,
    Writer,
    find_subject,
    page_for,
    recipient_among,
)
from partnerships.notifications.partners import USEFUL
from partnerships.registry import events, seats
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import editors_of_leads, representatives_by_party
from partnerships.registry.statement_links import OF_PARTY, contacts_who_speak

# Which of them the reader is.
NEW, FORMER, PARTNER = "new", "former", "partner"


def _hand_over_of(email: Email) -> Change | None:
    rows = Change.objects.filter(record_type="partnership", record_id=email.subject_pk)
    return rows.filter(pk=email.occurrence.rpartition("/")[2]).first()


def _former_lead(change: Change) -> Jurisdiction | None:
    return Jurisdiction.objects.filter(public_id=change.before["lead"]).first()


def _partners_of(partnership: Partnership) -> list[Party]:
    """The partners that hold seats in a published partnership."""
    if not partnership.is_published:
        return []
    return list(Party.objects.filter(seats.holds_seat(), partnership=partnership).select_related(*OF_PARTY))


# What they say


def _lead_changed(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    partnership, change = find_subject(Partnership.objects.select_related("lead"), email, context), _hand_over_of(email)
    was = _former_lead(change) if change else None
    if was is None:
        raise NotFound
    return {
        "partnership": partnership.title,
        "lead": partnership.lead.name,
        "was": was.name,
        "reader": _find_reader(email, partnership, was)[1],
        "page": page_for(recipient, partnership),
        "is_illustration": partnership.is_illustration,
    }


WRITERS: dict[str, Writer] = {EmailKind.LEAD_CHANGED: _lead_changed}


# Who gets them


def _find_reader(email: Email, partnership: Partnership, was: Jurisdiction) -> tuple[Person | Contact | None, str]:
    """(the reader, if there still is a reason for it; which of NEW, FORMER and PARTNER they are)."""
    keepers = {NEW: partnership.lead_id} | ({FORMER: was.pk} if partnership.is_published else {})
    for whose, lead_id in keepers.items():
        if email.recipient.startswith("person:") and (person := recipient_among(email, editors_of_leads([lead_id]))):
            return person, whose
    people = _people_of_partners(partnership)
    return next((one for one in people if key_of(one) == email.recipient), None), PARTNER


def _people_of_partners(partnership: Partnership) -> list[Person | Contact]:
    """Those who may speak for its partners; of a partner without an account, the contact that confirmed its seat by a link."""
    parties = _partners_of(partnership)
    speaking = set().union(*representatives_by_party(parties).values()) if parties else set()
    return [*Person.objects.filter(pk__in=speaking).order_by("pk"), *contacts_who_speak(parties).values()]


def _read_hand_over(email: Email) -> RecipientCheck:
    partnership = Partnership.objects.select_related("lead").filter(pk=email.subject_pk).first()
    change = _hand_over_of(email)
    was = _former_lead(change) if change else None
    if partnership is None or change is None or was is None:
        return None, None, gettext_noop("The partnership is gone.")
    if partnership.lead.public_id != change.after["lead"]:
        return None, partnership, gettext_noop("It has another lead agency now.")
    reader, _whose = _find_reader(email, partnership, was)
    return reader, partnership, "" if reader else gettext_noop("They no longer take part.")


READERS: dict[str, RecipientReader] = {"partnership": _read_hand_over}


# When they are planned


@events.lead_changed.register
def tell(partnership: Partnership, was: str) -> None:
    """After a partnership got another lead agency. The person who did it gets none."""
    change = Change.objects.filter(record_type="partnership", record_id=partnership.pk).latest("pk")
    former = [Jurisdiction.objects.get(public_id=was).pk] if partnership.is_published else []
    keepers = editors_of_leads([partnership.lead_id, *former]).exclude(person=change.by_id).select_related("person")
    people: Sequence[Person | Contact] = [one.person for one in keepers.order_by("pk")]
    told = {key_of(one): one for one in [*people, *_people_of_partners(partnership)]}
    told.pop(f"person:{change.by_id}", None)
    occurrence, until = f"{partnership.public_id}/lead/{change.pk}", clock.now() + USEFUL
    outbox.plan(EmailKind.LEAD_CHANGED, occurrence, told.values(), partnership, expires_at=until, lead=partnership.lead)
