"""A small trial of webhooks: real processes, really killed. bench/figures/qi4.py has the large one."""

import pytest

from bench import trials


@pytest.mark.slow
def test_a_receiver_that_fails_in_every_way_gets_each_change_in_order():
    found = trials.run("tests.chaos.webhooks:figure", "30", "10", "1", WEBHOOKS_ALLOW_LOCAL="yes")
    for name in ("requests", "came twice", "workers killed"):
        del found[name]
    assert {*found.pop("moods")} <= {"works", "slow", "flapping", "redirecting", "dying"}
    assert found.pop("restarts") >= 1
    assert found == {
        "events": 30,
        "lost": 0,
        "not settled": 0,
        "out of order": 0,
        "wrong signature": 0,
        "redirects followed": 0,
        "unknown": 0,
        "crashed": 0,
    }
