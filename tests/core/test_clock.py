"""The clock that all processes share."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from partnerships.core import clock


@pytest.mark.django_db
@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)])
def test_a_process_whose_clock_is_wrong_goes_by_the_databases(settings, off):
    right = datetime.now(UTC)
    settings.SHARED_CLOCK = True
    with time_machine.travel(right + off, tick=True):
        shared = clock.shared()
        first, second = shared(), shared()
    # SQLite runs inside the process: there is no other clock.
    expected = right if connection.vendor == "postgresql" else right + off
    assert timedelta() <= first - expected < timedelta(seconds=20)
    assert first <= second < first + timedelta(seconds=20)
