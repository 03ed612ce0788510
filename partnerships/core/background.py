"""Wakes the background workers.

The tables hold what has to be done. Waking a worker only makes it happen sooner: the schedule of Celery beat finds
what a lost wake-up left. So waking never raises, and never waits for a broker that doesn't answer.
"""

import logging
import threading

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def wake(task: str) -> None:
    """Run this task of `partnerships.tasks` as soon as the current transaction has committed."""
    transaction.on_commit(lambda: _Waker.wake(task))


class _Waker:
    """One thread per process talks to the broker, so that a request doesn't wait for it.

    Several wakes become one message.
    """

    wanted, lock = threading.Event(), threading.Lock()
    tasks: set[str] = set()
    thread: threading.Thread | None = None

    @classmethod
    def wake(cls, task: str) -> None:
        with cls.lock:
            cls.tasks.add(task)
            cls.wanted.set()
            if cls.thread is None or not cls.thread.is_alive():  # first use, or a child process after a fork
                cls.thread = threading.Thread(target=cls._run, name="waker", daemon=True)
                cls.thread.start()

    @classmethod
    def _run(cls) -> None:
        while cls.wanted.wait():
            with cls.lock:
                cls.wanted.clear()
                tasks, cls.tasks = cls.tasks, set()
            for task in sorted(tasks):
                try:
                    current_app.send_task(f"partnerships.tasks.{task}", retry=False)
                except Exception as problem:  # whatever a broker may raise: the schedule will do the work
                    log.warning("The broker couldn’t be reached. %s waits for the scheduler (%s).", task, type(problem))
