"""What changes in meetings, check-ins and action items when their partnership changes."""

from django.utils.translation import gettext

from partnerships.core import search, sync
from partnerships.mail import outbox
from partnerships.meetings.models import Attendance, CheckIn, Decision
from partnerships.registry import events
from partnerships.registry.models import Partnership, Party
from partnerships.registry.party_removal import refuse_removal


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
    is_published = partnership.is_published
    entries["meeting"] = [
        search.Entry(m.pk, is_published and m.is_public, m.title, partnership.title, m.place)
        for m in partnership.meetings.all()
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


@events.parties_removed.register
def refuse_removal_of_attendees(parties: list[Party]) -> None:
    """Refuse to remove a party that came to a meeting, had a part in a decision or held a check-in, since that would
    disappear too.
    """
    took_part = {*Attendance.objects.filter(party__in=parties, came=True).values_list("party", flat=True)}
    for part in ("decided_by", "could_block"):
        took_part |= {*Decision.objects.filter(**{f"{part}__in": parties}).values_list(part, flat=True)}
    took_part |= {*CheckIn.objects.filter(plan__party__in=parties).values_list("plan__party", flat=True)}
    refuse_removal(parties, took_part, gettext("came to meetings, had a part in decisions or held check-ins"))
