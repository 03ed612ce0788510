"""The only place that asks for the time, so that tests and measurements can move it."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

CENTRAL = "America/Chicago"


def now() -> datetime:
    """The current moment, in UTC."""
    return timezone.now()


def shared() -> Callable[[], datetime]:
    """Return a function that gives the current moment by the database's clock, which all processes share.

    The clock of a worker may be wrong by a day. PostgreSQL is asked once, and the time that passes after that is
    added. SQLite runs inside the process and uses its clock.
    """
    if connection.vendor != "postgresql" or not settings.SHARED_CLOCK:
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        asked = cursor.fetchone()[0]
    since = time.monotonic()  # taken after the answer, so that this clock is a little slow rather than fast
    return lambda: asked + timedelta(seconds=time.monotonic() - since)


def today(zone: tzinfo | None = None) -> date:
    """The calendar day in this time zone (a tzinfo), or where the registry's offices are (LOCAL_ZONE)."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: tzinfo | None = None) -> date:
    """The calendar day of a moment, as `today`."""
    return moment.astimezone(zone or ZoneInfo(settings.LOCAL_ZONE)).date()


def zone(name: str) -> tzinfo:
    """The time zone with this name, or LOCAL_ZONE when the name is empty or unknown."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo(settings.LOCAL_ZONE)


def zone_of_new() -> str:
    """The zone of people and jurisdictions that haven't chosen one: LOCAL_ZONE, or Central Time if that isn't set."""
    return CENTRAL if settings.LOCAL_ZONE == "UTC" else settings.LOCAL_ZONE
