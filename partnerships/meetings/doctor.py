"""Checks of meetings and emails. A finding is (public id or name, sentence)."""

from collections.abc import Iterator
from datetime import timedelta

from partnerships.core import clock
from partnerships.mail.choices import OPEN_STATES
from partnerships.mail.models import Email
from partnerships.mail.schedule import instant
from partnerships.meetings.models import Meeting

LONG = timedelta(hours=6)


def wrong_moments() -> Iterator[tuple[str, str]]:
    """Meetings whose stored moment isn't that of their date, time and zone (rules of time zones change)."""
    for meeting in Meeting.objects.filter(starts_at__gte=clock.now()).iterator(500):
        if meeting.starts_at != instant(meeting.date, meeting.time, meeting.zone):
            yield meeting.public_id, "has a moment that doesn’t match its date, time and zone. Save it again."


def stuck_emails() -> Iterator[tuple[str, str]]:
    """Emails that should have been sent long ago."""
    late = Email.objects.filter(state__in=OPEN_STATES, due_at__lt=clock.now() - LONG).order_by("due_at")
    for pk, due_at in late.values_list("pk", "due_at")[:100]:
        yield f"email {pk}", f"has waited since {due_at:%Y-%m-%d %H:%M} UTC. Look at the mail server and the sender."
