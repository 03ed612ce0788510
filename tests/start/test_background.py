"""Scheduled tasks, and waking workers without a broker."""

import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from queue import Queue

import pytest
import time_machine

from equity.celery import TIMETABLE, app
from partnerships import tasks
from partnerships.core import clock
from partnerships.core.background import wake
from partnerships.core.models import Heartbeat, Tombstone
from partnerships.core.stamps import KEPT_FOR
from partnerships.models import Email
from partnerships.registry.models import Publication
from tests.factories import make_meeting, make_partnership
from tests.start.running import Printing, environment
from tests.waiting import LIMIT

pytestmark = pytest.mark.slow

WAKE = """
import django, sys
django.setup()
from partnerships.core.background import wake
for _ in range(100):
    wake("send_emails")
print("woken", flush=True)
sys.stdin.read()
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
def test_waking_never_raises(tmp_path, url, is_there):
    """A broker that refuses connections, and one that accepts them and never answers."""
    with socket.socket() as broker, ExitStack() as stack:
        broker.bind(("127.0.0.1", 0))
        if is_there:
            broker.listen()
            broker.settimeout(LIMIT)
        url = url.format(port=broker.getsockname()[1])
        waker = Printing(
            [sys.executable, "-c", WAKE],
            environment(VAR_DIR=tmp_path, CELERY_BROKER_URL=url, DJANGO_SETTINGS_MODULE="equity.settings"),
            stdin=subprocess.PIPE,
        )
        stack.callback(waker.process.kill)
        waker.wait_for_text("woken")
        if is_there:
            stack.enter_context(broker.accept()[0])
        else:
            waker.wait_for_text("The broker couldn’t be reached")
        waker.process.stdin.close()
        assert waker.process.wait(LIMIT) == 0
    assert "Traceback" not in waker.text


def test_waking_does_not_wait_while_a_broker_hangs(db, monkeypatch, django_capture_on_commit_callbacks):
    hangs, goes_on, sent = threading.Event(), threading.Event(), Queue()

    def send_task(*_, **more):
        hangs.set()
        sent.put(goes_on.wait(LIMIT))

    monkeypatch.setattr(app, "send_task", send_task)
    with django_capture_on_commit_callbacks(execute=True):
        wake("send_emails")
    assert hangs.wait(LIMIT)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(100):
            wake("send_emails")
    goes_on.set()
    # The call that was waiting, and one for the hundred that came after it.
    assert [sent.get(timeout=LIMIT) for _ in range(2)] == [True, True]


@pytest.mark.django_db
def test_the_sender_reports(db):
    with time_machine.travel("2026-02-02T18:00Z", tick=False):
        tasks.send_emails()
        assert Heartbeat.objects.get(name="sender").at == clock.now()


@pytest.mark.django_db
def test_of_calls_to_plan_that_have_piled_up_one_does_the_work(people):
    meeting = make_meeting(make_partnership(lead=people.office), people=[people.editor], days=1)
    for expected in (True, False):
        Email.objects.all().delete()
        tasks.plan_emails()
        assert Email.objects.filter(subject_type="meeting", subject_id=meeting.pk).exists() is expected


@pytest.mark.django_db
def test_tombstones_go_when_no_sync_can_ask_for_them(db):
    for name, age in (("old", KEPT_FOR + timedelta(days=1)), ("young", KEPT_FOR - timedelta(days=1))):
        at = clock.now() - age
        Tombstone.objects.create(resource="organizations", public_id=f"G-{name}", stamp=1, at=at)
        Publication.objects.create(public_id=f"P-{name}", stamp=1, at=at, body=None)
    tasks.delete_expired_data()
    assert list(Tombstone.objects.values_list("public_id", flat=True)) == ["G-young"]
    assert list(Publication.objects.values_list("public_id", flat=True)) == ["P-young"]
