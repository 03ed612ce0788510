"""The trials behind QR1, QR2 and QR7 in small: real processes, really killed, on a database of the kind under test."""

import json

import pytest
from django.db import connection

from bench.chaos.servers import on_a_fresh_database
from bench.figures import qr7
from partnerships.communication import outbox


@pytest.fixture
def database():
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]


def test_one_kill_at_every_step(database):
    steps = [json.loads(line) for line in on_a_fresh_database(database, "bench.chaos.kills", 1)]
    assert [step.pop("step") for step in steps] == list(outbox.STEPS)
    assert [step["kills"] for step in steps] == [1] * len(outbox.STEPS)
    assert {(step["lost"], step["doubled_outside"], step["wrong_flag"]) for step in steps} == {(0, 0, 0)}
    assert sum(step["flagged"] for step in steps) == len(outbox.IN_THE_SMTP_WINDOW)


def test_a_crowd_on_two_hundred_letters(database):
    result = json.loads(on_a_fresh_database(database, "bench.chaos.crowd", 200, 4)[-1])
    del result["seconds"]
    assert result == {"mails": 200, "different": 200, "sent": 200, "rows": 200, "ambiguous": 0, "crashed": 0}


def test_every_reminder_around_daylight_saving():
    assert qr7.run() == ("768 of 768", "768 of 768", 768, True)
