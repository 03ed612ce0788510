"""What changes in meetings, check-ins and action items when their partnership changes."""

from partnerships.core import search, sync
from partnerships.mail import outbox
from partnerships.registry import events
from partnerships.registry.models import Partnership


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """Show the emails about them to the new lead's staff."""
    about = {
        "meeting": partnership.meetings.values("pk"),
        "checkinplan": partnership.check_in_plans.values("pk"),
        "checkin": partnership.check_in_plans.values("check_ins__pk"),
        "action": partnership.actions.values("pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)


@events.title_changed.register
def find_meetings(partnership: Partnership, entries: events.Entries) -> None:
    """Update search: meetings are found by the title of their partnership."""
    out = partnership.is_published
    entries["meeting"] = [
        search.Entry(m.pk, out and m.is_public, m.title, partnership.title, m.place) for m in partnership.meetings.all()
    ]


@events.visibility_changed.register
def show_meetings(partnership: Partnership, is_published: bool, entries: events.Entries) -> None:
    """Show or hide public meetings in sync and search, together with their partnership."""
    public = partnership.meetings.filter(is_public=True)
    sync.update_tombstones("meeting", public, is_public=is_published)
    entries["meeting"] = [
        search.Entry(pk, is_published, title, partnership.title, place)
        for pk, title, place in public.values_list("pk", "title", "place")
    ]
