"""What changes in measures and activities when their partnership changes."""

from partnerships.core import sync
from partnerships.mail import outbox
from partnerships.registry import events
from partnerships.registry.models import Partnership


@events.lead_changed.register
def hand_over(partnership: Partnership, was: str) -> None:
    """Give its measures to the new lead, and show the emails about them to its staff."""
    partnership.measures.update(lead=partnership.lead, stamp=sync.next_stamp())
    about = {
        "measureowner": partnership.measures.values("owners__pk"),
        "reading": partnership.measures.values("readings__pk"),
    }
    outbox.hand_over(about, was=was, lead=partnership.lead)


@events.visibility_changed.register
def update_visibility(partnership: Partnership, is_published: bool, entries: events.Entries) -> None:
    """Show or hide what is published of them together with their partnership."""
    sync.update_tombstones("measure", partnership.measures.filter(is_published=True), is_public=is_published)
    sync.update_tombstones("activity", partnership.activities.filter(is_public=True), is_public=is_published)
