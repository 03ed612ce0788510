"""How far a long transaction is, told beside it: nobody sees what a transaction writes before it ends.

On PostgreSQL a thread notes it through a connection of its own. SQLite has one writer, so there it is kept in memory: the one
process of the default shows it, and others show none.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

EVERY = 1  # seconds between two notes
_HOW_FAR: dict = {}
log = logging.getLogger(__name__)


def how_far(what: str, key) -> int:
    """What was told last of this work, in this process; 0 when nothing was."""
    return _HOW_FAR.get((what, key), 0)


class Beside:
    """Around the transaction: `note(done)` writes how far it is, in a thread, and is never called twice at once."""

    def __init__(self, what, key, note):
        self.key, self.note, self.told, self.last = (what, key), note, time.monotonic(), None
        self.threads = ThreadPoolExecutor(1) if connection.vendor == "postgresql" else None

    def __enter__(self):
        return self

    def tell(self, done: int) -> None:
        """Call it after each piece of the work."""
        _HOW_FAR[self.key] = done
        is_free = self.last is None or self.last.done()
        if self.threads and is_free and time.monotonic() > self.told + EVERY:
            self.told, self.last = time.monotonic(), self.threads.submit(self._noted, done)

    def _noted(self, done):
        try:
            self.note(done)
        except Exception as problem:  # it is only told; whether the work may end is asked in its own transaction
            log.warning("How far %s is could not be noted (%s).", self.key, type(problem))
        finally:
            connection.close()

    def end(self) -> None:
        """Waits for the last note: call it before the work's own last statement."""
        if self.threads:
            self.threads.shutdown(wait=True)

    def __exit__(self, *broke):
        self.end()
        _HOW_FAR.pop(self.key, None)
