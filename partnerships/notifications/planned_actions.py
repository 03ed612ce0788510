"""Which letters an action calls for: to whoever owes it when it is given to them, three days before its day, and once on the
next working morning after it; and one when it is done, to whoever gave it or else to the lead's keepers.

Mornings are of the lead's calendar. What is wrong by the time that it comes due is refused at the fence (`owners`).
"""

from datetime import timedelta

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.models import Change
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import LetterKind, LetterState
from partnerships.mail.models import Letter
from partnerships.mail.schedule import MORNING
from partnerships.meetings import events, holidays
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.owners import owners_of
from partnerships.meetings.rules import actions_visible_to
from partnerships.notifications.recipients import key_of
from partnerships.registry.choices import Status
from partnerships.registry.speakers import keepers

DAYS_BEFORE = 3
USEFUL = timedelta(days=14)  # news of an action is of no use later


@events.action_saved.register
def follow_action(action, *, owed_before=(), is_done_now=False, by=None) -> None:
    """After an action was saved, in its transaction. `owed_before`: the people who owed it until now; `is_done_now`: this
    change has closed it. Nobody is written to about what they did themselves (`by`)."""
    now, letters = clock.shared()(), reminders(action, owners_of(action))
    if _is_open(action):
        new = [person for person in owners_of(action) if person not in owed_before and person != by]
        letters += [_news(LetterKind.ACTION_ASSIGNED, action, person, now) for person in new]
    if is_done_now:
        letters += [_news(LetterKind.ACTION_DONE, action, person, now) for person in _told_when_done(action, by)]
    why = "The action was changed after this letter was planned."
    outbox.replace(action, letters, now=now, keep=_news_that_holds(action), why=why)


def reminders(action, owners, due=lambda due_at: True) -> list[Letter]:
    """Those by its day, to these people: the first gives way to the second."""
    if not _is_open(action) or action.due_on is None:
        return []
    zone = action.partnership.lead.zone
    soon = schedule.before(action.due_on, MORNING, zone, days=DAYS_BEFORE)
    late = schedule.before(holidays.working_day_after(action.due_on), MORNING, zone)
    times = ((LetterKind.ACTION_DUE, soon, late), (LetterKind.ACTION_OVERDUE, late, late + USEFUL))
    return [
        _letter(kind, action, person, action.due_on, due_at, until)
        for kind, due_at, until in times
        if due(due_at)
        for person in owners
    ]


def _is_open(action):
    return action.status == ActionStatus.OPEN and action.partnership.status != Status.ENDED


def _news(kind, action, person, now):
    return _letter(kind, action, person, action.version, now, now + USEFUL)


def _letter(kind, action, person, occasion, due_at, until):
    occurrence = f"{action.public_id}/{occasion}"
    return outbox.planned(kind, occurrence, person, action, due_at, until, action.partnership.lead_id)


def _news_that_holds(action):
    """(occurrence, recipient) of news that stays right: that it is theirs while they owe it, that it is done while it is."""
    rows = Letter.objects.filter(subject_type="action", subject_id=action.pk).exclude(state=LetterState.WITHDRAWN)
    if action.status == ActionStatus.DONE:
        rows = rows.filter(kind=LetterKind.ACTION_DONE)
    else:
        owners = [key_of(person) for person in owners_of(action)] if _is_open(action) else []
        rows = rows.filter(kind=LetterKind.ACTION_ASSIGNED, recipient__in=owners)
    return list(rows.values_list("occurrence", "recipient"))


def _told_when_done(action, by) -> list[Person]:
    """Whoever gave the action, if they may still see it; else those who keep the lead's records."""
    made = Change.objects.filter(record_type="action", record_id=action.pk, verb="create").select_related("by").first()
    giver = made.by if made else None
    if giver and giver.is_active and actions_visible_to(giver).filter(pk=action.pk).exists():
        people = [giver]
    else:
        places = keepers([action.partnership.lead_id]).select_related("person").order_by("person")
        people = [place.person for place in places]
    return [person for person in people if person != by]
