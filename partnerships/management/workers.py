"""Runs Celery's worker and beat as threads of one process, for `manage.py serve`."""

import logging
import threading

from celery import signals
from celery.beat import Service
from celery.worker import state as worker_state

from equity.celery import app

PAUSE = 5  # seconds before a failed thread starts again
log = logging.getLogger(__name__)


class Background:
    """The two threads. Each starts again after a failure. `stop` asks both to end, and `wait` gives them time for it."""

    def __init__(self):
        self.stopping = threading.Event()
        self.beat = None
        self.threads = [
            threading.Thread(target=self._keep, args=(part,), name=part.__name__, daemon=True)
            for part in (self._worker, self._beat)
        ]

    def start(self):
        # Without this, Celery would replace the logging setup of our settings.
        signals.setup_logging.connect(_leave_logging_alone)
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        worker_state.should_stop = 0  # the exit status with which Celery's worker ends itself; None would let it go on
        if self.beat:
            self.beat.stop()

    def wait(self, seconds):
        for thread in self.threads:
            thread.join(seconds / len(self.threads))

    def _keep(self, part):
        while not self.stopping.is_set():
            try:
                part()
            except (Exception, SystemExit):
                log.exception("%s failed and restarts in %s seconds", part.__name__, PAUSE)
            self.stopping.wait(PAUSE)

    def _worker(self):
        # Two threads: while one waits for a slow mail server, the other does the rest.
        app.WorkController(app=app, pool="threads", concurrency=2, hostname="serve@localhost").start()

    def _beat(self):
        self.beat = Service(app, scheduler_cls=app.conf.beat_scheduler)
        self.beat.start()


def _leave_logging_alone(**kwargs):
    pass
