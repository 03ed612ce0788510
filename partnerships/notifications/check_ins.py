"""Emails about check-ins: what they say, who gets them and when they are planned."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import CHECK_IN_OFFSETS, CHECK_IN_OPEN, MISSED_OFFSETS, MORNING, before, day_words
from partnerships.meetings import events
from partnerships.meetings.models import CheckIn, CheckInPlan
from partnerships.meetings.rules import answers_check_in
from partnerships.notifications import links
from partnerships.notifications.common import (
    CONTACT_OWNERS,
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    answers_go_to,
    any_time,
    batches,
    creator_of,
    editors_by_lead,
    find_subject,
    page_for,
    recipient_among,
    reminder_rows,
    rows_near,
)
from partnerships.registry.choices import Status
from partnerships.registry.representatives import belongs_to, editors_of_leads

# What they say


def check_in_due(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    plan = find_subject(CheckInPlan.objects.select_related("partnership__lead"), email, context)
    return {
        "partnership": plan.partnership.title,
        "office": plan.partnership.lead.name,
        "due": day_words(plan.next_due_on),
        "is_late": email.occurrence.endswith("-late"),
        "answer": _answer_check_in(recipient, plan),
        "page": page_for(recipient, plan.partnership),
        "is_illustration": plan.is_illustration,
        **answers_go_to(_who_asks(plan), recipient),
    }


def _who_asks(plan: CheckInPlan) -> Person | None:
    """The relationship holder; without one, who set the check-ins, while they keep the lead agency's records."""
    if plan.holder and belongs_to(plan.holder, plan.partnership, clock.today()):
        return plan.holder
    setter = creator_of(plan)
    return setter if editors_of_leads([plan.partnership.lead_id]).filter(person=setter).exists() else None


def check_in_missed(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    plan = find_subject(CheckInPlan.objects.select_related("partnership__lead"), email, context)
    return {"due": day_words(plan.next_due_on), **_office(recipient, plan)}


def call_asked(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """The template context of the email that asks for a call. Who asks, and what they wrote, is only on the record's
    page.
    """
    check_in = find_subject(CheckIn.objects.all(), email, context)
    return {"due": day_words(check_in.due_on), **_office(recipient, check_in.plan)}


def record_is_wrong(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """The template context of the email that a check-in says a record is wrong, for the kind RECORD_DISPUTED."""
    check_in = find_subject(CheckIn.objects.all(), email, context)
    return {"is_check_in": True, **_office(recipient, check_in.plan)}


def _office(recipient: Recipient, plan: CheckInPlan) -> dict[str, Any]:
    return {
        "partnership": plan.partnership.title,
        "page": page_for(recipient, plan.partnership),
        "is_illustration": plan.is_illustration,
    }


def _answer_check_in(recipient: Recipient, plan: CheckInPlan) -> str:
    return settings.BASE_URL + reverse("answer_check_in", args=[token_of(recipient, plan)])


def token_of(recipient: Recipient, plan: CheckInPlan) -> str:
    """The token of the link with which this recipient answers the next check-in."""
    return links.make(links.CHECK_IN, recipient, [plan.pk, plan.next_due_on.isoformat()], _answerable_until(plan))


def is_answerable(plan: CheckInPlan) -> bool:
    """Whether the next check-in can be answered by its link: from the first email about it on, until the link ends."""
    (_, first), *_later = schedule.due_instants(plan.next_due_on, MORNING, plan.zone, CHECK_IN_OFFSETS)
    return first <= clock.now() < _answerable_until(plan)


def _answerable_until(plan: CheckInPlan) -> datetime:
    return before(plan.next_due_on, time(0), plan.zone, days=-CHECK_IN_OPEN)


WRITERS: dict[str, Writer] = {
    EmailKind.CHECK_IN_DUE: check_in_due,
    EmailKind.CHECK_IN_MISSED: check_in_missed,
    EmailKind.CALL_ASKED: call_asked,
}


# Who gets them


def _read_check_in(email: Email) -> RecipientCheck:
    plans = CheckInPlan.objects.select_related("partnership", "person", "contact", "party", "holder")
    plan = plans.filter(pk=email.subject_pk, is_active=True).first()
    if plan is None:
        return None, None, gettext_noop("This check-in is no longer scheduled.")
    refusal = ""
    if email.occurrence.split("/")[1] != plan.next_due_on.isoformat():
        refusal = gettext_noop("The check-in was done or moved after this email was scheduled.")
    elif plan.partnership.status == Status.ENDED:
        refusal = gettext_noop("The partnership has ended.")
    if email.kind == EmailKind.CHECK_IN_MISSED:
        someone = _of_office(email, plan)
        return (
            someone,
            plan,
            refusal or ("" if someone else gettext_noop("They no longer look after this partnership.")),
        )
    if not refusal and (key_of(plan.person or plan.contact) != email.recipient or not answers_check_in(plan)):
        refusal = gettext_noop("They no longer answer this check-in.")
    return plan.person or plan.contact, plan, refusal


def _of_office(email: Email, plan: CheckInPlan) -> Person | None:
    """The reader of this email while they are the relationship holder or keep the lead agency's records, else None."""
    if keeper := recipient_among(email, editors_of_leads([plan.partnership.lead_id])):
        return keeper
    holds = (
        plan.holder
        and str(plan.holder_id) == email.recipient_pk
        and belongs_to(plan.holder, plan.partnership, clock.today())
    )
    return plan.holder if holds else None


def _read_call(email: Email) -> RecipientCheck:
    rows = CheckIn.objects.select_related("plan__partnership", "plan__holder")
    check_in = rows.filter(pk=email.subject_pk).first()
    if check_in is None:
        return None, None, gettext_noop("The check-in is gone.")
    someone = _of_office(email, check_in.plan)
    return someone, check_in, "" if someone else gettext_noop("They no longer look after this partnership.")


READERS: dict[str, RecipientReader] = {"checkinplan": _read_check_in, "checkin": _read_call}


# When they are planned


@events.check_in_plan_changed.register
def follow_check_in(plan: CheckInPlan) -> None:
    """Call it after a check-in plan was saved or a check-in recorded."""
    why = gettext_noop("The check-in was done or moved after this email was scheduled.")
    emails = _check_in_emails(plan, editors_by_lead([plan.partnership.lead_id]))
    outbox.replace(plan, emails, now=clock.shared()(), why=why)


def _check_in_emails(
    plan: CheckInPlan, people_by_lead: dict[int | None, list[Person]], is_near: IsNear = any_time
) -> list[Email]:
    """To the person who answers: a week before, on the day, three and seven days late.

    Then one to the relationship holder and one to the office. Each expires when the next is due.
    """
    if not plan.is_active or plan.partnership.status == Status.ENDED:
        return []
    day, lead = plan.next_due_on, plan.partnership.lead_id
    occasion = f"check-in-{plan.pk}/{day}"
    dues = schedule.due_instants(day, MORNING, plan.zone, CHECK_IN_OFFSETS)
    missed = schedule.due_instants(day, MORNING, plan.zone, MISSED_OFFSETS)
    ends = [missed[1][1], schedule.before(day, time(0), plan.zone, days=-CHECK_IN_OPEN)]
    answers = plan.person or plan.contact
    assert answers is not None  # a constraint of the table
    emails = reminder_rows(
        EmailKind.CHECK_IN_DUE, plan, occasion, [answers], dues, dues[-1][1] + timedelta(days=7), lead, is_near
    )
    holder = [plan.holder] if plan.holder else []
    for offset, end, people in zip(missed, ends, (holder, people_by_lead.get(lead, [])), strict=True):
        others = [one for one in people if one != answers]
        emails += reminder_rows(EmailKind.CHECK_IN_MISSED, plan, occasion, others, [offset], end, lead, is_near)
    return emails


def ask_for_call(check_in: CheckIn) -> None:
    """Someone would rather talk: one email to the relationship holder, or to the people who keep the lead agency's
    records.
    """
    plan, lead = check_in.plan, check_in.plan.partnership.lead
    holder = plan.holder if plan.holder and plan.holder.is_active and plan.holder != plan.person else None
    people = [holder] if holder else editors_by_lead([lead.pk]).get(lead.pk, [])
    until = clock.now() + timedelta(days=CHECK_IN_OPEN)
    outbox.plan(EmailKind.CALL_ASKED, f"check-in/{check_in.pk}/call", people, check_in, expires_at=until, lead=lead)


def report_wrong_record(check_in: CheckIn) -> None:
    """An answer says that the record is wrong: the email that a dispute sends to the people who keep the lead agency's
    records.
    """
    lead = check_in.plan.partnership.lead
    people = [one for one in editors_by_lead([lead.pk]).get(lead.pk, []) if one != check_in.plan.person]
    occurrence = f"check-in/{check_in.pk}/record"
    outbox.plan(EmailKind.RECORD_DISPUTED, occurrence, people, check_in, lead=lead)


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    rows = rows_near(CheckInPlan.objects.filter(is_active=True), "next_due_on", now.date(), -19, 9)
    for batch in batches(rows.select_related("partnership", "person", "holder", *CONTACT_OWNERS)):
        people = editors_by_lead({plan.partnership.lead_id for plan in batch})
        yield [email for plan in batch for email in _check_in_emails(plan, people, is_near)]
