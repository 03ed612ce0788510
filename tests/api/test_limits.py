"""A rate limit applies exactly, however many requests arrive at the same time."""

from datetime import UTC, datetime

import time_machine

from partnerships.api.throttling import seconds_to_wait


@time_machine.travel(datetime(2026, 11, 24, 12, 0, 10, tzinfo=UTC), tick=False)
def test_a_crowd_does_not_wash_away_who_has_asked_enough(settings):
    settings.API_RATE_ANONYMOUS = 1
    one = {"REMOTE_ADDR": "192.0.2.1"}
    assert [seconds_to_wait(one, None) for _ in range(2)] == [0, 50]
    crowd = ({"REMOTE_ADDR": f"198.51.{n // 250}.{n % 250}"} for n in range(3000))
    assert {seconds_to_wait(other, None) for other in crowd} == {0}
    assert seconds_to_wait(one, None) == 50
