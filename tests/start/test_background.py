"""The timetable, and waking without a broker."""

import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from equity.celery import TIMETABLE, app
from partnerships import tasks
from partnerships.core import clock
from partnerships.core.models import Heartbeat, Tombstone
from partnerships.core.stamps import KEPT_FOR
from partnerships.models import Letter
from partnerships.registry.models import Publication
from tests.make import make_meeting, make_partnership
from tests.start.running import ROOT, environment

WAKE = """
import django, time
django.setup()
from partnerships.core.background import wake_sender
started = time.monotonic()
for _ in range(100):
    wake_sender()
print(time.monotonic() - started < 1)
time.sleep({pause})
"""


def test_every_task_of_the_timetable_is_there():
    app.loader.import_default_modules()
    assert {f"partnerships.tasks.{name}" for name in TIMETABLE} <= set(app.tasks)
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == {
        f"partnerships.tasks.{name}" for name in TIMETABLE
    }


def test_no_message_is_thrown_away_by_a_worker_whose_clock_is_ahead():
    assert {name for entry in app.conf.beat_schedule.values() for name in entry} == {"task", "schedule"}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{port}/0", "amqp://127.0.0.1:{port}//"])
@pytest.mark.parametrize("is_there", [False, True])
def test_waking_never_raises_and_never_waits(tmp_path, url, is_there):
    """A broker that refuses, and one that takes the connection and never says a word."""
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        if is_there:
            broker.listen()
        url = url.format(port=broker.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-c", WAKE.format(pause=0 if is_there else 9)],
            cwd=ROOT,
            env=environment(VAR_DIR=tmp_path, CELERY_BROKER_URL=url, DJANGO_SETTINGS_MODULE="equity.settings"),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
    assert "Traceback" not in done.stderr
    assert ("The broker could not be reached" in done.stderr) is not is_there


@pytest.mark.django_db
def test_the_sender_reports(db):
    tasks.send_letters()
    assert clock.now() - Heartbeat.objects.get(name="sender").at < timedelta(seconds=10)


@pytest.mark.django_db
def test_of_calls_to_plan_that_have_piled_up_one_does_the_work(people):
    meeting = make_meeting(make_partnership(lead=people.office), people=[people.editor], days=1)
    for expected in (True, False):
        Letter.objects.all().delete()
        tasks.plan_letters()
        assert Letter.objects.filter(subject_type="meeting", subject_id=meeting.pk).exists() is expected


@pytest.mark.django_db
def test_tombstones_go_when_no_sync_can_ask_for_them(db):
    for name, age in (("old", KEPT_FOR + timedelta(days=1)), ("young", KEPT_FOR - timedelta(days=1))):
        at = clock.now() - age
        Tombstone.objects.create(resource="organizations", public_id=f"G-{name}", stamp=1, at=at)
        Publication.objects.create(public_id=f"P-{name}", stamp=1, at=at, body=None)
    tasks.forget_old()
    assert list(Tombstone.objects.values_list("public_id", flat=True)) == ["G-young"]
    assert list(Publication.objects.values_list("public_id", flat=True)) == ["P-young"]
