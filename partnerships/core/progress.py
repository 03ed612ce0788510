"""Shows the progress of a long transaction, whose own writes are invisible until it ends.

On PostgreSQL a thread writes the progress through a connection of its own. SQLite has only one writer, so there the
progress is kept in memory: it shows in the one process of the default setup, and not in others.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection

EVERY = 1  # seconds between two updates
_HOW_FAR: dict = {}
log = logging.getLogger(__name__)


def read_progress(what: str, key: int) -> int:
    """The progress last reported in this process for this piece of work; 0 when there is none."""
    return _HOW_FAR.get((what, key), 0)


class ProgressReporter:
    """Wraps the transaction. `note(done)` writes the progress in a thread, never twice at the same time."""

    def __init__(self, what: str, key: int, note: Callable[[int], None] | None) -> None:
        self.key, self.note, self.told = (what, key), note, time.monotonic()
        self.last: Future | None = None
        self.threads = ThreadPoolExecutor(1) if connection.vendor == "postgresql" else None

    def __enter__(self) -> "ProgressReporter":
        return self

    def report(self, done: int) -> None:
        """Report the progress. Call it after each piece of the work."""
        _HOW_FAR[self.key] = done
        is_free = self.last is None or self.last.done()
        if self.threads and is_free and time.monotonic() > self.told + EVERY:
            self.told, self.last = time.monotonic(), self.threads.submit(self._note_and_continue, done)

    def _note_and_continue(self, done: int) -> None:
        try:
            if self.note:
                self.note(done)
        except Exception as problem:  # this is only a display: the transaction itself checks whether the work may go on
            log.warning("How far %s is could not be noted (%s).", self.key, type(problem))
        finally:
            connection.close()

    def end(self) -> None:
        """Wait for the last update. Call it before the work's own last statement."""
        if self.threads:
            self.threads.shutdown(wait=True)

    def __exit__(self, *broke: Any) -> None:
        self.end()
        _HOW_FAR.pop(self.key, None)
