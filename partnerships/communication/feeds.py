"""Calendars as addresses that programs read: a partnership's public meetings, and a person's own by a secret address."""

import base64
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from partnerships.accounts.models import Person
from partnerships.accounts.token_actions import without_waiting
from partnerships.accounts.token_queries import digest_of
from partnerships.communication import calendar
from partnerships.communication.queries import meetings_of, public_meetings_of
from partnerships.communication.reader_models import CalendarFeed
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import ValidationError

MOST_LIVE = 10
PAST, MOST = timedelta(days=90), 500  # a feed holds this much of what was, and no more meetings than this


def public_feed(partnership) -> str:
    """The meetings that everyone may see, as iCalendar. The same text until one of them changes."""
    meetings = public_meetings_of(partnership, since=clock.now() - PAST)[:MOST]
    return _calendar(meetings, partnership.title)


def own_feed(feed) -> str:
    """All that its person may come to: what they are asked to, and the meetings of their bodies that they may see."""
    return _calendar(meetings_of(feed.person, since=clock.now() - PAST)[:MOST], "My meetings")


def make_feed(*, by) -> tuple[CalendarFeed, str]:
    """A new secret address of this person's calendar, and its secret, which nobody can read again. Raises ValidationError."""
    secret = _random(25)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # her feeds are counted and made one at a time
        if by.feeds.filter(revoked_at=None).count() >= MOST_LIVE:
            raise ValidationError(f"You have {MOST_LIVE} of these addresses. End one that you no longer need.")
        feed = CalendarFeed.objects.create(
            person=by, prefix=secret[:6], digest=digest_of(secret), created_at=clock.now()
        )
    return feed, secret


def revoke_feed(*, by, feed) -> bool:
    """The next visit finds nothing. False when it was ended before. Raises NotAllowed."""
    require(feed.person_id == by.pk)
    return bool(CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now()))


def note_visit(feed) -> None:
    """Writes the day of the last visit, at most once a day; a database that is busy is left alone."""
    today = clock.today()
    if feed.last_used_on != today:
        with without_waiting():
            CalendarFeed.objects.filter(pk=feed.pk).exclude(last_used_on=today).update(last_used_on=today)


def _random(size):
    """So many random bytes in base 32; a multiple of five fills it without padding."""
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def _calendar(meetings, name) -> str:
    host = urlsplit(settings.BASE_URL).hostname
    events = [
        calendar.event_of(
            meeting,
            host=host,
            agenda=meeting.agenda.all(),
            url=settings.BASE_URL + reverse("meeting", args=[meeting.public_id]),
            at=meeting.updated_at,
        )
        for meeting in meetings
    ]
    return calendar.calendar_of(events, name=name)
