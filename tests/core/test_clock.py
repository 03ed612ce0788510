"""The clock that all processes share."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from partnerships.core import clock

pytestmark = pytest.mark.both


def moment():
    """Return the database's time. SQLite runs inside the process, so it has no other clock."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)])
def test_a_process_whose_clock_is_wrong_goes_by_the_databases(settings, off):
    settings.SHARED_CLOCK = True
    with time_machine.travel(datetime.now(UTC) + off, tick=True):
        before, shared = moment(), clock.shared()
        first, second, after = shared(), shared(), moment()
    assert before <= first <= second <= after
