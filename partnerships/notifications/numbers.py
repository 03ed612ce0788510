"""Emails about numbers of measures. They say the measure's title, the period and the party: never a number or anyone's
words.

The party that enters numbers gets one on the morning when they are due, and again two weeks later if they are missing.
The lead agency's staff get one when a party disputes a number, and that party when it is answered. Mornings are where
the lead agency is. Only the sweep plans the due ones; whether numbers are missing is checked right before they are
sent.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import MORNING, Offset, day_words, in_words
from partnerships.measurement import events
from partnerships.measurement.models import Measure, MeasureOwner, Reading
from partnerships.measurement.overdue_data import MissingData, current_suppliers, due_on, missing_data
from partnerships.measurement.periods import MONTH, label, start_of
from partnerships.notifications.common import (
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    batches,
    find_subject,
    recipient_among,
    through_sign_in,
)
from partnerships.registry import seats
from partnerships.registry.representatives import editors_of_leads, representatives_of

OFFSETS = (Offset("due", days=0), Offset("14d-late", days=-14))
USEFUL = timedelta(days=14)  # after that, news and reminders of numbers are too old to send
_BODIES = ("partnership", "jurisdiction", "department__jurisdiction", "organization")
OWNER = ("measure__lead", *(f"party__{name}" for name in _BODIES))
READING = ("measure__lead", *(f"party__{name}" for name in _BODIES))
_NOT_THEIRS = gettext_noop("They no longer represent this partner.")


# What they say


def _numbers_due(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    owner = find_subject(MeasureOwner.objects.select_related(*OWNER), email, context)
    period = period_of(email)
    return _context_of(owner) | {
        "period": _period_words(owner.measure, period),
        "due": day_words(due_on(owner.measure, period)),
        "is_late": email.occurrence.endswith("-late"),
    }


def _interpretation(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    interpretation = find_subject(Reading.objects.select_related(*READING), email, context)
    return _context_of(interpretation) | {"period": _period_words(interpretation.measure, interpretation.starts_on)}


def _period_words(measure: Measure, start: date | None) -> str:
    """In the language of the email: months have names."""
    if start is None:
        return ""
    return in_words(start, gettext("F Y")) if measure.period == MONTH else label(measure.period, start)


def _context_of(row: MeasureOwner | Reading) -> dict[str, Any]:
    """What all emails about a measure have in their template context."""
    measure = row.measure
    address = reverse("measure", args=[measure.public_id])
    return {
        "measure": measure.title,
        "party": str(row.party),
        "page": through_sign_in(address),
        "is_illustration": measure.is_illustration,
    }


WRITERS: dict[str, Writer] = {
    EmailKind.NUMBERS_DUE: _numbers_due,
    EmailKind.NUMBER_DISPUTED: _interpretation,
    EmailKind.NUMBER_ANSWERED: _interpretation,
}


# Who gets them


def _read_owner(email: Email) -> RecipientCheck:
    """Numbers that are due."""
    owner = MeasureOwner.objects.select_related(*OWNER).filter(pk=email.subject_pk).first()
    if owner is None or not owner.supplies or not seats.is_seated(owner.party):
        return None, owner, gettext_noop("The partner is no longer asked for these numbers.")
    if not missing_data([(owner, period_of(email))]):
        return None, owner, gettext_noop("The numbers are already in.")
    person = recipient_among(email, representatives_of(owner.party))
    return person, owner, "" if person else _NOT_THEIRS


def period_of(email: Email) -> date:
    """The first day of the period that an email asks for, as in its occurrence."""
    return date.fromisoformat(email.occurrence.split("/")[1])


def _read_interpretation(email: Email) -> RecipientCheck:
    """A number that a party disputes, or the answer to it."""
    interpretation = Reading.objects.select_related(*READING).filter(pk=email.subject_pk).first()
    if interpretation is None:
        return None, None, gettext_noop("The partner deleted its comment.")
    if email.kind == EmailKind.NUMBER_ANSWERED:
        person = recipient_among(email, representatives_of(interpretation.party))
        return person, interpretation, "" if person else _NOT_THEIRS
    if interpretation.settled_at:
        return None, interpretation, gettext_noop("It was already answered.")
    person = recipient_among(email, editors_of_leads([interpretation.measure.lead_id]))
    return person, interpretation, "" if person else gettext_noop("They no longer keep the records of this office.")


READERS: dict[str, RecipientReader] = {"measureowner": _read_owner, "reading": _read_interpretation}


# When they are planned


def may_be_due() -> QuerySet[MeasureOwner]:
    """The owners who may be asked for numbers, in partnerships that have not ended."""
    return current_suppliers().select_related(*OWNER, "party__partnership__lead")


def reminders(owners: Sequence[MeasureOwner], day: date, is_near: IsNear) -> list[Email]:
    """The emails to these owners that are due around a day (of any calendar), for missing numbers."""
    wanted = {}  # (owner, period) → offset: their days don't overlap
    for offset in OFFSETS:
        # Other time zones are up to a day away, and the sweep looks ahead (`common.HORIZON`).
        for on in (day + timedelta(days=near + offset.days) for near in range(-1, 4)):
            for owner in owners:
                if period := _period_due(owner.measure, on):
                    wanted[owner, period] = offset
    return [
        email for one in missing_data(list(wanted)) for email in _reminders(one, wanted[one.owner, one.period], is_near)
    ]


def _period_due(measure: Measure, on: date) -> date | None:
    """The period whose numbers are due on this day, or None."""
    period = start_of(measure.period, on - timedelta(days=measure.due_days), measure.first_month)
    if measure.last_on and period > measure.last_on:
        return None
    return period if due_on(measure, period) == on else None


def _reminders(one: MissingData, offset: Offset, is_near: IsNear) -> list[Email]:
    measure = one.owner.measure
    ((_, due_at),) = schedule.due_instants(one.due_on, MORNING, measure.lead.zone, [offset])
    if not is_near(due_at):
        return []
    occurrence = f"{measure.public_id}/{one.period}/{one.owner.pk}/{offset.name}"
    people = [
        membership.person
        for membership in representatives_of(one.owner.party).select_related("person").order_by("person")
    ]
    lead, kind = _lead_that_knows(one.owner), EmailKind.NUMBERS_DUE
    return [outbox.build_row(kind, occurrence, person, one.owner, due_at, due_at + USEFUL, lead) for person in people]


def _lead_that_knows(owner: MeasureOwner) -> int | None:
    """The lead agency whose staff see the email in their outbox: only if it goes to their own people, otherwise None."""
    party, lead = owner.party, owner.measure.lead_id
    is_own = lead in (party.jurisdiction_id, party.department and party.department.jurisdiction_id)
    return lead if is_own else None


@events.number_disputed.register
def notify_disputed(reading: Reading) -> None:
    """A party disputes a number: an email to those who keep the measure."""
    people = [
        keeper.person
        for keeper in editors_of_leads([reading.measure.lead_id]).select_related("person").order_by("person")
    ]
    _email_people(EmailKind.NUMBER_DISPUTED, reading, people, reading.measure.lead_id)


@events.number_answered.register
def notify_answered(reading: Reading) -> None:
    """To the representatives of the party whose question was answered."""
    people = [
        membership.person
        for membership in representatives_of(reading.party).select_related("person").order_by("person")
    ]
    _email_people(EmailKind.NUMBER_ANSWERED, reading, people, None)


def _email_people(kind: str, reading: Reading, people: Sequence[Person], lead: int | None) -> None:
    now, occurrence = clock.shared()(), f"{reading.measure.public_id}/reading/{reading.pk}"
    outbox.insert(
        [outbox.build_row(kind, occurrence, person, reading, now, now + USEFUL, lead) for person in people], now=now
    )


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    for batch in batches(may_be_due()):
        yield reminders(batch, now.date(), is_near)
