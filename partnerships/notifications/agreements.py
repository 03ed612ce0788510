"""Emails about agreements that end: what they say, who gets them and when they are planned."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import AGREEMENT_OFFSETS, MORNING, day_words
from partnerships.notifications.common import (
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    any_time,
    batches,
    editors_by_lead,
    find_subject,
    page_for,
    recipient_among,
    reminder_rows,
    rows_near,
)
from partnerships.registry.choices import Status
from partnerships.registry.models import Agreement
from partnerships.registry.representatives import editors_of_leads


def agreement_ending(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    agreement = find_subject(Agreement.objects.select_related("partnership__lead"), email, context)
    assert agreement.ends_on is not None  # its reader function refused it
    return {
        "partnership": agreement.partnership.title,
        "ends": day_words(agreement.ends_on),
        "days_left": (agreement.ends_on - clock.today()).days,
        "renewal": agreement.renewal,
        "lead": agreement.partnership.lead.name,
        "page": page_for(recipient, agreement.partnership),
        "is_illustration": agreement.partnership.is_illustration,
    }


def _read_agreement(email: Email) -> RecipientCheck:
    agreement = Agreement.objects.select_related("partnership__lead").filter(pk=email.subject_pk).first()
    if agreement is None or agreement.ends_on is None:
        return None, None, gettext_noop("The agreement no longer has an end date.")
    keeper, refusal = recipient_among(email, editors_of_leads([agreement.partnership.lead_id])), ""
    if email.occurrence.split("/")[1] != agreement.ends_on.isoformat():
        refusal = gettext_noop("The end date of the agreement changed after this email was scheduled.")
    elif agreement.partnership.status == Status.ENDED:
        refusal = gettext_noop("The partnership has ended.")
    elif keeper is None:
        refusal = gettext_noop("They no longer keep the records of this office.")
    return keeper, agreement, refusal


WRITERS: dict[str, Writer] = {EmailKind.AGREEMENT_ENDING: agreement_ending}
READERS: dict[str, RecipientReader] = {"agreement": _read_agreement}


def follow_agreement(agreement: Agreement) -> None:
    """Call it after an agreement was saved."""
    emails = _agreement_emails(agreement, editors_by_lead([agreement.partnership.lead_id]))
    why = gettext_noop("The end date of the agreement changed after this email was scheduled.")
    outbox.replace(agreement, emails, now=clock.shared()(), why=why)


def _agreement_emails(
    agreement: Agreement, people_by_lead: dict[int | None, list[Person]], is_near: IsNear = any_time
) -> list[Email]:
    """To the people who keep the lead agency's records, 90 and 30 days before the end."""
    lead = agreement.partnership.lead
    if agreement.ends_on is None or agreement.partnership.status == Status.ENDED:
        return []
    return reminder_rows(
        EmailKind.AGREEMENT_ENDING,
        agreement,
        f"agreement-{agreement.pk}/{agreement.ends_on}",
        people_by_lead.get(lead.pk, []),
        schedule.due_instants(agreement.ends_on, MORNING, lead.zone, AGREEMENT_OFFSETS),
        schedule.before(agreement.ends_on, time(0), lead.zone, days=-1),
        lead.pk,
        is_near,
    )


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    rows = rows_near(Agreement.objects.all(), "ends_on", now.date(), -1, 92)
    for batch in batches(rows.select_related("partnership__lead")):
        people = editors_by_lead({agreement.partnership.lead_id for agreement in batch})
        yield [email for agreement in batch for email in _agreement_emails(agreement, people, is_near)]
