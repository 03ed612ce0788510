"""Emails about action items. They say what is to be done, in which partnership and until when: no notes and no names.

Its owner gets one when it is assigned, three days before its due date, and once on the next working morning after it.
When it is done, the person who assigned it gets one, or else the lead agency's staff. Mornings are where the lead
agency is. An email that is no longer true when it is due is refused right before it is sent (`owners`).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import Author, Viewer
from partnerships.mail import outbox, schedule
from partnerships.mail.audience import Recipient, key_of
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.mail.models import Email
from partnerships.mail.schedule import MORNING, day_words
from partnerships.meetings import events, holidays
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.models import Action
from partnerships.meetings.owners import OF_ACTION, owners_of
from partnerships.meetings.rules import actions_visible_to
from partnerships.notifications.accounts import reader_of
from partnerships.notifications.common import (
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    any_time,
    batches,
    creator_of,
    find_subject,
    rows_near,
    through_sign_in,
)
from partnerships.registry.choices import Status
from partnerships.registry.representatives import editors_of_leads

DAYS_BEFORE = 3
USEFUL = timedelta(days=14)  # after that, news of an action item is too old to send


# What they say


def _context_of(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """The template context of emails about an action item."""
    action = find_subject(Action.objects.select_related("partnership"), email, context)
    page = reverse("action", args=[action.public_id])
    return {
        "action": action.title,
        "partnership": action.partnership.title,
        "due": day_words(action.due_on) if action.due_on else "",
        "done": day_words(action.done_on) if action.done_on else "",
        "page": through_sign_in(page),
        "is_illustration": action.is_illustration,
    }


_KINDS = (EmailKind.ACTION_ASSIGNED, EmailKind.ACTION_DUE, EmailKind.ACTION_OVERDUE, EmailKind.ACTION_DONE)
WRITERS: dict[str, Writer] = dict.fromkeys(_KINDS, _context_of)


# Who gets them


def _read_action(email: Email) -> RecipientCheck:
    """Returns the person, the action item, and why the email may not be sent (as `recipients.find_audience`)."""
    action = Action.objects.select_related(*OF_ACTION).filter(pk=email.subject_pk).first()
    if action is None:
        return None, None, gettext_noop("The action item is gone.")
    person = reader_of(email)
    if person is None or not actions_visible_to(person).filter(pk=action.pk).exists():
        return person, action, gettext_noop("They can no longer see this action item.")
    return person, action, _refusal(email, action, person)


def _refusal(email: Email, action: Action, person: Viewer) -> str:
    """Why the email may not be sent; "" when it may."""
    if email.kind == EmailKind.ACTION_DONE:
        return "" if action.status == ActionStatus.DONE else gettext_noop("The action item was reopened.")
    if action.status != ActionStatus.OPEN:
        return gettext_noop("The action item is done or canceled.")
    if action.partnership.status == Status.ENDED:
        return gettext_noop("The partnership has ended.")
    if email.kind != EmailKind.ACTION_ASSIGNED and email.occurrence.split("/")[1] != str(action.due_on):
        return gettext_noop("The due date changed after this email was scheduled.")
    return "" if person in owners_of(action) else gettext_noop("They’re no longer responsible for this action item.")


READERS: dict[str, RecipientReader] = {"action": _read_action}


# When they are planned


@events.action_saved.register
def follow_action(
    action: Action, *, owners_before: Collection[Person] = (), is_done_now: bool = False, by: Author
) -> None:
    """Call it after an action item was saved, in its transaction.

    `owners_before`: the people who were responsible for it until now. `is_done_now`: this change closed it. People get
    no email about what they did themselves (`by`).
    """
    now, emails = clock.shared()(), reminders(action, owners_of(action))
    if _is_open(action):
        new = [person for person in owners_of(action) if person not in owners_before and person != by]
        emails += [_news(EmailKind.ACTION_ASSIGNED, action, person, now) for person in new]
    if is_done_now:
        emails += [_news(EmailKind.ACTION_DONE, action, person, now) for person in _informed_when_done(action, by)]
    why = gettext_noop("The action item changed after this email was scheduled.")
    outbox.replace(action, emails, now=now, keep=_news_that_holds(action), why=why)


def reminders(action: Action, owners: Sequence[Person], is_near: IsNear = any_time) -> list[Email]:
    """The reminders for its due date, to these people, of those that are near. The first expires when the second is due."""
    if not _is_open(action) or action.due_on is None:
        return []
    zone = action.partnership.lead.zone
    before = schedule.before(action.due_on, MORNING, zone, days=DAYS_BEFORE)
    late = schedule.before(holidays.working_day_after(action.due_on), MORNING, zone)
    times = ((EmailKind.ACTION_DUE, before, late), (EmailKind.ACTION_OVERDUE, late, late + USEFUL))
    return [
        _build_email(kind, action, person, action.due_on, due_at, until)
        for kind, due_at, until in times
        if is_near(due_at)
        for person in owners
    ]


def _is_open(action: Action) -> bool:
    return action.status == ActionStatus.OPEN and action.partnership.status != Status.ENDED


def _news(kind: str, action: Action, person: Person, now: datetime) -> Email:
    return _build_email(kind, action, person, action.version, now, now + USEFUL)


def _build_email(
    kind: str, action: Action, person: Person, occasion: date | int, due_at: datetime, until: datetime
) -> Email:
    occurrence = f"{action.public_id}/{occasion}"
    return outbox.build_row(kind, occurrence, person, action, due_at, until, action.partnership.lead_id)


def _news_that_holds(action: Action) -> list:
    """(occurrence, recipient) of news that is still true: assigned, while it's theirs; done, while it's done."""
    rows = Email.objects.filter(subject_type="action", subject_id=action.pk).exclude(state=EmailState.WITHDRAWN)
    if action.status == ActionStatus.DONE:
        rows = rows.filter(kind=EmailKind.ACTION_DONE)
    else:
        owners = [key_of(person) for person in owners_of(action)] if _is_open(action) else []
        rows = rows.filter(kind=EmailKind.ACTION_ASSIGNED, recipient__in=owners)
    return list(rows.values_list("occurrence", "recipient"))


def _informed_when_done(action: Action, by: Author) -> list[Person]:
    """The person who assigned the action item, if they may still see it; otherwise the people who keep the lead
    agency's records.
    """
    giver = creator_of(action)
    if giver and giver.is_active and actions_visible_to(giver).filter(pk=action.pk).exists():
        people = [giver]
    else:
        memberships = editors_of_leads([action.partnership.lead_id]).select_related("person").order_by("person")
        people = [membership.person for membership in memberships]
    return [person for person in people if person != by]


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    rows = rows_near(Action.objects.filter(status=ActionStatus.OPEN), "due_on", now.date(), -4, 4)
    for batch in batches(rows.select_related(*OF_ACTION)):
        yield [email for action in batch for email in reminders(action, owners_of(action), is_near)]
