"""Work behind the pages: wakes whoever does it.

The tables hold what is to be done; a wake-up only makes it happen sooner, and the timetable finds what a lost one left.
So waking never raises, and never waits for a broker that does not answer.
"""

import logging
import threading

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def wake_sender() -> None:
    """Has letters that are due sent now, once the transaction around this has committed."""
    transaction.on_commit(_Waker.wake)


class _Waker:
    """One thread a process talks to the broker, so that a request does not wait for it; many wakes make one message."""

    wanted, lock, thread = threading.Event(), threading.Lock(), None

    @classmethod
    def wake(cls):
        cls.wanted.set()
        with cls.lock:
            if cls.thread is None or not cls.thread.is_alive():  # first use, or a child after a fork
                cls.thread = threading.Thread(target=cls._run, name="waker", daemon=True)
                cls.thread.start()

    @classmethod
    def _run(cls):
        while cls.wanted.wait():
            cls.wanted.clear()
            try:
                current_app.send_task("partnerships.tasks.send_letters", expires=60, retry=False)
            except Exception as problem:  # whatever a broker may raise: the timetable sends the letter
                log.warning("The broker could not be reached; letters wait for the timetable (%s).", type(problem))
