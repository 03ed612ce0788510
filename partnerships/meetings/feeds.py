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
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.meetings import calendar
from partnerships.meetings.models import CalendarFeed
from partnerships.meetings.queries import meetings_of, public_meetings_of, whole_series_of

MOST_LIVE = 10
PAST, MOST = timedelta(days=90), 500  # a feed holds this much of what was, and no more meetings than this


def public_feed(partnership) -> str:
    """The meetings that everyone may see, as iCalendar. The same text until one of them changes."""
    return _calendar(public_meetings_of(partnership), partnership.title, _public_event)


def own_feed(feed) -> str:
    """All that its person may come to: what they are asked to, and the meetings of their bodies that they may see."""
    return _calendar(meetings_of(feed.person), "My meetings", _event)


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


def _calendar(rows, name, make) -> str:
    """Of these meetings, the lately held ones and those to come; a series that the reader may see whole is one event. `make`:
    meeting → its event."""
    meetings = list(rows.filter(starts_at__gte=clock.now() - PAST)[:MOST])
    whole = whole_series_of(meetings, rows)
    events = [make(meeting) for meeting in meetings if meeting.series_id not in {series.pk for series in whole}]
    for series, some in whole.items():
        page = _page("partnership", some[0].partnership)
        events += calendar.series_events(series, some, host=_host(), make=make, url=page)
    return calendar.calendar_of(events, name=name)


def _event(meeting, **more):
    page, agenda = _page("meeting", meeting), meeting.agenda.all()
    return calendar.event_of(
        meeting, link=meeting.link_shown, host=_host(), agenda=agenda, url=page, at=meeting.updated_at, **more
    )


def _public_event(meeting):
    """Its number goes up with what everyone reads alone."""
    return _event(meeting, sequence=meeting.public_version - 1)


def _page(route, record):
    return settings.BASE_URL + reverse(route, args=[record.public_id])


def _host():
    return urlsplit(settings.BASE_URL).hostname
