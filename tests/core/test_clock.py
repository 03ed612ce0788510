"""The clock that all processes share."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from partnerships.core import clock
from partnerships.models import Jurisdiction, Person

LATE = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)  # in the evening of November 30, in America


def moment():
    """Return the database's time. SQLite runs inside the process, so it has no other clock."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)])
def test_a_process_whose_clock_is_wrong_goes_by_the_databases(settings, off):
    settings.SHARED_CLOCK = True
    with time_machine.travel(datetime.now(UTC) + off, tick=True):
        before, shared = moment(), clock.shared()
        first, second, after = shared(), shared(), moment()
    assert before <= first <= second <= after


@pytest.mark.parametrize(("zone", "day"), [("UTC", date(2026, 12, 1)), ("America/Los_Angeles", date(2026, 11, 30))])
def test_a_day_begins_where_the_offices_are(settings, zone, day):
    settings.LOCAL_ZONE = zone
    with time_machine.travel(LATE, tick=False):
        assert clock.today() == clock.day_of(LATE) == day
        assert clock.today(ZoneInfo("Asia/Tokyo")) == date(2026, 12, 1)
    assert clock.zone("") == clock.zone("No/Where") == ZoneInfo(zone)


@pytest.mark.parametrize(
    ("local", "zone"), [("UTC", "America/Chicago"), ("America/Los_Angeles", "America/Los_Angeles")]
)
def test_who_chose_no_zone_has_that_of_the_offices(settings, local, zone):
    settings.LOCAL_ZONE = local
    assert (Person().zone, Jurisdiction().zone) == (zone, zone)
