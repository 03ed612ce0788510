"""Django's SQLite backend with a queue, and with PostgreSQL's ranges of numbers.

The writers of one process wait in the order in which they came. SQLite allows one writer at a time, and the others
sleep and try again. Under load an unlucky one may run into its timeout (“database is locked”) while later ones go
ahead. Between processes, SQLite's own waiting applies.
"""

import os
import threading
from collections import defaultdict, deque

from django.db.backends.sqlite3 import base, operations

QUEUE_SECONDS = 30  # seconds in the queue; after that, a writer relies on SQLite's timeout


class Queue:
    def __init__(self):
        self.lock, self.is_taken = threading.Lock(), False
        self.waiting: deque[threading.Event] = deque()

    def enter(self, patience) -> bool:
        """Wait for a turn. Returns False if it didn't come within `patience` seconds."""
        with self.lock:
            if not self.is_taken:
                self.is_taken = True
                return True
            turn = threading.Event()
            self.waiting.append(turn)
        if turn.wait(patience):
            return True
        with self.lock:
            if turn.is_set():
                return True
            self.waiting.remove(turn)
            return False

    def leave(self):
        """Give the turn to the writer that has waited longest."""
        with self.lock:
            if self.waiting:
                self.waiting.popleft().set()
            else:
                self.is_taken = False


_queues: defaultdict[str, Queue] = defaultdict(Queue)  # database file → queue
os.register_at_fork(after_in_child=_queues.clear)


class DatabaseOperations(operations.DatabaseOperations):
    def integer_field_range(self, internal_type):
        """PostgreSQL's, so that forms and the API refuse the same numbers on both, and each number fits after a move."""
        return self.integer_field_ranges[internal_type]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    turn: Queue | None = None

    def _start_transaction_under_autocommit(self):
        queue = _queues[str(self.settings_dict["NAME"])]
        self.turn = queue if queue.enter(QUEUE_SECONDS) else None
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in their types
        except BaseException:
            self._leave()
            raise

    def _leave(self):
        turn, self.turn = self.turn, None
        if turn:
            turn.leave()

    def _commit(self):
        super()._commit()  # type: ignore[misc]  # not in their types
        self._leave()

    def _rollback(self):
        try:
            super()._rollback()  # type: ignore[misc]  # not in their types
        finally:
            self._leave()

    def _close(self):
        try:
            super()._close()  # type: ignore[misc]  # not in their types
        finally:
            self._leave()
