"""Meetings and action items as rows of a file, each as its reader may see it."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.utils.translation import gettext

from partnerships.core.access import Viewer
from partnerships.core.exports import Export
from partnerships.meetings.action_queries import action_list
from partnerships.meetings.models import Action, Meeting
from partnerships.meetings.queries import meeting_list

_MEETING = (
    "public_id", "title", "date", "time", "zone", "minutes_long", "status", "place", "link_shown", "access_notes",
)  # fmt: skip
_ACTION = ("public_id", "title", "detail", "status", "due_on", "done_on")


def _meetings(person: Viewer, rows: Iterable[Meeting], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        yield [
            *(getattr(record, name) for name in _MEETING),
            "; ".join(item.title for item in record.agenda.all()),
            record.partnership.public_id,
            record.partnership.title,
            full_url(record.get_absolute_url()),
        ]


def _actions(person: Viewer, rows: Iterable[Action], full_url: Callable[[str], str]) -> Iterator[list]:
    for action in rows:
        yield [
            *(getattr(action, name) for name in _ACTION),
            party_of(action),
            str(action.owner_person or ""),
            activity_of(action),
            action.partnership.public_id,
            action.partnership.title,
            full_url(action.get_absolute_url()),
        ]


def activity_of(action: Action) -> str:
    """The activity of an action item, if its reader may know of it."""
    return action.activity.title if action.activity and action.sees_activity else ""


def party_of(action: Action) -> str:
    """The party that owns an action item. One that the reader may not know of isn't named."""
    if not action.owner_party:
        return ""
    return str(action.owner_party) if action.sees_party else gettext("A partner")


MEETINGS = Export(
    "meetings",
    ("id", "title", "date", "time", "time_zone", "minutes_long", "status", "place", "link", "access_notes", "agenda",
        "partnership_id", "partnership", "page_url"),
    partial(meeting_list, default="-starts"),
    _meetings,
)  # fmt: skip
ACTIONS = Export(
    "actions",
    ("id", "title", "detail", "status", "due_on", "done_on", "owner_party", "owner_person", "activity", "partnership_id",
        "partnership", "page_url"),
    action_list,
    _actions,
)  # fmt: skip
