"""Work behind the pages: wakes whoever does it.

The tables hold what is to be done; a wake-up only makes it happen sooner, and the timetable finds what a lost one left.
So waking never raises, and never waits for a broker that does not answer.
"""

import logging
import threading

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def wake(task: str) -> None:
    """Has this task of `partnerships.tasks` run now, once the transaction around this has committed."""
    transaction.on_commit(lambda: _Waker.wake(task))


class _Waker:
    """One thread a process talks to the broker, so that a request does not wait for it; many wakes make one message."""

    wanted, tasks, lock, thread = threading.Event(), set(), threading.Lock(), None

    @classmethod
    def wake(cls, task):
        with cls.lock:
            cls.tasks.add(task)
            cls.wanted.set()
            if cls.thread is None or not cls.thread.is_alive():  # first use, or a child after a fork
                cls.thread = threading.Thread(target=cls._run, name="waker", daemon=True)
                cls.thread.start()

    @classmethod
    def _run(cls):
        while cls.wanted.wait():
            with cls.lock:
                cls.wanted.clear()
                tasks, cls.tasks = cls.tasks, set()
            for task in sorted(tasks):
                try:
                    current_app.send_task(f"partnerships.tasks.{task}", retry=False)
                except Exception as problem:  # whatever a broker may raise: the timetable does the work
                    log.warning(
                        "The broker could not be reached; %s waits for the timetable (%s).", task, type(problem)
                    )
