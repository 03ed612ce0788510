"""Shows the progress of a long transaction, whose own writes are invisible until it ends.

On PostgreSQL a thread writes the progress through a connection of its own. SQLite has only one writer, so there the
progress is kept in memory: it shows in the one process of the default setup, and not in others.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

EVERY = 1  # seconds between two updates
_HOW_FAR: dict = {}
log = logging.getLogger(__name__)


def read_progress(what: str, key) -> int:
    """The progress last reported in this process for this piece of work; 0 when there is none."""
    return _HOW_FAR.get((what, key), 0)


class ProgressReporter:
    """Wraps the transaction. `note(done)` writes the progress in a thread, never twice at the same time."""

    def __init__(self, what, key, note):
        self.key, self.note, self.told, self.last = (what, key), note, time.monotonic(), None
        self.threads = ThreadPoolExecutor(1) if connection.vendor == "postgresql" else None

    def __enter__(self):
        return self

    def tell(self, done: int) -> None:
        """Report the progress. Call it after each piece of the work."""
        _HOW_FAR[self.key] = done
        is_free = self.last is None or self.last.done()
        if self.threads and is_free and time.monotonic() > self.told + EVERY:
            self.told, self.last = time.monotonic(), self.threads.submit(self._note_and_continue, done)

    def _note_and_continue(self, done):
        try:
            self.note(done)
        except Exception as problem:  # this is only a display: the transaction itself checks whether the work may go on
            log.warning("How far %s is could not be noted (%s).", self.key, type(problem))
        finally:
            connection.close()

    def end(self) -> None:
        """Wait for the last update. Call it before the work's own last statement."""
        if self.threads:
            self.threads.shutdown(wait=True)

    def __exit__(self, *broke):
        self.end()
        _HOW_FAR.pop(self.key, None)
