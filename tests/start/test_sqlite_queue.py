"""SQLite writers wait in a queue: none is skipped, and none gets “database is locked”."""

import threading

import pytest
from django.db import connection, connections, transaction

from equity.sqlite3 import base
from partnerships.models import Heartbeat
from tests.waiting import LIMIT, blocked_by_us, until

pytestmark = [pytest.mark.both, pytest.mark.slow]


@pytest.mark.django_db(transaction=True)
def test_writers_come_in_the_order_in_which_they_asked():
    """On PostgreSQL they don't have to wait for each other. There it only counts that all have written."""
    order, threads = [], []

    def write(n):
        with transaction.atomic():
            order.append(n)
            Heartbeat.objects.create(name=f"writer-{n}", at="2026-01-01T00:00Z")
        connections.close_all()

    with transaction.atomic():  # everyone who asks now has to wait
        Heartbeat.objects.create(name="first", at="2026-01-01T00:00Z")
        for n in range(10):
            threads.append(threading.Thread(target=write, args=(n,)))
            threads[n].start()
            if connection.vendor == "sqlite":
                until(lambda n=n: blocked_by_us() == n + 1)
    for thread in threads:
        thread.join(LIMIT)
    assert Heartbeat.objects.count() == 11
    assert sorted(order) == list(range(10))
    if connection.vendor == "sqlite":
        assert order == list(range(10))


@pytest.mark.django_db(transaction=True)
def test_a_writer_who_fails_lets_the_next_one_in():
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            _write_and_fail()
    thread = threading.Thread(target=_write_and_close)
    thread.start()
    thread.join(LIMIT)
    assert [beat.name for beat in Heartbeat.objects.all()] == ["whole"]


@transaction.atomic
def _write_and_fail():
    Heartbeat.objects.create(name="broken", at="2026-01-01T00:00Z")
    raise ZeroDivisionError


def _write_and_close():
    with transaction.atomic():
        Heartbeat.objects.create(name="whole", at="2026-01-01T00:00Z")
    connections.close_all()


def test_one_who_loses_patience_leaves_the_queue():
    queue = base.Queue()
    assert queue.enter(0.1)
    assert not queue.enter(0.01)
    last = []
    waiting = threading.Thread(target=lambda: last.append(queue.enter(LIMIT)))
    waiting.start()
    until(lambda: queue.waiting)
    queue.leave()
    waiting.join(LIMIT)
    assert (last, queue.is_taken, len(queue.waiting)) == ([True], True, 0)
    queue.leave()
    assert not queue.is_taken
