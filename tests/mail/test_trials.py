"""Small trials of sending: real processes, really killed, on a database of the kind under test."""

import json

import pytest
from django.db import connection

from partnerships.mail import outbox
from tests.chaos import faults, outcomes
from tests.chaos.mailserver import FAULTS
from tests.mail import daylight_saving
from tests.prepared_databases import FILE
from tests.servers import on_a_fresh_database

pytestmark = [pytest.mark.both, pytest.mark.slow]


@pytest.fixture
def trial(prepared, tmp_path):
    """Run this module of tests.chaos on a new database, and return the JSON of each line that it printed."""
    database, migrated = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor], None
    if database == "SQLite":
        prepared.copy("tables", tmp_path)
        migrated = tmp_path / FILE

    def run(module, *arguments):
        lines = on_a_fresh_database(database, f"tests.chaos.{module}", *arguments, migrated=migrated)
        return [json.loads(line) for line in lines]

    return run


def test_one_kill_at_every_step(trial):
    steps = trial("kills", 1)
    assert [step.pop("step") for step in steps] == list(outbox.STEPS)
    assert [step["kills"] for step in steps] == [1] * len(outbox.STEPS)
    assert {(step["lost"], step["doubled_outside"], step["wrong_flag"]) for step in steps} == {(0, 0, 0)}
    assert sum(step["flagged"] for step in steps) == len(outbox.IN_THE_SMTP_WINDOW)


def test_a_crowd_on_two_hundred_emails(trial):
    result = trial("crowd", 200, 10)[-1]
    del result["seconds"]
    assert result == {"mails": 200, "different": 200, "sent": 200, "rows": 200, "ambiguous": 0, "crashed": 0}


def test_every_reminder_around_daylight_saving():
    assert daylight_saving.figure() == (768, 768)


@pytest.mark.django_db
def test_each_fault_of_a_mail_server_ends_as_is_written_down(settings, meeting, contact):
    written, lines = outcomes.written_down(), []
    assert len(FAULTS) == 17
    assert set(FAULTS) < set(written)
    faults.play(meeting, contact, 0.2, lambda line: lines.append(json.loads(line)))
    assert len(lines) == 24
    assert [line for line in lines if outcomes.differs(line, written)] == []


def test_a_meeting_moved_or_cancelled_under_a_sender(trial):
    result = trial("races", 6)[-1]
    assert result.pop("went") + result.pop("stopped") == 6
    assert result == {"races": 6, "begun_after": 0, "doubled": 0, "news_lost": 0, "crashed": 0}
