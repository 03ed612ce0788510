"""The only place that asks what time it is, so that tests and figures can move it (time-machine moves this too)."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone


def now():
    """The moment, in UTC."""
    return timezone.now()


def shared() -> Callable[[], datetime]:
    """Gives the moment by the clock that all processes share, the database's; a worker's own may be wrong by a day.

    PostgreSQL is asked once, and what passes since then is counted. SQLite runs inside the process and has its clock.
    """
    if connection.vendor != "postgresql" or not settings.SHARED_CLOCK:
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        asked = cursor.fetchone()[0]
    since = time.monotonic()  # after the answer: rather a little behind than ahead of others
    return lambda: asked + timedelta(seconds=time.monotonic() - since)


def today(zone=None):
    """The calendar day in the given zone (a tzinfo), or in UTC."""
    return now().astimezone(zone or timezone.get_default_timezone()).date()


def zone(name: str):
    """The zone of this name; UTC where nobody knows the name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return timezone.get_default_timezone()
