"""Meetings and action items as rows on other pages."""

from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.exports import activity_of, party_of
from partnerships.registry.choices import Status
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.words import clock_words, day, label, zone_words


def row_of(action) -> dict:
    """An action item for components/_row.html."""
    is_open = action.status == ActionStatus.OPEN
    return {
        "url": action.get_absolute_url(),
        "title": action.title,
        "line": due_words(action),
        "facts": [fact for fact in (owner_words(action), activity_of(action), action.partnership.title) if fact],
        "tags": [] if is_open else [label(action.status, "action_status")],
        "note": gettext("Overdue") if is_open and is_late(action) else "",
        "is_illustration": action.is_illustration,
    }


def is_late(action):
    """Whether its due date has passed. Nothing is due in a partnership that has ended."""
    if not action.due_on or action.partnership.status == Status.ENDED:
        return False
    return action.due_on < clock.today(clock.zone(action.partnership.lead.zone))


def due_words(action) -> str:
    """When it was done, or is due."""
    if action.done_on:
        return gettext("Done on %(day)s.") % {"day": day(action.done_on)}
    if action.due_on:
        return gettext("Due %(day)s.") % {"day": day(action.due_on)}
    return gettext("No due date.")


def owner_words(action) -> str:
    """The owner: a party, a person, or a person on behalf of a party. A party that the reader may not see isn't named."""
    person = name_of_person(action.owner_person)
    party = party_of(action)
    if party and person:
        return gettext("%(person)s, for %(party)s") % {"person": person, "party": party}
    return party or person or gettext("No one is responsible now")


def dated_meeting(meeting) -> dict:
    """A meeting for components/_dated.html."""
    when = f"{clock_words(meeting.time)}, {zone_words(meeting.zone)}."
    where = f"{meeting.place}." if meeting.place else gettext("Online.") if meeting.link else ""
    return {
        "on": meeting.date,
        "title": meeting.title,
        "url": meeting.get_absolute_url(),
        "line": f"{when} {where}".strip(),
        "is_illustration": meeting.is_illustration,
    }
