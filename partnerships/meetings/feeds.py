"""Calendar feeds for programs: a partnership's public meetings, and a person's own at a secret URL."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from icalendar import Event

from partnerships.accounts.models import Person
from partnerships.accounts.token_actions import without_lock_wait
from partnerships.accounts.token_queries import digest_of
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.codes import random_base32
from partnerships.core.errors import ValidationError
from partnerships.core.models import Record
from partnerships.meetings import calendar
from partnerships.meetings.models import CalendarFeed, Meeting
from partnerships.meetings.queries import meetings_of, public_meetings_of, whole_series_of
from partnerships.registry.models import Partnership

MOST_LIVE = 10
PAST, MOST = timedelta(days=90), 500  # how far back a feed goes, and its largest number of meetings


def public_feed(partnership: Partnership) -> str:
    """The public meetings as iCalendar. The text stays the same until one of them changes."""
    return _calendar(public_meetings_of(partnership), partnership.title, _public_event)


def own_feed(feed: CalendarFeed) -> str:
    """Everything that its person can attend: meetings they are invited to, and those of their offices and
    organizations.
    """
    return _calendar(meetings_of(feed.person), "My meetings", _event)


def make_feed(*, by: Person) -> tuple[CalendarFeed, str]:
    """A new secret URL of this person's calendar, and its secret, which no one can read again.

    Raises ValidationError.
    """
    secret = random_base32(25)
    with transaction.atomic():
        # so that a person's feeds are counted and created one at a time
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        if by.feeds.filter(revoked_at=None).count() >= MOST_LIVE:
            words = gettext("You have %(most)s calendar links. End one that you no longer need.")
            raise ValidationError(words % {"most": MOST_LIVE})
        feed = CalendarFeed.objects.create(
            person=by, prefix=secret[:6], digest=digest_of(secret), created_at=clock.now()
        )
    return feed, secret


def revoke_feed(*, by: Person, feed: CalendarFeed) -> bool:
    """End a feed: its next visit finds nothing. Returns False when it was ended before. Raises NotAllowed."""
    require(feed.person_id == by.pk)
    return bool(CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=clock.now()))


def record_visit(feed: CalendarFeed) -> None:
    """Record the day of the last visit, at most once a day. If the database is busy, it does nothing."""
    today = clock.today()
    if feed.last_used_on != today:
        with without_lock_wait():
            CalendarFeed.objects.filter(pk=feed.pk).exclude(last_used_on=today).update(last_used_on=today)


def _calendar(rows: QuerySet[Meeting], name: str, make: Callable[[Meeting], Event]) -> str:
    """The recent and coming ones of these meetings. A series that the reader may see completely is one event.

    `make`: meeting → event.
    """
    meetings = list(rows.filter(starts_at__gte=clock.now() - PAST)[:MOST])
    whole = whole_series_of(meetings, rows)
    events = [make(meeting) for meeting in meetings if meeting.series_id not in {series.pk for series in whole}]
    for series, some in whole.items():
        page = _page("partnership", some[0].partnership)
        events += calendar.series_events(series, some, host=_host(), make=make, url=page)
    return calendar.calendar_of(events, name=name)


def _event(meeting: Meeting, **more: Any) -> Event:
    page, agenda = _page("meeting", meeting), meeting.agenda.all()
    return calendar.event_of(
        meeting, link=meeting.link_shown, host=_host(), agenda=agenda, url=page, at=meeting.updated_at, **more
    )


def _public_event(meeting: Meeting) -> Event:
    """Its sequence number grows only with what everyone can read."""
    return _event(meeting, sequence=meeting.public_version - 1)


def _page(route: str, record: Record) -> str:
    return settings.BASE_URL + reverse(route, args=[record.public_id])


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname
